"""What was tolerated in a statement, and the text as it was sent, stay with it."""

from __future__ import annotations

from dataclasses import replace

from store.port import Store
from tests.contract.store.builders import batch, credential, recordable, statement, uid, voiding
from xapi.query import StatementFilter

RECEIVED = b'{ "context":{"contextActivities":{}} ,"x":"\\u00e9 \xc3\xa9"}'
NAMES = ("empty-context-activities", "language-tags")


def test_they_come_back_with_the_statement(store: Store) -> None:
    tolerated = recordable(statement(1))._replace(tolerated=NAMES, received=RECEIVED)
    store.statements.record(batch([tolerated, recordable(statement(2), index=1)]))
    kept = store.statement_queries.get_many([uid(1), uid(2)])
    assert (kept[uid(1)].tolerated, kept[uid(1)].received, kept[uid(1)].text) == (NAMES, RECEIVED, tolerated.text)
    assert (kept[uid(2)].tolerated, kept[uid(2)].received) == ((), None)
    listed = store.statement_queries.find(StatementFilter(), after=None, limit=9).statements
    assert {one.statement_id: one for one in listed} == kept


def test_the_first_to_come_says_what_was_tolerated(store: Store) -> None:
    store.statements.record(batch([recordable(statement(1))]))
    again = recordable(statement(1), offset=1)._replace(tolerated=NAMES, received=RECEIVED)
    assert store.statements.record(batch([again])).duplicates == (again,)
    assert store.statement_queries.get_many([uid(1)])[uid(1)].tolerated == ()


def test_what_is_voided_keeps_them(store: Store) -> None:
    tolerated = recordable(statement(1))._replace(tolerated=NAMES[:1], received=RECEIVED)
    (voided,) = store.statements.record(batch([tolerated, recordable(voiding(2, 1), index=1)])).voided
    assert (voided.voided, voided.tolerated, voided.received) == (True, NAMES[:1], RECEIVED)


def test_a_credential_keeps_its_tolerances(store: Store) -> None:
    lenient = replace(credential("k"), tolerances=frozenset(NAMES))
    store.credentials.put(lenient)
    assert store.credentials.get("k") == lenient
    store.credentials.put(credential("k"))
    assert store.credentials.all() == [credential("k")]
