"""Everything that stands in the way of a statement."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from competency.catalogue import CatalogueEntry, FinishRule
from competency.derivation import derive
from competency.evidence import Irrelevance, NotRelevant
from competency.matching import Catalogue
from competency.reasons import reasons
from tests.unit.competency.making import BY_KEY, ENTRY, RULES, statement
from xapi.values import parse_timestamp

STORED = parse_timestamp("2026-01-05T00:00:00Z")
STRANGER = {"mbox": "mailto:nobody@x.example"}
NO_ENTRY, NOT_FINISHED, OUTSIDE, UNKNOWN = (
    Irrelevance.NO_CATALOGUE_ENTRY,
    Irrelevance.NOT_FINISHED,
    Irrelevance.OUTSIDE_YEARS,
    Irrelevance.ACTOR_UNKNOWN,
)


def told(said: dict[str, Any], entry: CatalogueEntry | None = ENTRY, *, voided: bool = False) -> tuple[NotRelevant, ...]:
    catalogue = Catalogue([] if entry is None else [entry])
    found = reasons(said, stored_ms=STORED, voided=voided, catalogue=catalogue, employees=BY_KEY, rules=RULES)
    first = derive(said, stored_ms=STORED, voided=voided, catalogue=catalogue, employees=BY_KEY, rules=RULES).not_relevant
    assert found[:1] == (() if first is None else (first,)), "the first is what everything else says"
    return found


@pytest.mark.parametrize("entry", [ENTRY, None], ids=["entry", "no entry"])
@pytest.mark.parametrize("finished", [True, False], ids=["finished", "not finished"])
@pytest.mark.parametrize("in_years", [True, False], ids=["in its years", "outside"])
@pytest.mark.parametrize("linked", [True, False], ids=["linked", "not linked"])
@pytest.mark.parametrize("finish", [FinishRule.COMPLETED, FinishRule.PASSED, FinishRule.BOTH, FinishRule.ATTENDED])
def test_every_reason_that_can_be_told_is_told(
    entry: CatalogueEntry | None, finished: bool, in_years: bool, linked: bool, finish: FinishRule
) -> None:
    who = {} if linked else {"actor": STRANGER}
    said = statement("attended" if finished else "failed", result={"success": finished, "completion": finished}, **who)
    if entry is not None:
        entry = replace(entry, finish=finish, **({} if in_years else {"from_year": 2030}))
    possible = {
        NO_ENTRY: entry is None,
        NOT_FINISHED: entry is not None and not finished,
        OUTSIDE: entry is not None and not in_years,
        UNKNOWN: not linked,
    }
    assert [one.reason for one in told(said, entry)] == [reason for reason, holds in possible.items() if holds]


def test_a_score_that_is_too_low_hides_nothing_else() -> None:
    entry = replace(ENTRY, min_score=Decimal("0.7"), through_year=2020)
    said = statement(actor=STRANGER, result={"completion": True, "score": {"scaled": 0.5}})
    assert [one.reason for one in told(said, entry)] == [NOT_FINISHED, OUTSIDE, UNKNOWN]


def test_what_is_voided_or_about_no_activity_has_that_reason_only() -> None:
    assert [one.reason for one in told(statement(actor=STRANGER), None, voided=True)] == [Irrelevance.VOIDED]
    about = statement(actor=STRANGER, object={"objectType": "Agent", "mbox": "mailto:x@x.example"})
    assert [one.reason for one in told(about)] == [Irrelevance.NOT_AN_ACTIVITY]


def test_nobody_is_named() -> None:
    assert all("nobody@x.example" not in one.detail for one in told(statement(actor=STRANGER), None))
