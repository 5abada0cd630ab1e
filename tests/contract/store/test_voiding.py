"""Voiding (xAPI 1.0.3, Data 2.3.2), whichever of the two comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from store.port import Store
from tests.contract.store.builders import (
    COMPLETED,
    T0,
    agent_key_of,
    batch,
    found,
    record,
    recordable,
    reference,
    statement,
    uid,
    voiding,
)
from xapi.statement import VOIDED


@dataclass(frozen=True)
class Case:
    """Numbers are those within the case: 1 is the target of 2, which voids or only seems to."""

    voider: Callable[[int], dict[str, Any]] = lambda base: voiding(base + 2, base + 1)
    target: Callable[[int], dict[str, Any]] = lambda base: statement(base + 1)
    target_by: str = "univ-a"
    may_void_any: bool = False
    takes_effect: bool = True


CASES = {
    "own": Case(),
    "of another partner": Case(target_by="univ-b", takes_effect=False),
    "of another partner, with the right to": Case(target_by="univ-b", may_void_any=True),
    "a voiding statement": Case(target=lambda base: voiding(base + 1, base + 9), takes_effect=False),
    "a voiding statement, with the right to": Case(
        target=lambda base: voiding(base + 1, base + 9), may_void_any=True, takes_effect=False
    ),
    "one that voids its own voider": Case(target=lambda base: voiding(base + 1, base + 2), takes_effect=False),
    "a mere reference": Case(voider=lambda base: statement(base + 2, target=reference(base + 1)), takes_effect=False),
    "a statement that refers to another": Case(target=lambda base: statement(base + 1, target=reference(base + 9))),
}


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "in one batch"])
@pytest.mark.parametrize("voider_first", [False, True], ids=["target first", "voider first"])
def test_voiding_in_every_order(store: Store, voider_first: bool, together: bool) -> None:
    for base, (name, case) in zip(range(10, 1000, 10), CASES.items(), strict=False):
        rows = [
            recordable(case.target(base), partner=case.target_by),
            recordable(case.voider(base), partner="univ-a", may_void_any=case.may_void_any),
        ]
        if voider_first:
            rows.reverse()
        for group in [rows] if together else [[row] for row in rows]:
            store.statements.record(batch(group))
        kept = store.statement_queries.get_many([uid(base + 1), uid(base + 2)])
        assert [kept[uid(base + n)].voided for n in (1, 2)] == [case.takes_effect, False], name
        listed = {base + 2} if case.takes_effect else {base + 1, base + 2}
        assert {n for n in found(store) if base <= n < base + 10} == listed, name


def test_a_statement_that_claims_to_void_itself_stays(store: Store) -> None:
    assert record(store, voiding(1, 1)).voided == ()
    assert record(store, voiding(1, 1), may_void_any=True).voided == ()
    assert found(store) == [1]


def test_a_voided_statement_is_in_no_list_but_can_be_read(store: Store) -> None:
    record(store, statement(1), statement(2))
    record(store, voiding(3, 1))
    for wanted in ({}, {"verb": COMPLETED}, {"agent": agent_key_of("ani"), "verb": COMPLETED}, {"owner": "univ-a"}):
        assert 1 not in found(store, **wanted), wanted
        assert 2 in found(store, **wanted), wanted
    assert store.statement_queries.get_many([uid(1)])[uid(1)].voided
    asked = [[], [uid(2)], [uid(2), uid(1)], [*map(uid, range(1_000, 9_000)), uid(1)]]
    assert [store.statement_queries.any_voided(ids) for ids in asked] == [False, False, True, True]


def test_a_voiding_statement_itself_is_listed(store: Store) -> None:
    record(store, statement(1), voiding(2, 1))
    assert found(store) == [2]
    assert found(store, verb=VOIDED) == [2]


def test_the_recorder_is_told_what_was_voided(store: Store) -> None:
    record(store, statement(1), statement(2), statement(3))
    result = record(store, voiding(4, 1), voiding(5, 3), voiding(6, 99), statement(7))
    assert {one.statement_id for one in result.voided} == {uid(1), uid(3)}
    assert all(one.voided for one in result.voided)
    assert result.voided[0].text == store.statement_queries.get_many([result.voided[0].statement_id])[uid(1)].text


def test_the_recorder_is_told_again_when_a_voiding_statement_is_delivered_again(store: Store) -> None:
    record(store, statement(1))
    first = record(store, voiding(2, 1))
    again = record(store, voiding(2, 1))
    assert len(again.duplicates) == 1
    assert again.voided == first.voided != ()


def test_the_recorder_is_not_told_of_a_voiding_without_effect(store: Store) -> None:
    record(store, statement(1), partner="univ-b")
    assert record(store, voiding(2, 1), partner="univ-a").voided == ()
    assert found(store) == [2, 1]


def test_a_duplicate_of_a_voiding_statement_brings_no_new_rights(store: Store) -> None:
    record(store, statement(1), partner="univ-b")
    record(store, voiding(2, 1), partner="univ-a")
    again = record(store, voiding(2, 1), partner="univ-a", may_void_any=True)
    assert again.voided == ()
    assert found(store) == [2, 1]


def test_a_conflicting_voiding_statement_voids_nothing(store: Store) -> None:
    record(store, statement(1), statement(2))
    result = record(store, voiding(2, 1))
    assert len(result.conflicts) == 1
    assert result.voided == ()
    assert found(store) == [2, 1]


def test_two_voiding_statements_of_one_target(store: Store) -> None:
    record(store, voiding(2, 1), statement(1), voiding(3, 1))
    assert found(store) == [3, 2]
    result = record(store, voiding(4, 1), at_ms=T0 + 1)
    assert [one.statement_id for one in result.voided] == [uid(1)]


def test_an_early_voider_of_another_partner_does_not_stand_in_the_way_of_the_owner(store: Store) -> None:
    record(store, voiding(2, 1), partner="univ-b")
    record(store, statement(1), partner="univ-a")
    assert 1 in found(store)
    record(store, voiding(3, 1), partner="univ-a")
    assert 1 not in found(store)


def test_what_is_voided_stays_voided_when_it_is_delivered_again(store: Store) -> None:
    record(store, statement(1))
    record(store, voiding(2, 1))
    assert len(record(store, statement(1)).duplicates) == 1
    assert found(store) == [2]


def test_pages_go_past_many_voided_statements(store: Store) -> None:
    record(store, *(statement(n) for n in range(1, 201)))
    record(store, *(voiding(1000 + n, n) for n in range(1, 201) if n % 50), at_ms=T0 + 1)
    assert found(store, page_size=3, until_ms=T0) == [200, 150, 100, 50]
    assert found(store, page_size=3, until_ms=T0, verb=COMPLETED) == [200, 150, 100, 50]
