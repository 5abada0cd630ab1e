"""A row as a statement: valid, the same each time, and telling nobody's number by its id."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from competency.catalogue import FinishRule
from competency.derivation import BEGAN_ON, CERTIFICATE_NUMBER
from competency.finishing import missing_for
from competency.testimony import told_of
from schemas.attendance.dates import Days
from schemas.attendance.facts import Facts, Taken
from schemas.attendance.statements import Wording, activity_of, statement_id, statement_of
from schemas.attendance.verdicts import Judged, Verdict
from schemas.statements import V1_0_3, V2_0, parse_statements, validate
from tests.unit.schemas_attendance.lists import HOME_PAGE, SITI

WORDING = Wording(b"s" * 32, HOME_PAGE, "https://rekam.example/events", ZoneInfo("Asia/Jakarta"))
FACTS = Facts(
    title="Bimtek Manajemen Risiko",
    days=Days(date(2026, 3, 17), date(2026, 3, 19)),
    provider="Pusat Pengembangan SDM",
    place="Aula",
    instructor="Dr. Contoh",
)
ROW = Judged(
    number=1,
    line=9,
    verdict=Verdict.OK,
    remarks=(),
    name="SITI RAHMAWATI",
    employee_id="emp-1",
    known_name="Siti Rahmawati",
    nip=SITI,
    days=FACTS.days,
    hours=Decimal("7.5"),
    certificate="S-17/2026",
)
ACTIVITY = "https://lms.example/bimtek/1"


def made(row: Judged = ROW, facts: Facts = FACTS) -> dict[str, Any]:
    text = statement_of(row, facts, ACTIVITY, WORDING, 45)
    found: dict[str, Any] = json.loads(text)
    return found


def test_it_says_who_attended_what_and_how_long() -> None:
    said = made()
    assert said["actor"] == {"objectType": "Agent", "account": {"homePage": HOME_PAGE, "name": SITI}}
    assert said["verb"]["id"] == "http://adlnet.gov/expapi/verbs/attended"
    assert said["object"]["id"] == ACTIVITY
    assert said["object"]["definition"]["name"] == {"id": "Bimtek Manajemen Risiko"}
    assert said["result"]["duration"] == "PT338M"
    assert said["result"]["extensions"] == {
        "https://rekam.example/events/extensions/jp": 7.5,
        CERTIFICATE_NUMBER: "S-17/2026",
        BEGAN_ON: "2026-03-17",
    }
    assert said["context"]["platform"] == "Pusat Pengembangan SDM"
    assert said["context"]["extensions"]["https://rekam.example/events/extensions/instructor"] == "Dr. Contoh"
    assert said["timestamp"] == "2026-03-19T12:00:00+07:00"


def test_what_is_over_in_a_day_has_no_first_day_beside_it() -> None:
    one_day = Days(date(2026, 3, 19), date(2026, 3, 19))
    assert BEGAN_ON not in made(replace(ROW, days=one_day))["result"]["extensions"]


def test_it_ends_when_the_list_says() -> None:
    assert made(facts=replace(FACTS, end_minute=16 * 60 + 30))["timestamp"] == "2026-03-19T16:30:00+07:00"


def test_it_finishes_what_attendance_finishes() -> None:
    assert missing_for(FinishRule.ATTENDED, told_of(made())) is None
    assert missing_for(FinishRule.COMPLETED, told_of(made())) is None
    assert made(facts=replace(FACTS, taken=Taken.COMPLETED))["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"


def test_it_is_valid_in_both_versions() -> None:
    rows = [
        ROW,
        replace(ROW, nip=None, email="siti@kementerian.example", employee_id=None, score=Decimal("87.5"), hours=None),
        replace(ROW, duration_minutes=90, hours=None, certificate=None),
    ]
    for row in rows:
        for instructor in ("Dr. Contoh", SITI, "guru@lain.example", None):
            text = statement_of(row, replace(FACTS, instructor=instructor), ACTIVITY, WORDING, 45)
            parsed = parse_statements(text, max_statement_bytes=100_000)
            for rules in (V1_0_3, V2_0):
                validate([statement.value for statement in parsed.statements], rules)


def test_the_same_row_gives_the_same_bytes_whoever_spells_it() -> None:
    assert statement_of(ROW, FACTS, ACTIVITY, WORDING, 45) == statement_of(
        replace(ROW, number=7, line=99, name="Siti R.", likeness=0.9, verdict=Verdict.WARNING), FACTS, ACTIVITY, WORDING, 45
    )


def test_a_person_whom_nobody_knows_keeps_the_listed_name() -> None:
    assert made(replace(ROW, employee_id=None))["actor"]["name"] == "SITI RAHMAWATI"


def test_the_id_is_of_event_person_and_day_and_of_nothing_else() -> None:
    own = statement_id(ROW, ACTIVITY, WORDING)
    assert own.version == 5
    assert statement_id(replace(ROW, hours=Decimal(1), name="x", certificate=None), ACTIVITY, WORDING) == own
    others = {
        statement_id(ROW, f"{ACTIVITY}0", WORDING),
        statement_id(replace(ROW, nip="197901022005011002"), ACTIVITY, WORDING),
        statement_id(replace(ROW, days=Days(date(2026, 3, 17), date(2026, 3, 18))), ACTIVITY, WORDING),
        statement_id(ROW, ACTIVITY, replace(WORDING, secret=b"t" * 32)),
        own,
    }
    assert len(others) == 5


def test_an_event_without_an_iri_gets_one_of_title_and_day() -> None:
    own = activity_of(FACTS, "https://rekam.example/events/")
    assert own is not None
    assert own.startswith("https://rekam.example/events/2026-03-17/bimtek-manajemen-risiko-")
    assert activity_of(replace(FACTS, title="BIMTEK  Manajemen Risiko."), "https://rekam.example/events") == own
    assert activity_of(replace(FACTS, title="Bimtek Manajemen Resiko"), "https://rekam.example/events") != own
    assert activity_of(replace(FACTS, activity=ACTIVITY), "https://rekam.example/events") == ACTIVITY
    assert activity_of(replace(FACTS, title=None), "https://rekam.example/events") is None
    other = activity_of(replace(FACTS, title="講座"), "https://rekam.example/events")
    assert other is not None
    assert other.startswith("https://rekam.example/events/2026-03-17/event-")
