"""What a statement lends to those that target it: only within one partner, only so many keys, in bounded time."""

from __future__ import annotations

import time
from itertools import permutations, product
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
    batch,
    found,
    group,
    iri,
    record,
    recordable,
    reference,
    statement,
    uid,
    voiding,
)
from xapi.query import LENT_KEYS

REGISTRATION = uid(77)
LARGE, SMALL = 60_000, 6_000


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "in one batch"])
def test_nobody_is_found_through_what_is_another_partners(store: Store, together: bool) -> None:
    worlds = product(product(("univ-a", "univ-b"), repeat=3), permutations((1, 2, 3)))
    for base, (partners, order) in zip(range(10, 10_000, 10), worlds, strict=False):
        owner = dict(zip((1, 2, 3), partners, strict=True))
        said = {
            n: statement(
                base + n,
                actor=agent(f"a{base + n}"),
                verb=f"http://x.example/{base + n}",
                target=activity(f"goal-{base}") if n == 1 else reference(base + n - 1),
            )
            for n in (1, 2, 3)
        }
        rows = [recordable(said[n], partner=owner[n]) for n in order]
        for rows_of_batch in [rows] if together else [[row] for row in rows]:
            store.statements.record(batch(rows_of_batch))
        for n in (1, 2, 3):
            through = {base + m for m in range(n, 4) if len({owner[k] for k in range(n, m + 1)}) == 1}
            key, verb = agent_key_of(f"a{base + n}"), f"http://x.example/{base + n}"
            assert set(found(store, agent=key)) == through, (partners, order)
            assert set(found(store, agent=key, related_agents=True, verb=verb)) == through, (partners, order)
            for partner in ("univ-a", "univ-b"):
                own = {one for one in through if owner[one - base] == partner}
                assert set(found(store, verb=verb, owner=partner)) == own, (partners, order)


@pytest.mark.parametrize("target_first", [False, True])
def test_a_voider_of_what_is_another_partners_is_not_found_through_it(store: Store, target_first: bool) -> None:
    target = recordable(statement(1, actor=agent("budi"), target=activity("goal")), partner="univ-b")
    voider = recordable(voiding(2, 1), partner="univ-a", may_void_any=True)
    for row in (target, voider) if target_first else (voider, target):
        store.statements.record(batch([row]))
    assert store.statement_queries.get_many([uid(1)])[uid(1)].voided
    assert found(store, agent=agent_key_of("budi")) == []
    assert found(store, activity=iri("goal"), owner="univ-a") == []


ARRIVALS: dict[str, list[list[int]]] = {
    "target first": [[1], [2], [3]],
    "target last": [[3], [2], [1]],
    "target between": [[3], [1], [2]],
    "together": [[2, 1, 3]],
}


@pytest.mark.parametrize("arrival", list(ARRIVALS))
def test_of_a_crowd_the_first_members_are_lent(store: Store, arrival: str) -> None:
    names = [f"m{n}" for n in range(LENT_KEYS + 40)]
    context = {
        "registration": str(REGISTRATION),
        "instructor": agent("guru"),
        "contextActivities": {"parent": [activity("parent")]},
    }
    crowd = statement(1, actor=group(*names), verb=PASSED, target=activity("goal"), context=context)
    _record(store, arrival, crowd)
    # The verb, the activity and the registration are lent before any of the members.
    last = LENT_KEYS - 3 - 1
    for wanted in ({"verb": PASSED}, {"activity": iri("goal")}, {"registration": REGISTRATION}):
        for name, expected in {names[0]: [3, 2, 1], names[last]: [3, 2, 1], names[last + 1]: [1], names[-1]: [1]}.items():
            for related in (False, True):
                assert found(store, agent=agent_key_of(name), related_agents=related, **wanted) == expected, (name, wanted)
        assert found(store, **wanted) == [3, 2, 1]
    assert found(store, agent=agent_key_of("guru"), related_agents=True) == [1]
    assert found(store, activity=iri("parent"), related_activities=True) == [1]


