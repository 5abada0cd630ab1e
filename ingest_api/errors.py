"""From exceptions to answers: the one table of this API.

Every error is JSON, `{"error": {"status", "message", "pointer", "request_id"}}`. Messages say what was wrong and what would be
right; they never repeat what the log, the store or the interpreter said, nor a NIP, wherever the sender wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from access import authenticator as access
from competency.nip import unsaid_within
from eventlog import port as eventlog
from ingest_api.answers import Answer
from ingest_api.attachments import CannotKeep
from ingest_api.room import NoRoom
from store import port as store
from telemetry.logs import logger
from xapi.errors import XapiError, echoed_pointer, said

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Rekam", charset="UTF-8"'}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is answered. `pointer` leads to the place in the body, where there is one."""

    status: int
    message: str
    pointer: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def _of_xapi(error: XapiError) -> Problem:
    return Problem(error.status, error.message, error.pointer, _CHALLENGE if error.status == 401 else {})


def _unavailable(message: str) -> Callable[[Any], Problem]:
    """503 with the wait that the port recommends, in whole seconds."""

    def problem(error: Any) -> Problem:
        wait_s = max(1, round(getattr(error, "retry_after_s", 2)))
        return Problem(503, f"{message}; try again in {wait_s} s", headers={"Retry-After": str(wait_s)})

    return problem


def _of_method(error: MethodNotAllowed) -> Problem:
    allowed = ", ".join(sorted(error.valid_methods or ()))
    return Problem(405, f"this method is not allowed here; allowed are {allowed}", headers={"Allow": allowed})


def _of_http(error: HTTPException) -> Problem:
    return Problem(error.code or 500, error.description or error.name)


def _unexpected(_: Exception) -> Problem:
    return Problem(500, "an unexpected error on our side; tell us the request_id, and send the request again later")


_TABLE: Mapping[type[Exception], Callable[[Any], Problem]] = {
    XapiError: _of_xapi,
    access.Unauthenticated: lambda error: Problem(401, str(error), headers=_CHALLENGE),
    access.Undecidable: _unavailable("credentials can't be checked right now"),
    eventlog.Unavailable: _unavailable(
        "statements can't be accepted right now: the event log is not available, nothing was acknowledged"
    ),
    eventlog.Rejected: lambda _: Problem(
        413, "the request is larger than the event log takes; send its statements in several requests"
    ),
    CannotKeep: _unavailable("attachments can't be kept right now; nothing was acknowledged"),
    NoRoom: _unavailable("too many large requests are being worked on; nothing of this one was read"),
    store.Unavailable: _unavailable("the store is not available right now"),
    store.Rejected: lambda _: Problem(400, "the store can't look for the values of this query"),
    MethodNotAllowed: _of_method,
    NotFound: lambda _: Problem(404, "there is nothing at this address"),
    HTTPException: _of_http,
    Exception: _unexpected,
}
"""The most specific class of an exception decides."""


def answer_to(error: Exception, request_id: str) -> Answer:
    """What the sender of the request is told of an exception that it caused, or that nobody expected."""
    kind = next(kind for kind in type(error).__mro__ if kind in _TABLE)
    if kind is Exception:
        logger("ingest_api").error("unexpected error", request_id=request_id, exc_info=error)
    return _answer(_TABLE[kind](error), request_id)


def _answer(problem: Problem, request_id: str) -> Answer:
    error: dict[str, Any] = {"status": problem.status, "message": _text(said(unsaid_within(problem.message)))}
    if problem.pointer:
        error["pointer"] = _text(echoed_pointer(unsaid_within(problem.pointer)))
    error["request_id"] = request_id
    answer = Answer.of(problem.status, msgspec.json.encode({"error": error}))
    answer.headers += problem.headers.items()
    return answer


def _text(sent: str) -> str:
    """What a sender wrote may have halves of characters, which no JSON can hold."""
    return sent.encode(errors="replace").decode()
