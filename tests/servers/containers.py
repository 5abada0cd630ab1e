"""Apache Kafka and MongoDB as Docker containers, through testcontainers, with the ways of the local servers."""

import os
import socket
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import docker  # type: ignore[import-untyped]
from docker.errors import DockerException  # type: ignore[import-untyped]
from pymongo.errors import PyMongoError
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from tests.servers.cache import Unobtainable
from tests.servers.kafka_broker import STARTED
from tests.servers.local_server import DidNotStart
from tests.servers.mongod import REPLICA_SET, become_primary
from tests.servers.ports import Port, reserve_any

KAFKA_IMAGE = "apache/kafka:4.3.1"
MONGO_IMAGE = "mongo:7.0"


@dataclass(frozen=True, slots=True)
class DockerImage:
    """A server that can be run here: a Docker engine answers and has the image."""

    image: str

    @property
    def version(self) -> str:
        return self.image.rpartition(":")[2]

    @property
    def found(self) -> str:
        """How it was come by, for people."""
        return f"Docker, {self.image}"


def docker_image(image: str) -> DockerImage:
    """The image, pulled if need be. Raises `Unobtainable` within about 2 s when no engine answers."""
    if not _something_listens():
        raise Unobtainable("no Docker engine answers")
    try:
        client = docker.from_env(timeout=2)
        try:
            client.ping()
        finally:
            client.close()
    except (DockerException, OSError):
        raise Unobtainable("no Docker engine answers") from None
    client = docker.from_env(timeout=600)
    try:
        if not client.images.list(name=image):
            client.images.pull(image)
    except (DockerException, OSError) as error:
        raise Unobtainable(f"Docker has no image {image}: {str(error)[:200]}") from error
    finally:
        client.close()
    return DockerImage(image)


def _something_listens() -> bool:
    """Asked first because the Docker client drops a socket without closing it when it cannot connect."""
    path = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
    if not path.startswith("/"):
        return True
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


class ContainerServer(ABC):
    """A server in a container, published on the same port that it listens on inside.

    So the address a server tells its clients is right for them and for itself, and stays right after a restart.
    """

    name: ClassVar[str]
    start_timeout_seconds: ClassVar[float] = 120.0

    def __init__(self, image: DockerImage) -> None:
        self.image = image
        self._port: Port | None = None
        self._container: DockerContainer | None = None
        self._running_since = 0.0

    @property
    def version(self) -> str:
        return self.image.version

    @property
    def port(self) -> int:
        if self._port is None:
            raise RuntimeError(f"{self.name} has no port: it is not started")
        return self._port.number

    @property
    def host(self) -> str:
        """The Docker host as seen from here."""
        client = DockerClient()
        try:
            host = client.host()
        finally:
            client.client.close()
        return "127.0.0.1" if host == "localhost" else host

    def start(self) -> Self:
        self._port = reserve_any()
        self._container = self._describe().with_bind_ports(self.port, self.port)
        try:
            self._container.start()
            self._await_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def kill(self) -> None:
        """SIGKILL to the server; the container and its data stay."""
        if self._container is None:
            raise RuntimeError(f"{self.name} is not started")
        self._container.get_wrapped_container().kill()

    def restart(self) -> Self:
        """Run again on the same data and the same port, after `kill()` or instead of it."""
        if self._container is None:
            raise RuntimeError(f"{self.name} was never started")
        container = self._container.get_wrapped_container()
        container.reload()
        if container.status == "running":
            container.kill()
        self._running_since = time.time()
        container.start()
        self._await_ready()
        return self

    def stop(self) -> None:
        """Remove the container and its data."""
        if self._container is not None:
            self._container.stop()
            self._container = None
        if self._port is not None:
            self._port.release()
            self._port = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + self.start_timeout_seconds
        while not self._is_ready():
            if time.monotonic() > deadline:
                raise DidNotStart(f"{self.name} in Docker did not serve within {self.start_timeout_seconds:.0f} s")
            time.sleep(0.1)

    def _log_of_this_run(self) -> bytes:
        if self._container is None:
            return b""
        return bytes(self._container.get_wrapped_container().logs(since=self._running_since))

    @abstractmethod
    def _describe(self) -> DockerContainer:
        """The container, not started, listening on `self.port`."""

    @abstractmethod
    def _is_ready(self) -> bool: ...


class KafkaContainer(ContainerServer):
    """One Kafka node in KRaft combined mode, with the broker settings of the local server."""

    name: ClassVar[str] = "Apache Kafka"

    @property
    def bootstrap(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"kafka://{self.bootstrap}"

    def _describe(self) -> DockerContainer:
        container = DockerContainer(self.image.image)
        for key, value in self._settings().items():
            container.with_env(f"KAFKA_{key.upper().replace('.', '_')}", value)
        return container

    def _settings(self) -> dict[str, str]:
        properties = Path(__file__).with_name("kafka") / "server.properties"
        lines = [line for line in properties.read_text().splitlines() if "=" in line and not line.startswith("#")]
        common = dict(line.split("=", 1) for line in lines if "${" not in line)
        return common | {
            "controller.quorum.voters": "1@localhost:9093",
            "listeners": f"PLAINTEXT://0.0.0.0:{self.port},CONTROLLER://localhost:9093",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "broker.session.timeout.ms": "2000",
            "log.dirs": "/var/lib/kafka/data",
        }

    def _is_ready(self) -> bool:
        return STARTED.encode() in self._log_of_this_run()


class MongoContainer(ContainerServer):
    """One mongod, primary of its replica set."""

    name: ClassVar[str] = "MongoDB"

    @property
    def url(self) -> str:
        return f"mongodb://{self.host}:{self.port}/?{self._how_to_connect}"

    def database_url(self, name: str) -> str:
        return f"mongodb://{self.host}:{self.port}/{name}?{self._how_to_connect}"

    @property
    def _how_to_connect(self) -> str:
        # The member calls itself 127.0.0.1; on a Docker host elsewhere a client must not follow that.
        return f"replicaSet={REPLICA_SET}" if self.host == "127.0.0.1" else "directConnection=true"

    def _describe(self) -> DockerContainer:
        command = ["mongod", "--replSet", REPLICA_SET, "--bind_ip_all", "--port", str(self.port)]
        return DockerContainer(self.image.image).with_command(command)

    def _is_ready(self) -> bool:
        try:
            return become_primary(f"{self.host}:{self.port}", f"127.0.0.1:{self.port}")
        except PyMongoError:
            return False
