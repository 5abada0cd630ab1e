"""Questions over all employees look at as many index keys and documents as a page has; what an older program kept stays usable."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from pymongo.database import Database

from competency.hours import Standing
from store.mongodb import MongoStore
from store.port import ProfileAfter, Sighting, SightingAfter, SightingKind, StoredProfile
from tests.contract.store.builders import evidence, facts, iri, uid

Documents = Database[dict[str, Any]]
DAY = date(2026, 5, 4)
LATER = (
    "catalogue_version",
    "duration_ms",
    "repeats",
    "counts_per",
    "expires_on",
    "has_certificate",
    "certificate_number",
    "duration",
    "began_on",
)
"""What evidence of an older program has not."""
LIMIT = 20
AFTER = ProfileAfter(("dept", "u3"), "e0250")
ACTOR = SightingKind.ACTOR
SIGHTED = SightingAfter(3, "00a")

QUESTIONS: dict[str, tuple[str, int, Callable[[MongoStore], object]]] = {
    "in a unit": ("profiles", 1, lambda store: store.profile_queries.in_unit(("dept",), after=None, limit=LIMIT)),
    "further in a unit": ("profiles", 2, lambda store: store.profile_queries.in_unit(("dept",), after=AFTER, limit=LIMIT)),
    "directly in a unit": (
        "profiles",
        1,
        lambda store: store.profile_queries.in_unit(("dept", "u3"), direct=True, after=AFTER, limit=LIMIT),
    ),
    "of a standing": (
        "profiles",
        2,
        lambda store: store.profile_queries.of_standing(None, 2026, Standing.MISSING, after=AFTER, limit=LIMIT),
    ),
    "below a standard": (
        "profiles",
        2,
        lambda store: store.profile_queries.below_standard(("dept",), "integritas", after=AFTER, limit=LIMIT),
    ),
    "over the ceiling": (
        "profiles",
        2,
        lambda store: store.profile_queries.over_ceiling(None, after=AFTER, limit=LIMIT),
    ),
    "due": ("profiles", 2, lambda store: store.profiles.due(DAY, after_id="e0250", limit=LIMIT)),
    "stale": ("rollups", 1, lambda store: store.rollups.stale(LIMIT)),
    "unmatched": (
        "sightings",
        2,
        lambda store: store.sightings.page(ACTOR, matched=False, after=SIGHTED, limit=LIMIT),
    ),
    "all sightings": (
        "sightings",
        4,
        lambda store: store.sightings.page(ACTOR, matched=None, after=SIGHTED, limit=LIMIT),
    ),
    "keys": ("sightings", 1, lambda store: store.sightings.keys(ACTOR, prefix="k1", after="k100", limit=LIMIT)),
    "of activities": ("evidence", 1, lambda store: store.evidence.of_activities([iri("c1")], LIMIT)),
}


@pytest.fixture
def filled(mongo_store: MongoStore) -> MongoStore:
    """500 profiles in ten units, 300 rollups, sightings and pieces of evidence."""
    for n in range(500):
        said = facts(
            "dept",
            f"u{n % 10}",
            standings={2025: Standing.MET, 2026: Standing.MISSING if n % 2 else Standing.MET},
            gaps={"integritas": -(n % 3), "kerja-sama": -1},
            contract=Standing.EXCEEDED if n % 2 else Standing.MET,
            next_change_on=DAY,
        )
        mongo_store.profiles.put(f"e{n:04}", b"", said, expected_revision=0)
    mongo_store.rollups.mark(f"u{n}" for n in range(300))
    mongo_store.sightings.note([Sighting(ACTOR, f"k{n}", "a", "", "", n % 3 == 0, n % 5 + 1) for n in range(300)])
    mongo_store.evidence.replace([uid(n) for n in range(300)], [evidence(n, catalogue_id=f"c{n % 2}") for n in range(300)])
    return mongo_store


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_page_looks_at_no_more_than_it_gives_out(filled: MongoStore, behind: Documents, question: str) -> None:
    collection, walks, ask = QUESTIONS[question]
    behind.command("profile", 2)
    try:
        found = ask(filled)
    finally:
        behind.command("profile", 0)
    assert len(list(found)) == LIMIT  # type: ignore[call-overload]
    ran = list(behind["system.profile"].find({"ns": f"{behind.name}.{collection}", "op": "query"}))
    assert ran
    for one in ran:
        assert "IXSCAN" in one["planSummary"], one
        assert not one.get("hasSortStage"), one
        assert one["docsExamined"] <= LIMIT, one
        assert one["keysExamined"] <= LIMIT + 2, one
    assert sum(one["docsExamined"] for one in ran) <= LIMIT * walks


def test_profiles_and_evidence_of_an_older_program_stay_and_are_due(mongo_store: MongoStore, behind: Documents) -> None:
    older = json.loads(msgspec.json.encode(evidence(1)))
    for later in LATER:
        del older[later]
    behind["profiles"].insert_one({"_id": "e1", "revision": 7, "text": b"{}"})
    piece = {"employee_id": "e1", "kind_id": "1", "year": 2026, "provider": "univ-a", "body": json.dumps(older)}
    behind["evidence"].insert_one(
        {"_id": uid(1), "finished_at_ms": older["finished_at_ms"], "pieces": [piece], "holders": ["e1"]},
    )
    mongo_store.prepare()
    mongo_store.profiles.put("e2", b"", facts(next_change_on=DAY), expected_revision=0)
    held = StoredProfile("e1", 7, b"{}", (), active=False)
    assert mongo_store.profiles.get("e1") == held
    assert next(mongo_store.profiles.all()) == held
    assert [one.employee_id for one in mongo_store.profile_queries.in_unit(None, include_left=True, after=None, limit=5)] == ["e2"]
    assert mongo_store.profiles.due(date(2000, 1, 1), after_id=None, limit=5) == ["e1"]
    assert mongo_store.profiles.due(DAY, after_id=None, limit=5) == ["e1", "e2"]
    (found,) = mongo_store.evidence.of_employee("e1")
    assert (found.statement_id, found.title, str(found.jp), found.duration_ms) == (uid(1), "Pelatihan Dasar", "12.50", None)
    assert mongo_store.profiles.put("e1", b"new", facts("dept"), expected_revision=7)
    assert mongo_store.profile_queries.in_unit(("dept",), after=None, limit=5) == [StoredProfile("e1", 8, b"new", ("dept",))]
    assert mongo_store.profiles.due(DAY, after_id=None, limit=5) == ["e2"]
    assert mongo_store.evidence.replace([uid(1)], [evidence(1)]) == {"e1"}
    assert mongo_store.evidence.of_activities([iri("c1")], 5) == [evidence(1)]
