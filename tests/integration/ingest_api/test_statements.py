"""From a POST to a GET on the embedded log and store: what a partner sees of its own statements."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from access.credentials import Role
from tests.integration.ingest_api.conftest import Caller, System
from xapi.values import format_timestamp, parse_timestamp

SAMPLE = Path(__file__).parents[2] / "data" / "mooc-statements-sample.ndjson"
THROUGH = "X-Experience-API-Consistent-Through"
VERBS = "http://adlnet.gov/expapi/verbs/"


def statement(name: str = "ani", verb: str = "completed", course: str = "a", **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"mbox": f"mailto:{name}@example.com"},
        "verb": {"id": VERBS + verb},
        "object": {"id": f"http://example.com/activities/{course}"},
        **more,
    }


def referring(target: dict[str, Any], verb: str = "mentioned", **more: Any) -> dict[str, Any]:
    return statement(verb=verb, **more) | {"object": {"objectType": "StatementRef", "id": target["id"]}}


def ids_of(statements: list[dict[str, Any]]) -> list[str]:
    return [found["id"] for found in statements]


def test_what_was_acknowledged_is_read_at_once(partner: Caller) -> None:
    """Promise: a GET sees what was acknowledged before it began."""
    for _ in range(30):
        sent = statement()
        assert partner.send("POST", body=sent).status_code == 200
        assert partner.get(statementId=sent["id"]).status_code == 200


def test_every_api_process_sees_what_another_acknowledged(system: System, partner: Caller) -> None:
    other = Caller(system.api(), partner.key)
    for _ in range(20):
        sent = statement()
        assert partner.send("PUT", body=sent, query_string={"statementId": sent["id"]}).status_code == 204
        assert other.get(statementId=sent["id"]).status_code == 200


def test_writers_and_readers_at_once(partner: Caller) -> None:
    """Each thread reads its own writes; the header never promises what is not there yet."""

    def work(name: str) -> None:
        for number in range(1, 11):
            assert partner.send("POST", body=[statement(name), statement("someone")]).status_code == 200
            answer = partner.get(agent=json.dumps({"mbox": f"mailto:{name}@example.com"}))
            assert len(answer.json["statements"]) == number

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, f"learner{n}") for n in range(8)]:
            done.result()


def test_the_header_is_true_while_statements_flow(partner: Caller) -> None:
    """Nothing ever appears with a `stored` at or before a time that was promised to be complete."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            assert partner.send("POST", body=[statement(), statement()]).status_code == 200

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    windows: list[tuple[int, int, set[str]]] = []
    through_ms = parse_timestamp(partner.get(limit=1).headers[THROUGH])
    try:
        for _ in range(25):
            since_ms, through_ms = through_ms, parse_timestamp(partner.get(limit=1).headers[THROUGH])
            assert through_ms >= since_ms
            # since is exclusive and until inclusive; the promise is of what is stored *before* the time it names
            window = {"since": format_timestamp(since_ms - 1), "until": format_timestamp(through_ms - 1)}
            windows.append((since_ms, through_ms, set(ids_of(partner.found(limit=500, **window)))))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    in_the_end = {found["id"]: parse_timestamp(found["stored"]) for found in partner.found(limit=500)}
    assert in_the_end
    for since_ms, through_ms, seen in windows:
        assert {one for one, stored_ms in in_the_end.items() if since_ms <= stored_ms < through_ms} == seen


def test_real_statements_come_back_as_they_were_sent(partner: Caller) -> None:
    lines = SAMPLE.read_bytes().splitlines()
    batch = b"[" + b",".join(lines) + b"]"
    assert partner.send("POST", body=batch).status_code == 200
    for line in lines:
        sent = json.loads(line)
        answer = partner.get(statementId=sent["id"])
        assert answer.data.startswith(line[:-1])
        assert answer.json == sent | {name: answer.json[name] for name in ("authority", "stored", "version")}
    assert partner.send("POST", body=batch).status_code == 200
    assert len(partner.found(limit=20)) == len(lines)


def test_references_and_voiding_through_the_filters(partner: Caller) -> None:
    """Communication 2.1.3 and XAPI-00162: the statements that target a voided one are found through it, newest first."""
    target = statement(verb="failed")
    reference, voider = referring(target), referring(target, verb="voided")
    for each in (target, reference, voider):
        assert partner.send("POST", body=each).status_code == 200
    assert ids_of(partner.found(verb=VERBS + "failed")) == [voider["id"], reference["id"]]
    assert ids_of(partner.found(verb=VERBS + "failed", limit=1, ascending="true")) == [reference["id"], voider["id"]]
    assert partner.get(statementId=target["id"]).status_code == 404
    assert partner.get(voidedStatementId=target["id"]).json["verb"]["id"] == VERBS + "failed"


