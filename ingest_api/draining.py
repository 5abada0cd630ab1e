"""Taking the rest of a body that is refused, so that its sender gets to read why.

Many clients send everything before they read anything. If the server closes while they do, all they see is a broken connection.
So a bounded part of what is still coming is read and dropped. Only for senders who are known: anybody could otherwise hold a
thread for as long as they like, by announcing what they never send. And not for one who waits for leave to send (Expect:
100-continue), whom reading would invite.
"""

from __future__ import annotations

from typing import IO

from flask import Flask, Response
from flask.globals import request_ctx

from ingest_api import exchange
from telemetry.clock import Clock

LONGEST_S = 2.0
_CHUNK = 64 * 1024


def install(app: Flask, clock: Clock, max_body_bytes: int) -> None:
    # Enough for a body that is a little over the limit, and for what the system has taken from its sender on the way.
    most_bytes = max_body_bytes * 3 // 2

    @app.after_request
    def drain(response: Response) -> Response:
        request = request_ctx.request
        if response.status_code >= 400 and request.method in ("POST", "PUT") and exchange.of(request).partner is not None:
            environ = request.environ
            # Where the stream does not end with the body, reading on could take for ever.
            if environ.get("wsgi.input_terminated") and not environ.get("HTTP_EXPECT"):
                _drain(environ["wsgi.input"], clock, most_bytes)
        return response


def _drain(stream: IO[bytes], clock: Clock, left: int) -> None:
    """Until the end, or for `left` bytes or two seconds. A sender who has gone is no error here."""
    deadline = clock.monotonic() + LONGEST_S
    try:
        while left > 0 and clock.monotonic() < deadline and (chunk := stream.read(min(left, _CHUNK))):
            left -= len(chunk)
    except (OSError, ValueError, RuntimeError):
        return
