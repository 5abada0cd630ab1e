"""Taking the rest of a body that is refused, so that its sender gets to read why.

Many clients send everything before they read anything. If the server closes while they do, all they see is a broken connection.
So a bounded part of what is still coming is read and dropped. Only for senders who are known: anybody could otherwise hold a
thread for as long as they like, by announcing what they never send. And not for one who waits for leave to send (Expect:
100-continue), whom reading would invite.
"""

from __future__ import annotations

from typing import IO

from ingest_api.answers import Answer
from ingest_api.exchange import Exchange
from telemetry.clock import Clock

LONGEST_S = 2.0
_CHUNK = 64 * 1024


class Draining:
    """Thread-safe."""

    def __init__(self, clock: Clock, max_body_bytes: int) -> None:
        self._clock = clock
        # Enough for a body that is a little over the limit, and for what the system has taken from its sender on the way.
        self._most_bytes = max_body_bytes * 3 // 2

    def finish(self, ended: Exchange, answer: Answer) -> None:
        if answer.status >= 400 and ended.method in ("POST", "PUT") and ended.partner is not None:
            environ = ended.environ
            # Where the stream does not end with the body, reading on could take for ever.
            if environ.get("wsgi.input_terminated") and not environ.get("HTTP_EXPECT"):
                _drain(environ["wsgi.input"], self._clock, self._most_bytes)


def _drain(stream: IO[bytes], clock: Clock, left: int) -> None:
    """Until the end, or for `left` bytes or two seconds. A sender who has gone is no error here."""
    deadline = clock.monotonic() + LONGEST_S
    try:
        while left > 0 and clock.monotonic() < deadline and (chunk := stream.read(min(left, _CHUNK))):
            left -= len(chunk)
    except (OSError, ValueError, RuntimeError):
        return
