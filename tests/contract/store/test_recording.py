"""Recording: what is kept, what is refused, and what happens when it comes again."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from store.port import RecordBatch, Store
from tests.contract.store.builders import (
    COMPLETED,
    PASSED,
    T0,
    activity,
    agent,
    batch,
    found,
    numbers,
    record,
    recordable,
    statement,
    uid,
    voiding,
)
from xapi.query import StatementFilter
from xapi.statement import finish


def text_with(extra: str, number: int = 1) -> bytes:
    """A statement's text with `extra` as its result extensions, just as written here."""
    return (
        f'{{ "id":"{uid(number)}","verb" : {{"id":"{COMPLETED}"}},\n"actor":{{"mbox":"mailto:ani@example.com"}},'
        f'"object":{{"id":"http://example.com/activities/a"}},"result":{{"extensions":{extra}}}}}'
    ).encode()


EXACT = {
    "unicode": '{"http://x.example/ü":"Pelatihan 👩‍🏫 \\u00e9 é ﷽"}',
    "dots and dollars in keys": '{"http://x.example/a.b.c":1,"$set":{"$ne":1},"a.b":{"":0}}',
    "number past a double": '{"http://x.example/n":1e400}',
    "40 digits": '{"http://x.example/n":1234567890123456789012345678901234567890,"d":0.1234567890123456789012345678901234567890}',
    "spelling of numbers": '{"http://x.example/n":[1.0,1.00,1e2,-0,0.0,1E+2,9223372036854775808]}',
    "key order": '{"z":1,"a":2,"m":{"z":1,"a":2}}',
    "escapes": '{"http://x.example/s":"\\u0000\\/\\"\\\\\\n\\ud83d\\ude00"}',
    "escaped NUL in a key": '{"\\u0000":"\\u0000"}',
    "space": '{ "http://x.example/a" : [ 1 ,\t2\r\n] }',
}


def test_the_text_comes_back_byte_for_byte(store: Store) -> None:
    texts = {uid(n): text_with(extensions, n) for n, extensions in enumerate(EXACT.values(), start=1)}
    record(store, *texts.values())
    kept = store.statement_queries.get_many(texts)
    assert {one: kept[one].text for one in texts} == texts
    listed = store.statement_queries.find(StatementFilter(), after=None, limit=100).statements
    assert {one.statement_id: one for one in listed} == kept


def test_a_text_of_5_mb_comes_back_byte_for_byte(store: Store) -> None:
    text = text_with(json.dumps({"http://x.example/long": "0123456789é" * 450_000}, ensure_ascii=False))
    assert len(text) > 5_000_000
    record(store, text, statement(2))
    assert store.statement_queries.get_many([uid(1)])[uid(1)].text == text
    assert found(store) == [2, 1]


def test_a_recorded_statement_says_whose_it_is_and_when_it_was_stored(store: Store) -> None:
    record(store, statement(1), statement(2, timestamp="2026-01-01T00:00:00Z"), partner="univ-b", at_ms=T0 + 7)
    kept = store.statement_queries.get_many([uid(1), uid(2)])
    assert {one.partner for one in kept.values()} == {"univ-b"}
    assert {one.stored_ms for one in kept.values()} == {T0 + 7}
    assert not any(one.voided for one in kept.values())
    assert [kept[uid(n)].timestamped for n in (1, 2)] == [False, True]
    given_out = json.loads(finish(kept[uid(1)].text, kept[uid(1)].stored_ms, timestamped=kept[uid(1)].timestamped))
    assert given_out["stored"] == given_out["timestamp"]


def test_ids_that_are_not_recorded_are_left_out(store: Store) -> None:
    record(store, statement(1))
    assert list(store.statement_queries.get_many([uid(1), uid(2), uid(1)])) == [uid(1)]
    assert store.statement_queries.get_many([]) == {}


def test_thousands_of_ids_can_be_asked_for_at_once(store: Store) -> None:
    record(store, *(statement(n) for n in range(1, 6)))
    assert set(store.statement_queries.get_many(uid(n) for n in range(3_000))) == {uid(n) for n in range(1, 6)}


