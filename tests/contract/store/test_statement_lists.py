"""Lists of statements: filters, spans of time, order, pages, owners."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from store.port import PAGE_BYTES, Store
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
    numbers,
    person,
    record,
    recordable,
    statement,
    uid,
)
from xapi.query import StatementFilter, StoredAt

REGISTRATION = "11111111-2222-4333-8444-555555555555"
ACCOUNT = {"account": {"homePage": "https://asn.example/nip", "name": "198609262015051001"}}


def sub_statement(target: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "objectType": "SubStatement",
        "actor": agent("sub"),
        "verb": {"id": PASSED},
        "object": target or activity("sub-object"),
        **more,
    }


UNIVERSE = [
    statement(1),
    statement(2, verb=PASSED, target=activity("b")),
    statement(3, actor=agent("budi"), target=activity("b")),
    statement(4, actor=group("ani", "budi", own="team"), target=activity("c")),
    statement(5, actor=group("cici"), verb=PASSED),
    statement(6, actor=ACCOUNT, target=person("ani")),
    statement(7, actor=agent("dedi"), target=group("ani", own="class"), verb=PASSED),
    statement(8, actor=agent("dedi"), context={"registration": REGISTRATION, "instructor": agent("ani")}),
    statement(9, actor=agent("dedi"), context={"team": group("ani", own="team")}, target=activity("c")),
    statement(10, actor=agent("dedi"), authority=agent("lms"), verb=PASSED),
    statement(
        11,
        actor=agent("eka"),
        target=activity("d"),
        context={"contextActivities": {"parent": [activity("a")], "grouping": [activity("b")], "other": [activity("x")]}},
    ),
    statement(12, actor=agent("eka"), target=sub_statement(context={"contextActivities": {"category": [activity("a")]}})),
    statement(13, actor=agent("eka"), target=sub_statement(person("fani"), context={"instructor": agent("gita")})),
]

FILTERS: dict[str, tuple[dict[str, Any], list[int]]] = {
    "nothing": ({}, list(range(1, 14))),
    "agent: actor, member, object": ({"agent": agent_key_of("ani")}, [1, 2, 4, 6, 7]),
    "agent: a group by its own identifier": ({"agent": agent_key_of("team")}, [4]),
    "agent: a group as object": ({"agent": agent_key_of("class")}, [7]),
    "agent: member of an anonymous group": ({"agent": agent_key_of("cici")}, [5]),
    "agent: account": ({"agent": "account|https://asn.example/nip|198609262015051001"}, [6]),
    "agent: account of another home page": ({"agent": "account|https://other.example|198609262015051001"}, []),
    "agent: unknown": ({"agent": agent_key_of("nobody")}, []),
    "agent: not through a SubStatement": ({"agent": agent_key_of("sub")}, []),
    "related agent": ({"agent": agent_key_of("ani"), "related_agents": True}, [1, 2, 4, 6, 7, 8, 9]),
    "related agent: team": ({"agent": agent_key_of("team"), "related_agents": True}, [4, 9]),
    "related agent: authority": ({"agent": agent_key_of("lms"), "related_agents": True}, [10]),
    "related agent: actor of a SubStatement": ({"agent": agent_key_of("sub"), "related_agents": True}, [12, 13]),
    "related agent: object of a SubStatement": ({"agent": agent_key_of("fani"), "related_agents": True}, [13]),
    "related agent: instructor of a SubStatement": ({"agent": agent_key_of("gita"), "related_agents": True}, [13]),
    "verb": ({"verb": PASSED}, [2, 5, 7, 10]),
    "activity": ({"activity": iri("a")}, [1, 5, 8, 10]),
    "activity: not through a context": ({"activity": iri("x")}, []),
    "activity: not through a SubStatement": ({"activity": iri("sub-object")}, []),
    "related activity": ({"activity": iri("a"), "related_activities": True}, [1, 5, 8, 10, 11, 12]),
    "related activity: any context": ({"activity": iri("x"), "related_activities": True}, [11]),
    "related activity: object of a SubStatement": ({"activity": iri("sub-object"), "related_activities": True}, [12]),
    "registration": ({"registration": UUID(REGISTRATION)}, [8]),
    "registration: unknown": ({"registration": uid(1)}, []),
    "agent and verb": ({"agent": agent_key_of("ani"), "verb": PASSED}, [2, 7]),
    "agent and activity": ({"agent": agent_key_of("ani"), "activity": iri("a")}, [1]),
    "verb and activity": ({"verb": PASSED, "activity": iri("a")}, [5, 10]),
    "agent, verb and activity": ({"agent": agent_key_of("dedi"), "verb": COMPLETED, "activity": iri("a")}, [8]),
    "all four": (
        {"agent": agent_key_of("dedi"), "verb": COMPLETED, "activity": iri("a"), "registration": UUID(REGISTRATION)},
        [8],
    ),
    "all four, one of them wrong": (
        {"agent": agent_key_of("dedi"), "verb": PASSED, "activity": iri("a"), "registration": UUID(REGISTRATION)},
        [],
    ),
    "both related": (
        {"agent": agent_key_of("sub"), "related_agents": True, "activity": iri("a"), "related_activities": True},
        [12],
    ),
    "related agent with a plain activity": (
        {"agent": agent_key_of("ani"), "related_agents": True, "activity": iri("c")},
        [4, 9],
    ),
}


@pytest.mark.parametrize("ascending", [True, False], ids=["ascending", "descending"])
@pytest.mark.parametrize("page_size", [100, 2], ids=["one page", "small pages"])
def test_every_filter_finds_what_it_should(store: Store, ascending: bool, page_size: int) -> None:
    record(store, *UNIVERSE)
    got = {name: found(store, ascending=ascending, page_size=page_size, **wanted) for name, (wanted, _) in FILTERS.items()}
    assert got == {name: expected if ascending else expected[::-1] for name, (_, expected) in FILTERS.items()}


def at_times(*offsets: int) -> Any:
    return batch([recordable(statement(n), at_ms=T0 + at) for n, at in enumerate(offsets, start=1)])


SPANS = [
    (None, None, [1, 2, 3, 4, 5]),
    (20, None, [4, 5]),
    (19, None, [2, 3, 4, 5]),
    (None, 20, [1, 2, 3]),
    (None, 19, [1]),
    (10, 30, [2, 3, 4]),
    (20, 20, []),
    (19, 20, [2, 3]),
    (40, None, []),
    (None, 9, []),
    (30, 10, []),
]


@pytest.mark.parametrize("verb", [None, COMPLETED], ids=["any verb", "a verb"])
def test_since_is_exclusive_and_until_inclusive(store: Store, verb: str | None) -> None:
    store.statements.record(at_times(10, 20, 20, 30, 40))
    for since, until, expected in SPANS:
        span = {
            "since_ms": None if since is None else T0 + since,
            "until_ms": None if until is None else T0 + until,
        }
        assert found(store, ascending=True, verb=verb, **span) == expected, (since, until)
        assert found(store, verb=verb, page_size=1, **span) == expected[::-1], (since, until)


def test_the_order_is_that_of_stored_and_then_of_the_id_whatever_the_order_of_arrival(store: Store) -> None:
    for n, at in ((5, 1), (2, 2), (9, 1), (1, 2), (7, 0)):
        record(store, statement(n), at_ms=T0 + at)
    assert found(store, ascending=True) == [7, 5, 9, 1, 2]
    assert found(store) == [2, 1, 9, 5, 7]


def test_ids_are_ordered_as_unsigned_numbers(store: Store) -> None:
    ids = [UUID(int=n << 120 | 0x4 << 76 | 0x8 << 60) for n in (0x00, 0x7F, 0x80, 0xFF)]
    record(store, *(statement(1) | {"id": str(one)} for one in reversed(ids)))
    page = store.statement_queries.find(StatementFilter(ascending=True), after=None, limit=10)
    assert [one.statement_id for one in page.statements] == ids


def test_a_page_says_where_the_next_one_begins_only_if_there_is_more(store: Store) -> None:
    store.statements.record(at_times(1, 2, 3))
    queries = store.statement_queries
    assert queries.find(StatementFilter(), after=None, limit=3).next_after is None
    page = queries.find(StatementFilter(), after=None, limit=2)
    assert page.next_after == StoredAt(T0 + 2, uid(2)) == page.statements[-1].at
    rest = queries.find(StatementFilter(), after=page.next_after, limit=2)
    assert numbers(one.statement_id for one in rest.statements) == [1]
    assert rest.next_after is None
    assert queries.find(StatementFilter(), after=StoredAt(T0 + 1, uid(1)), limit=2).statements == ()


def test_a_list_goes_on_beyond_a_place_that_is_no_statement(store: Store) -> None:
    store.statements.record(at_times(10, 20, 30))
    page = store.statement_queries.find(StatementFilter(ascending=True), after=StoredAt(T0 + 15, uid(99)), limit=9)
    assert numbers(one.statement_id for one in page.statements) == [2, 3]


@pytest.fixture
def thousand(store: Store) -> Store:
    """1,000 statements, up to seven at one `stored`, each third of univ-b, each fifth `passed`."""
    rows = [
        recordable(
            statement(n, verb=COMPLETED if n % 5 else PASSED, actor=agent("ani" if n % 2 else "budi")),
            partner="univ-a" if n % 3 else "univ-b",
            at_ms=T0 + n * 7919 % 1000 // 7,
        )
        for n in range(1000)
    ]
    for first in range(0, 1000, 250):
        store.statements.record(batch(rows[first : first + 250]))
    return store


def test_pages_of_any_size_neither_repeat_nor_skip(thousand: Store) -> None:
    expected = sorted(range(1000), key=lambda n: (n * 7919 % 1000 // 7, n))
    for size in (1, 2, 3, 7, 10, 64, 333, 499, 500, 501, 999, 1000, 1001):
        assert found(thousand, page_size=size, ascending=True) == expected, size
        assert found(thousand, page_size=size) == expected[::-1], size
    passed = [n for n in expected if n % 5 == 0]
    for size in (1, 7, 100, 199, 200, 201):
        assert found(thousand, page_size=size, ascending=True, verb=PASSED) == passed, size
        assert found(thousand, page_size=size, verb=PASSED, agent=agent_key_of("ani")) == [n for n in passed if n % 2][::-1], size
        assert found(thousand, page_size=size, owner="univ-b", verb=PASSED) == [n for n in passed if n % 3 == 0][::-1], size


def test_descending_pages_are_not_disturbed_by_what_is_recorded_meanwhile(thousand: Store) -> None:
    expected = found(thousand)
    seen: list[int] = []
    after: StoredAt | None = None
    fresh = 1000
    while True:
        page = thousand.statement_queries.find(StatementFilter(), after=after, limit=90)
        seen += numbers(one.statement_id for one in page.statements)
        record(thousand, statement(fresh), statement(fresh + 1), at_ms=T0 + 2_000)
        fresh += 2
        if page.next_after is None:
            break
        after = page.next_after
    assert seen == expected


def test_ascending_pages_catch_up_with_what_is_recorded_meanwhile(store: Store) -> None:
    store.statements.record(at_times(1, 2, 3))
    page = store.statement_queries.find(StatementFilter(ascending=True), after=None, limit=2)
    record(store, statement(4), at_ms=T0 + 9)
    rest = store.statement_queries.find(StatementFilter(ascending=True), after=page.next_after, limit=9)
    assert numbers(one.statement_id for one in (*page.statements, *rest.statements)) == [1, 2, 3, 4]


@pytest.mark.parametrize("wanted", [{}, {"verb": COMPLETED}, {"verb": COMPLETED, "activity": iri("a")}], ids=["all", "verb", "two"])
def test_an_owner_sees_only_its_own(store: Store, wanted: dict[str, Any]) -> None:
    record(store, statement(1), statement(3), partner="univ-a")
    record(store, statement(2), statement(4), partner="univ-b")
    assert found(store, ascending=True, owner="univ-a", **wanted) == [1, 3]
    assert found(store, ascending=True, owner="univ-b", page_size=1, **wanted) == [2, 4]
    assert found(store, owner="univ-c", **wanted) == []
    assert found(store, ascending=True, **wanted) == [1, 2, 3, 4]


def test_what_another_partner_sends_under_a_taken_id_does_not_become_its_own(store: Store) -> None:
    record(store, statement(1), partner="univ-a")
    record(store, statement(1), partner="univ-b")
    assert found(store, owner="univ-a") == [1]
    assert found(store, owner="univ-b") == []


def test_a_registration_is_found_whatever_the_case_it_was_written_in(store: Store) -> None:
    record(store, statement(1, context={"registration": "ABCDEFAB-2222-4333-8444-555555555555"}))
    assert found(store, registration=UUID("abcdefab-2222-4333-8444-555555555555")) == [1]


def test_a_page_of_large_statements_ends_early_and_the_next_goes_on(store: Store) -> None:
    large = "x" * (PAGE_BYTES // 5)
    for n in range(12):
        record(store, statement(n, result={"response": large}), at_ms=T0 + n)
    first = store.statement_queries.find(StatementFilter(ascending=True), after=None, limit=100)
    assert len(first.statements) == 4
    assert found(store, page_size=100, ascending=True) == list(range(12))
    assert found(store, page_size=3) == list(range(11, -1, -1))


def test_a_statement_larger_than_a_page_is_a_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.pages.PAGE_BYTES", 10)
    record(store, *(statement(n) for n in range(3)))
    assert found(store, page_size=100, ascending=True) == [0, 1, 2]
