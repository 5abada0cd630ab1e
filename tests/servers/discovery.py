"""Where tests get their servers from: an address in the environment, else Docker, else a provisioned program."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.servers.cache import Unobtainable
from tests.servers.containers import (
    KAFKA_IMAGE,
    MONGO_IMAGE,
    DockerImage,
    KafkaContainer,
    MongoContainer,
    docker_image,
)
from tests.servers.kafka_broker import KafkaProgram, KafkaServer, provision_kafka
from tests.servers.mongod import MongoProgram, MongoServer, provision_mongod

KafkaSource = KafkaProgram | DockerImage
MongoSource = MongoProgram | DockerImage
_Program = TypeVar("_Program")


class OwnServer(Protocol):
    """A server that belongs to one test and may be killed by it."""

    @property
    def url(self) -> str: ...
    @property
    def version(self) -> str: ...
    def start(self) -> Self: ...
    def kill(self) -> None: ...
    def restart(self) -> Self: ...
    def stop(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...


class OwnKafka(OwnServer, Protocol):
    @property
    def bootstrap(self) -> str: ...


class OwnMongo(OwnServer, Protocol):
    def database_url(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """A running Kafka. `bootstrap` is `host:port[,host:port…]`; `found` says for people where it came from."""

    bootstrap: str
    version: str
    found: str

    @property
    def url(self) -> str:
        """As `REKAM_EVENT_LOG` wants it."""
        return f"kafka://{self.bootstrap}"


@dataclass(frozen=True, slots=True)
class MongoAddress:
    """A running MongoDB that has transactions. `found` says for people where it came from."""

    url: str
    version: str
    found: str

    def database_url(self, name: str) -> str:
        """The URL of one database, as `REKAM_STORE` wants it."""
        parts = urlsplit(self.url)
        options = dict(parse_qsl(parts.query))
        if parts.username and "authSource" not in options:
            # Naming a database in the path would otherwise move the place where the user is looked up.
            options["authSource"] = parts.path.strip("/") or "admin"
        return urlunsplit(parts._replace(path=f"/{quote(name)}", query=urlencode(options)))


def kafka_at_environment() -> KafkaAddress | None:
    """The Kafka of `REKAM_TEST_KAFKA`, if set. Raises `Unobtainable` when nothing answers there."""
    given = os.environ.get("REKAM_TEST_KAFKA")
    if not given:
        return None
    bootstrap = given.removeprefix("kafka://").rstrip("/")
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap.split(","), bootstrap_timeout_ms=5_000)
        try:
            brokers = admin.describe_cluster()["brokers"]
            protocol = admin.get_broker_version_data(brokers[0]["broker_id"]).broker_version
        finally:
            admin.close()
    except (KafkaError, OSError, IndexError, ValueError) as error:
        raise Unobtainable(f"REKAM_TEST_KAFKA names {bootstrap}, where no Kafka answers: {_briefly(error)}") from error
    version = "speaking the protocol of " + ".".join(str(part) for part in protocol)
    return KafkaAddress(bootstrap, version, f"REKAM_TEST_KAFKA, {bootstrap}")


def mongo_at_environment() -> MongoAddress | None:
    """The MongoDB of `REKAM_TEST_MONGO`, if set. Raises `Unobtainable` when it does not answer or has no transactions."""
    given = os.environ.get("REKAM_TEST_MONGO")
    if not given:
        return None
    where = urlsplit(given).netloc.rpartition("@")[2]
    client: MongoClient[dict[str, Any]]
    try:
        with MongoClient(given, serverSelectionTimeoutMS=5_000) as client:
            hello = client.admin.command("hello")
            version = client.server_info()["version"]
    except (PyMongoError, ValueError) as error:
        raise Unobtainable(f"REKAM_TEST_MONGO names {where}, where no MongoDB answers: {_briefly(error)}") from error
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise Unobtainable(f"REKAM_TEST_MONGO names {where}, which is no replica set: transactions need one")
    return MongoAddress(given, version, f"REKAM_TEST_MONGO, {where}")


def kafka_source() -> KafkaSource:
    """Something a Kafka can be started from here. Raises `Unobtainable` with every reason why not."""
    return _docker_or(KAFKA_IMAGE, provision_kafka)


def mongo_source() -> MongoSource:
    """Something a MongoDB can be started from here. Raises `Unobtainable` with every reason why not."""
    return _docker_or(MONGO_IMAGE, provision_mongod)


def new_kafka(source: KafkaSource, data_dir: Path) -> OwnKafka:
    """A Kafka of one's own, not started."""
    return KafkaContainer(source) if isinstance(source, DockerImage) else KafkaServer(source, data_dir)


def new_mongo(source: MongoSource, data_dir: Path) -> OwnMongo:
    """A MongoDB of one's own, not started."""
    return MongoContainer(source) if isinstance(source, DockerImage) else MongoServer(source, data_dir)


def _docker_or(image: str, provision: Callable[[], _Program]) -> _Program | DockerImage:
    try:
        return docker_image(image)
    except Unobtainable as no_docker:
        try:
            return provision()
        except Unobtainable as not_provisioned:
            raise Unobtainable(f"{no_docker.reason}; without Docker: {not_provisioned.reason}") from None


def _briefly(error: Exception) -> str:
    return str(error).partition(" (configured")[0][:150]
