"""Statements found through what they target (xAPI 1.0.3, Communication 2.1.3: Filter Conditions for StatementRefs)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from store.port import Store
from tests.contract.store.builders import (
    COMPLETED,
    PASSED,
    T0,
    activity,
    agent,
    agent_key_of,
    found,
    iri,
    record,
    reference,
    statement,
    voiding,
)
from xapi.query import LONGEST_CHAIN


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "in one batch"])
def test_a_chain_is_found_through_each_of_its_sources_in_whatever_order_it_arrives(store: Store, together: bool) -> None:
    for base, order in zip(range(10, 1000, 10), permutations(range(4)), strict=False):
        chain = [
            statement(base + 1, actor=agent(f"a{base + 1}"), verb="http://x.example/v1", target=activity(f"goal-{base}")),
            *(
                statement(base + n, actor=agent(f"a{base + n}"), verb=f"http://x.example/v{n}", target=reference(base + n - 1))
                for n in (2, 3, 4)
            ),
        ]
        _record_in_order(store, chain, order, together)
        goal, everyone = iri(f"goal-{base}"), {base + n for n in (1, 2, 3, 4)}
        for n in (1, 2, 3, 4):
            through = {base + m for m in range(n, 5)}
            key = agent_key_of(f"a{base + n}")
            assert set(found(store, agent=key)) == through, order
            assert set(found(store, verb=f"http://x.example/v{n}", agent=key)) == through, order
        assert set(found(store, activity=goal)) == everyone, order
        assert set(found(store, activity=goal, related_activities=True)) == everyone, order
        assert sorted(found(store, activity=goal, page_size=1)) == sorted(everyone), order


@pytest.mark.parametrize("backwards", [False, True], ids=["targets first", "targets last"])
def test_a_chain_is_followed_so_far_and_no_further(store: Store, backwards: bool) -> None:
    length = LONGEST_CHAIN + 20
    chain = [statement(0, target=activity("goal")), *(statement(n, target=reference(n - 1)) for n in range(1, length))]
    halves = chain[: length // 2], chain[length // 2 :]
    for half in reversed(halves) if backwards else halves:
        record(store, *half)
    through = set(found(store, activity=iri("goal")))
    assert through == set(range(LONGEST_CHAIN + 1))


def test_all_filters_must_hold_on_one_source(store: Store) -> None:
    record(
        store,
        statement(1, actor=agent("ani"), verb=PASSED, target=activity("a")),
        statement(2, actor=agent("budi"), verb=COMPLETED, target=reference(1)),
    )
    assert found(store, agent=agent_key_of("ani"), verb=PASSED) == [2, 1]
    assert found(store, agent=agent_key_of("budi"), verb=COMPLETED) == [2]
    assert found(store, agent=agent_key_of("budi"), verb=PASSED) == []
    assert found(store, agent=agent_key_of("ani"), verb=COMPLETED) == []
    assert found(store, agent=agent_key_of("budi"), activity=iri("a")) == []
    assert found(store, agent=agent_key_of("budi"), activity=iri("a"), owner="univ-a") == []
    assert found(store, agent=agent_key_of("ani"), activity=iri("a"), owner="univ-a") == [2, 1]


def test_a_statement_that_matches_through_several_sources_is_listed_once(store: Store) -> None:
    record(store, statement(1), statement(2, target=reference(1)), statement(3, target=reference(2)))
    for size in (1, 2, 3, 10):
        assert found(store, page_size=size, verb=COMPLETED) == [3, 2, 1]
        assert found(store, page_size=size, agent=agent_key_of("ani"), verb=COMPLETED, ascending=True) == [1, 2, 3]
        assert found(store, page_size=size, agent=agent_key_of("ani"), related_agents=True) == [3, 2, 1]


def test_time_and_owner_speak_of_the_statement_itself(store: Store) -> None:
    record(store, statement(1, actor=agent("budi")), partner="univ-a", at_ms=T0)
    record(store, statement(2, target=reference(1)), partner="univ-a", at_ms=T0 + 100)
    record(store, statement(3, actor=agent("budi")), partner="univ-b", at_ms=T0 + 100)
    budi = agent_key_of("budi")
    assert found(store, agent=budi, since_ms=T0 + 50) == [3, 2]
    assert found(store, agent=budi, until_ms=T0 + 50) == [1]
    assert found(store, agent=budi, owner="univ-b") == [3]
    assert found(store, agent=budi, owner="univ-a") == [2, 1]


def test_a_target_recorded_long_after_its_referrers_makes_all_of_them_found(store: Store) -> None:
    record(store, *(statement(n, actor=agent(f"r{n}"), target=reference(1)) for n in range(2, 40)))
    assert found(store, activity=iri("goal")) == []
    record(store, statement(1, target=activity("goal")), at_ms=T0 + 1_000)
    assert sorted(found(store, activity=iri("goal"))) == list(range(1, 40))


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "in one batch"])
def test_a_cycle_ends(store: Store, together: bool) -> None:
    for base, order in zip(range(10, 100, 10), permutations(range(3)), strict=False):
        targets = ((1, 2), (2, 3), (3, 1))
        cycle = [statement(base + n, actor=agent(f"a{base + n}"), target=reference(base + target)) for n, target in targets]
        _record_in_order(store, cycle, order, together)
        for n in (1, 2, 3):
            assert set(found(store, agent=agent_key_of(f"a{base + n}"))) == {base + 1, base + 2, base + 3}, order


def test_a_statement_that_targets_itself(store: Store) -> None:
    record(store, statement(1, target=reference(1)))
    assert found(store) == [1]
    assert found(store, agent=agent_key_of("ani"), verb=COMPLETED) == [1]


def test_a_tail_that_leads_into_a_cycle(store: Store) -> None:
    record(store, statement(1, actor=agent("a1"), target=reference(2)))
    record(store, statement(3, actor=agent("a3"), target=reference(1)))
    record(store, statement(2, actor=agent("a2"), target=reference(1)))
    assert set(found(store, agent=agent_key_of("a2"))) == {1, 2, 3}
    assert set(found(store, agent=agent_key_of("a3"))) == {3}


def test_a_chain_of_fifty_recorded_backwards(store: Store) -> None:
    for n in range(50, 1, -1):
        record(store, statement(n, actor=agent(f"a{n}"), target=reference(n - 1)))
    record(store, statement(1, target=activity("goal")))
    assert sorted(found(store, activity=iri("goal"), page_size=7)) == list(range(1, 51))
    assert sorted(found(store, agent=agent_key_of("a25"))) == list(range(25, 51))


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "in one batch"])
def test_referrers_of_a_voided_statement_are_found_through_it(store: Store, together: bool) -> None:
    for base, order in zip(range(10, 100, 10), permutations(range(3)), strict=False):
        target = agent(f"a{base}")
        said = [
            statement(base + 1, actor=target, target=activity(f"goal-{base}")),
            statement(base + 2, target=reference(base + 1)),
            voiding(base + 3, base + 1),
        ]
        _record_in_order(store, said, order, together)
        through = found(store, agent=agent_key_of(f"a{base}"), activity=iri(f"goal-{base}"))
        assert sorted(through) == [base + 2, base + 3], order
        assert base + 1 not in found(store)


def test_a_voided_referrer_is_not_found_through_what_it_targets(store: Store) -> None:
    record(store, statement(1, actor=agent("budi")), statement(2, target=reference(1)), statement(3, target=reference(2)))
    record(store, voiding(4, 2, actor=agent("eka")))
    assert sorted(found(store, agent=agent_key_of("budi"))) == [1, 3, 4]
    record(store, voiding(5, 6), statement(6, target=reference(7)))
    record(store, statement(7, actor=agent("gita")))
    assert sorted(found(store, agent=agent_key_of("gita"))) == [5, 7]


def test_a_conflicting_referrer_changes_nothing(store: Store) -> None:
    record(store, statement(1, actor=agent("budi")), statement(2, target=activity("b")))
    record(store, statement(2, target=reference(1)))
    assert found(store, agent=agent_key_of("budi")) == [1]


def _record_in_order(store: Store, said: Sequence[dict[str, Any]], order: Sequence[int], together: bool) -> None:
    if together:
        record(store, *(said[i] for i in order))
    else:
        for place, i in enumerate(order):
            record(store, said[i], at_ms=T0 + place)
