"""What the embedded log does with its file: who may wait for whom, what a bad file or a full disk looks like, what is removed."""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from eventlog.port import LogLimits, LogReader, Outgoing, Record, Topic, TopicSpec, Unavailable
from eventlog.sqlite import SqliteEventLog
from telemetry.clock import FixedClock, SystemClock
from tests.contract.eventlog.opening import eventually

DAY_MS = 86_400_000


def made(path: Path, limits: LogLimits | None = None, clock: SystemClock | FixedClock | None = None) -> SqliteEventLog:
    log = SqliteEventLog(path, limits, clock)
    with closing(log.admin()) as admin:
        admin.create_topics([TopicSpec(Topic.ACCEPTED, 2), TopicSpec(Topic.RECORDED, 1, retention_ms=DAY_MS)])
    return log


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process is in the middle of a write."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


class CountingClock(SystemClock):
    """Counts how often the time of an append was taken: once per transaction."""

    def __init__(self) -> None:
        self.asked = 0

    def now_ms(self) -> int:
        self.asked += 1
        return super().now_ms()


def test_concurrent_appends_share_a_transaction(tmp_path: Path) -> None:
    clock = CountingClock()
    log = made(tmp_path / "log.db", clock=clock)
    with closing(log.appender()) as appender, ThreadPoolExecutor(16) as pool:
        appender.append(Topic.ACCEPTED, Outgoing(b"0"))
        clock.asked = 0
        with locked(tmp_path / "log.db"):
            waiting = [pool.submit(appender.append, Topic.ACCEPTED, Outgoing(str(number).encode())) for number in range(16)]
            time.sleep(0.3)
        places = {(place.partition, place.offset) for place in (future.result() for future in waiting)}

    assert len(places) == 16
    assert clock.asked == 1


