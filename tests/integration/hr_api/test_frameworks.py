"""Frameworks of competencies over the API: our JSON, CASE and CSV, a preview, and every version."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from competency.rules import core_framework
from schemas.case import read_case
from schemas.imports.frameworks import frameworks_of, read_competencies
from schemas.imports.sheets import Format
from tests.integration.hr_api.world import SITI, World

FRAMEWORKS = "/api/v1/frameworks"
CORE = f"{FRAMEWORKS}/permenpan-rb-38-2017"
BODY: dict[str, Any] = {
    "title": "Kamus Kompetensi Teknis TI",
    "publisher": "Kementerian Contoh",
    "edition": "2026",
    "language": "id",
    "description": "Untuk jabatan di bidang TI",
    "competencies": [
        {"id": "ti", "name": "Teknologi Informasi", "kind": "teknis"},
        {"id": "ti-aman", "name": "Keamanan", "kind": "teknis", "parentId": "ti", "levels": {"1": "Paham", "3": "Menerapkan"}},
    ],
}
TI = f"{FRAMEWORKS}/kamus-ti"
PUBLISHED = (Path(__file__).parents[2] / "unit/schemas_case/full.json").read_bytes()


def put(world: World, body: Any, path: str = TI, **more: Any) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return world.ask("PUT", path, who="cataloguer", data=data, content_type="application/json", **more)


def in_the_profile(world: World) -> tuple[str, dict[str, int]]:
    """What a competency is called in it, and the versions of the frameworks it was computed with."""
    profile = world.get(f"/api/v1/employees/{SITI}/profile").get_json()["profile"]
    name = next(one["name"] for one in profile["competencies"] if one["id"] == "komunikasi")
    return name, {one["id"]: one["version"] for one in profile["computedWith"]["frameworks"]}


def test_what_comes_with_rekam_is_listed_and_read(world: World) -> None:
    (core,) = world.get(FRAMEWORKS).get_json()["frameworks"]
    assert (core["id"], core["version"], core["changedAt"], core["competencies"]) == ("permenpan-rb-38-2017", 1, None, 9)
    read = world.get(CORE).get_json()
    assert [one["id"] for one in read["competencies"]] == [one.id for one in core_framework().competencies]
    assert world.get(f"{CORE}/versions/1").get_json() == read


def test_a_new_framework_is_made_and_audited(world: World) -> None:
    made = put(world, BODY)
    assert (made.status_code, made.headers["Location"], made.headers["ETag"]) == (201, TI, '"1"')
    assert made.get_json() == {
        "id": "kamus-ti",
        "version": 1,
        "applied": True,
        "changed": True,
        "properties": [],
        "new": ["ti", "ti-aman"],
        "changedCompetencies": [],
        "left": [],
        "problems": [],
    }
    assert world.noted()[0] == ("cataloguer", "framework.write", "framework kamus-ti")


def test_every_profile_follows_within_moments(world: World) -> None:
    core = world.get(CORE).get_json()
    assert in_the_profile(world) == ("Komunikasi", {"permenpan-rb-38-2017": 1})
    for one in core["competencies"]:
        one["name"] = one["name"].upper()
    put(world, core, CORE)
    world.keep()
    assert in_the_profile(world) == ("KOMUNIKASI", {"permenpan-rb-38-2017": 2})


def test_it_may_be_sent_back_as_it_is(world: World) -> None:
    put(world, BODY)
    read = world.get(TI).get_json()
    assert read["changedAt"] == "2026-01-31T07:15:00.000Z"
    assert read["competencies"][1]["levels"] == {"1": "Paham", "3": "Menerapkan"}
    again = put(world, read)
    assert (again.status_code, again.get_json()["changed"], again.get_json()["version"]) == (200, False, 1)
    core = world.get(CORE).get_json()
    assert put(world, core, CORE).get_json()["changed"] is False
    assert world.store.catalogue.framework(core["id"], 1) is None


def test_the_preview_says_what_would_change_and_changes_nothing(world: World) -> None:
    put(world, BODY)
    world.keep()
    entry = {"title": "Aman", "kind": "16", "provider": "B", "jp": 4, "finish": "completed", "alignments": {"ti-aman": 2}}
    world.ask("PUT", "/api/v1/catalogue/cat-9", who="cataloguer", json={**entry, "activityIds": ["https://x.example/1"]})
    root = {**BODY["competencies"][0], "name": "TI", "description": "Baru"}
    body = {
        **BODY,
        "edition": "2027",
        "competencies": [root, {"id": "ti-awan", "name": "Awan", "kind": "teknis", "parentId": "ti"}],
    }
    expected = {
        "properties": ["edition"],
        "new": ["ti-awan"],
        "changedCompetencies": [{"id": "ti", "properties": ["name", "description"]}],
        "left": [{"id": "ti-aman", "posts": 0, "entries": 1}],
        "problems": [],
    }
    told = put(world, body, f"{TI}?apply=false").get_json()
    assert told == {"id": "kamus-ti", "version": 2, "applied": False, "changed": True, **expected}
    assert world.get(TI).get_json()["version"] == 1
    done = put(world, body).get_json()
    assert done == {**told, "applied": True}
    kept = world.get(f"{TI}/versions/1").get_json()
    assert [one["id"] for one in kept["competencies"]] == ["ti", "ti-aman"]
    assert put(world, body, f"{TI}?apply=false").get_json()["changed"] is False


def test_what_came_with_rekam_stays_readable_as_the_first_version(world: World) -> None:
    before = world.get(CORE).get_json()
    changed = put(world, {**before, "edition": "2026"}, CORE)
    assert (changed.status_code, changed.get_json()["version"]) == (200, 2)
    assert world.get(f"{CORE}/versions/1").get_json() == before
    assert world.get(CORE).get_json()["edition"] == "2026"


def test_the_case_package_is_the_same_each_time_and_changes_with_the_version(world: World) -> None:
    put(world, BODY)
    first = world.get(f"{TI}/case")
    assert first.headers["ETag"] == '"1"'
    assert first.data == world.get(f"{TI}/case", headers={"Host": "elsewhere.example"}).data
    assert first.get_json()["CFDocument"]["uri"].startswith("https://rekam.example/ims/case/v1p1/CFDocuments/")
    assert first.get_json()["CFDocument"]["lastChangeDateTime"] == "2026-01-31T07:15:00Z"
    world.clock.advance_ms(86_400_000)
    put(world, BODY)
    assert world.get(f"{TI}/case").data == first.data
    put(world, {**BODY, "edition": "2027"})
    assert world.get(f"{TI}/case").get_json()["CFDocument"]["lastChangeDateTime"] == "2026-02-01T07:15:00Z"


def test_a_case_package_goes_out_and_comes_in(world: World) -> None:
    put(world, BODY)
    package = world.get(f"{TI}/case").data
    (read,) = read_case(package).rows
    assert [one.id for one in read.competencies] == ["ti", "ti-aman"]
    other = package.replace(b'"kamus-ti"', b'"kamus-lain"').replace(b'"ti"', b'"lain"').replace(b'"ti-aman"', b'"lain-aman"')
    made = put(world, other, f"{FRAMEWORKS}/kamus-lain")
    assert (made.status_code, made.get_json()["new"]) == (201, ["lain", "lain-aman"])
    # From then on it has URIs, and they stay.
    exported = world.get(f"{FRAMEWORKS}/kamus-lain/case").data
    again = put(world, exported, f"{FRAMEWORKS}/kamus-lain").get_json()
    assert (again["changed"], again["problems"]) == (False, [])


def test_a_package_of_another_publisher_is_taken_under_the_id_of_the_path(world: World) -> None:
    package = {
        "CFDocument": {"identifier": "0f3c7ad0-5f0e-4b57-9d3a-6a5d3c1f2b11", "title": "Skills"},
        "CFItems": [{"identifier": "b2f4b9b2-5f0e-4b57-9d3a-6a5d3c1f2b11", "fullStatement": "Welding", "CFItemType": "Gizmo"}],
    }
    made = put(world, package).get_json()
    assert made["new"] == ["b2f4b9b2-5f0e-4b57-9d3a-6a5d3c1f2b11"]
    assert "Gizmo" in made["problems"][0]
    assert world.get(TI).get_json()["competencies"][0]["kind"] == "teknis"


def test_a_published_package_comes_out_whole_and_back_without_a_new_version(world: World) -> None:
    assert put(world, PUBLISHED, f"{FRAMEWORKS}/kamus-data").status_code == 201
    exported = world.get(f"{FRAMEWORKS}/kamus-data/case")
    expected = json.loads(PUBLISHED)
    expected["CFDocument"]["extensions"]["rekamFrameworkId"] = "kamus-data"
    assert exported.get_json() == expected
    world.clock.advance_ms(86_400_000)
    for body in (exported.data, PUBLISHED, world.get(f"{FRAMEWORKS}/kamus-data").data):
        again = put(world, body, f"{FRAMEWORKS}/kamus-data").get_json()
        assert (again["changed"], again["version"], again["properties"]) == (False, 1, [])
    assert world.get(f"{FRAMEWORKS}/kamus-data/case").data == exported.data


def test_what_only_the_package_says_changes_the_framework_too(world: World) -> None:
    put(world, PUBLISHED, f"{FRAMEWORKS}/kamus-data")
    package = json.loads(PUBLISHED)
    package["CFDocument"]["adoptionStatus"] = "Adopted"
    told = put(world, json.dumps(package).encode(), f"{FRAMEWORKS}/kamus-data").get_json()
    assert (told["version"], told["properties"], told["changedCompetencies"]) == (2, ["case"], [])
    assert world.get(f"{FRAMEWORKS}/kamus-data/case").get_json()["CFDocument"]["adoptionStatus"] == "Adopted"


def test_an_officer_changes_a_published_framework_and_its_export_says_both(world: World) -> None:
    put(world, PUBLISHED, f"{FRAMEWORKS}/kamus-data")
    body = world.get(f"{FRAMEWORKS}/kamus-data").get_json()
    next(one for one in body["competencies"] if one["id"] == "DT.1")["name"] = "Olah data"
    told = put(world, body, f"{FRAMEWORKS}/kamus-data").get_json()
    assert (told["properties"], told["changedCompetencies"]) == ([], [{"id": "DT.1", "properties": ["name"]}])
    exported = world.get(f"{FRAMEWORKS}/kamus-data/case")
    item = next(one for one in exported.get_json()["CFItems"] if one["humanCodingScheme"] == "DT.1")
    assert (item["abbreviatedStatement"], item["notes"]) == ("Olah data", "Lihat Perpres 39/2019.")
    assert put(world, exported.data, f"{FRAMEWORKS}/kamus-data").get_json()["changed"] is False


def test_what_comes_with_rekam_may_come_back_as_case(world: World) -> None:
    assert put(world, world.get(f"{CORE}/case").data, CORE).get_json()["changed"] is False
    assert world.store.catalogue.framework("permenpan-rb-38-2017", 1) is None


def test_the_csv_imports_to_the_same_framework(world: World) -> None:
    put(world, BODY)
    response = world.get(f"{TI}/csv")
    assert "kamus-ti.csv" in response.headers["Content-Disposition"]
    rows = read_competencies(io.BytesIO(response.data), Format.CSV)
    assert rows.problems == ()
    (back,) = frameworks_of(rows.rows, {}).rows
    assert [back] == [one for one in world.store.catalogue.frameworks() if one.id == "kamus-ti"]


def test_only_the_version_that_is_known_is_replaced(world: World) -> None:
    assert put(world, BODY, headers={"If-None-Match": "*"}).status_code == 201
    assert put(world, {**BODY, "edition": "3"}, headers={"If-None-Match": "*"}).status_code == 412
    assert put(world, {**BODY, "edition": "3"}, headers={"If-Match": '"2"'}).status_code == 412
    assert put(world, {**BODY, "edition": "3"}, f"{TI}?apply=false", headers={"If-Match": '"2"'}).status_code == 412
    assert put(world, {**BODY, "edition": "3"}, headers={"If-Match": '"1"'}).get_json()["version"] == 2
    assert put(world, world.get(CORE).get_json(), CORE, headers={"If-None-Match": "*"}).status_code == 412


def competency(**more: Any) -> dict[str, Any]:
    return {"id": "ti", "name": "TI", "kind": "teknis", **more}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"competencies": [competency()]}, "/title"),
        ({"title": "T"}, "/competencies"),
        ({"title": "T", "competencies": []}, "/competencies"),
        ({"title": "T", "competencies": [competency(), competency()]}, "/competencies/1/id"),
        ({"title": "T", "competencies": [competency(kind="soft")]}, "/competencies/0/kind"),
        ({"title": "T", "competencies": [competency(levels={"6": "x"})]}, "/competencies/0/levels"),
        ({"title": "T", "competencies": [competency(parentId="tik")]}, "/competencies/0/parentId"),
        ({"title": "T", "competencies": [competency(), competency(id="komunikasi")]}, "/competencies/1/id"),
        ({"title": "T", "competencies": [competency(framework="x")]}, "/competencies/0/framework"),
        ({"title": "T", "id": "kamus-x", "competencies": [competency()]}, "/id"),
        ({"CFDocument": {"title": "T"}, "CFItems": []}, ""),
        (
            {
                "CFDocument": {"identifier": "a", "title": "T", "extensions": {"rekamFrameworkId": "kamus-x"}},
                "CFItems": [],
            },
            "/CFDocument/extensions/rekamFrameworkId",
        ),
        (
            {
                "CFDocument": {"identifier": "a", "title": "T"},
                "CFItems": [{"identifier": "b", "fullStatement": "x", "humanCodingScheme": "komunikasi"}],
            },
            "/CFItems",
        ),
    ],
)
def test_what_is_no_framework_is_refused_with_its_place(world: World, body: dict[str, Any], pointer: str) -> None:
    response = put(world, body)
    assert (response.status_code, response.get_json()["error"].get("pointer", "")) == (400, pointer)
    assert world.get(TI).status_code == 404


def test_a_large_framework_is_taken(world: World) -> None:
    competencies = [competency(id=f"ti-{number}", description="x" * 200) for number in range(1_000)]
    body = json.dumps({"title": "T", "competencies": competencies}).encode()
    assert len(body) > world.services.settings.max_body_bytes
    assert len(put(world, body).get_json()["new"]) == 1_000


@pytest.mark.parametrize("path", ["", "/case", "/csv", "/versions/1"])
def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    assert world.get(f"{TI}{path}").status_code == 404


def test_hr_reads_and_does_not_write(world: World) -> None:
    assert world.ask("PUT", TI, who="hr", json=BODY).status_code == 403
