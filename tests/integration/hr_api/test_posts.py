"""Posts and their standards over the API: what is put is in the profiles of who holds the post, and what was before is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from competency.directory import Post, PostKind
from hr_api.post_changes import PostChanges
from store.consequences import of_employees
from store.port import OrderKind
from tests.integration.hr_api.world import SITI, World

POSTS = "/api/v1/posts"
BODY: dict[str, Any] = {
    "title": "Pranata Komputer Ahli Muda",
    "kind": "fungsional",
    "tier": "ahli-muda",
    "standards": {"integritas": 3, "komunikasi": 4},
}


def put(world: World, body: Any, post_id: str = "post-9", **more: Any) -> Any:
    return world.ask("PUT", f"{POSTS}/{post_id}", who="cataloguer", json=body, **more)


def in_the_profile(world: World, employee_id: str = SITI) -> tuple[str, int, int, int | None]:
    """Title and version of the post, and standard and gap in komunikasi."""
    profile = world.get(f"/api/v1/employees/{employee_id}/profile").get_json()["profile"]
    communication = next(one for one in profile["competencies"] if one["id"] == "komunikasi")
    post = profile["post"]
    return post["title"], post["version"], communication["standard"]["level"], communication["gap"]


def test_a_post_is_made_read_and_sent_back_as_it_is(world: World) -> None:
    made = put(world, BODY)
    assert (made.status_code, made.headers["Location"], made.headers["ETag"]) == (201, f"{POSTS}/post-9", '"1"')
    read = world.get(f"{POSTS}/post-9")
    assert read.get_json() == {"id": "post-9", "version": 1, **BODY}
    again = put(world, read.get_json(), headers={"If-Match": read.headers["ETag"]})
    assert (again.status_code, again.get_json()) == (200, {"id": "post-9", "version": 1, "changed": False})
    assert world.noted()[0] == ("cataloguer", "post.write", "post post-9")


def test_the_profiles_of_its_holders_follow_within_moments(world: World) -> None:
    world.keep()
    assert in_the_profile(world) == ("Analis SDM Aparatur", 1, 3, -1)
    post = world.get(f"{POSTS}/post-1").get_json()
    put(world, {**post, "title": "Analis SDM", "standards": {"komunikasi": 5}}, "post-1")
    (order,) = world.store.orders.of_kind(OrderKind.POSTS)
    assert order.keys == ("post-1",)
    assert world.store.orders.waiting() == 1
    world.keep()
    assert in_the_profile(world) == ("Analis SDM", 2, 5, -3)


def test_each_version_stays_readable(world: World) -> None:
    put(world, BODY)
    put(world, {**BODY, "standards": {"integritas": 5}})
    first, second = (world.get(f"{POSTS}/post-9?version={version}") for version in (1, 2))
    assert (first.get_json()["standards"], first.headers["ETag"]) == (BODY["standards"], '"1"')
    assert (second.get_json()["standards"], second.headers["ETag"]) == ({"integritas": 5}, '"2"')
    assert world.get(f"{POSTS}/post-9").get_json() == second.get_json()
    assert world.get(f"{POSTS}/post-9?version=3").status_code == 404
    assert world.get(f"{POSTS}/post-8?version=1").status_code == 404
    assert world.get(f"{POSTS}/post-8").status_code == 404


def test_without_standards_it_has_none_of_its_own(world: World) -> None:
    put(world, BODY)
    put(world, {name: value for name, value in BODY.items() if name != "standards"})
    assert world.get(f"{POSTS}/post-9").get_json()["standards"] == {}


def test_only_the_version_that_is_known_is_replaced(world: World) -> None:
    assert put(world, BODY, headers={"If-Match": '"1"'}).status_code == 412
    assert put(world, BODY, headers={"If-None-Match": "*"}).status_code == 201
    changed = {**BODY, "tier": "ahli-madya"}
    assert put(world, changed, headers={"If-None-Match": "*"}).status_code == 412
    assert put(world, changed, headers={"If-Match": '"2"'}).status_code == 412
    assert put(world, changed, headers={"If-Match": '"1"'}).get_json() == {"id": "post-9", "version": 2, "changed": True}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": None}, "/title"),
        ({"title": " "}, "/title"),
        ({"kind": "jabatan"}, "/kind"),
        ({"tier": ""}, "/tier"),
        ({"tier": 3}, "/tier"),
        ({"standards": {"komunikasi": 6}}, "/standards"),
        ({"standards": {"komunikasi": 0}}, "/standards"),
        ({"standards": {"komunikasi": "3"}}, "/standards"),
        ({"standards": ["komunikasi"]}, "/standards"),
        ({"standards": {"komunikasi": 3, "terbang": 2}}, "/standards/terbang"),
        ({"id": "post-8"}, "/id"),
        ({"jenjang": "x"}, "/jenjang"),
    ],
)
def test_what_is_no_post_is_refused_with_its_place(world: World, change: dict[str, Any], pointer: str) -> None:
    response = put(world, {**BODY, **change})
    assert (response.status_code, response.get_json()["error"].get("pointer")) == (400, pointer)
    assert world.get(f"{POSTS}/post-9").status_code == 404
    assert world.store.orders.waiting() == 0


def test_a_standard_that_no_framework_knows_any_more_may_stay_as_it_is(world: World) -> None:
    world.store.directory.put_posts([Post("post-9", "T", PostKind.PELAKSANA, "pelaksana", {"terbang": 2})])
    held = world.get(f"{POSTS}/post-9").get_json()
    assert put(world, held).get_json()["changed"] is False
    assert put(world, {**held, "standards": {"terbang": 3}}).status_code == 400


def test_posts_come_by_id_in_pages_and_are_found_by_title_and_competency(world: World) -> None:
    for number, title in ((2, "Analis Data Ahli Muda"), (3, "Kepala Bagian Data"), (4, "ANALIS Kebijakan")):
        put(world, {**BODY, "title": title, "standards": {"integritas": number}}, f"post-{number}")

    def found(query: str) -> list[str]:
        return [one["id"] for one in world.get(f"{POSTS}?{query}").get_json()["items"]]

    assert found("") == ["post-1", "post-2", "post-3", "post-4"]
    assert found("title=analis") == ["post-1", "post-2", "post-4"]
    assert found("title=data%20analis") == ["post-2"]
    assert found("competency=komunikasi") == ["post-1"]
    assert found("title=analis&competency=integritas") == ["post-2", "post-4"]
    first = world.get(f"{POSTS}?title=analis&limit=2").get_json()
    second = world.get(first["next"]).get_json()
    assert ([one["id"] for one in second["items"]], second["next"]) == (["post-4"], None)
    assert world.get(f"{POSTS}?limit=2", who="cataloguer").status_code == 200


def test_who_may_not_write_does_not(world: World) -> None:
    assert world.ask("PUT", f"{POSTS}/post-9", who="hr", json=BODY).status_code == 403
    assert world.get(POSTS, who="univ-a").status_code == 403


class Interfered:
    """A directory in which somebody else does something between what is read of it and what is written, once."""

    def __init__(self, directory: Any, meanwhile: Any) -> None:
        self._directory = directory
        self._meanwhile = [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._directory, name)

    def put_posts(self, posts: Any, **more: Any) -> bool:
        while self._meanwhile:
            self._meanwhile.pop()()
        return bool(self._directory.put_posts(posts, **more))


def test_who_got_the_post_meanwhile_is_computed_again(world: World) -> None:
    directory = world.store.directory
    put(world, BODY)

    def moved() -> None:
        siti = directory.employee(SITI)
        assert siti is not None
        now = replace(siti, post_id="post-9")
        directory.put_employees([now], orders=of_employees([now], {SITI: siti}))
        world.keep()

    changes = PostChanges(Interfered(directory, moved))
    changes.put("post-9", lambda held: replace(held or Post("", "", PostKind.PELAKSANA, ""), title="Baru"), lambda _: None)
    world.keep()
    assert in_the_profile(world)[:2] == ("Baru", 2)


def test_what_somebody_else_wrote_meanwhile_is_not_overlooked(world: World) -> None:
    directory = world.store.directory
    put(world, BODY)
    theirs = replace(next(one for one in directory.posts() if one.id == "post-9"), title="Theirs")
    world.replace(directory=Interfered(directory, lambda: directory.put_posts([theirs])))
    assert put(world, {**BODY, "title": "Mine"}, headers={"If-Match": '"1"'}).status_code == 412
    assert world.get(f"{POSTS}/post-9").get_json()["title"] == "Theirs"
