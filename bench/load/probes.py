"""Statements that are followed: from their acknowledgement until they can be read, and until a profile shows them."""

from __future__ import annotations

import json
from collections.abc import Callable

from bench.load.conversations import Tally
from bench.load.population import COURSES, PEOPLE, Course, Person
from bench.load.requests import Endpoint, Ids, moment
from bench.load.statements import finished

_REST_S = 0.05
_LOOK_AGAIN_S = 0.002
_PROFILED = "profiled"


class Following:
    """Posts one statement, then asks `look` until `done` says of its answer that it is there; rests, and begins again.

    What it notes begins at the acknowledgement and ends with the answer that shows the statement.
    """

    def __init__(
        self, endpoint: Endpoint, number: int, tally: Tally, look: Callable[[str], bytes], done: Callable[[int, bytes], bool]
    ) -> None:
        self._endpoint = endpoint
        self._ids = Ids(f"followed/{number}")
        self._number = number
        self._tally = tally
        self._look = look
        self._done = done
        self._sent = 0
        self._followed = ""
        self._acknowledged_at: float | None = None
        self._not_before = 0.0

    def next(self, now: float) -> bytes | float:
        if self._not_before > now:
            return self._not_before
        if self._acknowledged_at is not None:
            return self._look(self._followed)
        (self._followed,) = self._ids.take(1)
        self._sent += 1
        place = self._number * 1_000 + self._sent
        said = finished(Person(place * 7 % PEOPLE), Course(place % COURSES))
        return self._endpoint.post(said.text(self._followed, moment(place)))

    def took(self, asked_at: float, answered_at: float, status: int, body: bytes) -> None:
        if self._acknowledged_at is None:
            if status == 200:
                self._acknowledged_at = answered_at
            else:
                self._tally.take(0.0, status, body, 0)
                self._not_before = answered_at + _REST_S
        elif self._done(status, body):
            self._tally.take(answered_at - self._acknowledged_at, status, body, 1)
            self._acknowledged_at = None
            self._not_before = answered_at + _REST_S
        else:
            self._not_before = answered_at + _LOOK_AGAIN_S


def until_readable(endpoint: Endpoint, number: int, tally: Tally) -> Following:
    return Following(endpoint, number, tally, lambda one: endpoint.get_statements(statementId=one), lambda status, _: status == 200)


def until_profiled(endpoint: Endpoint, number: int, tally: Tally) -> Following:
    """By Rekam's receipts, which other LRSs do not have."""

    def is_profiled(status: int, body: bytes) -> bool:
        return status == 200 and json.loads(body).get("profile", {}).get("state") == _PROFILED

    return Following(endpoint, number, tally, lambda one: endpoint.get(f"/api/v1/receipts/{one}"), is_profiled)