def test_an_append_waits_for_another_process_but_not_for_ever(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db", LogLimits(append_timeout_ms=400))
    with closing(log.appender()) as appender:
        with locked(tmp_path / "log.db"):
            started = time.monotonic()
            with pytest.raises(Unavailable):
                appender.append(Topic.ACCEPTED, Outgoing(b"1"))
            assert 0.3 < time.monotonic() - started < 4
        appender.append(Topic.ACCEPTED, Outgoing(b"2"))

        release = threading.Event()

        def hold_a_little() -> None:
            with locked(tmp_path / "log.db"):
                release.set()
                time.sleep(0.15)

        holder = threading.Thread(target=hold_a_little)
        holder.start()
        release.wait()
        appender.append(Topic.ACCEPTED, Outgoing(b"3"))
        holder.join()


def test_an_append_that_was_given_up_is_not_written_later(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db", LogLimits(append_timeout_ms=300))
    with closing(log.appender()) as appender, closing(log.inspector()) as inspector, ThreadPoolExecutor(2) as pool:
        with locked(tmp_path / "log.db"):
            first = pool.submit(appender.append, Topic.RECORDED, Outgoing(b"given up too"))
            time.sleep(0.1)
            with pytest.raises(Unavailable):
                appender.append(Topic.RECORDED, Outgoing(b"given up"))
            assert isinstance(first.exception(), Unavailable)
        appender.append(Topic.RECORDED, Outgoing(b"later"))

        assert [record.value for record in inspector.read(Topic.RECORDED, 0, 0, 10)] == [b"later"]


def test_more_than_may_be_in_flight_is_refused_at_once(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db", LogLimits(max_in_flight_bytes=1_000, append_timeout_ms=5_000))
    with closing(log.appender()) as appender, ThreadPoolExecutor(4) as pool:
        with locked(tmp_path / "log.db"):
            waiting = [pool.submit(appender.append, Topic.ACCEPTED, Outgoing(bytes(400))) for _ in range(2)]
            time.sleep(0.2)
            started = time.monotonic()
            with pytest.raises(Unavailable, match="800 bytes"):
                appender.append(Topic.ACCEPTED, Outgoing(bytes(400)))
            assert time.monotonic() - started < 2
        for future in waiting:
            future.result()
        appender.append(Topic.ACCEPTED, Outgoing(bytes(400)))
        appender.append(Topic.ACCEPTED, Outgoing(bytes(2_000)))


def test_reading_goes_on_while_another_process_writes(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db")
    with closing(log.appender()) as appender, closing(log.inspector()) as inspector:
        appender.append(Topic.RECORDED, Outgoing(b"1"))
        with locked(tmp_path / "log.db"):
            assert inspector.end_offsets(Topic.RECORDED) == {0: 1}
            assert len(inspector.read(Topic.RECORDED, 0, 0, 10)) == 1


def test_a_ping_of_a_log_that_cannot_be_written_says_so_within_two_seconds(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db")
    with closing(log.inspector()) as inspector, locked(tmp_path / "log.db"):
        started = time.monotonic()
        with pytest.raises(Unavailable, match="locked"):
            inspector.ping()
        assert time.monotonic() - started < 3


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"this is not a database at all" * 100)
    with (
        closing(SqliteEventLog(tmp_path / "log.db").inspector()) as inspector,
        pytest.raises(Unavailable, match="not an SQLite file"),
    ):
        inspector.ping()


def test_a_file_of_another_release_is_refused(tmp_path: Path) -> None:
    made(tmp_path / "log.db")
    with closing(sqlite3.connect(tmp_path / "log.db")) as other:
        other.execute("PRAGMA user_version = 99")
    with closing(SqliteEventLog(tmp_path / "log.db").inspector()) as inspector, pytest.raises(Unavailable, match="another release"):
        inspector.ping()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        closing(SqliteEventLog(tmp_path / "file" / "log.db").admin()) as admin,
        pytest.raises(Unavailable, match="can't be made"),
    ):
        admin.create_topics([])


def test_a_file_that_is_not_there_is_not_made_by_who_only_uses_it(tmp_path: Path) -> None:
    log = SqliteEventLog(tmp_path / "log.db")
    with (
        closing(log.appender()) as appender,
        closing(log.inspector()) as inspector,
        closing(log.reader(Topic.RECORDED, "g")) as reader,
    ):
        for use in (lambda: appender.append(Topic.RECORDED, Outgoing(b"1")), inspector.ping, lambda: reader.poll(0, 1)):
            with pytest.raises(Unavailable, match="is not there"):
                use()
        assert not list(tmp_path.iterdir())
        made(tmp_path / "log.db")
        assert appender.append(Topic.RECORDED, Outgoing(b"1")).offset == 0
        assert [record.value for record in reader.poll(1_000, 1)] == [b"1"]


def take_away(folder: Path) -> None:
    for file in folder.glob("log.db*"):
        file.unlink()


def test_nothing_is_taken_by_a_file_that_was_deleted(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db")
    with closing(log.appender()) as appender, closing(log.inspector()) as inspector:
        appender.append(Topic.RECORDED, Outgoing(b"1"))
        assert inspector.end_offsets(Topic.RECORDED) == {0: 1}
        take_away(tmp_path)

        for use in (
            lambda: appender.append(Topic.RECORDED, Outgoing(b"2")),
            inspector.ping,
            lambda: inspector.end_offsets(Topic.RECORDED),
        ):
            with pytest.raises(Unavailable, match="is not there"):
                use()


def test_a_file_that_was_replaced_is_said_to_be_so_once_and_then_used(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db")
    (tmp_path / "other").mkdir()
    made(tmp_path / "other" / "log.db")
    with closing(log.appender()) as appender, closing(log.inspector()) as inspector:
        appender.append_all(Topic.RECORDED, [Outgoing(b"1"), Outgoing(b"2")])
        before = inspector.identity(Topic.RECORDED)
        (tmp_path / "other" / "log.db").replace(tmp_path / "log.db")
        for file in tmp_path.glob("log.db-*"):
            file.unlink()

        with pytest.raises(Unavailable, match="was replaced"):
            appender.append(Topic.RECORDED, Outgoing(b"3"))
        with pytest.raises(Unavailable, match="was replaced"):
            inspector.ping()
        assert appender.append(Topic.RECORDED, Outgoing(b"3")).offset == 0
        assert inspector.end_offsets(Topic.RECORDED) == {0: 1}
        assert inspector.identity(Topic.RECORDED) != before


def test_what_was_written_while_the_file_was_taken_away_is_not_acknowledged(tmp_path: Path) -> None:
    """The file goes while the records are being written into it."""

    class Deleting(SystemClock):
        def now_ms(self) -> int:
            take_away(tmp_path)
            return super().now_ms()

    made(tmp_path / "log.db")
    log = SqliteEventLog(tmp_path / "log.db", clock=Deleting())
    with closing(log.appender()) as appender, pytest.raises(Unavailable, match="is not there"):
        appender.append(Topic.RECORDED, Outgoing(b"1"))


def test_a_reader_goes_on_in_the_file_that_is_there(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db")
    with closing(log.reader(Topic.RECORDED, "g", lambda _: 0)) as reader, closing(log.appender()) as appender:
        appender.append_all(Topic.RECORDED, [Outgoing(b"1"), Outgoing(b"2")])
        assert len(reader.poll(2_000, 10)) == 2
        take_away(tmp_path)
        with pytest.raises(Unavailable):
            reader.poll(0, 10)
        made(tmp_path / "log.db")
        with closing(log.appender()) as other:
            other.append_all(Topic.RECORDED, [Outgoing(b"3"), Outgoing(b"4"), Outgoing(b"5")])
        eventually(lambda: [record.value for record in _polled(reader)] == [b"3", b"4", b"5"], "the new file is not read")


def _polled(reader: LogReader) -> list[Record]:
    try:
        return reader.poll(500, 10)
    except Unavailable:
        return []


def test_a_copy_has_the_identity_of_what_it_is_a_copy_of(tmp_path: Path) -> None:
    with closing(made(tmp_path / "log.db").inspector()) as inspector:
        identity = inspector.identity(Topic.ACCEPTED)
    shutil.copy(tmp_path / "log.db", tmp_path / "copy.db")
    with closing(SqliteEventLog(tmp_path / "copy.db").inspector()) as inspector:
        assert inspector.identity(Topic.ACCEPTED) == identity


def test_a_file_from_when_logs_had_no_identity_is_given_one_and_keeps_its_records(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db")
    with closing(log.appender()) as appender:
        appender.append(Topic.RECORDED, Outgoing(b"1"))
    with closing(sqlite3.connect(tmp_path / "log.db")) as older:
        older.execute("DROP TABLE log")
        older.execute("PRAGMA user_version = 1")

    with closing(log.inspector()) as one, closing(log.inspector()) as other:
        assert one.identity(Topic.RECORDED) == other.identity(Topic.RECORDED) != ""
        assert [record.value for record in one.read(Topic.RECORDED, 0, 0, 10)] == [b"1"]


def test_nobody_else_can_read_the_file(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db")
    with closing(log.appender()) as appender:
        appender.append(Topic.RECORDED, Outgoing(b"1"))
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}

    assert modes == {"log.db": 0o600, "log.db-wal": 0o600, "log.db-shm": 0o600}


def _append_until_the_disk_is_full(answer: Connection, log: SqliteEventLog, path: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with closing(log.appender()) as appender:
        appender.append(Topic.RECORDED, Outgoing(b"small"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 300_000, resource.RLIM_INFINITY))
        try:
            appender.append(Topic.RECORDED, Outgoing(bytes(5_000_000)))
        except Unavailable as error:
            answer.send(str(error))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        appender.append(Topic.RECORDED, Outgoing(b"there is room again"))
    answer.send("done")


def test_a_full_disk_is_unavailable_leaves_nothing_half_and_is_recovered_from(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db")
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_append_until_the_disk_is_full, args=(sender, log, tmp_path / "log.db"))
    process.start()
    sender.close()
    with receiver:
        answers = [receiver.recv(), receiver.recv()]
    process.join()
    process.close()

    assert "log.db" in answers[0]
    assert answers[1] == "done"
    with closing(log.inspector()) as inspector:
        assert [record.value for record in inspector.read(Topic.RECORDED, 0, 0, 10)] == [b"small", b"there is room again"]


def test_records_old_and_done_by_every_group_are_removed(tmp_path: Path) -> None:
    clock = FixedClock(1_700_000_000_000)
    log = made(tmp_path / "log.db", clock=clock)
    with (
        closing(log.appender()) as appender,
        closing(log.inspector()) as inspector,
        closing(log.reader(Topic.RECORDED, "one")) as one,
        closing(log.reader(Topic.RECORDED, "other")) as other,
    ):
        appender.append_all(Topic.RECORDED, [Outgoing(str(number).encode()) for number in range(4)])
        clock.advance_ms(DAY_MS + 1)
        appender.append(Topic.RECORDED, Outgoing(b"young"))
        assert len(one.poll(10, 10)) == len(other.poll(10, 10)) == 5

        def kept() -> list[bytes]:
            return [record.value for record in inspector.read(Topic.RECORDED, 0, 0, 10)]

        one.commit({0: 5})
        assert kept() == [b"0", b"1", b"2", b"3", b"young"]
        other.commit({0: 3})
        clock.advance_ms(61_000)
        other.poll(0, 1)
        other.commit({0: 3})
        assert kept() == [b"3", b"young"]
        assert inspector.end_offsets(Topic.RECORDED) == {0: 5}
        assert appender.append(Topic.RECORDED, Outgoing(b"next")).offset == 5

    with closing(log.reader(Topic.RECORDED, "new")) as new:
        assert [record.value for record in new.poll(10, 10)] == [b"3", b"young", b"next"]


def test_a_topic_without_retention_keeps_everything(tmp_path: Path) -> None:
    clock = FixedClock(1_700_000_000_000)
    log = made(tmp_path / "log.db", clock=clock)
    with (
        closing(log.appender()) as appender,
        closing(log.inspector()) as inspector,
        closing(log.reader(Topic.ACCEPTED, "one")) as one,
    ):
        appender.append(Topic.ACCEPTED, Outgoing(b"1", partition=0))
        clock.advance_ms(1000 * DAY_MS)
        assert one.poll(10, 10)
        one.commit({0: 1})
        assert len(inspector.read(Topic.ACCEPTED, 0, 0, 10)) == 1


def test_times_do_not_go_back_when_the_clock_does(tmp_path: Path) -> None:
    clock = FixedClock(1_700_000_000_000)
    log = made(tmp_path / "log.db", clock=clock)
    with closing(log.appender()) as appender:
        first = appender.append(Topic.RECORDED, Outgoing(b"1"))
        clock.advance_ms(-60_000)
        second = appender.append(Topic.RECORDED, Outgoing(b"2"))
        clock.advance_ms(120_000)
        third = appender.append(Topic.RECORDED, Outgoing(b"3"))

    assert [first.appended_at_ms, second.appended_at_ms, third.appended_at_ms] == [
        1_700_000_000_000,
        1_700_000_000_000,
        1_700_000_060_000,
    ]


def test_a_member_busy_longer_than_its_lease_keeps_its_partitions(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db", LogLimits(session_timeout_ms=600))
    with closing(log.appender()) as appender, closing(log.reader(Topic.RECORDED, "one")) as busy:
        appender.append(Topic.RECORDED, Outgoing(b"1"))
        eventually(lambda: bool(busy.poll(100, 10)), "nothing came")
        with closing(log.reader(Topic.RECORDED, "one")) as idle:
            until = time.monotonic() + 2
            while time.monotonic() < until:
                assert idle.poll(50, 10) == []
        busy.commit({0: 1})
    with closing(log.inspector()) as inspector:
        assert inspector.committed(Topic.RECORDED, "one") == {0: 1}


def test_an_idle_reader_hardly_uses_the_processor(tmp_path: Path) -> None:
    log = made(tmp_path / "log.db")
    with closing(log.reader(Topic.RECORDED, "one")) as reader:
        reader.poll(300, 10)
        before = time.process_time()
        reader.poll(2_000, 10)
        assert (time.process_time() - before) / 2 < 0.05