def test_an_empty_batch_records_nothing(store: Store) -> None:
    result = store.statements.record(RecordBatch(0, 0, ()))
    assert (result.recorded, result.duplicates, result.conflicts, result.voided) == ((), (), (), ())
    assert result.last_stored_ms is None


def test_the_outcome_names_every_statement_of_the_batch_in_order(store: Store) -> None:
    first = [recordable(statement(n), index=n) for n in (3, 1, 2)]
    result = store.statements.record(batch(first))
    assert result.recorded == tuple(first)
    assert (result.duplicates, result.conflicts, result.voided) == ((), (), ())
    assert result.last_stored_ms == T0


SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "equal bytes": (statement(1), statement(1)),
    "another order of members": (statement(1), dict(reversed(list(statement(1).items())))),
    "another spelling of a number": (statement(1, result={"score": {"raw": 1}}), statement(1, result={"score": {"raw": 1.0}})),
}
OTHER: dict[str, tuple[dict[str, Any] | bytes, dict[str, Any] | bytes]] = {
    "verb": (statement(1), statement(1, verb=PASSED)),
    "actor": (statement(1), statement(1, actor=agent("budi"))),
    "object": (statement(1), statement(1, target=activity("b"))),
    "a number, past what a double tells": (
        text_with('{"http://x.example/n":1}'),
        text_with('{"http://x.example/n":1.00000000000000000001}'),
    ),
    "result": (statement(1), statement(1, result={"completion": True})),
}


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one after the other"])
@pytest.mark.parametrize(("held", "again"), SAME.values(), ids=SAME.keys())
def test_the_same_id_with_the_same_content_is_a_duplicate(
    store: Store, held: dict[str, Any], again: dict[str, Any], together: bool
) -> None:
    first, second = recordable(held, offset=0), recordable(again, offset=1, at_ms=T0 + 50)
    result = _record_two(store, first, second, together)
    assert (result.duplicates, result.conflicts) == ((second,), ())
    kept = store.statement_queries.get_many([uid(1)])[uid(1)]
    assert (kept.text, kept.stored_ms) == (first.text, T0)
    assert found(store) == [1]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one after the other"])
@pytest.mark.parametrize(("held", "other"), OTHER.values(), ids=OTHER.keys())
def test_the_same_id_with_other_content_is_a_conflict_and_the_first_stays(
    store: Store, held: dict[str, Any] | bytes, other: dict[str, Any] | bytes, together: bool
) -> None:
    first, second = recordable(held, offset=0), recordable(other, offset=1, at_ms=T0 + 50)
    result = _record_two(store, first, second, together)
    assert (result.duplicates, result.conflicts) == ((), (second,))
    kept = store.statement_queries.get_many([uid(1)])[uid(1)]
    assert (kept.text, kept.stored_ms, kept.partner) == (first.text, T0, "univ-a")
    assert found(store, verb=COMPLETED) == [1]
    assert found(store, verb=PASSED) == []
    assert found(store, agent="mbox|mailto:budi@example.com") == []
    assert found(store, activity="http://example.com/activities/b") == []


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one after the other"])
def test_an_id_belongs_to_the_partner_who_used_it_first_whatever_the_content(store: Store, together: bool) -> None:
    said = statement(1, target=activity("a", {"name": {"id": "Satu"}}))
    first, second = recordable(said, offset=0), recordable(said, offset=1, at_ms=T0 + 50, partner="univ-b")
    result = _record_two(store, first, second, together)
    assert (result.duplicates, result.conflicts) == ((), (second,))
    assert store.statement_queries.get_many([uid(1)])[uid(1)].partner == "univ-a"
    assert store.activity_queries.activities(["http://example.com/activities/a"], owner="univ-b") == {}
    assert store.statements.record(batch([first])).duplicates == (first,)
    assert store.statements.record(batch([second])).conflicts == (second,)


def test_a_voider_under_a_taken_id_voids_nothing(store: Store) -> None:
    record(store, statement(1), partner="univ-b")
    record(store, voiding(2, 1), partner="univ-a")
    result = record(store, voiding(2, 1), partner="univ-b")
    assert (len(result.conflicts), result.voided, result.last_stored_ms) == (1, (), None)
    assert sorted(found(store)) == [1, 2]


