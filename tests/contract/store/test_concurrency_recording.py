"""Recorders of several partitions at work at once, as handles of their own on one store: the outcome is that of any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from store.port import Recorded, Store
from tests.contract.store.builders import (
    T0,
    activity,
    agent,
    agent_key_of,
    batch,
    found,
    iri,
    recordable,
    reference,
    statement,
    uid,
    voiding,
)
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once
from tests.contract.store.tangle import Said, everything, tangle
from xapi.activities import MOST_LEAVES


@pytest.fixture
def handles(store: Store, store_url: str) -> Iterator[Callable[[int], list[Store]]]:
    """Further handles on the store, as other processes would have them."""
    with ExitStack() as stack:
        yield lambda count: [stack.enter_context(closing(open_store(store_url))) for _ in range(count)]


def _record(store: Store, partition: int, said: Sequence[Said], size: int = 7) -> list[Recorded]:
    """Record in batches, each partition's statements being of its own partner."""
    results = []
    for first in range(0, len(said), size):
        rows = [
            recordable(one, partner=f"univ-{partition}", offset=first, index=index)
            for index, one in enumerate(said[first : first + size])
        ]
        results.append(store.statements.record(batch(rows, partition=partition)))
    return results


@pytest.mark.parametrize("seed", range(6))
def test_two_partitions_recorded_at_once_end_as_if_recorded_one_after_the_other(
    store: Store, handles: Callable[[int], list[Store]], tmp_path: Path, seed: int
) -> None:
    said = tangle(seed, 70)
    halves = said[::2], said[1::2]
    one, other = handles(2)
    at_once(lambda: _record(one, 0, halves[0]), lambda: _record(other, 1, halves[1]))
    with closing(open_store(f"sqlite:///{tmp_path / 'reference.db'}")) as reference_store:
        reference_store.prepare()
        for partition in (0, 1):
            _record(reference_store, partition, halves[partition])
        assert everything(store, 70) == everything(reference_store, 70)


def test_a_batch_delivered_to_two_recorders_at_once_is_recorded_once(store: Store, handles: Callable[[int], list[Store]]) -> None:
    said = tangle(11, 60)
    outcomes = at_once(*(lambda handle=handle: _record(handle, 0, said, size=60)[0] for handle in handles(3)))
    recorded = [one.extract.statement_id for outcome in outcomes for one in outcome.recorded]
    assert sorted(recorded) == [uid(number) for number in range(60)]
    for outcome in outcomes:
        assert len(outcome.recorded) + len(outcome.duplicates) == 60
        assert outcome.conflicts == ()


def test_of_two_contents_under_one_id_the_same_one_wins_for_everybody(store: Store, handles: Callable[[int], list[Store]]) -> None:
    ids = range(40)
    rivals = ("ani", "budi")
    outcomes = at_once(
        *(
            lambda handle=handle, person=person, number=number: _record(
                handle, number, [statement(one, actor=agent(person)) for one in ids], size=5
            )
            for number, (handle, person) in enumerate(zip(handles(2), rivals, strict=True))
        )
    )
    winners = {
        person: {one.extract.statement_id for result in results for one in result.recorded}
        for person, results in zip(rivals, outcomes, strict=True)
    }
    losers = {
        person: {one.extract.statement_id for result in results for one in result.conflicts}
        for person, results in zip(rivals, outcomes, strict=True)
    }
    assert winners["ani"] == losers["budi"]
    assert winners["budi"] == losers["ani"]
    assert winners["ani"] | winners["budi"] == {uid(number) for number in ids}
    for person in rivals:
        assert {uid(number) for number in found(store, agent=agent_key_of(person))} == winners[person]


def test_a_target_and_its_voider_recorded_at_once_end_voided(store: Store, handles: Callable[[int], list[Store]]) -> None:
    one, other = handles(2)
    for number in range(0, 60, 2):
        target, voider = recordable(statement(number)), recordable(voiding(number + 1, number))
        at_once(
            lambda target=target: one.statements.record(batch([target], partition=0)),
            lambda voider=voider: other.statements.record(batch([voider], partition=1)),
        )
    assert sorted(found(store)) == list(range(1, 60, 2))


