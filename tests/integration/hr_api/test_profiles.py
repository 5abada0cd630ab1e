"""The competency profile as HR gets it."""

from __future__ import annotations

import json

import pytest

from competency.profile_json import read
from tests.integration.hr_api.world import BUDI, SITI, World, said

PROFILE = f"/api/v1/employees/{SITI}/profile"


def test_the_profile_is_handed_on_as_it_was_computed(world: World) -> None:
    world.learn(said(1))
    held = world.store.profiles.get(SITI)
    assert held is not None
    response = world.get(PROFILE)
    assert response.data == b'{"employeeId":"emp-0001","revision":1,"asOf":null,"profile":' + held.text + b"}"
    assert response.headers["Cache-Control"] == "no-store"
    profile = response.get_json()["profile"]
    assert {year["year"]: year["jp"] for year in profile["hours"]}[2026] == 7.5
    komunikasi = next(one for one in profile["competencies"] if one["id"] == "komunikasi")
    assert (komunikasi["suggested"]["level"], komunikasi["assessed"]["level"], komunikasi["gap"]) == (3, 2, -1)


def test_the_etag_is_the_revision_and_spares_an_unchanged_answer(world: World) -> None:
    world.learn(said(1))
    first = world.get(PROFILE)
    assert first.headers["ETag"] == '"1"'
    for sent in ('"1"', 'W/"1"', '"0", "1"', "*"):
        again = world.get(PROFILE, headers={"If-None-Match": sent})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", '"1"')
    world.learn(said(2, activity="https://lms.example.ac.id/course/2"))
    changed = world.get(PROFILE, headers={"If-None-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"], changed.get_json()["revision"]) == (200, '"2"', 2)


def test_without_evidence_there_is_a_well_formed_profile(world: World) -> None:
    response = world.get(f"/api/v1/employees/{BUDI}/profile")
    answer = response.get_json()
    assert (answer["employeeId"], answer["revision"]) == (BUDI, 0)
    profile = read(json.dumps(answer["profile"]).encode())
    assert profile.employee_id == BUDI
    assert {(year.jp, len(year.lines)) for year in profile.hours} == {(0, 0)}
    assert max(year.year for year in profile.hours) == 2026
    assert [unit.name for unit in profile.unit] == ["Kementerian Contoh", "Sekretariat Jenderal", "Bagian Kepegawaian"]
    assert any(one.id == "komunikasi" and one.standard is not None for one in profile.competencies)
    assert world.store.profiles.get(BUDI) is None


def test_the_etag_of_a_profile_without_evidence_follows_its_text(world: World) -> None:
    path = f"/api/v1/employees/{BUDI}/profile"
    etag = world.get(path).headers["ETag"]
    assert world.get(path, headers={"If-None-Match": etag}).status_code == 304
    post = world.store.directory.posts()[0]
    world.store.directory.put_posts([type(post)(post.id, post.title, post.kind, post.tier, {"komunikasi": 4})])
    assert world.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("sent", ['"7"', "nonsense", ""])
def test_another_revision_is_answered_in_full(world: World, sent: str) -> None:
    world.learn(said(1))
    assert world.get(PROFILE, headers={"If-None-Match": sent}).status_code == 200
