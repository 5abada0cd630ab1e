"""Apache Kafka without Docker: jars resolved by Maven, run by Java as one node in KRaft combined mode."""

import os
import re
import shutil
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import ClassVar

from tests.servers.cache import Unobtainable, provisioned, run_tool
from tests.servers.local_server import LocalServer

_SOURCES = Path(__file__).with_name("kafka")
_OLDEST_JAVA = 17

STARTED = "Kafka Server started"
"""What a broker logs when it serves requests."""


@dataclass(frozen=True, slots=True)
class KafkaProgram:
    """A Kafka broker that can be run here: the Java program and the folder of jars."""

    java: Path
    libs: Path
    version: str

    @property
    def found(self) -> str:
        """How it was come by, for people."""
        return f"provisioned by Maven, {self.libs.parent}"


def _java_program(name: str) -> Path | None:
    home = os.environ.get("JAVA_HOME")
    if home and (program := Path(home) / "bin" / name).is_file():
        return program
    on_path = shutil.which(name)
    return Path(on_path) if on_path else None


def _java() -> Path:
    java = _java_program("java")
    if java is None:
        raise Unobtainable(f"Java {_OLDEST_JAVA} or newer is not installed (neither JAVA_HOME nor PATH has it)")
    asked = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=30)
    major = re.search(r'version "(\d+)', asked.stderr + asked.stdout)
    if major is None or int(major[1]) < _OLDEST_JAVA:
        raise Unobtainable(f"Kafka needs Java {_OLDEST_JAVA} or newer; {java} is {major[1] if major else 'unknown'}")
    return java


def provision_kafka() -> KafkaProgram:
    """Kafka's jars from the cache, or fetched into it once (about 45 MB). Raises `Unobtainable`."""
    java = _java()
    pom = (_SOURCES / "pom.xml").read_bytes()

    def fill(folder: Path) -> None:
        maven = shutil.which("mvn")
        if maven is None:
            raise Unobtainable("Maven (mvn), which fetches Kafka's jars, is not installed")
        copied_pom = folder / "pom.xml"
        copied_pom.write_bytes(pom)
        command = [maven, "-B", "-q", "-f", str(copied_pom), "dependency:copy-dependencies", "-DincludeScope=runtime"]
        run_tool([*command, f"-DoutputDirectory={folder / 'libs'}"], "fetching Kafka with Maven", 600)

    libs = provisioned(f"kafka-{sha256(pom).hexdigest()[:12]}", fill) / "libs"
    broker_jars = list(libs.glob("kafka_2.*.jar"))
    if not broker_jars:
        raise Unobtainable(f"{libs} holds no Kafka broker; delete its folder to fetch it again")
    return KafkaProgram(java, libs, broker_jars[0].stem.rpartition("-")[2])


class KafkaServer(LocalServer):
    """One Kafka node.

    `heap_mb` bounds the Java heap. `short_lived` favours a quick start over peak speed: right for tests, wrong for
    measuring. `flush_every_message` puts each record on disk before it is acknowledged; without it an acknowledged
    record survives SIGKILL (it is in the page cache) but not loss of power.
    """

    name: ClassVar[str] = "Apache Kafka"
    ports_needed: ClassVar[int] = 2

    def __init__(
        self,
        program: KafkaProgram,
        data_dir: Path,
        *,
        heap_mb: int = 512,
        short_lived: bool = True,
        flush_every_message: bool = False,
    ) -> None:
        super().__init__(data_dir)
        self.program = program
        self._heap_mb = heap_mb
        self._short_lived = short_lived
        self._flush_every_message = flush_every_message
        self._log_read_from = 0

    @property
    def version(self) -> str:
        return self.program.version

    @property
    def bootstrap(self) -> str:
        """`127.0.0.1:port`, as Kafka clients want it."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """`kafka://127.0.0.1:port`, as `REKAM_EVENT_LOG` wants it."""
        return f"kafka://{self.bootstrap}"

    def _prepare(self) -> Sequence[str]:
        port, controller_port = self._port_numbers
        self._log_read_from = self.log.stat().st_size if self.log.exists() else 0
        properties = self.data_dir / "server.properties"
        log_dir = self.data_dir / "log"
        properties.write_text(
            Template((_SOURCES / "server.properties").read_text()).substitute(
                port=port,
                controller_port=controller_port,
                log_dir=log_dir.resolve(),
                session_timeout_ms=2_000 if self._short_lived else 4_000,
                flush_interval_messages=1 if self._flush_every_message else 2**63 - 1,
            )
        )
        if not (log_dir / "meta.properties").exists():
            cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            format_storage = ["format", "--ignore-formatted", "--cluster-id", f"r{cluster_id[1:]}"]
            command = [*self._java("kafka.tools.StorageTool"), *format_storage, "--config", str(properties)]
            run_tool(command, "formatting Kafka's storage", 60)
        return [*self._java("kafka.Kafka"), str(properties)]

    def _java(self, main_class: str) -> list[str]:
        speed = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] if self._short_lived else ["-XX:+UseG1GC"]
        return [
            str(self.program.java),
            f"-Xmx{self._heap_mb}m",
            *speed,
            "-XX:-UsePerfData",
            "-Djava.awt.headless=true",
            f"-Dlog4j2.configurationFile={_SOURCES / 'log4j2.properties'}",
            "-cp",
            f"{self.program.libs}/*",
            main_class,
        ]

    def _is_ready(self) -> bool:
        # A client that fails to connect leaves sockets behind, so the broker's own word is taken; it says this once
        # its controller has let it in and it takes requests.
        with self.log.open("rb") as log:
            log.seek(self._log_read_from)
            return STARTED.encode() in log.read()
