"""Requests that arrive together share look-ups and records, and each has its own answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from eventlog.port import Decided, Outgoing, Topic, Unavailable
from schemas.events import decode_accepted
from tests.unit.ingest_api.conftest import Caller, Endpoint, statement, voiding
from tests.unit.ingest_api.test_rounds import until

AT_ONCE = 8


class Door:
    """Holds the first look-up of the endpoint's store up until it is opened, so that what is sent meanwhile makes one round."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.opened = threading.Event()
        self._held = threading.Event()
        look, store = endpoint.store.get_many, endpoint.store

        def held_up(statement_ids: Any) -> Any:
            if not self._held.is_set():
                self._held.set()
                assert self.opened.wait(10)
            return look(statement_ids)

        store.get_many = held_up  # type: ignore[method-assign]

    def together(self, caller: Caller, bodies: list[Any]) -> list[TestResponse]:
        """The answers to these, sent while another is under way."""
        with ThreadPoolExecutor(len(bodies) + 1) as threads:
            first = threads.submit(caller.post, statement(id=str(uuid4())))
            assert self._held.wait(10)
            rounds = caller.app.wsgi_app._statements._acceptance._rounds  # type: ignore[attr-defined]
            asked: list[Future[TestResponse]] = []
            for body in bodies:
                asked.append(threads.submit(caller.post, body))
                until(lambda: len(rounds._waiting) == len(asked))
            self.opened.set()
            assert first.result(10).status_code == 200
            return [one.result(10) for one in asked]


@pytest.fixture
def door(endpoint: Endpoint) -> Iterator[Door]:
    door = Door(endpoint)
    yield door
    door.opened.set()


def test_requests_of_a_round_share_a_look_up_and_a_record_and_are_answered_with_their_own_ids(
    endpoint: Endpoint, partner: Caller, door: Door
) -> None:
    ids = [str(uuid4()) for _ in range(AT_ONCE)]
    answers = door.together(partner, [*(statement(id=one) for one in ids[:-1]), [statement(id=ids[-1]), statement()]])
    assert [answer.get_json()[0] for answer in answers] == ids
    assert len(answers[-1].get_json()) == 2
    assert endpoint.store.look_ups == 2
    _, shared = endpoint.log.records
    requests = decode_accepted(shared.value).requests
    assert [len(request.statements) for request in requests] == [1] * (AT_ONCE - 1) + [2]
    assert len({request.request_id for request in requests}) == AT_ONCE
    for one in ids:
        assert partner.get(statementId=one).status_code == 200


def test_what_is_wrong_with_one_is_no_business_of_the_others(endpoint: Endpoint, partner: Caller, door: Door) -> None:
    taken = str(uuid4())
    door._held.set()  # not these
    partner.post(statement(id=taken))
    partner.get(statementId=taken)
    door._held.clear()
    answers = door.together(
        partner,
        [
            statement(),
            statement(verb={}),
            statement(id=taken, verb={"id": "http://example.com/other"}),
            statement(id=taken),
            [statement(), statement(actor=None)],
            voiding(uuid4()),
        ],
    )
    assert [answer.status_code for answer in answers] == [200, 400, 409, 200, 400, 200]
    assert answers[3].get_json() == [taken]
    assert answers[4].get_json()["error"]["pointer"].startswith("/1")


def test_when_the_log_fails_each_of_the_record_is_told(
    endpoint: Endpoint, partner: Caller, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = endpoint.log.submit

    def fails_on_shared(topic: Topic, record: Outgoing, decided: Decided) -> None:
        if len(decode_accepted(record.value).requests) > 1:
            decided(Unavailable("the log is down", retry_after_s=3))
        else:
            submit(topic, record, decided)

    monkeypatch.setattr(endpoint.log, "submit", fails_on_shared)
    answers = door.together(partner, [statement(id=str(uuid4())) for _ in range(AT_ONCE)])
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "3")] * AT_ONCE
    assert len(endpoint.log.records) == 1


def test_a_record_takes_no_more_than_half_a_mebibyte_of_shared_statements(
    endpoint: Endpoint, partner: Caller, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest_api.acceptance._RECORD_BYTES", 1_000)
    answers = door.together(partner, [statement(id=str(uuid4())) for _ in range(AT_ONCE)])
    assert {answer.status_code for answer in answers} == {200}
    records = [decode_accepted(record.value).requests for record in endpoint.log.records[1:]]
    assert sum(map(len, records)) == AT_ONCE
    assert 1 < len(records) < AT_ONCE