@pytest.mark.parametrize("arrival", list(ARRIVALS))
def test_of_the_related_ones_activities_are_lent_before_agents(store: Store, arrival: str) -> None:
    # A verb, no activity of its own, one agent; then as many related activities as leave room for one related agent.
    ids = [f"related-{n}" for n in range(LENT_KEYS - 3)]
    context = {
        "contextActivities": {"other": [activity(one) for one in ids]},
        "instructor": agent("guru"),
        "team": group("x", own="team"),
    }
    target = {"objectType": "SubStatement", "actor": agent("sub"), "verb": {"id": PASSED}, "object": activity(ids[0])}
    _record(store, arrival, statement(1, actor=agent("budi"), verb=PASSED, target=target, context=context))
    for one in (ids[0], ids[-1]):
        assert found(store, activity=iri(one), related_activities=True, verb=PASSED) == [3, 2, 1]
        assert found(store, activity=iri(one)) == []
    assert found(store, agent=agent_key_of("guru"), related_agents=True, verb=PASSED) == [3, 2, 1]
    assert found(store, agent=agent_key_of("team"), related_agents=True, verb=PASSED) == [1]
    assert found(store, agent=agent_key_of("sub"), related_agents=True, verb=PASSED) == [1]


def test_a_borrower_that_is_voided_leaves_no_list_behind(store: Store) -> None:
    names = [f"m{n}" for n in range(LENT_KEYS + 40)]
    record(store, statement(1, actor=group(*names)), statement(2, target=reference(1)))
    record(store, voiding(4, 2, actor=agent("eka")))
    # What voids it targets it, and through it the crowd.
    assert found(store, agent=agent_key_of(names[0])) == [4, 1]
    assert found(store, agent=agent_key_of("ani")) == [4]


def test_very_many_that_wait_for_their_target_are_all_found_through_it(store: Store) -> None:
    waiting = 1_100
    record(store, *(statement(n, target=reference(1)) for n in range(2, waiting)))
    record(store, *(statement(waiting + n, target=reference(n)) for n in range(2, waiting)))
    record(store, statement(2 * waiting, target=reference(1)), partner="univ-b")
    record(store, statement(1, actor=agent("budi"), target=activity("goal")), at_ms=T0 + 1)
    expected = {1, *range(2, waiting), *range(waiting + 2, 2 * waiting)}
    assert set(found(store, activity=iri("goal"), page_size=1_000)) == expected


def test_values_of_any_length_are_lent_and_found(store: Store) -> None:
    long = "x" * 100_000
    said = statement(1, actor={"account": {"homePage": "http://example.com", "name": long}}, target=activity(long))
    record(store, statement(2, target=reference(1)), said)
    assert found(store, activity=iri(long)) == found(store, agent=f"account|http://example.com|{long}") == [2, 1]
    assert found(store, activity=iri(long), agent=f"account|http://example.com|{long}", verb=COMPLETED) == [2, 1]
    assert found(store, activity=iri(long[:-1])) == found(store, activity=iri(long[:200])) == []


def test_the_time_for_a_group_grows_with_its_members_and_no_faster(store: Store) -> None:
    def seconds(number: int, members: int) -> float:
        said = statement(number, actor=group(*(f"m{n}" for n in range(members))))
        said["context"] = {"team": group(*(f"t{n}" for n in range(members // 10)))}
        row = batch([recordable(said)])
        begun = time.process_time()
        store.statements.record(row)
        return time.process_time() - begun

    small = min(seconds(n, SMALL) for n in range(3))
    large = seconds(3, LARGE)
    # Ten times the members; a hundred times the work, if each one were compared with all.
    assert large < 60 * max(small, 0.02), (small, large)
    assert set(found(store, agent=agent_key_of(f"m{LARGE - 1}"))) == {3}
    assert set(found(store, agent=agent_key_of(f"t{LARGE // 10 - 1}"), related_agents=True, verb=COMPLETED)) == {3}
    record(store, statement(10, target=reference(3)))
    record(store, voiding(9, 3))
    assert set(found(store, agent=agent_key_of(f"m{LARGE - 1}"))) == set()
    assert set(found(store, agent=agent_key_of("m0"), verb=COMPLETED)) == {0, 1, 2, 9, 10}


def _record(store: Store, arrival: str, target: dict[str, Any]) -> None:
    """Statement 1 is `target`, 2 targets it, 3 targets 2."""
    said = {1: target, 2: statement(2, target=reference(1)), 3: statement(3, target=reference(2))}
    for numbers in ARRIVALS[arrival]:
        record(store, *(said[n] for n in numbers))
