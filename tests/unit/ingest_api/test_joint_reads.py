"""Statements read by their ids for several requests at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from ingest_api.joint_reads import JointReads
from store.port import StoredStatement, Unavailable
from tests.unit.ingest_api.test_consistency import START_MS, World

ONE, OTHER, MISSING = UUID(int=1), UUID(int=2), UUID(int=3)


class Statements:
    """What a store holds by id; `before_answer` runs before it looks."""

    def __init__(self) -> None:
        self.held = {one: StoredStatement(one.bytes, START_MS, b"{}", "a", True, False) for one in (ONE, OTHER)}
        self.asked: list[list[UUID]] = []
        self.before_answer: Callable[[], object] = lambda: None

    def get_many(self, statement_ids: Iterable[UUID]) -> dict[UUID, StoredStatement]:
        wanted = list(statement_ids)
        self.asked.append(wanted)
        self.before_answer()
        return {one: self.held[one] for one in wanted if one in self.held}


class Reads:
    def __init__(self, wait_ms: int = 2_000) -> None:
        self.world = World(wait_ms)
        self.statements = Statements()
        self.joint = JointReads(self.statements, self.world.consistency, wait_ms=wait_ms)  # type: ignore[arg-type]


@pytest.fixture
def reads() -> Iterator[Reads]:
    made = Reads()
    yield made
    made.statements.before_answer = lambda: None
    made.world.consistency.close()


def test_each_gets_its_own_and_the_promise(reads: Reads) -> None:
    for _ in range(2):  # waiting for the first promise, and without waiting
        assert reads.joint.get(ONE) == (START_MS, reads.statements.held[ONE])
        assert reads.joint.get(MISSING) == (START_MS, None)


def test_those_that_come_meanwhile_share_a_look_and_a_question_that_begin_after_them(reads: Reads) -> None:
    reads.joint.get(ONE)
    looks = reads.world.log.asked
    asked, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        asked.set()
        go_on.wait(5)

    reads.statements.before_answer = hold
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(reads.joint.get, ONE)
        assert asked.wait(5)
        others = [pool.submit(reads.joint.get, one) for one in (ONE, OTHER, MISSING, OTHER) * 2]
        time.sleep(0.05)
        # Recorded after the first question, before the next.
        reads.statements.held[MISSING] = StoredStatement(MISSING.bytes, START_MS, b"{}", "a", True, False)
        go_on.set()
        first.result(timeout=10)
        found = [other.result(timeout=10)[1] for other in others]
    assert [one and one.statement_id for one in found] == [ONE, OTHER, MISSING, OTHER] * 2
    assert len(reads.statements.asked) == 3
    assert reads.world.log.asked == looks + 2


def test_one_that_has_to_wait_reads_what_was_recorded_meanwhile(reads: Reads) -> None:
    statement = reads.statements.held.pop(ONE)
    reads.world.log.ends = {0: 3}
    reads.world.positions.advance(0, 2, START_MS)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(reads.joint.get, ONE)
        time.sleep(0.03)
        assert not read.done()
        reads.statements.held[ONE] = statement
        reads.world.positions.advance(0, 3, START_MS)
        assert read.result(timeout=10) == (START_MS, statement)
    assert reads.world.log.asked == 1


def test_the_stores_outage_reaches_each(reads: Reads) -> None:
    reads.joint.get(ONE)

    def down() -> None:
        raise Unavailable("down")

    reads.statements.before_answer = down
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(reads.joint.get, ONE) for _ in range(5)]
        for one in asked:
            with pytest.raises(Unavailable):
                one.result(timeout=10)
    reads.statements.before_answer = lambda: None
    assert reads.joint.get(ONE)[1] is not None


def test_one_for_whom_the_round_takes_too_long_goes_alone() -> None:
    reads = Reads(wait_ms=60)
    reads.joint.get(ONE)
    stuck, go_on = threading.Event(), threading.Event()

    def hold_the_first() -> None:
        reads.statements.before_answer = lambda: None
        stuck.set()
        go_on.wait(10)

    reads.statements.before_answer = hold_the_first
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(reads.joint.get, ONE)
        assert stuck.wait(5)
        assert pool.submit(reads.joint.get, OTHER).result(timeout=10)[1] is not None
        assert not first.done()
        go_on.set()
        first.result(timeout=10)
    reads.world.consistency.close()
