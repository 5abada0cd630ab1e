"""What a recorder does with records whose log the store no longer follows, on both modes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eventlog.port import Topic
from store.port import AnotherLog, Positions, Recorded, StatementStore
from tests.integration.workers.conftest import Bench
from tests.integration.workers.test_workers import said, uid
from workers.loop import StartOver


def leave_the_log(positions: Positions) -> None:
    """Another recorder finds another log."""
    positions.adopt(positions.positions()[0], "another log", 0)


def begin_again(bench: Bench) -> None:
    leave_the_log(bench.system.store.positions)
    with pytest.raises(StartOver):
        bench.recorder.handle(bench.system.inspector.read(Topic.ACCEPTED, 0, 0, 10))
    assert bench.recorder.resume_at(0) == 0


def test_records_polled_before_the_log_changed_count_for_nothing_and_are_recorded_after_all(bench: Bench) -> None:
    positions = bench.system.store.positions
    bench.accept(said(1))
    bench.record()
    bench.accept(said(2))
    records = bench.system.inspector.read(Topic.ACCEPTED, 0, 1, 10)
    leave_the_log(positions)

    with pytest.raises(StartOver):
        bench.recorder.handle(records)
    assert bench.stored(uid(2)) == {}
    assert (positions.positions()[0].log_id, positions.positions()[0].next_offset) == ("another log", 0)

    # The log that is there is this one: it is followed again, from its beginning.
    assert bench.recorder.resume_at(0) == 0
    bench.recorder.handle(bench.system.inspector.read(Topic.ACCEPTED, 0, 0, 10))
    assert set(bench.stored(uid(1), uid(2))) == {uid(1), uid(2)}
    assert bench.system.store.dead_letters.count() == 0


def test_a_log_that_changes_in_the_middle_of_a_batch_ends_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    positions = bench.system.store.positions
    bench.accept(said(1))
    bench.recorder.resume_at(0)
    kind: type[StatementStore] = type(bench.system.store.statements)
    record = kind.record

    def late(self: StatementStore, batch: object) -> Recorded:
        leave_the_log(positions)
        with pytest.raises(AnotherLog):
            record(self, batch)  # type: ignore[arg-type]
        return record(self, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(kind, "record", late)
    with pytest.raises(StartOver):
        bench.recorder.handle(bench.system.inspector.read(Topic.ACCEPTED, 0, 0, 10))
    assert bench.stored(uid(1)) == {}
    assert positions.positions()[0].next_offset == 0


def test_letters_from_the_same_place_of_two_logs_are_two(bench: Bench) -> None:
    bench.append(b"not json")
    (record,) = bench.system.inspector.read(Topic.ACCEPTED, 0, 0, 10)
    letters = bench.system.store.dead_letters
    bench.recorder.handle([record])
    begin_again(bench)
    bench.recorder.handle([record])
    assert letters.count() == 1
    begin_again(bench)
    bench.recorder.handle([replace(record, appended_at_ms=record.appended_at_ms + 1, value=b"not json either")])
    assert {letter.payload for letter in letters.page()} == {b"not json", b"not json either"}