def test_a_voiding_statement_may_come_first(partner: Caller) -> None:
    target = statement()
    assert partner.send("POST", body=referring(target, verb="voided")).status_code == 200
    assert partner.send("POST", body=target).status_code == 200
    assert partner.get(statementId=target["id"]).status_code == 404
    assert partner.get(voidedStatementId=target["id"]).status_code == 200


def test_canonical_definitions_are_merged_from_all_statements(partner: Caller) -> None:
    for name in ({"en": "Course"}, {"id": "Kursus"}):
        partner.send("POST", body=statement() | {"object": {"id": "http://a.id/1", "definition": {"name": name}}})
    answer = partner.send("GET", query_string={"format": "canonical"}, headers={"Accept-Language": "id"})
    assert [found["object"]["definition"]["name"] for found in answer.json["statements"]] == [{"id": "Kursus"}] * 2


def test_same_id_other_content_is_refused_and_a_race_leaves_a_dead_letter(system: System) -> None:
    """Two that are accepted before either is recorded are decided by the recorder: the first stays, the other becomes a dead
    letter."""
    caller = Caller(system.api(read_wait_ms=50), system.credential("univ-a"))
    first = statement()
    other = first | {"verb": {"id": VERBS + "failed"}}
    assert [caller.send("POST", body=each).status_code for each in (first, other, first)] == [200, 200, 200]
    caller.get()
    with system.recorder():
        caller = Caller(system.api(), caller.key)
        (kept,) = caller.found()
        assert caller.send("POST", body=first | {"verb": {"id": VERBS + "passed"}}).status_code == 409
    assert kept["verb"]["id"] == VERBS + "completed"
    assert {letter.reason for letter in system.store.dead_letters.page()} == {"conflict"}


@pytest.mark.parametrize("method", ["POST", "PUT", "batch"])
def test_what_was_acknowledged_first_stays_whatever_the_partitions(system: System, method: str) -> None:
    """Data 2.3.1 and XAPI-00142: a statement that was answered 200 or 204 does not change, not even before it is recorded."""
    apis = [Caller(system.api(), system.credential("univ-a")) for _ in range(2)]

    def send(number: int, each: dict[str, Any]) -> int:
        body = [each, statement()] if method == "batch" else each
        query = {"statementId": each["id"]} if method == "PUT" else {}
        return apis[number % 2].send("PUT" if method == "PUT" else "POST", body=body, query_string=query).status_code

    first = [statement(verb="completed") for _ in range(21)]
    for verb in ("completed", "failed", "passed"):
        statuses = {send(number, each | {"verb": {"id": VERBS + verb}}) for number, each in enumerate(first)}
        assert statuses <= {200, 204}
    with system.recorder():
        kept = [apis[0].get(statementId=each["id"]).json for each in first]
    assert [each["verb"]["id"] for each in kept] == [VERBS + "completed"] * 21


def test_without_a_recorder_reads_are_honest_and_nothing_is_lost(system: System) -> None:
    caller = Caller(system.api(read_wait_ms=100), system.credential("univ-a"))
    before = parse_timestamp(caller.get().headers[THROUGH])
    sent = statement()
    assert caller.send("POST", body=sent).status_code == 200
    answer = caller.get()
    assert answer.json["statements"] == []
    assert parse_timestamp(answer.headers[THROUGH]) <= before + 1_000
    with system.recorder():
        found = Caller(system.api(), caller.key).get(statementId=sent["id"])
    assert found.status_code == 200
    assert parse_timestamp(found.json["stored"]) >= parse_timestamp(answer.headers[THROUGH])


def test_partners_are_kept_apart(system: System, partner: Caller) -> None:
    sent = statement()
    partner.send("POST", body=sent)
    other = Caller(partner.app, system.credential("univ-b"))
    assert other.found() == []
    assert other.get(statementId=sent["id"]).status_code == 404
    assert other.send("POST", body=referring(sent, verb="voided")).status_code == 403
    assert ids_of(Caller(partner.app, system.credential("bkn", Role.READ_ALL)).found()) == [sent["id"]]


def test_pages_by_cursor_cover_everything_once(partner: Caller) -> None:
    sent = [statement() for _ in range(57)]
    assert partner.send("POST", body=sent).status_code == 200
    for ascending in ("true", "false"):
        found = ids_of(partner.found(limit=10, ascending=ascending))
        assert len(found) == 57
        assert set(found) == set(ids_of(sent))


def test_a_batch_without_ids_is_listed_in_the_order_it_was_sent(partner: Caller) -> None:
    verbs = ["launched", "initialized", "answered", "completed", "passed", "terminated", "satisfied", "waived"]
    batch = [{key: value for key, value in statement(verb=verb).items() if key != "id"} for verb in verbs]
    assert partner.send("POST", body=batch).status_code == 200
    listed = partner.get(ascending="true").json["statements"]
    assert [found["verb"]["id"] for found in listed] == [VERBS + verb for verb in verbs]
