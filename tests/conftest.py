"""Fixtures that every kind of test may use, and the run's last words about the real servers.

A test that uses `kafka_server` or `mongo_server` (or a fixture made of them) shares the run's one server with all
others and keeps to its own topics or database. A test that kills a server uses `private_kafka` or `private_mongo`. Where
a server cannot be had, these tests are skipped; with `REKAM_TEST_SERVICES=required` they fail.
"""

from __future__ import annotations

import gc
import os
import re
import uuid
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # a run of unit tests alone pays for no driver
    from tests.servers.discovery import KafkaAddress, KafkaSource, MongoAddress, MongoSource, OwnKafka, OwnMongo
    from tests.servers.run_servers import AskTheController, ServersOfTheRun

# `ci`, the default, finds the same examples each time and never fails for slowness; `explore` looks for new ones.
# Chosen with --hypothesis-profile.
_PATIENT = [HealthCheck.too_slow]
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, suppress_health_check=_PATIENT)
settings.register_profile("explore", max_examples=2_000, deadline=None, suppress_health_check=_PATIENT)
settings.load_profile("ci")

# Importing kafka-python 3.0 warns of functions that Python 3.11 and 3.12 deprecate and 3.13 does not.
_OF_KAFKA_PYTHON = "ignore:(read|open)_text is deprecated:DeprecationWarning"
# Whenever it fails to connect, it drops a socket without closing it; it does so while a test has its Kafka killed.
_LEFT_BY_KAFKA_PYTHON = "ignore:unclosed <socket:ResourceWarning"

_SERVERS = pytest.StashKey["ServersOfTheRun | AskTheController"]()
_FIXTURES_NEEDING = {
    "kafka": {"kafka_server", "start_kafka", "provisioned_programs"},
    "mongo": {"mongo_server", "start_mongo", "provisioned_programs"},
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", _OF_KAFKA_PYTHON)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist's controller is about to start a worker: tell it whom to ask for servers."""
    servers = cast("ServersOfTheRun", _servers(node.config))
    node.workerinput["rekam_servers"] = servers.listen()
    node.workerinput["rekam_servers_authkey"] = servers.authkey.hex()


def _servers(config: pytest.Config) -> ServersOfTheRun | AskTheController:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pytest's own filters do not reach every hook
        from tests.servers.run_servers import AskTheController, ServersOfTheRun

    if _SERVERS not in config.stash:
        worker_input: dict[str, str] | None = getattr(config, "workerinput", None)
        if worker_input is None:
            config.stash[_SERVERS] = ServersOfTheRun()
        else:
            authkey = bytes.fromhex(worker_input["rekam_servers_authkey"])
            config.stash[_SERVERS] = AskTheController(worker_input["rekam_servers"], authkey)
    return config.stash[_SERVERS]


def pytest_unconfigure(config: pytest.Config) -> None:
    servers = config.stash.get(_SERVERS, None)
    if servers is not None and not hasattr(config, "workerinput"):
        cast("ServersOfTheRun", servers).end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test is marked by what it uses, so that `-m "not kafka"` means what it says."""
    for item in items:
        for marker, fixtures in _FIXTURES_NEEDING.items():
            if fixtures.intersection(getattr(item, "fixturenames", ())):
                item.add_marker(marker)
        if "start_kafka" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.filterwarnings(_LEFT_BY_KAFKA_PYTHON))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """The run's very last lines, after pytest's own summary: which real servers took part."""
    result = yield
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not hasattr(config, "workerinput") and not config.option.collectonly:
        skipped = Counter(_reason_of(report.longrepr) for report in reporter.stats.get("skipped", []))
        servers = cast("ServersOfTheRun | None", config.stash.get(_SERVERS, None))
        reporter.write_line("Real servers in this run:")
        for line in servers.took_part(skipped) if servers else ["none, no selected test needs one"]:
            reporter.write_line(f"  {line}")
    return result


def _reason_of(longrepr: object) -> str:
    return re.sub("^Skipped: ", "", str(longrepr[2])) if isinstance(longrepr, tuple) else ""


def _obtain(config: pytest.Config, what: str) -> object:
    from tests.servers import DidNotStart, Unobtainable
    from tests.servers.run_servers import Wanted, refusal

    wanted = Wanted(what)
    try:
        return _servers(config).ask(wanted)
    except DidNotStart as broken:
        pytest.fail(str(broken), pytrace=False)
    except Unobtainable as unobtainable:
        reason = refusal(wanted, unobtainable)
    if os.environ.get("REKAM_TEST_SERVICES") == "required":
        pytest.fail(f"{reason} (REKAM_TEST_SERVICES=required)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka_server(pytestconfig: pytest.Config) -> KafkaAddress:
    """The run's Kafka."""
    return cast("KafkaAddress", _obtain(pytestconfig, "kafka"))


@pytest.fixture(scope="session")
def mongo_server(pytestconfig: pytest.Config) -> MongoAddress:
    """The run's MongoDB."""
    return cast("MongoAddress", _obtain(pytestconfig, "mongo"))


@pytest.fixture
def kafka_topic_prefix(kafka_server: KafkaAddress) -> str:
    """Begins the names of this test's topics and consumer groups, which nobody else uses."""
    return f"t{uuid.uuid4().hex[:12]}."


@pytest.fixture
def mongo_database(mongo_server: MongoAddress) -> Iterator[str]:
    """The name of a database of this test's own, dropped afterwards."""
    name = f"t{uuid.uuid4().hex[:12]}"
    yield name
    from pymongo import MongoClient

    client: MongoClient[dict[str, Any]]
    with MongoClient(mongo_server.url) as client:
        client.drop_database(name)


@pytest.fixture(scope="session")
def start_kafka(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[OwnKafka]]:
    """Call it for a context manager with a started Kafka of one's own, of whatever scope the caller wants."""

    from tests.servers.discovery import new_kafka

    @contextmanager
    def start() -> Iterator[OwnKafka]:
        source = cast("KafkaSource", _obtain(pytestconfig, "own kafka"))
        with new_kafka(source, tmp_path_factory.mktemp("kafka")) as server:
            yield server.start()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "unclosed <socket", ResourceWarning)
            gc.collect()

    return start


@pytest.fixture(scope="session")
def start_mongo(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[OwnMongo]]:
    """Call it for a context manager with a started MongoDB of one's own, of whatever scope the caller wants."""

    from tests.servers.discovery import new_mongo

    @contextmanager
    def start() -> Iterator[OwnMongo]:
        source = cast("MongoSource", _obtain(pytestconfig, "own mongo"))
        with new_mongo(source, tmp_path_factory.mktemp("mongo")) as server:
            yield server.start()

    return start


@pytest.fixture
def private_kafka(start_kafka: Callable[[], AbstractContextManager[OwnKafka]]) -> Iterator[OwnKafka]:
    """A Kafka that this test may kill and restart."""
    with start_kafka() as server:
        yield server


@pytest.fixture
def private_mongo(start_mongo: Callable[[], AbstractContextManager[OwnMongo]]) -> Iterator[OwnMongo]:
    """A MongoDB that this test may kill and restart."""
    with start_mongo() as server:
        yield server


@pytest.fixture(scope="session")
def provisioned_programs(pytestconfig: pytest.Config) -> None:
    """Without Docker: what `make run-full` runs is in the cache."""
    _obtain(pytestconfig, "kafka program")
    _obtain(pytestconfig, "mongo program")
