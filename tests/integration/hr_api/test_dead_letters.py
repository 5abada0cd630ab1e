"""Dead letters as an administrator sees them."""

from __future__ import annotations

from tests.integration.hr_api.world import ATTEMPTED, SITI_NIP, World, said, uid

LIST = "/api/v1/dead-letters"


def _bury(world: World) -> None:
    """Three conflicts and one record that can't be read."""
    world.learn(*(said(number) for number in (1, 2, 3)))
    world.learn(*(said(number, verb=ATTEMPTED) for number in (1, 2, 3)), partner="univ-b")
    world.append(b"\xff\x00 no record")
    world.record()


def test_the_list_has_no_payloads(world: World) -> None:
    _bury(world)
    response = world.get(LIST, who="admin")
    items = response.get_json()["items"]
    assert len(items) == 4
    assert [item["id"] for item in items] == sorted(item["id"] for item in items)
    assert all("payload" not in item for item in items)
    assert SITI_NIP not in response.text
    assert {item["statementId"] for item in items} == {str(uid(1)), str(uid(2)), str(uid(3)), None}


def test_pages_hold_everything_once(world: World) -> None:
    _bury(world)
    seen, link = [], f"{LIST}?limit=1"
    while link is not None:
        answer = world.get(link, who="admin").get_json()
        assert len(answer["items"]) == 1
        seen += [item["id"] for item in answer["items"]]
        link = answer["next"]
    assert len(seen) == len(set(seen)) == 4


def test_a_reason_filters_every_page(world: World) -> None:
    _bury(world)
    answer = world.get(f"{LIST}?reason=conflict&limit=2", who="admin").get_json()
    rest = world.get(answer["next"], who="admin").get_json()
    assert [item["reason"] for item in answer["items"] + rest["items"]] == ["conflict"] * 3
    assert rest["next"] is None


def test_one_letter_has_everything_and_showing_it_is_noted(world: World) -> None:
    _bury(world)
    letter = world.get(f"{LIST}?reason=conflict", who="admin").get_json()["items"][0]
    shown = world.get(f"{LIST}/{letter['id']}", who="admin").get_json()
    held = world.store.dead_letters.get(letter["id"])
    assert held is not None
    assert shown.pop("payload") == held.payload.decode()
    assert str(uid(1)) in held.payload.decode()
    assert shown == letter
    assert (shown["partner"], shown["createdAt"], shown["resubmittedAt"]) == ("univ-b", "2026-01-31T07:15:00.000Z", None)
    assert world.noted() == [("admin", "deadletter.read", f"dead letter {letter['id']}")]


def test_bytes_that_are_no_text_are_shown_all_the_same(world: World) -> None:
    _bury(world)
    letter = world.get(f"{LIST}?reason=undecodable", who="admin").get_json()["items"][0]
    assert world.get(f"{LIST}/{letter['id']}", who="admin").get_json()["payload"] == "\\xff\x00 no record"


def test_an_unknown_letter_is_a_404(world: World) -> None:
    assert world.get(f"{LIST}/statements.accepted:9:9:9", who="admin").status_code == 404
