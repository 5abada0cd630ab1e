"""The rules over the API: what is in force, its marks, and another file in its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from competency.rules import rules_text
from tests.integration.hr_api.world import SITI, World, said

RULES = "/api/v1/rules"
LAST = f"/obligations/{len(json.loads(rules_text())['obligations'])}"


def file(**more: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(rules_text())
    return {**read, **more}


def with_floor(jp: int, version: str = "2026.9") -> dict[str, Any]:
    changed = file(version=version)
    for item in changed["obligations"]:
        item["jp"] = jp if item["employment"] == "PNS" else item["jp"]
    return changed


def put(world: World, body: Any, **more: Any) -> Any:
    return world.ask("PUT", RULES, who="cataloguer", data=json.dumps(body), content_type="application/json", **more)


def required_jp(world: World) -> tuple[int, str]:
    profile = world.get(f"/api/v1/employees/{SITI}/profile").get_json()["profile"]
    return profile["hours"][0]["obligation"]["jp"], profile["computedWith"]["rules"]


def test_the_rules_that_come_with_rekam_have_the_number_0(world: World) -> None:
    response = world.get(RULES)
    shown = response.get_json()
    assert response.headers["ETag"] == '"0"'
    assert (shown["number"], shown["inForce"], shown["file"]) == (0, True, file())
    assert shown["version"] == file()["version"]
    assert world.get(f"{RULES}/versions/0").get_json() == shown


def test_every_item_nobody_has_checked_is_named(world: World) -> None:
    shown = world.get(RULES).get_json()
    marks = json.dumps(file()).count('"mark": ')
    assert len(shown["unverified"]) + shown["verified"] == marks
    assert "/zone" in [one["pointer"] for one in shown["unverified"]]
    for one in shown["unverified"]:
        found: Any = shown["file"]
        for step in one["pointer"].split("/")[1:]:
            found = found[int(step)] if isinstance(found, list) else found[step.replace("~1", "/").replace("~0", "~")]
        assert (found["mark"], found["source"]) == ("unverified", one["source"])


def test_new_rules_are_in_force_for_every_profile_within_moments(world: World) -> None:
    world.learn(said(1))
    assert required_jp(world)[0] == 20
    response = put(world, with_floor(24))
    assert response.get_json() == {"number": 1, "version": "2026.9", "changed": True}
    world.keep()
    assert required_jp(world) == (24, "2026.9#1")
    assert ("cataloguer", "rules.write", "rules") in world.noted()
    assert world.get(RULES).get_json()["number"] == 1
    assert world.get(f"{RULES}/versions/0").get_json()["inForce"] is False


def test_every_file_stays_readable(world: World) -> None:
    put(world, with_floor(24))
    put(world, with_floor(30, "2026.10"))
    first = world.get(f"{RULES}/versions/1").get_json()
    assert (first["version"], first["inForce"], first["file"]) == ("2026.9", False, with_floor(24))
    for wrong in ("3", "x", "-1"):
        assert world.get(f"{RULES}/versions/{wrong}").status_code == 404


def test_what_says_the_same_changes_nothing_and_what_says_another_thing_needs_another_version(world: World) -> None:
    assert put(world, file()).get_json() == {"number": 0, "version": file()["version"], "changed": False}
    assert put(world, with_floor(24, file()["version"])).status_code == 409
    assert put(world, with_floor(24)).get_json()["number"] == 1
    reordered = dict(reversed(with_floor(24).items()))
    assert put(world, reordered).get_json() == {"number": 1, "version": "2026.9", "changed": False}
    assert put(world, with_floor(30)).status_code == 409
    assert world.store.catalogue.rules_version(2) is None


def test_only_the_file_that_is_known_is_replaced(world: World) -> None:
    assert put(world, with_floor(24), headers={"If-Match": '"1"'}).status_code == 412
    assert put(world, with_floor(24), headers={"If-Match": '"0"'}).status_code == 200
    assert put(world, with_floor(30, "2026.10"), headers={"If-Match": '"0"'}).status_code == 412


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in file(version="x").items() if key != name}


def _changed(name: str, **more: Any) -> dict[str, Any]:
    changed = file(version="x")
    changed[name] = [{**changed[name][0], **more}, *changed[name][1:]]
    return changed


@pytest.mark.parametrize(
    ("body", "pointer", "word"),
    [
        ({**file(), "nonsense": 1}, "", "nonsense"),
        (_without("obligations"), "", "obligations"),
        (_changed("obligations", jp="20"), "/obligations/0/jp", "int"),
        (_changed("obligations", mark="maybe"), "/obligations/0/mark", "maybe"),
        (file(version="x", obligations=[*file()["obligations"], file()["obligations"][0]]), LAST, "already"),
        (file(version="x", zone={**file()["zone"], "value": "Asia/Atlantis"}), "/zone", "Asia/Jakarta"),
        (file(version="x", rules={}), "/rules", "missing"),
        ([], "", "object"),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_its_place(world: World, body: Any, pointer: str, word: str) -> None:
    response = put(world, body)
    error = response.get_json()["error"]
    assert (response.status_code, error.get("pointer", "")) == (400, pointer)
    assert word in error["message"]
    assert world.get(RULES).get_json()["number"] == 0


def test_a_file_that_says_a_thing_twice_is_refused(world: World) -> None:
    text = rules_text().replace(b'"version"', b'"version": "1", "version"', 1)
    response = world.ask("PUT", RULES, who="cataloguer", data=text, content_type="application/json")
    assert response.status_code == 400


def test_hr_reads_and_does_not_write(world: World) -> None:
    assert world.ask("PUT", RULES, who="hr", json=file()).status_code == 403
    assert world.get(RULES, who="cataloguer").status_code == 200
