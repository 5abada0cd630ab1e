"""Profiles for tests: of a PNS or a PPPK, on a day, from evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from competency.catalogue import CountsPer, Repeats
from competency.directory import Employee
from competency.evidence import Evidence
from competency.frameworks import Competency, CompetencyKind
from competency.profile import Profile, build_profile, render
from competency.rules import core_competencies
from competency.units import unit_path
from tests.unit.competency.making import PNS, POST, RULES, UNITS, piece

COMPETENCIES = (*core_competencies(), Competency("teknis-sdm", "Manajemen SDM", CompetencyKind.TEKNIS, "kamus-teknis"))
TODAY = date(2025, 11, 24)


def built(evidence: Iterable[Evidence] = (), employee: Employee = PNS, **changes: Any) -> Profile:
    return build_profile(
        employee,
        **{
            "post": POST,
            "unit_path": unit_path("unit-2", UNITS),
            "rules": RULES,
            "competencies": COMPETENCIES,
            "frameworks_versions": {"permenpan-rb-38-2017": 1, "kamus-teknis": 4},
            "as_of": TODAY,
            **changes,
        },
        evidence=evidence,
    )


def text(evidence: Iterable[Evidence] = (), employee: Employee = PNS, **changes: Any) -> bytes:
    return render(built(evidence, employee, **changes))


def parsed(evidence: Iterable[Evidence] = (), employee: Employee = PNS, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text(evidence, employee, **changes), parse_float=Decimal)
    return found


pieces = st.builds(
    lambda activity, day, jp, took, kind, levels, weight, expires_on, repeats, counts_per, nonce: piece(
        f"{activity}{day}{jp}{took}{kind}{levels}{weight}{expires_on}{repeats}{counts_per}{nonce}",
        on=f"{day}T03:00:00Z",
        activity=activity,
        entry="one" if activity in "ab" else activity,
        jp=None if jp is None else str(jp),
        minutes=took if isinstance(took, int) else None,
        duration=took if isinstance(took, str) else "",
        kind=kind,
        aligned=levels,
        weight=str(weight),
        expires_on=expires_on,
        repeats=repeats,
        counts_per=counts_per,
    ),
    activity=st.sampled_from("abcde"),
    day=st.dates(date(2015, 1, 1), date(2027, 12, 31)),
    jp=st.none() | st.decimals("0.25", "40", places=2),
    took=st.none() | st.integers(1, 3000) | st.sampled_from(["PT100M", "P1D", "P2W", "P1M", "P40D"]),
    kind=st.sampled_from(["1", "2", "3", "9", "16"]),
    levels=st.dictionaries(st.sampled_from(["integritas", "komunikasi"]), st.integers(1, 5)),
    weight=st.decimals("0.01", "1", places=2),
    expires_on=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    repeats=st.sampled_from(Repeats),
    counts_per=st.sampled_from(CountsPer),
    nonce=st.integers(0, 10**6),
)
"""Evidence of the PNS from 2015 through 2027: before, around and after any day the tests look from."""

several = st.lists(pieces, max_size=10, unique_by=lambda one: one.statement_id)
days = st.dates(date(2019, 1, 1), date(2027, 12, 31))