def test_three_of_one_id_in_a_batch_are_each_compared_with_the_first(store: Store) -> None:
    rows = [
        recordable(statement(1), index=0),
        recordable(statement(1, verb=PASSED), index=1),
        recordable(statement(1), index=2),
        recordable(statement(1, verb=PASSED), index=3),
    ]
    result = store.statements.record(batch(rows))
    assert result.recorded == (rows[0],)
    assert result.duplicates == (rows[2],)
    assert result.conflicts == (rows[1], rows[3])


def test_a_batch_delivered_again_changes_nothing(store: Store) -> None:
    rows = [recordable(statement(n), at_ms=T0 + n, offset=n) for n in range(20)]
    first = store.statements.record(batch(rows))
    before = _snapshot(store)
    again = store.statements.record(batch(rows))
    assert again.recorded == ()
    assert again.duplicates == tuple(rows)
    assert again.last_stored_ms == first.last_stored_ms == T0 + 19
    assert _snapshot(store) == before


def test_an_overlapping_batch_records_only_what_is_new(store: Store) -> None:
    rows = [recordable(statement(n), at_ms=T0 + n, offset=n) for n in range(30)]
    store.statements.record(batch(rows[:20]))
    before = _snapshot(store)
    result = store.statements.record(batch(rows[10:]))
    assert result.duplicates == tuple(rows[10:20])
    assert result.recorded == tuple(rows[20:])
    after = _snapshot(store)
    assert {one: after[one] for one in before} == before
    assert found(store, ascending=True) == list(range(30))


def test_redelivery_after_the_promise_was_raised_keeps_the_first_stored(store: Store) -> None:
    rows = [recordable(statement(1), at_ms=T0)]
    store.statements.record(batch(rows))
    store.positions.advance(0, 1, T0)
    store.positions.raise_through({0: 1}, T0 + 5_000)
    result = store.statements.record(batch(rows))
    assert result.duplicates == tuple(rows)
    assert store.statement_queries.get_many([uid(1)])[uid(1)].stored_ms == T0


@pytest.mark.parametrize(("appended", "stored"), [(T0 - 10, T0), (T0, T0), (T0 + 10, T0 + 10)])
def test_stored_is_never_before_what_was_promised(store: Store, appended: int, stored: int) -> None:
    store.positions.raise_through({0: 0}, T0)
    result = record(store, statement(1), at_ms=appended)
    assert result.last_stored_ms == stored
    assert store.statement_queries.get_many([uid(1)])[uid(1)].stored_ms == stored


def test_the_promise_of_one_partition_does_not_move_those_of_another(store: Store) -> None:
    store.positions.raise_through({0: 0}, T0 + 1_000)
    record(store, statement(1), partition=1, at_ms=T0)
    assert store.statement_queries.get_many([uid(1)])[uid(1)].stored_ms == T0


def test_the_last_stored_is_the_greatest_of_the_batch(store: Store) -> None:
    rows = [recordable(statement(n), at_ms=T0 + at) for n, at in ((1, 5), (2, 9), (3, 1))]
    assert store.statements.record(batch(rows)).last_stored_ms == T0 + 9


def test_count_grows_with_what_is_recorded(store: Store) -> None:
    assert store.statement_queries.count() == 0
    record(store, *(statement(n) for n in range(10)))
    record(store, *(statement(n) for n in range(5)))
    assert store.statement_queries.count() == 10


def test_the_same_statement_through_two_partitions_is_recorded_once(store: Store) -> None:
    record(store, statement(1), partition=0)
    again = record(store, statement(1), partition=1, at_ms=T0 + 10)
    assert len(again.duplicates) == 1
    assert found(store) == [1]


def _record_two(store: Store, first: Any, second: Any, together: bool) -> Any:
    if together:
        return store.statements.record(batch([first, second]))
    store.statements.record(batch([first]))
    return store.statements.record(batch([second]))


def _snapshot(store: Store) -> dict[UUID, Any]:
    ids = [uid(n) for n in found(store)]
    assert len(set(numbers(ids))) == len(ids)
    return dict(store.statement_queries.get_many(ids))
