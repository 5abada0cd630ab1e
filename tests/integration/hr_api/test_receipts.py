"""What became of a statement, in every state it can be in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

import eventlog.port
from competency.catalogue import CatalogueEntry, FinishRule
from competency.directory import Employment
from competency.facts import ProfileFacts
from schemas.events import ToleratedStatement
from tests.integration.hr_api.world import (
    ATTEMPTED,
    BUDI,
    SEMINAR,
    SITI,
    SITI_NIP,
    UNKNOWN_ACTIVITY,
    Down,
    World,
    account,
    actor,
    said,
    uid,
    voiding,
)

LOG_DOWN = Down(eventlog.port.Unavailable("down"))
THROUGH = "X-Experience-API-Consistent-Through"


def _path(number: int) -> str:
    return f"/api/v1/receipts/{uid(number)}"


def _receipt(world: World, number: int, *, who: str = "univ-a") -> dict[str, Any]:
    response = world.get(_path(number), who=who)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    receipt: dict[str, Any] = response.get_json()
    assert response.headers[THROUGH] == receipt["consistentThrough"]
    return receipt


def test_accepted_and_waiting_to_be_recorded(world: World) -> None:
    world.send(said(1), said(2))
    world.clock.advance_ms(1000)
    receipt = _receipt(world, 2)
    assert (receipt["state"], receipt["acceptedAt"]) == ("accepted", "2026-01-31T07:15:00.000Z")
    assert "profile" not in receipt
    assert receipt["consistentThrough"] == "1970-01-01T00:00:00.000Z"  # the recorder has passed nothing yet


def test_the_answer_waits_for_the_recorder_a_moment_only(world: World) -> None:
    world.send(said(1))
    before = world.clock.monotonic()
    _receipt(world, 1)
    assert 0.04 <= world.clock.monotonic() - before <= 0.1


def test_the_recorder_may_come_while_the_answer_waits(world: World) -> None:
    world.send(said(1))
    sleep = world.clock.sleep

    def sleep_and_record(seconds: float) -> None:
        sleep(seconds)
        world.record()

    world.clock.sleep = sleep_and_record  # type: ignore[method-assign]
    assert _receipt(world, 1)["state"] == "stored"


def test_stored_and_the_profile_pending(world: World) -> None:
    world.send(said(1))
    world.record()
    receipt = _receipt(world, 1)
    assert (receipt["state"], receipt["storedAt"]) == ("stored", "2026-01-31T07:15:00.000Z")
    assert receipt["profile"] == {"state": "pending"}


def test_evidence_alone_is_not_yet_a_profile(world: World) -> None:
    world.learn(said(1))
    held = world.store.profiles.get(SITI)
    assert held is not None
    facts = ProfileFacts((), Employment.PNS, True, date(2027, 1, 1), (), ())
    assert world.store.profiles.put(SITI, b"{}", facts, expected_revision=held.revision)
    assert _receipt(world, 1)["profile"] == {"state": "pending"}


def test_profiled_tells_hr_whose_profile_and_the_partner_only_that_it_counted(world: World) -> None:
    group = {"objectType": "Group", "member": [actor(SITI_NIP), actor("197901022005011002"), actor("000000000000000000")]}
    world.learn(said(1, actor=group))
    told = {"state": "profiled", "credited": 2, "waiting": 1}
    assert _receipt(world, 1)["profile"] == told
    assert _receipt(world, 1, who="auditor")["profile"] == told
    assert _receipt(world, 1, who="hr")["profile"] == {
        **told,
        "counted": [
            {
                "employeeId": employee_id,
                "catalogueId": "cat-1",
                "rule": "finish-completed/1",
                "profile": f"/api/v1/employees/{employee_id}/profile",
                "catalogueVersion": 1,
                "hours": [
                    {
                        "period": "calendar-year",
                        "year": 2026,
                        "jp": 7.5,
                        "counted": True,
                        "why": "7.5 JP of the catalogue",
                        "togetherWith": [],
                    }
                ],
                "competencies": [{"id": "komunikasi", "level": 3, "counted": True, "why": "it counts"}],
                "later": None,
            }
            for employee_id in (SITI, BUDI)
        ],
    }


@pytest.mark.parametrize(
    ("statement", "reason", "names"),
    [
        (said(1, activity=UNKNOWN_ACTIVITY), "no catalogue entry", UNKNOWN_ACTIVITY),
        (said(1, verb=ATTEMPTED), "not finished", "cat-1"),
        (said(1, actor=actor("200001012020011001")), "actor not linked to an employee", "directory"),
        (said(1, object={"objectType": "StatementRef", "id": str(uid(9))}), "object is not an activity", "StatementRef"),
    ],
    ids=["catalogue", "finish", "actor", "object"],
)
def test_not_relevant_says_why(world: World, statement: dict[str, Any], reason: str, names: str) -> None:
    world.learn(statement)
    for who in ("univ-a", "hr"):
        profile = _receipt(world, 1, who=who)["profile"]
        assert (profile["state"], profile["why"]["reason"]) == ("not relevant", reason)
        assert names in profile["why"]["detail"]
        assert "200001012020011001" not in str(profile)


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({"activity": UNKNOWN_ACTIVITY, "verb": ATTEMPTED}, ["no catalogue entry", "actor not linked to an employee"]),
        ({"verb": ATTEMPTED}, ["not finished", "actor not linked to an employee"]),
        ({}, ["actor not linked to an employee"]),
    ],
    ids=["catalogue", "finish", "actor"],
)
def test_not_relevant_says_every_reason_the_first_of_them_as_why(world: World, more: dict[str, Any], reasons: list[str]) -> None:
    world.learn(said(1, actor=actor("200001012020011001"), **more))
    for who in ("univ-a", "hr"):
        profile = _receipt(world, 1, who=who)["profile"]
        assert [one["reason"] for one in profile["reasons"]] == reasons
        assert profile["why"] == profile["reasons"][0]
        assert not {"waiting", "credited"} & profile.keys(), "it is about one person"


def test_mending_the_first_reason_leaves_the_others(world: World) -> None:
    world.learn(said(1, actor=actor("200001012020011001"), activity=UNKNOWN_ACTIVITY, verb=ATTEMPTED))
    before = _receipt(world, 1)["profile"]["reasons"]
    entry = CatalogueEntry(
        "cat-9", "Baru", "9", "Universitas A", Decimal(4), FinishRule.COMPLETED, activity_ids=(UNKNOWN_ACTIVITY,), through_year=2020
    )
    world.store.catalogue.put_entries([entry])
    after = _receipt(world, 1)["profile"]["reasons"]
    assert [one["reason"] for one in after] == [
        "not finished",
        "outside the years the catalogue entry counts in",
        "actor not linked to an employee",
    ]
    assert after[-1] == before[-1]


def test_of_a_group_it_says_how_many_wait_and_who_was_rejected_waits_no_more(world: World) -> None:
    strangers = [account(name) for name in ("a", "b", "c")]
    world.learn(said(1, actor={"objectType": "Group", "member": strangers}, activity=UNKNOWN_ACTIVITY))
    profile = _receipt(world, 1)["profile"]
    assert (profile["state"], profile["credited"], profile["waiting"]) == ("not relevant", 0, 3)
    assert [one["reason"] for one in profile["reasons"]] == ["no catalogue entry", "actor not linked to an employee"]
    actors = world.get("/api/v1/unlinked-actors").get_json()["items"]
    assert len(actors) == 3
    path = f"/api/v1/unlinked-actors/{actors[0]['id']}/rejection"
    assert world.ask("POST", path, json={}).status_code == 200
    assert _receipt(world, 1)["profile"]["waiting"] == 2


def test_who_is_linked_later_is_credited_and_waits_no_more(world: World) -> None:
    world.learn(said(1, actor={"objectType": "Group", "member": [actor(SITI_NIP), account("b")]}))
    assert {name: _receipt(world, 1)["profile"][name] for name in ("credited", "waiting")} == {"credited": 1, "waiting": 1}
    (waits,) = world.get("/api/v1/unlinked-actors").get_json()["items"]
    world.ask("POST", f"/api/v1/unlinked-actors/{waits['id']}/link", json={"employeeId": BUDI})
    world.keep()
    assert _receipt(world, 1)["profile"] == {"state": "profiled", "credited": 2, "waiting": 0}


def test_a_voided_group_keeps_nobody_waiting(world: World) -> None:
    world.learn(said(1, actor={"objectType": "Group", "member": [actor(SITI_NIP), account("b")]}), voiding(2, 1))
    profile = _receipt(world, 1)["profile"]
    assert (profile["credited"], profile["waiting"], [one["reason"] for one in profile["reasons"]]) == (0, 0, ["voided"])


def test_voided_after_it_counted(world: World) -> None:
    world.learn(said(1))
    world.send(voiding(2, 1))
    world.record()
    pending = _receipt(world, 1)
    assert (pending["state"], pending["voided"], pending["profile"]) == ("stored", True, {"state": "pending"})
    world.profile()
    assert _receipt(world, 1)["profile"]["why"]["reason"] == "voided"


def test_a_catalogue_that_covers_it_later_makes_it_pending(world: World) -> None:
    world.learn(said(1, activity=UNKNOWN_ACTIVITY))
    entry = CatalogueEntry(
        "cat-9", "Baru", "9", "Universitas A", Decimal(4), FinishRule.COMPLETED, activity_ids=(UNKNOWN_ACTIVITY,)
    )
    world.store.catalogue.put_entries([entry])
    assert _receipt(world, 1)["profile"] == {"state": "pending"}


def test_dead_lettered_says_why_and_what_to_do(world: World) -> None:
    world.learn(said(1), partner="univ-a")
    world.learn(said(1, activity=UNKNOWN_ACTIVITY), partner="univ-b")
    theirs = _receipt(world, 1, who="univ-b")
    assert theirs["state"] == "dead-lettered"
    letter = theirs["deadLetters"][0]
    assert (letter["reason"], letter["resubmittedAt"]) == ("conflict", None)
    assert "new id" in letter["advice"]
    assert world.get(f"/api/v1/dead-letters/{letter['id']}", who="admin").status_code == 200
    ours = _receipt(world, 1, who="univ-a")
    assert (ours["state"], ours["deadLetters"]) == ("stored", [])
    everything = _receipt(world, 1, who="hr")
    assert (everything["state"], [one["id"] for one in everything["deadLetters"]]) == ("stored", [letter["id"]])


def test_a_resubmitted_dead_letter_is_accepted_again(world: World) -> None:
    world.learn(said(1))
    world.learn(said(1, verb=ATTEMPTED), partner="univ-b")
    letter = world.store.dead_letters.page()[0]
    world.send(said(1, verb=ATTEMPTED), partner="univ-b")
    world.store.dead_letters.mark_resubmitted(letter.id, world.clock.now_ms())
    receipt = _receipt(world, 1, who="univ-b")
    assert receipt["state"] == "accepted"
    assert receipt["deadLetters"][0]["resubmittedAt"] == "2026-01-31T07:15:00.000Z"


def test_a_statement_nobody_sent_is_a_404_that_says_how_far_was_looked(world: World) -> None:
    world.learn(said(1))
    world.clock.advance_ms(5000)
    response = world.get(_path(9), who="univ-a")
    assert response.status_code == 404
    assert response.headers[THROUGH] == "2026-01-31T07:15:05.000Z"
    assert "2026-01-31T07:15:05.000Z" in response.get_json()["error"]["message"]


def test_what_is_stored_later_never_lies_before_what_was_promised(world: World) -> None:
    world.clock.advance_ms(5000)
    promised = world.get(_path(1), who="univ-a").headers[THROUGH]
    world.learn(said(1))
    assert _receipt(world, 1)["storedAt"] >= promised


@pytest.mark.parametrize("recorded", [False, True])
def test_anothers_statement_is_a_404(world: World, recorded: bool) -> None:
    world.send(said(1), partner="univ-a")
    if recorded:
        world.record()
    assert world.get(_path(1), who="univ-b").status_code == 404
    assert world.get(_path(1), who="auditor").status_code == 200
    assert world.get(_path(1), who="admin").status_code == 200


def test_both_partitions_are_looked_through(world: World) -> None:
    world.send(said(1), partition=0)
    world.record()
    world.send(said(2), partition=0)
    world.send(said(3), partition=1)
    assert [_receipt(world, number)["state"] for number in (1, 2, 3)] == ["stored", "accepted", "accepted"]


def test_a_record_that_cannot_be_read_hides_nothing(world: World) -> None:
    world.append(b"\xff not a record")
    world.send(b'{"no":"id"}', said(1))
    assert _receipt(world, 1)["state"] == "accepted"


def test_an_id_is_found_however_it_is_written(world: World) -> None:
    world.send(said(1, id=str(uid(1)).upper()))
    assert _receipt(world, 1)["state"] == "accepted"
    assert world.get(f"/api/v1/receipts/{str(uid(1)).upper()}", who="univ-a").status_code == 200


def test_of_a_long_tail_the_newest_is_looked_through_and_the_answer_says_so(world: World) -> None:
    for number in range(1, 26):
        world.send(said(number))
    assert _receipt(world, 25)["state"] == "accepted"
    response = world.get(_path(1), who="univ-a")
    assert response.status_code == 404
    assert "5 older records" in response.get_json()["error"]["message"]


def test_without_the_log_the_store_still_answers_and_nothing_is_denied(world: World) -> None:
    world.learn(said(1))
    world.send(said(2))
    world.replace(inspector=LOG_DOWN)
    assert _receipt(world, 1)["state"] == "stored"
    response = world.get(_path(2), who="univ-a")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")


@pytest.mark.parametrize("written", ["1", "x" * 36, "urn:uuid:" + str(uid(1)), uid(1).hex, "{" + str(uid(1)) + "}"])
def test_what_is_no_statement_id_is_refused(world: World, written: str) -> None:
    response = world.get(f"/api/v1/receipts/{written}", who="univ-a")
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, "/statementId")


def test_numbers_and_escapes_of_a_stored_statement_do_not_matter(world: World) -> None:
    odd = said(1, activity=SEMINAR)
    odd["result"]["extensions"] = {"https://example.com/x.y": 12345678901234567890}
    world.learn(odd)
    assert _receipt(world, 1)["profile"] == {"state": "profiled"}


RECEIVED = '{"verb":{"id":"http://x.example/v","display":"\\u00e9 selesai"}}'


def _send_tolerated(world: World) -> None:
    toleration = ToleratedStatement(1, ["null-values", "language-tags"], msgspec.Raw(RECEIVED.encode()))
    world.send(said(1), said(2), tolerated=[toleration])


@pytest.mark.parametrize("recorded", [False, True])
def test_what_was_tolerated_and_the_text_that_was_sent(world: World, recorded: bool) -> None:
    _send_tolerated(world)
    if recorded:
        world.record()
    receipt = _receipt(world, 2)
    assert receipt["state"] == ("stored" if recorded else "accepted")
    assert (receipt["tolerated"], receipt["received"]) == (["null-values", "language-tags"], RECEIVED)
    assert not {"tolerated", "received"} & _receipt(world, 1).keys()


def test_the_text_that_was_sent_is_for_those_who_may_read_the_statement(world: World) -> None:
    _send_tolerated(world)
    world.record()
    assert _receipt(world, 2, who="auditor")["received"] == RECEIVED
    told = _receipt(world, 2, who="hr")
    assert (told["tolerated"], "received" in told) == (["null-values", "language-tags"], False)
    assert world.get(_path(2), who="univ-b").status_code == 404