def test_the_two_ends_of_a_chain_recorded_at_once_meet(store: Store, handles: Callable[[int], list[Store]]) -> None:
    one, other = handles(2)
    for base in range(0, 100, 4):
        store.statements.record(batch([recordable(statement(base + 1, actor=agent("citra"), target=reference(base)))]))
        head = recordable(statement(base + 2, actor=agent("budi"), target=reference(base + 1)))
        tail = recordable(statement(base, actor=agent("ani"), target=activity("a")))
        at_once(
            lambda head=head: one.statements.record(batch([head], partition=0)),
            lambda tail=tail: other.statements.record(batch([tail], partition=1)),
        )
        assert {base, base + 1, base + 2} <= set(found(store, agent=agent_key_of("ani")))


def test_what_several_say_of_an_activity_at_once_is_all_kept(store: Store, handles: Callable[[int], list[Store]]) -> None:
    def say(handle: Store, partition: int) -> None:
        for turn in range(10):
            number = partition * 10 + turn
            what = activity("a", {"name": {f"x-{number}": f"name {number}", "id": f"last by {number}"}, "type": iri("type")})
            row = recordable(statement(number, target=what), at_ms=T0 + turn)
            handle.statements.record(batch([row], partition=partition))

    at_once(*(lambda handle=handle, partition=partition: say(handle, partition) for partition, handle in enumerate(handles(4))))
    definition = store.activity_queries.activities([iri("a")], owner=None)[iri("a")].definition()
    names = definition["name"]
    assert names.pop("id") == "last by 39"
    assert names == {f"x-{number}": f"name {number}" for number in range(40)}


def test_of_too_many_leaves_said_at_once_the_last_stay(store: Store, handles: Callable[[int], list[Store]]) -> None:
    turns, per_turn = 12, MOST_LEAVES // 4

    def say(handle: Store, partition: int) -> None:
        for turn in range(turns):
            extensions = {f"http://x.example/{partition}.{turn}.{place}": turn for place in range(per_turn)}
            said = statement(partition * 100 + turn, target=activity("a", {"extensions": extensions}))
            row = recordable(said, at_ms=T0 + turn * 10 + partition)
            handle.statements.record(batch([row], partition=partition))

    at_once(*(lambda handle=handle, partition=partition: say(handle, partition) for partition, handle in enumerate(handles(4))))
    definition = store.activity_queries.activities([iri("a")], owner="univ-a")[iri("a")].definition()
    assert definition["extensions"] == {
        f"http://x.example/{partition}.{turns - 1}.{place}": turns - 1 for partition in range(4) for place in range(per_turn)
    }


def test_what_was_promised_complete_stays_so_while_a_recorder_works(store: Store, handles: Callable[[int], list[Store]]) -> None:
    recorder, *probers = handles(3)
    turns = 40

    def record() -> list[tuple[int, int]]:
        for turn in range(turns):
            # The clock of the log is behind: only the position keeps `stored` from going back before a promise.
            row = recordable(statement(turn), at_ms=T0, offset=turn)
            last = recorder.statements.record(batch([row])).last_stored_ms
            assert last is not None
            recorder.positions.advance(0, turn + 1, last)
        return []

    def probe(prober: Store) -> list[tuple[int, int]]:
        """Promises made, each with how many statements were to be seen before it when it was made."""
        promises: list[tuple[int, int]] = []
        while True:
            standing = prober.positions.positions()
            end = standing[0].next_offset if 0 in standing else 0
            promised = prober.positions.raise_through({0: end}, T0 + 1_000 * (end + 1))[0].through_ms
            if promised > T0:
                promises.append((promised, len(found(prober, until_ms=promised - 1))))
            if end >= turns:
                return promises

    _, *made = at_once(record, *(lambda prober=prober: probe(prober) for prober in probers))
    assert all(made)
    for promised, seen in [promise for promises in made for promise in promises]:
        assert len(found(store, until_ms=promised - 1)) == seen
