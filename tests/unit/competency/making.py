"""Values for tests of the regulation: a PNS, a PPPK, an activity, statements and evidence, each changeable in one word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from competency.catalogue import Alignment, CatalogueEntry, CountsPer, FinishRule, Repeats
from competency.directory import Assessment, Employee, Employment, Identifier, Post, PostKind, Unit
from competency.durations import duration_ms
from competency.evidence import Evidence
from competency.matching import Catalogue
from competency.rules import load_rules
from xapi.values import parse_timestamp

RULES = replace(load_rules(), years_shown=1)
"""Those that come with Rekam, but that years without any learning are left out: tests say what is there, not what is not."""
SPACE = UUID("3e2b6c0a-5a1e-4c57-9d0e-2f5a1f5f1a10")
HOME = "https://asn.example/nip"
NIP = "198609262015052001"
COURSE = "https://lms.example/courses/integrity"
ADL = "http://adlnet.gov/expapi/verbs/"

PNS = Employee(
    "emp-1",
    "Siti Rahmawati",
    NIP,
    Employment.PNS,
    "unit-2",
    "post-1",
    (Identifier(f"account|{HOME}|{NIP}"), Identifier("mbox|mailto:siti@kpn.example")),
)
PPPK = Employee(
    "emp-2",
    "Budi Santoso",
    "199203112023211014",
    Employment.PPPK,
    "unit-2",
    "post-1",
    (Identifier("mbox|mailto:budi@kpn.example"),),
    contract_start=date(2023, 7, 1),
)
UNITS = {unit.id: unit for unit in (Unit("unit-1", "Kementerian"), Unit("unit-2", "Biro SDM", "unit-1"))}
POST = Post("post-1", "Analis SDM", PostKind.FUNGSIONAL, "ahli-muda", {"integritas": 3, "teknis-sdm": 4})
ENTRY = CatalogueEntry(
    "cat-1",
    "Integritas",
    "16",
    "Portal",
    Decimal(4),
    FinishRule.COMPLETED,
    activity_ids=(COURSE,),
    alignments=(Alignment("integritas", 2),),
)
CATALOGUE = Catalogue([ENTRY])
BY_KEY = {key: (employee,) for employee in (PNS, PPPK) for key in employee.keys}


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
    jp: str | None = "4",
    minutes: float | None = None,
    duration: str = "",
    began_on: date | None = None,
    activity: str = "a",
    entry: str | None = None,
    kind: str = "16",
    repeats: Repeats = Repeats.YEARLY,
    counts_per: CountsPer = CountsPer.ENTRY,
    aligned: Mapping[str, int] | None = None,
    weight: str = "1",
    expires_on: date | None = None,
    catalogue_version: int = 1,
) -> Evidence:
    """Evidence from a statement called `name`; its catalogue entry is that of the activity unless `entry` says another. `minutes`
    is how an older program kept the duration."""
    ms = parse_timestamp(on)
    day = RULES.local_date(ms)
    return Evidence(
        statement_id=uuid5(SPACE, name),
        employee_id=of.id,
        catalogue_id=f"cat-{entry or activity}",
        catalogue_version=catalogue_version,
        activity_id=f"https://lms.example/{activity}",
        title=f"Course {entry or activity}",
        kind_id=kind,
        provider="Portal",
        jp=None if jp is None else Decimal(jp),
        duration_ms=duration_ms(duration) if minutes is None else round(minutes * 60_000),
        year=day.year,
        finished_on=day,
        finished_at_ms=ms,
        alignments=tuple(Alignment(one, level, Decimal(weight)) for one, level in (aligned or {}).items()),
        repeats=repeats,
        counts_per=counts_per,
        expires_on=expires_on,
        has_certificate=expires_on is not None,
        rule="finish-completed/1",
        duration=duration,
        began_on=began_on,
    )


def assessment(level: int, on: date = date(2025, 3, 1), competency: str = "integritas", source: str = "AC 2025") -> Assessment:
    return Assessment(competency, level, on, source)
