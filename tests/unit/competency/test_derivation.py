from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.catalogue import FinishRule
from competency.derivation import Derivation, derive
from competency.evidence import Irrelevance
from tests.unit.competency.making import BY_KEY, COURSE, ENTRY, HOME, NIP, PNS, PPPK, RULES, statement
from xapi.values import parse_timestamp

STORED = parse_timestamp("2026-01-05T00:00:00Z")


def derived(told: dict[str, Any], *, voided: bool = False, entry: Any = ENTRY) -> Derivation:
    return derive(told, stored_ms=STORED, voided=voided, catalogue={COURSE: entry} if entry else {}, employees=BY_KEY, rules=RULES)


def reason(found: Derivation) -> tuple[Irrelevance, str]:
    assert found.evidence == ()
    assert found.not_relevant is not None
    return found.not_relevant.reason, found.not_relevant.detail


def test_a_finished_course_is_evidence_with_the_hours_of_the_catalogue() -> None:
    found = derived(statement())
    assert found.not_relevant is None
    (piece,) = found.evidence
    assert (piece.employee_id, piece.catalogue_id, piece.jp) == ("emp-1", "cat-1", Decimal(4))
    assert (piece.finished_on, piece.year, piece.rule) == (date(2025, 6, 1), 2025, "finish-completed/1")
    assert piece.alignments == ENTRY.alignments


@pytest.mark.parametrize("finish", list(FinishRule))
def test_evidence_names_the_rule_of_the_catalogue(finish: FinishRule) -> None:
    told = statement("attended" if finish is FinishRule.ATTENDED else "passed", result={"completion": True})
    (piece,) = derived(told, entry=replace(ENTRY, finish=finish)).evidence
    assert piece.rule == f"finish-{finish}/1"


@pytest.mark.parametrize(
    ("timestamp", "day"),
    [
        ("2025-12-31T16:59:59.999Z", date(2025, 12, 31)),
        ("2025-12-31T17:00:00.000Z", date(2026, 1, 1)),
        ("2026-01-01T00:30:00+07:00", date(2026, 1, 1)),
        ("2025-12-31T23:30:00-05:00", date(2026, 1, 1)),
        ("9999-12-31T23:59:59Z", date(9999, 12, 31)),
    ],
)
def test_the_year_is_that_of_jakarta(timestamp: str, day: date) -> None:
    (piece,) = derived(statement(timestamp=timestamp)).evidence
    assert (piece.finished_on, piece.year) == (day, day.year)


def test_without_a_timestamp_stored_says_when() -> None:
    told = statement()
    del told["timestamp"]
    (piece,) = derived(told).evidence
    assert piece.finished_at_ms == STORED


def test_each_member_of_a_group_is_credited_and_nobody_twice() -> None:
    members = [
        {"mbox": "mailto:budi@kpn.example"},
        {"account": {"homePage": HOME, "name": NIP}},
        {"mbox": "mailto:siti@kpn.example"},
        {"mbox": "mailto:guest@elsewhere.example"},
    ]
    group = {"objectType": "Group", "name": "Daftar hadir", "member": members}
    assert [piece.employee_id for piece in derived(statement(actor=group)).evidence] == [PNS.id, PPPK.id]


def test_an_account_of_another_home_page_is_somebody_else() -> None:
    stranger = {"account": {"homePage": "https://elsewhere.example", "name": NIP}}
    why, detail = reason(derived(statement(actor=stranger)))
    assert why is Irrelevance.ACTOR_UNKNOWN
    assert NIP not in detail


def test_a_voided_statement_proves_nothing() -> None:
    assert reason(derived(statement(), voided=True))[0] is Irrelevance.VOIDED


@pytest.mark.parametrize(
    "target",
    [
        {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"},
        {"objectType": "Agent", "mbox": "mailto:budi@kpn.example"},
        {"objectType": "SubStatement", "actor": {}, "verb": {}, "object": {"id": COURSE}},
    ],
)
def test_only_what_is_about_an_activity_can_be_evidence(target: dict[str, Any]) -> None:
    why, detail = reason(derived(statement(object=target)))
    assert why is Irrelevance.NOT_AN_ACTIVITY
    assert target["objectType"] in detail


def test_the_activity_that_no_catalogue_entry_covers_is_named() -> None:
    why, detail = reason(derived(statement(), entry=None))
    assert why is Irrelevance.NO_CATALOGUE_ENTRY
    assert COURSE in detail


def test_the_rule_and_what_was_missing_are_named() -> None:
    why, detail = reason(derived(statement("launched"), entry=replace(ENTRY, finish=FinishRule.PASSED)))
    assert why is Irrelevance.NOT_FINISHED
    assert "finish-passed/1" in detail
    assert "result.success" in detail


def test_a_group_of_nobody_known_is_not_relevant() -> None:
    why, detail = reason(
        derived(
            statement(actor={"objectType": "Group", "member": [{"mbox": "mailto:x@y.example"}, {"openid": "https://z.example"}]})
        )
    )
    assert why is Irrelevance.ACTOR_UNKNOWN
    assert "2 members" in detail


results = st.fixed_dictionaries({}, optional={"completion": st.booleans(), "success": st.booleans()})
verbs = st.sampled_from(["completed", "passed", "failed", "attended", "launched"])


@given(verb=verbs, result=results, finish=st.sampled_from(FinishRule), voided=st.booleans(), known=st.booleans())
def test_there_is_either_evidence_or_a_reason_and_voided_gives_none(
    verb: str, result: dict[str, bool], finish: FinishRule, voided: bool, known: bool
) -> None:
    actor = {"account": {"homePage": HOME, "name": NIP}} if known else {"mbox": "mailto:guest@elsewhere.example"}
    told = statement(verb, result=result, actor=actor)
    found = derived(told, voided=voided, entry=replace(ENTRY, finish=finish))
    assert bool(found.evidence) == (found.not_relevant is None)
    if voided or not known or verb == "failed":
        assert found.evidence == ()
    elif verb == finish and False not in result.values():
        assert found.evidence
