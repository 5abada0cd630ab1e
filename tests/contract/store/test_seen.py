"""How many statements name an agent or an activity, and when they did first and last."""

from __future__ import annotations

import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.port import SEEN_LIMIT, Seen, Store
from tests.contract.store.builders import (
    T0,
    activity,
    agent,
    agent_key_of,
    batch,
    group,
    iri,
    person,
    record,
    recordable,
    reference,
    statement,
    uid,
    voiding,
)
from tests.contract.store.opening import open_store

ANI, BUDI = agent_key_of("ani"), agent_key_of("budi")


def seen(store: Store, *, agents: list[str] | None = None, activities: list[str] | None = None) -> dict[str, Seen]:
    return store.statement_queries.seen(agents or [], activities or [])


def test_statements_are_counted_over_all_partners_with_their_first_and_last_time(store: Store) -> None:
    for number, (partner, at_ms) in enumerate([("univ-a", T0 + 5), ("univ-b", T0 + 1), ("univ-c", T0 + 9)]):
        record(store, statement(number, actor=agent("ani")), partner=partner, partition=number, at_ms=at_ms)
    assert seen(store, agents=[ANI, BUDI]) == {ANI: Seen(3, T0 + 1, T0 + 9)}
    assert not seen(store, agents=[ANI])[ANI].at_least
    assert seen(store, activities=[iri("a"), iri("b")]) == {iri("a"): Seen(3, T0 + 1, T0 + 9)}
    assert seen(store, agents=[ANI], activities=[iri("a")]).keys() == {ANI, iri("a")}


def test_nothing_is_seen_in_an_empty_store(store: Store) -> None:
    assert seen(store, agents=[ANI], activities=[iri("a")]) == seen(store) == {}


def test_it_is_what_the_plain_filters_find(store: Store) -> None:
    record(
        store,
        statement(1, actor=group("ani", "budi")),
        statement(2, actor=agent("citra"), target=person("ani")),
        statement(3, actor=agent("citra"), context={"instructor": agent("ani"), "contextActivities": {"parent": [activity("b")]}}),
    )
    assert {key: one.count for key, one in seen(store, agents=[ANI, BUDI]).items()} == {ANI: 2, BUDI: 1}
    assert seen(store, activities=[iri("b")]) == {}


def test_a_statement_that_says_it_twice_counts_once(store: Store) -> None:
    record(store, statement(1, actor=agent("ani"), target=person("ani")))
    assert seen(store, agents=[ANI]) == {ANI: Seen(1, T0, T0)}


def test_voided_statements_and_those_that_only_refer_to_others_do_not_count(store: Store) -> None:
    record(store, *(statement(n, actor=agent("ani")) for n in (1, 2, 3)))
    record(store, statement(4, actor=agent("budi"), target=reference(1)), partition=1, at_ms=T0 + 50)
    record(store, voiding(5, 2, actor=agent("budi")), partition=2, at_ms=T0 + 60)
    assert seen(store, agents=[ANI], activities=[iri("a")]) == {ANI: Seen(2, T0, T0), iri("a"): Seen(2, T0, T0)}
    assert seen(store, agents=[BUDI]) == {BUDI: Seen(2, T0 + 50, T0 + 60)}
    record(store, voiding(6, 1), voiding(7, 3), partition=3, at_ms=T0 + 70)
    assert seen(store, activities=[iri("a")]) == {}


def test_redelivered_statements_count_once(store: Store) -> None:
    for _ in range(2):
        record(store, *(statement(n, actor=agent("ani")) for n in range(5)))
    assert seen(store, agents=[ANI])[ANI].count == 5


@pytest.fixture(scope="module", params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def crowded_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with one statement more of the activity `a` than are counted, of two partners, the last of the second."""
    if request.param == "sqlite":
        url = f"sqlite:///{Path(tmp_path_factory.mktemp('seen')) / 'store.db'}"
    else:
        server: Any = request.getfixturevalue("mongo_server")
        url = str(server.database_url(f"t{uuid.uuid4().hex[:12]}"))
    with closing(open_store(url)) as store:
        store.prepare()
        for first in range(0, SEEN_LIMIT, 2_000):
            rows = [
                recordable(statement(n, actor=agent(f"p{n // 10}")), at_ms=T0 + 10 + n, offset=n)
                for n in range(first, first + 2_000)
            ]
            store.statements.record(batch(rows))
            store.positions.advance(0, first + 2_000, T0)
        record(store, statement(SEEN_LIMIT), partner="univ-b", partition=1, at_ms=T0 + 1)
        record(store, statement(SEEN_LIMIT + 1, target=activity("b")), partner="univ-b", partition=2, at_ms=T0 + 99_999)
    return url


def test_the_count_stops_at_the_limit_and_the_times_are_those_of_all(crowded_url: str) -> None:
    with closing(open_store(crowded_url)) as store:
        many = seen(store, activities=[iri("a")])[iri("a")]
        assert many == Seen(SEEN_LIMIT, T0 + 1, T0 + 10 + SEEN_LIMIT - 1)
        assert many.at_least
        assert seen(store, agents=[agent_key_of("p7")]) == {agent_key_of("p7"): Seen(10, T0 + 80, T0 + 89)}


def test_hundreds_of_keys_are_asked_for_at_once(crowded_url: str) -> None:
    with closing(open_store(crowded_url)) as store:
        agents = [agent_key_of(f"p{n}") for n in range(1_200)]
        found = seen(store, agents=agents)
        assert len(found) == SEEN_LIMIT // 10
        assert {one.count for one in found.values()} == {10}


def test_statements_that_name_agents_come_once_and_unvoided(store: Store) -> None:
    record(
        store,
        statement(1, actor=group("ani", "budi")),
        statement(2, actor=agent("citra"), target=person("ani")),
        statement(3, actor=agent("citra")),
        statement(4, actor=agent("budi")),
        voiding(5, target=4, actor=agent("citra")),
        statement(6, actor=agent("dewi"), target=reference(1)),
    )
    record(store, statement(7, actor=agent("budi")), partner="univ-b", partition=1)

    def named(*agents: str) -> list[int]:
        return sorted(held.statement_id.int for held in store.statement_queries.naming(agents))

    assert named(ANI, BUDI, ANI) == sorted(uid(number).int for number in (1, 2, 7))
    assert named(BUDI) == sorted(uid(number).int for number in (1, 7))
    assert named(*(agent_key_of(f"nobody-{number}") for number in range(1_200)), ANI) == named(ANI)
    assert named() == []
