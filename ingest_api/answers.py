"""An answer on its way out, whoever made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.http import HTTP_STATUS_CODES

JSON = "application/json"
_LINES = {code: f"{code} {reason.upper()}" for code, reason in HTTP_STATUS_CODES.items()}


@dataclass(slots=True)
class Answer:
    """Status, headers, and the body in pieces: a list where they are all there, which the server sends at once, without a
    thread that asks for each. What every answer has is added to `headers` before it is sent."""

    status: int
    headers: list[tuple[str, str]]
    pieces: Iterable[bytes]

    @staticmethod
    def of(status: int, body: bytes, content_type: str = JSON) -> Answer:
        """An answer of which all is known; a HEAD is told its length as well."""
        return Answer(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))], [body])

    def without(self, name: str) -> None:
        """Leave a header out."""
        self.headers = [header for header in self.headers if header[0] != name]


def status_line(status: int) -> str:
    return _LINES.get(status) or f"{status} UNKNOWN"
