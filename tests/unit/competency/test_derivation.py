from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.catalogue import Certificate, CountsPer, DefinitionMatch, FinishRule, Repeats
from competency.derivation import BEGAN_ON, CERTIFICATE_NUMBER, Derivation, derive
from competency.directory import Employee, Identifier
from competency.evidence import Irrelevance
from competency.matching import Catalogue
from tests.unit.competency.making import BY_KEY, COURSE, ENTRY, HOME, NIP, PNS, PPPK, RULES, statement
from xapi.values import parse_timestamp

STORED = parse_timestamp("2026-01-05T00:00:00Z")


def derived(
    told: dict[str, Any], *, voided: bool = False, entry: Any = ENTRY, employees: Mapping[str, Sequence[Employee]] = BY_KEY
) -> Derivation:
    catalogue = Catalogue([entry] if entry else [])
    return derive(told, stored_ms=STORED, voided=voided, catalogue=catalogue, employees=employees, rules=RULES)


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
    assert (found.unknown, found.unmatched) == ((), None)


def test_evidence_says_with_which_version_of_the_entry_and_how_it_counts() -> None:
    entry = replace(ENTRY, jp=None, version=7, repeats=Repeats.YEARLY, counts_per=CountsPer.ACTIVITY)
    (piece,) = derived(statement(result={"duration": "PT1H30M"}), entry=entry).evidence
    assert (piece.catalogue_version, piece.repeats, piece.counts_per) == (7, Repeats.YEARLY, CountsPer.ACTIVITY)
    assert (piece.jp, piece.duration_ms) == (None, 90 * 60_000)
    (without,) = derived(statement()).evidence
    assert without.duration_ms is None


@pytest.mark.parametrize(
    ("said", "kept", "ms"),
    [
        ("PT1H30M", "PT1H30M", 90 * 60_000),
        ("P2D", "P2D", 48 * 3_600_000),
        ("P1Y2M", "P1Y2M", 425 * 24 * 3_600_000),
        ("P101Y", "P101Y", None),
        ("P" + "9" * 70 + "D", "", None),
    ],
)
def test_a_duration_is_kept_as_it_was_said_and_as_a_span_of_the_clock(said: str, kept: str, ms: int | None) -> None:
    (piece,) = derived(statement(result={"duration": said})).evidence
    assert (piece.duration, piece.duration_ms) == (kept, ms)


@pytest.mark.parametrize(
    ("result", "timestamp", "began_on"),
    [
        # What the statement says goes before what its duration tells.
        ({"extensions": {BEGAN_ON: "2025-05-28"}, "duration": "PT30H"}, "2025-06-01T03:00:00Z", date(2025, 5, 28)),
        ({"extensions": {BEGAN_ON: "2025-06-01"}}, "2025-06-01T03:00:00Z", date(2025, 6, 1)),
        # Neither a day nor one after the last: the duration tells.
        ({"extensions": {BEGAN_ON: "2025-06-02"}, "duration": "P2D"}, "2025-06-01T03:00:00Z", date(2025, 5, 30)),
        ({"extensions": {BEGAN_ON: "yesterday"}, "duration": "PT1H"}, "2025-06-01T03:00:00Z", date(2025, 6, 1)),
        ({"extensions": {BEGAN_ON: 20250528}}, "2025-06-01T03:00:00Z", None),
        # 03:00 UTC is 10:00 in Jakarta: eleven hours before is the day before there.
        ({"duration": "PT11H"}, "2025-06-01T03:00:00Z", date(2025, 5, 31)),
        # 18:30 UTC is 1 June 01:30 there.
        ({"duration": "PT2H"}, "2025-05-31T18:30:00Z", date(2025, 5, 31)),
        # Nobody says how long months and years were.
        ({"duration": "P1M"}, "2025-06-01T03:00:00Z", None),
        ({"duration": "P101Y"}, "2025-06-01T03:00:00Z", None),
        ({"duration": "P36000D"}, "0020-06-01T03:00:00Z", None),
        ({}, "2025-06-01T03:00:00Z", None),
    ],
)
def test_the_first_day_is_what_the_statement_says_or_what_its_duration_reaches_back_to(
    result: dict[str, Any], timestamp: str, began_on: date | None
) -> None:
    (piece,) = derived(statement(result=result, timestamp=timestamp)).evidence
    assert piece.began_on == began_on


@pytest.mark.parametrize(
    ("certificate", "expires_on", "has_certificate"),
    [
        (None, None, False),
        (Certificate(), None, True),
        (Certificate(valid_months=12), date(2025, 8, 31), True),
        (Certificate(valid_months=6), date(2025, 2, 28), True),
    ],
)
def test_a_certificate_ends_months_after_the_day_it_was_earned(
    certificate: Certificate | None, expires_on: date | None, has_certificate: bool
) -> None:
    told = statement(timestamp="2024-08-31T03:00:00Z")
    (piece,) = derived(told, entry=replace(ENTRY, certificate=certificate)).evidence
    assert (piece.expires_on, piece.has_certificate) == (expires_on, has_certificate)


