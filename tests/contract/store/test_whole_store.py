"""Preparing, sharing, closing: what holds for the store as a whole."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing

from store.port import Release, Store
from tests.contract.store.builders import T0, batch, facts, found, letter, number_of, record, recordable, statement, uid
from tests.contract.store.opening import open_store


def prepare_and_ask(url: str) -> bytes:
    with closing(open_store(url)) as opened:
        opened.prepare()
        opened.ping()
        return opened.secrets.secret("shared")


def record_own_and_shared(url: str, number: int) -> tuple[int, int]:
    """Record 40 statements of one's own and 40 that all the others record too; how many were new, how many were not."""
    with closing(open_store(url)) as opened:
        new = old = 0
        for first in range(0, 40, 10):
            rows = [recordable(statement(1_000 * number + n), offset=n) for n in range(first, first + 10)]
            rows += [recordable(statement(n), offset=n) for n in range(first, first + 10)]
            outcome = opened.statements.record(batch(rows, partition=number))
            opened.positions.advance(number, first + 10, T0)
            assert not outcome.conflicts
            new, old = new + len(outcome.recorded), old + len(outcome.duplicates)
        return new, old


def grow_profile(url: str, number: int) -> None:
    with closing(open_store(url)) as opened:
        for turn in range(10):
            while True:
                held = opened.profiles.get("e1")
                text = b"" if held is None else held.text
                more = b"%d.%d," % (number, turn)
                if opened.profiles.put("e1", text + more, facts(), expected_revision=held.revision if held else 0):
                    break


def in_processes(work: Callable[..., object], *arguments: list[object]) -> list[object]:
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(work, *arguments))


def test_several_processes_may_prepare_at_once(new_store_url: str) -> None:
    assert len(set(in_processes(prepare_and_ask, [new_store_url] * 8))) == 1


def test_several_threads_may_prepare_at_once(new_store_url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(prepare_and_ask, [new_store_url] * 6))) == 1


def test_preparing_again_keeps_everything(store: Store) -> None:
    record(store, statement(1))
    store.prepare()
    assert found(store) == [1]


def test_what_one_handle_wrote_another_reads(store: Store, store_url: str) -> None:
    record(store, statement(1))
    with closing(open_store(store_url)) as other:
        assert found(other) == [1]
        record(other, statement(2))
    assert found(store) == [2, 1]


def test_what_was_written_is_there_after_closing(store: Store, store_url: str) -> None:
    record(store, statement(1))
    store.dead_letters.bury([letter("a")])
    store.close()
    with closing(open_store(store_url)) as again:
        again.prepare()
        assert found(again) == [1]
        assert again.dead_letters.get("a") == letter("a")


def test_a_store_is_of_this_release_once_it_is_prepared(new_store_url: str) -> None:
    with closing(open_store(new_store_url)) as opened:
        assert opened.release() is Release.NONE
        opened.prepare()
        assert opened.release() is Release.THIS


def test_closing_twice_is_harmless(store: Store) -> None:
    record(store, statement(1))
    store.close()
    store.close()


def test_a_store_that_was_never_used_can_be_closed(new_store_url: str) -> None:
    open_store(new_store_url).close()


def test_ping_says_nothing_when_all_is_well(store: Store) -> None:
    store.ping()


def test_processes_that_record_the_same_statements_record_each_once(store: Store, store_url: str) -> None:
    outcomes = in_processes(record_own_and_shared, [store_url] * 4, [1, 2, 3, 4])
    assert sum(new for new, _ in outcomes) == 5 * 40  # type: ignore[misc]
    assert sum(old for _, old in outcomes) == 3 * 40  # type: ignore[misc]
    assert len(found(store)) == 5 * 40
    assert {one.next_offset for one in store.positions.positions().values()} == {40}


def test_threads_that_record_the_same_statements_record_each_once(store: Store) -> None:
    def work(number: int) -> int:
        new = 0
        for first in range(0, 30, 6):
            rows = [recordable(statement(n)) for n in range(first, first + 6)]
            new += len(store.statements.record(batch(rows, partition=number)).recorded)
        return new

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 30
    assert sorted(found(store)) == list(range(30))
    kept = store.statement_queries.get_many(uid(n) for n in range(30))
    assert sorted(number_of(one) for one in kept) == list(range(30))


def test_no_profile_update_of_several_processes_is_lost(store: Store, store_url: str) -> None:
    in_processes(grow_profile, [store_url] * 4, [1, 2, 3, 4])
    held = store.profiles.get("e1")
    assert held is not None
    assert held.revision == 40
    assert len(set(held.text.split(b",")[:-1])) == 40
