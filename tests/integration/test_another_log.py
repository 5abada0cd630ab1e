"""The log is deleted, replaced or put back from a backup: what is acknowledged afterwards is recorded and readable all the same."""

from __future__ import annotations

import base64
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from flask import Flask

from access.credentials import PARTNER_ROLES, Credential, hash_secret
from eventlog.port import LogError, Topic
from hr_api.tracing import trace
from ingest_api.app import create_app
from rekam.cli import rekam
from rekam.serving import hr_services, ingest_services
from rekam.settings import Settings
from rekam.wiring import System, topics
from tests.contract.eventlog.opening import eventually
from workers.loop import Stop, run
from xapi.values import parse_timestamp

KEY, SECRET = "lan-1", "secret"
HEADERS = {
    "X-Experience-API-Version": "1.0.3",
    "Authorization": "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode(),
    "Content-Type": "application/json",
}


class Running:
    """An API and a recorder of one installation, in this process."""

    def __init__(self, system: System, app: Flask) -> None:
        self.system = system
        self._app = app

    def post(self, count: int) -> list[UUID]:
        """Send so many statements, each as a request of its own; their ids, once all are acknowledged."""
        return [self._post(uuid4()) for _ in range(count)]

    def accepted(self, statement_id: UUID) -> bool:
        return self._send(statement_id) == 200

    def readable(self, *ids: UUID) -> bool:
        """Whether a read right now finds each."""
        return all(
            self._app.test_client().get("/xapi/statements", query_string={"statementId": str(one)}, headers=HEADERS).status_code
            == 200
            for one in ids
        )

    def promised_ms(self) -> int:
        answer = self._app.test_client().get("/xapi/statements", query_string={"limit": "1"}, headers=HEADERS)
        assert answer.status_code == 200, answer.data
        return parse_timestamp(answer.headers["X-Experience-API-Consistent-Through"])

    def receipt_is_known(self, statement_id: UUID) -> bool:
        return trace(hr_services(self.system), statement_id, of_partner=None).stored is not None

    def _post(self, statement_id: UUID) -> UUID:
        assert self._send(statement_id) == 200
        return statement_id

    def _send(self, statement_id: UUID) -> int:
        said: dict[str, Any] = {
            "id": str(statement_id),
            "actor": {"mbox": "mailto:ani@example.id"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://lms.example.id/course/1"},
        }
        body = json.dumps(said).encode()
        return self._app.test_client().post("/xapi/statements", data=body, headers=HEADERS).status_code


class Installation:
    """Its settings, and how its log is taken away."""

    def __init__(self, environment: dict[str, str], take_log_away: Callable[[Settings], None]) -> None:
        self.environment = environment
        self.settings = Settings.read(environment)
        self._take_log_away = take_log_away

    def take_log_away(self) -> None:
        self._take_log_away(self.settings)

    def setup(self) -> None:
        """As `rekam setup` does it, once the place of the log is free again."""
        self.make_topics()
        with closing(System.open(self.settings)) as system:
            system.prepare()

    def make_topics(self) -> None:
        specs = topics(self.settings)

        def made() -> bool:
            with closing(System.open(self.settings)) as system, closing(system.log.admin()) as admin:
                try:
                    admin.create_topics(specs)
                    return all(system.inspector.end_offsets(spec.topic) for spec in specs)
                except LogError:
                    return False

        eventually(made, "the topics could not be made")

    @contextmanager
    def running(self, *, recording: bool = True) -> Iterator[Running]:
        with ExitStack() as later:
            system = System.open(self.settings)
            later.callback(system.close)
            system.store.credentials.put(Credential(KEY, hash_secret(SECRET), "lan", PARTNER_ROLES, 0))
            app = create_app(ingest_services(system))
            later.callback(app.extensions["consistency"].close)
            if recording:
                later.enter_context(_recorder(self.settings))
            yield Running(system, app)

    def doctor(self) -> str:
        return CliRunner(env=self.environment).invoke(rekam, ["doctor"]).output


@contextmanager
def _recorder(settings: Settings) -> Iterator[None]:
    stop, system = Stop(), System.open(settings)
    recorder = system.recorder()

    def work() -> None:
        run(
            recorder,
            lambda: system.recorder_reader(recorder),
            stop,
            system.clock,
            poll_ms=100,
            before_poll=recorder.look_at_the_log,
        )

    thread = threading.Thread(target=work, name="recorder")
    thread.start()
    try:
        yield
    finally:
        stop.request()
        thread.join()
        system.close()


def _remove_files(settings: Settings) -> None:
    for file in settings.data_dir.glob("log.db*"):
        file.unlink()


def _delete_topics(settings: Settings) -> None:
    from kafka.admin import KafkaAdminClient

    client = KafkaAdminClient(bootstrap_servers=settings.event_log_url.removeprefix("kafka://").split(","))
    try:
        client.delete_topics([f"{settings.topic_prefix}{spec.topic.value}" for spec in topics(settings)])
    finally:
        client.close()


@pytest.fixture(params=["embedded", pytest.param("full", marks=[pytest.mark.kafka, pytest.mark.mongo])])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    environment = {
        "REKAM_DATA_DIR": str(tmp_path),
        "REKAM_ACCEPTED_PARTITIONS": "1",
        "REKAM_RECORDED_PARTITIONS": "1",
        "REKAM_READ_WAIT_MS": "15000",
    }
    if request.param == "full":
        kafka, mongo = request.getfixturevalue("kafka_server"), request.getfixturevalue("mongo_server")
        environment["REKAM_EVENT_LOG"] = f"kafka://{kafka.bootstrap}"
        environment["REKAM_TOPIC_PREFIX"] = request.getfixturevalue("kafka_topic_prefix")
        environment["REKAM_STORE"] = mongo.database_url(request.getfixturevalue("mongo_database"))
    made = Installation(environment, _delete_topics if request.param == "full" else _remove_files)
    made.setup()
    return made


@pytest.mark.parametrize("posted", [5, 3, 8])
def test_what_is_acknowledged_into_a_new_log_is_readable(installation: Installation, posted: int) -> None:
    """As many records as the store had seen of the old one, fewer, and more."""
    with installation.running() as before:
        first = before.post(5)
        assert before.readable(*first)
    installation.take_log_away()
    installation.setup()

    with installation.running() as after:
        began_ms = round(time.time() * 1000)
        second = after.post(posted)
        assert after.readable(*second)
        assert after.readable(*first)
        assert after.receipt_is_known(second[-1])
        assert after.promised_ms() >= began_ms
        # What is recorded counts as done once the recorder has committed it, a moment later.
        eventually(lambda: after.system.behind()["recorder"] == 0, "the recorder is behind with what can be read")
    assert "BAD" not in _about_positions(installation.doctor())


def test_the_doctor_says_that_the_log_is_another_and_reads_do_not_pretend(installation: Installation) -> None:
    """Nobody set the installation up again and no recorder runs yet."""
    with installation.running() as before:
        before.post(5)
        assert before.promised_ms() > 0
        promised_ms = before.promised_ms()
    installation.take_log_away()
    installation.make_topics()

    installation.environment["REKAM_READ_WAIT_MS"] = "200"
    installation.settings = Settings.read(installation.environment)
    with installation.running(recording=False) as after:
        (lost,) = after.post(1)
        assert not after.readable(lost)
        assert after.promised_ms() <= promised_ms + 1
        assert after.system.behind()["recorder"] == 1
    found = installation.doctor()
    assert "the store stands at 5 of another log" in found, found
    assert "begins" in found or "beginning" in found

    with installation.running() as healed:
        eventually(lambda: healed.readable(lost), "what was acknowledged is not recorded")
    assert "BAD" not in _about_positions(installation.doctor())


def test_a_log_replaced_under_a_running_recorder_is_read_from_its_beginning(installation: Installation) -> None:
    with installation.running() as running:
        first = running.post(4)
        assert running.readable(*first)
        installation.take_log_away()
        installation.setup()

        later: list[UUID] = []

        def accepted() -> bool:
            later.append(uuid4())
            return running.accepted(later[-1])

        eventually(accepted, "nothing is accepted into the new log")
        later += running.post(4)
        eventually(lambda: running.readable(*later[-5:]), "what was acknowledged is not recorded")
        assert running.readable(*first)


def test_a_log_put_back_from_a_backup_is_gone_on_with(tmp_path: Path) -> None:
    """The copy has the identity of what it is a copy of, and ends before what the store has recorded."""
    made = Installation(
        {"REKAM_DATA_DIR": str(tmp_path), "REKAM_ACCEPTED_PARTITIONS": "1", "REKAM_RECORDED_PARTITIONS": "1"}, _remove_files
    )
    made.setup()
    with made.running() as before:
        first = before.post(3)
        assert before.readable(*first)
    shutil.copy(tmp_path / "log.db", tmp_path / "backup.db")
    with made.running() as more:
        lost = more.post(4)
        assert more.readable(*lost)
    made.take_log_away()
    shutil.copy(tmp_path / "backup.db", tmp_path / "log.db")
    assert "the store stands at 7 of a log that ends at 3" in made.doctor()

    made.setup()
    with made.running() as after:
        second = after.post(4)
        assert after.readable(*second, *lost, *first)
        assert after.system.inspector.end_offsets(Topic.ACCEPTED) == {0: 7}
    assert "BAD" not in _about_positions(made.doctor())


def test_a_log_deleted_under_a_running_api_takes_nothing(tmp_path: Path) -> None:
    made = Installation({"REKAM_DATA_DIR": str(tmp_path)}, _remove_files)
    made.setup()
    with made.running(recording=False) as running:
        running.post(1)
        made.take_log_away()
        assert not running.accepted(uuid4())
        assert not running.accepted(uuid4())
        assert not list(tmp_path.glob("log.db*"))
        made.setup()
        eventually(lambda: running.accepted(uuid4()), "nothing is accepted into the new log")


def _about_positions(said: str) -> str:
    return "\n".join(line for line in said.splitlines() if "statements.accepted 0" in line or "recorder" in line)
