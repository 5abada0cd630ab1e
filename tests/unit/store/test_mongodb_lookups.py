"""Look-ups that come while a question is under way share the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event
from uuid import UUID

import pytest

from store.mongodb.lookups import FEW, Found, SharedLookups
from store.port import StoredStatement, Unavailable

PATIENCE_S = 30


def _held(ids: Sequence[UUID]) -> Found:
    """The even ones exist."""
    return {one: StoredStatement(one.bytes, 1, b"{}", "univ-a", True, False) for one in ids if one.int % 2 == 0}


class SlowStore:
    """Answers a question when it is told to."""

    def __init__(self) -> None:
        self.asked: SimpleQueue[set[UUID]] = SimpleQueue()
        self.go = Event()
        self.answer: Callable[[Sequence[UUID]], Found] = _held

    def ask(self, ids: Sequence[UUID]) -> Found:
        self.asked.put(set(ids))
        assert self.go.wait(PATIENCE_S)
        return self.answer(ids)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def _gathered(lookups: SharedLookups, count: int) -> bool:
    gathering = lookups._gathering
    return gathering is not None and len(gathering.wanted) == count


def _after_one(store: SlowStore, pool: ThreadPoolExecutor, wanted: Sequence[UUID]) -> tuple[Future[Found], list[Future[Found]]]:
    """The first of `wanted` is being asked for, and the others have come meanwhile, each by itself."""
    lookups = SharedLookups(store.ask)
    first = pool.submit(lookups.get, [wanted[0]])
    assert store.asked.get(timeout=PATIENCE_S) == {wanted[0]}
    others = [pool.submit(lookups.get, [one]) for one in wanted[1:]]
    while not _gathered(lookups, len(others)):
        Event().wait(0.001)
    return first, others


def test_who_comes_during_a_question_is_in_the_next_and_gets_its_own(pool: ThreadPoolExecutor) -> None:
    store = SlowStore()
    ids = [UUID(int=n) for n in range(5)]
    first, others = _after_one(store, pool, ids)
    store.go.set()
    assert first.result(PATIENCE_S) == _held(ids[:1])
    assert [one.result(PATIENCE_S) for one in others] == [_held([one]) for one in ids[1:]]
    assert store.asked.get(timeout=PATIENCE_S) == set(ids[1:])
    assert store.asked.empty()


def test_an_outage_is_everybodys_and_over_with_the_question(pool: ThreadPoolExecutor) -> None:
    store = SlowStore()
    first, others = _after_one(store, pool, [UUID(int=n) for n in range(3)])

    def fail(_: Sequence[UUID]) -> Found:
        raise Unavailable("MongoDB does not answer")

    store.answer = fail
    store.go.set()
    for one in (first, *others):
        with pytest.raises(Unavailable):
            one.result(PATIENCE_S)
    assert SharedLookups(_held).get([UUID(int=2)]) == _held([UUID(int=2)])


def test_who_asks_for_many_keeps_nobody_waiting(pool: ThreadPoolExecutor) -> None:
    store = SlowStore()
    lookups = SharedLookups(store.ask)
    many = [UUID(int=n) for n in range(FEW + 1)]
    large = pool.submit(lookups.get, many)
    assert store.asked.get(timeout=PATIENCE_S) == set(many)
    small = pool.submit(lookups.get, many[:1])
    assert store.asked.get(timeout=PATIENCE_S) == set(many[:1])
    store.go.set()
    assert (large.result(PATIENCE_S), small.result(PATIENCE_S)) == (_held(many), _held(many[:1]))
