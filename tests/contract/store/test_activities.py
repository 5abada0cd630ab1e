"""What the statements say of activities, merged."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from store.port import Store
from tests.contract.store.builders import T0, activity, agent, batch, iri, record, recordable, statement, uid
from xapi.activities import LEAF_BYTES, MOST_LEAVES


def named(language: str, text: str) -> dict[str, Any]:
    return {"name": {language: text}}


def definition(store: Store, name: str, owner: str | None = "univ-a") -> dict[str, Any]:
    return store.activity_queries.activities([iri(name)], owner=owner)[iri(name)].definition()


def test_an_activity_nobody_spoke_of_is_unknown(store: Store) -> None:
    record(store, statement(1))
    assert set(store.activity_queries.activities([iri("a"), iri("b")], owner=None)) == {iri("a")}
    assert store.activity_queries.activities([], owner=None) == {}


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
    assert set(store.activity_queries.activities([iri("a"), iri("b")], owner=None)) == {iri("a")}


def test_redelivery_changes_nothing(store: Store) -> None:
    first = statement(1, target=activity("a", named("id", "Satu")))
    record(store, first)
    record(store, statement(2, target=activity("a", named("id", "Dua"))), at_ms=T0 + 1)
    before = store.activity_queries.activities([iri("a")], owner=None)
    record(store, first, at_ms=T0 + 2)
    assert store.activity_queries.activities([iri("a")], owner=None) == before


def test_a_thousand_activities_can_be_asked_for_at_once(store: Store) -> None:
    record(store, *(statement(n, target=activity(f"many-{n}")) for n in range(1_200)))
    for owner in (None, "univ-a"):
        assert len(store.activity_queries.activities((iri(f"many-{n}") for n in range(1_300)), owner=owner)) == 1_200


def test_what_one_partner_says_is_neither_read_nor_changed_by_another(store: Store) -> None:
    said = {"name": {"id": "Kursus", "en": "Course"}, "extensions": {"http://x.example/internal": 1}}
    record(store, statement(1, target=activity("a", said)), partner="univ-a")
    record(store, statement(2, target=activity("a", named("id", "Lain"))), partner="univ-b", at_ms=T0 + 1)
    record(store, statement(3), partner="univ-c")
    assert definition(store, "a", "univ-a") == said
    assert definition(store, "a", "univ-b") == named("id", "Lain")
    assert definition(store, "a", "univ-c") == {}
    assert store.activity_queries.activities([iri("a")], owner="univ-d") == {}
    assert definition(store, "a", None) == said | {"name": {"id": "Lain", "en": "Course"}}


def test_partners_in_one_batch_are_kept_apart(store: Store) -> None:
    rows = [
        recordable(statement(n, target=activity("a", named("id", f"n{n}"))), partner=partner)
        for n, partner in ((3, "univ-a"), (1, "univ-b"), (2, "univ-b"))
    ]
    store.statements.record(batch(rows))
    assert definition(store, "a", "univ-a") == definition(store, "a", None) == named("id", "n3")
    assert definition(store, "a", "univ-b") == named("id", "n2")


def test_what_is_too_large_is_left_out_and_the_statement_keeps_it(store: Store) -> None:
    large = activity("a", {"description": {"id": "x" * LEAF_BYTES}, "type": "http://x.example/course"})
    row = recordable(statement(1, target=large))
    store.statements.record(batch([row]))
    record(store, statement(2, target=activity("a", {"extensions": {"http://x.example/e": ["é" * LEAF_BYTES]}})))
    assert definition(store, "a") == {"type": "http://x.example/course"}
    assert store.statement_queries.get_many([uid(1)])[uid(1)].text == row.text


def test_of_too_many_the_last_stay_whatever_the_order_of_arrival(store: Store) -> None:
    per_statement = MOST_LEAVES // 2
    rows = [
        recordable(
            statement(
                turn * 10 + number,
                target=activity(
                    f"a{turn}", {"extensions": {f"http://x.example/{number}.{place}": number for place in range(per_statement)}}
                ),
            ),
            at_ms=T0 + number,
        )
        for turn in range(3)
        for number in range(5)
    ]
    for row in rows[:5]:
        store.statements.record(batch([row]))
    for row in reversed(rows[5:10]):
        store.statements.record(batch([row]))
    store.statements.record(batch(rows[10:]))
    store.statements.record(batch(rows[:3]))  # what was cut off stays so when it is delivered again
    for turn in range(3):
        assert definition(store, f"a{turn}")["extensions"] == {
            f"http://x.example/{number}.{place}": number for number in (3, 4) for place in range(per_statement)
        }
    record(store, statement(99, target=activity("a0", named("id", "Baru"))), at_ms=T0 + 9)
    assert definition(store, "a0")["name"] == {"id": "Baru"}
    assert len(definition(store, "a0")["extensions"]) == MOST_LEAVES - 1


def test_what_was_said_before_counts_again_where_another_thing_was_said_between(store: Store) -> None:
    first, other = named("id", "Satu"), named("id", "Dua")
    record(store, statement(1, target=activity("a", first)), at_ms=T0)
    record(store, statement(2, target=activity("a", first)), at_ms=T0 + 1)
    record(store, statement(3, target=activity("a", other)), at_ms=T0 + 2)
    record(store, statement(4, target=activity("a", first)), at_ms=T0 + 3)
    assert definition(store, "a") == first
    # In one batch, and in one millisecond, the greater id is the later one.
    record(store, statement(9, target=activity("a", first)), statement(8, target=activity("a", other)), at_ms=T0 + 4)
    assert definition(store, "a") == first
    record(store, statement(10, target=activity("a", first)), at_ms=T0 + 60_000)
    assert definition(store, "a") == first


def test_what_is_said_again_much_later_is_later_than_what_others_said_meanwhile(store: Store) -> None:
    record(store, statement(1, target=activity("a", named("id", "Satu"))), at_ms=T0)
    record(store, statement(2, target=activity("a", named("id", "Satu"))), at_ms=T0 + 30_000)
    late = activity("a", {"name": {"id": "Dua"}})
    record(store, statement(3, target=late), partition=1, at_ms=T0 + 20_000)
    assert definition(store, "a") == named("id", "Satu")


def test_hundreds_of_different_definitions_of_one_activity_merge_whatever_their_order_and_length(store: Store) -> None:
    said = [named("id", f"n{n % 150}") | {"description": {"id": f"{n % 150} " * (3_000 if n % 40 == 7 else 1)}} for n in range(300)]
    said += [{"name": {"en": f"e{n}"}, "type": f"http://x.example/{n % 3}"} for n in range(40)]
    rows = [recordable(statement(n, target=activity("a", one)), at_ms=T0 + n // 2) for n, one in enumerate(said)]
    order = [n * 97 % len(rows) for n in range(len(rows))]
    for at in range(0, len(order), 25):
        store.statements.record(batch([rows[n] for n in order[at : at + 25]]))
    assert definition(store, "a") == {
        "name": {"id": "n149", "en": "e39"},
        "description": {"id": "149 "},
        "type": "http://x.example/0",
    }
