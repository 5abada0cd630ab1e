"""Values for tests of the regulation: a PNS, a PPPK, an activity, statements and evidence, each changeable in one word."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from competency.catalogue import Alignment, CatalogueEntry, FinishRule
from competency.directory import Assessment, Employee, Employment, Post, PostKind, Unit
from competency.evidence import Evidence
from competency.rules import load_rules
from xapi.values import parse_timestamp

RULES = load_rules()
SPACE = UUID("3e2b6c0a-5a1e-4c57-9d0e-2f5a1f5f1a10")
HOME = "https://asn.example/nip"
NIP = "198609262015052001"
COURSE = "https://lms.example/courses/integrity"
ADL = "http://adlnet.gov/expapi/verbs/"

PNS = Employee(
    "emp-1", "Siti Rahmawati", NIP, Employment.PNS, "unit-2", "post-1", (f"account|{HOME}|{NIP}", "mbox|mailto:siti@kpn.example")
)
PPPK = Employee(
    "emp-2",
    "Budi Santoso",
    "199203112023211014",
    Employment.PPPK,
    "unit-2",
    "post-1",
    ("mbox|mailto:budi@kpn.example",),
    contract_start=date(2023, 7, 1),
)
UNITS = {unit.id: unit for unit in (Unit("unit-1", "Kementerian"), Unit("unit-2", "Biro SDM", "unit-1"))}
POST = Post("post-1", "Analis SDM", PostKind.FUNGSIONAL, "ahli-muda", {"integritas": 3, "teknis-sdm": 4})
ENTRY = CatalogueEntry(
    "cat-1", COURSE, "Integritas", "16", "Portal", Decimal(4), FinishRule.COMPLETED, (Alignment("integritas", 2),)
)
BY_KEY = {key: employee for employee in (PNS, PPPK) for key in employee.identifiers}


def statement(verb: str = "completed", **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": str(uuid5(SPACE, "a statement")),
        "actor": {"account": {"homePage": HOME, "name": NIP}},
        "verb": {"id": f"{ADL}{verb}"},
        "object": {"id": COURSE},
        "timestamp": "2025-06-01T03:00:00.000Z",
    }
    made.update(changes)
    return made


def piece(
    name: str,
    *,
    of: Employee = PNS,
    on: str = "2025-06-01T03:00:00Z",
    jp: str = "4",
    activity: str = "a",
    aligned: dict[str, int] | None = None,
) -> Evidence:
    """Evidence from a statement called `name`."""
    ms = parse_timestamp(on)
    day = RULES.local_date(ms)
    return Evidence(
        statement_id=uuid5(SPACE, name),
        employee_id=of.id,
        catalogue_id=f"cat-{activity}",
        activity_id=f"https://lms.example/{activity}",
        title=f"Course {activity}",
        kind_id="16",
        provider="Portal",
        jp=Decimal(jp),
        year=day.year,
        finished_on=day,
        finished_at_ms=ms,
        alignments=tuple(Alignment(one, level) for one, level in (aligned or {}).items()),
        rule="finish-completed/1",
    )


def assessment(level: int, on: date = date(2025, 3, 1), competency: str = "integritas", source: str = "AC 2025") -> Assessment:
    return Assessment(competency, level, on, source)
