"""What is noted of statements for HR."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from competency.derivation import Derivation
from competency.testimony import Subject, told_of
from store.port import Sighting, SightingKind, StoredSighting, StoredStatement
from workers.sightings import Derived, known_actors, named_as_before, now_known, sightings_of
from xapi.agents import learner_keys

ANI = {"mbox": "mailto:ani@example.go.id", "name": "Ani"}
BUDI = {"account": {"homePage": "https://lms.example", "name": "budi"}, "name": "Budi"}
ANIS, BUDIS = "mbox|mailto:ani@example.go.id", "account|https://lms.example|budi"


def derived(actor: dict[str, Any], *unknown: str, target: dict[str, Any] | None = None, unmatched: bool = True) -> Derived:
    value = {"actor": actor, "verb": {"id": "https://verbs.example/v"}, "object": target or {"id": "https://lms.example/kursus"}}
    held = StoredStatement(UUID(int=1).bytes, 0, json.dumps(value).encode(), "lan", timestamped=True, voided=False)
    subject = Subject.of(value["object"])
    derivation = Derivation((), None, unknown, subject.activity_id if unmatched else None)
    return Derived(held, told_of(value), actor, subject, derivation, learner_keys(actor))


def actors(sightings: list[Sighting]) -> list[tuple[str, str, int]]:
    return [(one.key, one.label, one.times) for one in sightings if one.kind is SightingKind.ACTOR]


def test_unknown_actors_are_noted_with_their_name_and_how_often() -> None:
    assert actors(sightings_of([derived(ANI, ANIS), derived(ANI, ANIS), derived(BUDI)])) == [(ANIS, "Ani", 2)]


def test_of_a_group_each_unknown_member_is_noted() -> None:
    group = {"objectType": "Group", "name": "Kelas", "member": [ANI, BUDI, {"mbox": "mailto:c@example.com"}]}
    assert actors(sightings_of([derived(group, ANIS, BUDIS)])) == [(BUDIS, "Budi", 1), (ANIS, "Ani", 1)]


def test_an_activity_is_noted_as_its_definition_says_in_indonesian_where_it_does() -> None:
    definition = {"type": "https://t.example/seminar", "name": {"fr": "Séminaire", "en": "Seminar", "id": "Seminar Daring"}}
    (one,) = sightings_of([derived(ANI, target={"id": "https://lms.example/1", "definition": definition})])
    assert (one.key, one.label, one.detail, one.matched) == (
        "https://lms.example/1",
        "Seminar Daring",
        "https://t.example/seminar",
        False,
    )
    (bare,) = sightings_of([derived(ANI, unmatched=False)])
    assert (bare.label, bare.detail, bare.matched) == ("", "", True)


def test_a_name_is_not_hidden_by_a_statement_without_one() -> None:
    named = {"id": "https://lms.example/1", "definition": {"type": "https://t.example/seminar", "name": {"id": "Seminar"}}}
    bare = {"id": "https://lms.example/1"}
    for both in ([derived(ANI, target=named), derived(ANI, target=bare)], [derived(ANI, target=bare), derived(ANI, target=named)]):
        (one,) = sightings_of(both)
        assert (one.label, one.detail, one.times) == ("Seminar", "https://t.example/seminar", 2)
    before = StoredSighting("1", SightingKind.ACTIVITY, bare["id"], "lan", "Seminar", "x", matched=False, weight=1)
    (one,) = named_as_before(sightings_of([derived(ANI, target=bare)]), {bare["id"]: before})
    assert (one.label, one.detail) == ("Seminar", "x")


def test_a_second_look_counts_nothing() -> None:
    assert [one.times for one in sightings_of([derived(ANI, ANIS)], counting=False)] == [0, 0]


def test_what_is_about_no_activity_tells_of_nobody() -> None:
    voiding = derived(ANI, target={"objectType": "StatementRef", "id": str(UUID(int=2))})
    assert sightings_of([voiding]) == []
    assert known_actors([voiding]) == set()


def test_known_is_who_is_known_in_every_statement() -> None:
    assert known_actors([derived(ANI), derived(BUDI), derived(BUDI, BUDIS)]) == {ANIS}


def test_who_was_nobodys_is_marked_known_and_the_others_are_left() -> None:
    waiting = [
        StoredSighting("1", SightingKind.ACTOR, ANIS, "lan", "Ani", "", matched=False, weight=7),
        StoredSighting("2", SightingKind.ACTOR, BUDIS, "lan", "Budi", "", matched=True, weight=7),
    ]
    assert now_known(waiting) == [Sighting(SightingKind.ACTOR, ANIS, "lan", "Ani", "", matched=True, times=0)]
