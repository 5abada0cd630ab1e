"""What a rebuild finds proven is what a profiler derives."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from competency.catalogue import Certificate
from competency.derivation import derive
from competency.directory import Holding
from competency.matching import Catalogue
from competency.standards import KnownCompetencies
from store.port import StoredStatement
from store.reference import Reference
from tests.unit.competency.making import BY_KEY, COURSE, ENTRY, HOME, NIP, PNS, RULES, statement
from workers.derivations import proven_by

SERIES = "https://lms.example/webinars/"
CATALOGUE = Catalogue(
    [
        ENTRY,
        replace(
            ENTRY,
            id="cat-2",
            activity_ids=(),
            patterns=(f"{SERIES}*",),
            certificate=Certificate(24),
            min_score=Decimal("0.5"),
            from_year=2024,
            through_year=2025,
        ),
    ]
)
REFERENCE = Reference((1, 1), CATALOGUE, {}, {}, (), (), KnownCompetencies(()), MappingProxyType({}), RULES)
SITI = {"account": {"homePage": HOME, "name": NIP}}
BUDI = {"objectType": "Agent", "mbox": "mailto:budi@KPN.example", "name": "Budi"}
GUEST = {"mbox": "mailto:tamu@luar.example"}
HELD_FOR_A_YEAR = {
    key: [Holding(one.id, date(2025, 1, 1), date(2025, 12, 31)) for one in people]
    for key, people in BY_KEY.items()
    if "budi" in key
}
HOLDERS = {key: [Holding(one.id) for one in people] for key, people in BY_KEY.items()} | HELD_FOR_A_YEAR

objects = st.sampled_from(
    [
        {"id": COURSE},
        {"id": f"{SERIES}1"},
        {"id": "https://elsewhere.example/1"},
        {"objectType": "StatementRef", "id": str(UUID(int=7))},
    ]
)
actors = st.sampled_from([SITI, BUDI, GUEST]) | st.lists(st.sampled_from([SITI, BUDI, GUEST]), min_size=1, max_size=3).map(
    lambda members: {"objectType": "Group", "member": members}
)
results = st.fixed_dictionaries(
    {},
    optional={
        "completion": st.booleans(),
        "success": st.booleans(),
        "score": st.sampled_from([{"scaled": 0.5}, {"scaled": 0.49}, {"raw": 7, "min": 0, "max": 10}, {"raw": 7}]),
        "duration": st.sampled_from(["PT3H", "P2D", "P1M", "PT0S"]),
        "extensions": st.just({"https://rekam.example/xapi/extensions/certificate-number": " 12/2025 "}),
    },
)
said = st.builds(
    lambda verb, actor, target, result, timestamp: statement(
        verb, actor=actor, object=target, **({"result": result} if result else {}), timestamp=timestamp
    ),
    st.sampled_from(["completed", "passed", "failed", "attended", "initialized"]),
    actors,
    objects,
    results,
    st.sampled_from(["2025-06-01T03:00:00.000Z", "2024-12-31T23:30:00+02:00", "2023-01-01T00:00:00Z", None]),
)


def _held(made: dict[str, Any], voided: bool) -> StoredStatement:
    whole = {name: value for name, value in made.items() if value is not None}
    return StoredStatement(UUID(made["id"]).bytes, 1_750_000_000_000, json.dumps(whole).encode(), "lan", True, voided)


@given(st.lists(st.tuples(said, st.booleans()), min_size=1, max_size=4))
def test_what_is_proven_is_what_is_derived(told: list[tuple[dict[str, Any], bool]]) -> None:
    held = [_held(*one) for one in told]
    expected = [
        piece
        for one in held
        for piece in derive(
            json.loads(one.text), stored_ms=one.stored_ms, voided=one.voided, catalogue=CATALOGUE, employees=HOLDERS, rules=RULES
        ).evidence
    ]
    assert list(proven_by(held, HOLDERS, REFERENCE)) == expected


@given(st.lists(st.tuples(said, st.booleans()), min_size=1, max_size=4))
def test_whom_nobody_asks_for_is_left_out_and_changes_nothing_for_others(told: list[tuple[dict[str, Any], bool]]) -> None:
    held = [_held(*one) for one in told]
    all_of_them = list(proven_by(held, HOLDERS, REFERENCE))
    of_siti = {key: HOLDERS[key] for key in PNS.keys}
    assert list(proven_by(held, of_siti, REFERENCE)) == [piece for piece in all_of_them if piece.employee_id == PNS.id]


def test_the_examples_prove_something() -> None:
    held = _held(statement(actor={"objectType": "Group", "member": [SITI, BUDI]}), False)
    assert [one.employee_id for one in proven_by([held], HOLDERS, REFERENCE)] == ["emp-1", "emp-2"]
