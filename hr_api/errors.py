"""One table from what goes wrong to what is answered.

InvalidPayload                         400   with the pointer
Unauthenticated                        401   with WWW-Authenticate
Refusal                                its own status
store or log Unavailable, Undecidable  503   with Retry-After
HTTPException (routing, body size)     its own status
anything else                          500   logged by where it happened, never with its message, which may name a person

No message repeats a NIP, also not that of whoever asks.
"""

from __future__ import annotations

import traceback
from typing import Any

import msgspec
from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

import eventlog.port
import store.port
from access.authenticator import Unauthenticated, Undecidable
from competency.nip import unsaid_within
from schemas.hr.payload import InvalidPayload
from telemetry.logs import logger
from xapi.errors import echoed_pointer, said


class Refusal(Exception):
    """The request is understood and not served; `status` says in which way."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def handle_errors(app: Flask) -> None:
    app.register_error_handler(InvalidPayload, lambda error: refuse(400, error.message, pointer=error.pointer))
    app.register_error_handler(Unauthenticated, _unauthenticated)
    app.register_error_handler(Refusal, lambda error: refuse(error.status, error.message, headers=error.headers))
    app.register_error_handler(Undecidable, lambda error: unavailable(str(error), 2))
    app.register_error_handler(store.port.Unavailable, lambda error: unavailable("the store does not answer", error.retry_after_s))
    app.register_error_handler(eventlog.port.Unavailable, lambda error: unavailable("the log does not answer", error.retry_after_s))
    app.register_error_handler(HTTPException, _of_werkzeug)
    app.register_error_handler(Exception, _unexpected)


def refuse(status: int, message: str, *, pointer: str = "", headers: dict[str, str] | None = None) -> Response:
    error: dict[str, Any] = {"status": status, "message": said(unsaid_within(message))}
    if pointer:
        error["pointer"] = echoed_pointer(unsaid_within(pointer))
    error["request_id"] = g.request_id
    return Response(msgspec.json.encode({"error": error}), status, headers, content_type="application/json")


def unavailable(message: str, retry_after_s: int) -> Response:
    return refuse(503, f"{message}; try again later", headers={"Retry-After": str(retry_after_s)})


def _unauthenticated(error: Unauthenticated) -> Response:
    return refuse(401, str(error), headers={"WWW-Authenticate": 'Basic realm="Rekam", charset="UTF-8"'})


_WORDS = {
    404: "there is nothing at this path; /api/v1/openapi.json lists what there is",
    405: "this path does not know that method; /api/v1/openapi.json lists what it knows",
    413: "the body is larger than any that makes sense here",
}


def _of_werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    kept = {name: value for name, value in error.get_headers() if name == "Allow"}
    return refuse(status, _WORDS.get(status, error.name.lower()), headers=kept)


def _unexpected(error: Exception) -> Response:
    logger("hr_api").error(
        "unexpected error",
        error=type(error).__name__,
        where=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)][-8:],
        request_id=g.request_id,
    )
    return refuse(500, "something went wrong here; it is logged under the request id")