@pytest.mark.parametrize(("said", "number"), [(" 800/12/LAN ", "800/12/LAN"), (17, ""), (None, "")])
def test_the_number_of_a_certificate_is_what_the_statement_says(said: Any, number: str) -> None:
    (piece,) = derived(statement(result={"extensions": {CERTIFICATE_NUMBER: said}})).evidence
    assert piece.certificate_number == number


def test_a_number_is_of_a_certificate_also_where_the_entry_promises_none() -> None:
    """A seminar's attendance list has numbers of certificates, whatever HR's catalogue knows of them."""
    entry = replace(ENTRY, certificate=None)
    (piece,) = derived(statement(result={"extensions": {CERTIFICATE_NUMBER: "800/12/LAN"}}), entry=entry).evidence
    assert (piece.has_certificate, piece.expires_on) == (True, None)
    (piece,) = derived(statement(), entry=entry).evidence
    assert not piece.has_certificate


def test_an_activity_is_also_matched_by_what_the_statement_says_of_it() -> None:
    entry = replace(ENTRY, activity_ids=(), definitions=(DefinitionMatch(name="*integritas*"),))
    told = statement(object={"id": "https://elsewhere.example/77", "definition": {"name": {"id": "Pelatihan Integritas 2025"}}})
    (piece,) = derived(told, entry=entry).evidence
    assert (piece.catalogue_id, piece.activity_id) == (ENTRY.id, "https://elsewhere.example/77")


@pytest.mark.parametrize(
    ("from_year", "through_year", "counts"),
    [(None, None, True), (2025, 2025, True), (None, 2024, False), (2026, None, False), (2026, 2027, False), (2020, None, True)],
)
def test_an_entry_counts_only_in_its_years(from_year: int | None, through_year: int | None, counts: bool) -> None:
    found = derived(statement(), entry=replace(ENTRY, from_year=from_year, through_year=through_year))
    assert bool(found.evidence) is counts
    if not counts:
        why, detail = reason(found)
        assert why is Irrelevance.OUTSIDE_YEARS
        assert detail.startswith("it was finished in 2025; catalogue entry cat-1 counts what was finished")
        assert all(str(year) in detail for year in (from_year, through_year) if year is not None)


def test_a_minimal_score_is_named_where_it_was_not_reached() -> None:
    entry = replace(ENTRY, finish=FinishRule.PASSED, min_score=Decimal("0.8"))
    assert derived(statement("passed", result={"score": {"scaled": 0.8}}), entry=entry).evidence
    why, detail = reason(derived(statement("passed", result={"score": {"scaled": 0.75}}), entry=entry))
    assert why is Irrelevance.NOT_FINISHED
    assert detail == "rule finish-passed/1 for catalogue entry cat-1: its scaled score is 0.75, below the 0.8 that are wanted"


KEY = f"account|{HOME}|{NIP}"


@pytest.mark.parametrize(
    ("timestamp", "owner"),
    [
        ("2024-12-31T16:59:59Z", "emp-1"),
        ("2024-12-31T17:00:00Z", "emp-1"),
        ("2025-01-31T16:59:59Z", "emp-1"),
        ("2025-01-31T17:00:00Z", None),
        ("2025-03-01T03:00:00Z", "emp-2"),
    ],
)
def test_a_key_names_who_had_it_on_the_local_day(timestamp: str, owner: str | None) -> None:
    before = replace(PNS, identifiers=(Identifier(KEY, valid_through=date(2025, 1, 31)),))
    later = replace(PPPK, identifiers=(Identifier(KEY, valid_from=date(2025, 2, 15)),))
    found = derived(statement(timestamp=timestamp), employees={KEY: (before, later)})
    assert [piece.employee_id for piece in found.evidence] == ([] if owner is None else [owner])
    assert found.unknown == ((KEY,) if owner is None else ())


GUESTS = {
    "objectType": "Group",
    "member": [{"mbox": "mailto:y@x.example"}, {"mbox": "mailto:siti@kpn.example"}, {"openid": "https://x.example/z"}],
}


@pytest.mark.parametrize(
    "changes", [{}, {"object": {"id": "https://elsewhere.example/1"}}, {"verb": {"id": "https://x.example/launched"}}]
)
def test_unknown_members_are_told_apart_whatever_becomes_of_the_statement(changes: dict[str, Any]) -> None:
    found = derived(statement(actor=GUESTS, **changes))
    assert found.unknown == ("mbox|mailto:y@x.example", "openid|https://x.example/z")
    assert [piece.employee_id for piece in found.evidence] == ([] if changes else [PNS.id])


def test_nobody_waits_to_be_linked_for_what_is_voided_or_about_no_activity() -> None:
    assert derived(statement(actor=GUESTS), voided=True).unknown == ()
    ref = {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}
    assert derived(statement(actor=GUESTS, object=ref)).unknown == ()


def test_an_activity_without_an_entry_is_unmatched_finished_or_not() -> None:
    assert derived(statement(), entry=None).unmatched == COURSE
    assert derived(statement("launched"), entry=None).unmatched == COURSE
    assert derived(statement("launched")).unmatched is None
    assert derived(statement(), entry=None, voided=True).unmatched is None


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
