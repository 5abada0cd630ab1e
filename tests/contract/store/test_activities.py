"""What the statements say of activities, merged."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from store.port import Store
from tests.contract.store.builders import T0, activity, agent, batch, iri, record, recordable, statement


def named(language: str, text: str) -> dict[str, Any]:
    return {"name": {language: text}}


def definition(store: Store, name: str) -> dict[str, Any]:
    return store.activity_queries.activities([iri(name)])[iri(name)].definition()


def test_an_activity_nobody_spoke_of_is_unknown(store: Store) -> None:
    record(store, statement(1))
    assert set(store.activity_queries.activities([iri("a"), iri("b")])) == {iri("a")}
    assert store.activity_queries.activities([]) == {}


def test_an_activity_without_a_definition_is_known(store: Store) -> None:
    record(store, statement(1))
    assert definition(store, "a") == {}
    record(store, statement(2, target=activity("a", named("id", "Satu"))))
    record(store, statement(3))
    assert definition(store, "a") == {"name": {"id": "Satu"}}


def test_languages_and_extensions_add_up_and_the_latest_wins(store: Store) -> None:
    said = [
        {"name": {"id": "Lama", "en": "Old"}, "extensions": {"http://x.example/a.b": 1}},
        {"name": {"id": "Baru"}, "type": "http://x.example/course"},
        {"description": {"id": "Isi"}, "extensions": {"http://x.example/$c": {"d.e": None}}},
    ]
    for n, one in enumerate(said):
        record(store, statement(n, target=activity("a", one)), at_ms=T0 + n)
    assert definition(store, "a") == {
        "name": {"id": "Baru", "en": "Old"},
        "type": "http://x.example/course",
        "description": {"id": "Isi"},
        "extensions": {"http://x.example/a.b": 1, "http://x.example/$c": {"d.e": None}},
    }


def test_the_order_of_arrival_does_not_matter(store: Store) -> None:
    for number, order in enumerate(permutations(range(3))):
        name = f"a{number}"
        rows = [
            recordable(
                statement(number * 10 + n, target=activity(name, {"name": {"id": f"n{n}", f"x{n}": "only here"}})),
                at_ms=T0 + 10 * (n // 2),
            )
            for n in range(3)
        ]
        for n in order:
            store.statements.record(batch([rows[n]]))
        assert definition(store, name) == {"name": {"id": "n2", "x0": "only here", "x1": "only here", "x2": "only here"}}
    for number in range(6):
        assert definition(store, f"a{number}")["name"]["id"] == "n2"


def test_within_one_batch_the_greatest_id_wins_at_the_same_stored(store: Store) -> None:
    record(store, *(statement(n, target=activity("a", named("id", f"n{n}"))) for n in (2, 9, 4, 9)))
    assert definition(store, "a") == named("id", "n9")


def test_a_definition_that_is_repeated_counts_from_its_latest_place(store: Store) -> None:
    said = [(9, "Satu"), (2, "Satu"), (5, "Dua")]
    record(store, *(statement(n, target=activity("a", named("id", text))) for n, text in said))
    assert definition(store, "a") == named("id", "Satu")


def test_activities_of_contexts_and_sub_statements_are_known_too(store: Store) -> None:
    sub = {
        "objectType": "SubStatement",
        "actor": agent("budi"),
        "verb": {"id": "http://x.example/v"},
        "object": activity("inner", named("id", "Dalam")),
    }
    context = {"contextActivities": {"parent": [activity("parent", named("id", "Induk"))]}}
    record(store, statement(1, target=sub, context=context))
    assert definition(store, "inner") == named("id", "Dalam")
    assert definition(store, "parent") == named("id", "Induk")


def test_a_conflict_says_nothing_of_activities(store: Store) -> None:
    record(store, statement(1, target=activity("a", named("id", "Satu"))))
    record(store, statement(1, target=activity("b", named("id", "Dua"))), at_ms=T0 + 1)
    assert set(store.activity_queries.activities([iri("a"), iri("b")])) == {iri("a")}


def test_redelivery_changes_nothing(store: Store) -> None:
    first = statement(1, target=activity("a", named("id", "Satu")))
    record(store, first)
    record(store, statement(2, target=activity("a", named("id", "Dua"))), at_ms=T0 + 1)
    before = store.activity_queries.activities([iri("a")])
    record(store, first, at_ms=T0 + 2)
    assert store.activity_queries.activities([iri("a")]) == before


def test_a_thousand_activities_can_be_asked_for_at_once(store: Store) -> None:
    record(store, *(statement(n, target=activity(f"many-{n}")) for n in range(1_200)))
    assert len(store.activity_queries.activities(iri(f"many-{n}") for n in range(1_300))) == 1_200
