"""What a store gives out is made of plain Python values, whatever its driver makes of them: others serialise them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from store.port import HistoryFilter, Store
from tests.contract.store.builders import (
    T0,
    audit_entry,
    credential,
    employee,
    evidence,
    facts,
    letter,
    record,
    statement,
    uid,
)
from xapi.query import StatementFilter

PLAIN = {int, str, bytes, bool, type(None), UUID}


def leaves(value: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from leaves(getattr(value, field.name))
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from leaves(getattr(value, field.name))
    elif isinstance(value, list | tuple | frozenset):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        yield from leaves(list(value.items()))
    else:
        yield value


def strange(value: Any) -> set[type]:
    """Types of numbers, texts and bytes that only look like the plain ones."""
    return {
        type(leaf)
        for leaf in leaves(value)
        if type(leaf) not in PLAIN
        and isinstance(leaf, int | str | bytes)
        and not type(leaf).__module__.startswith(("access", "competency"))
    }


def test_numbers_texts_and_bytes_are_pythons_own(store: Store) -> None:
    record(store, statement(1))
    store.positions.advance(0, 1, T0)
    store.dead_letters.bury([letter("a", number=1)])
    store.credentials.put(credential())
    store.audit.note(audit_entry())
    store.directory.put_employees([employee()])
    store.evidence.replace([uid(1)], [evidence(1)])
    store.profiles.put("e1", b"{}", facts(), expected_revision=0)
    given_out = [
        store.statement_queries.get_many([uid(1)]),
        store.statement_queries.find(StatementFilter(), after=None, limit=1),
        store.positions.positions(),
        store.positions.raise_through({0: 1}, T0 + 1),
        store.dead_letters.page(),
        store.dead_letters.count(),
        store.credentials.all(),
        store.audit.entries(),
        store.directory.version(),
        store.directory.employees(),
        store.catalogue.version(),
        store.evidence.of_statement(uid(1)),
        store.evidence.history(evidence(1).employee_id, HistoryFilter(), after=None, limit=1),
        store.profiles.get("e1"),
        store.secrets.secret("s"),
    ]
    assert all(given_out[:2])
    assert {index: found for index, value in enumerate(given_out) if (found := strange(value))} == {}
