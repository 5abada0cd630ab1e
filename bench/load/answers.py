"""Answers as they come in from a socket, byte by byte or many at once: HTTP/1.1, with a length or in chunks."""

from __future__ import annotations

from dataclasses import dataclass

_END = b"\r\n\r\n"


class NotHttp(Exception):
    """What came cannot be read as an answer to one request; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`keep` is false when the server will close the connection."""

    status: int
    body: bytes
    keep: bool


class AnswerReader:
    """Collects the answer to one request at a time."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._needed = 0

    @property
    def begun(self) -> bool:
        return bool(self._held)

    def feed(self, piece: bytes) -> Answer | None:
        """The answer, once it is whole. Raises NotHttp."""
        self._held += piece
        if len(self._held) < self._needed:
            return None
        end = self._held.find(_END)
        if end < 0:
            return None
        head = bytes(self._held[:end])
        status, keep, length, chunked = _head(head)
        start = end + len(_END)
        if chunked:
            body = _dechunked(self._held, start)
            if body is None:
                return None
        else:
            self._needed = start + length
            if len(self._held) < self._needed:
                return None
            if len(self._held) > self._needed:
                raise NotHttp("more came than the answer to the one request that was sent")
            body = bytes(self._held[start:])
        self._held.clear()
        self._needed = 0
        return Answer(status, body, keep)


def _head(head: bytes) -> tuple[int, bool, int, bool]:
    """Status, whether the connection stays, the length of the body, whether it comes in chunks."""
    first, _, rest = head.partition(b"\r\n")
    if not first.startswith(b"HTTP/1.") or not first[9:12].isdigit():
        raise NotHttp(f"an answer begins with {first[:40]!r}")
    keep, length, chunked = True, 0, False
    for line in rest.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            length = int(value)
        elif name == b"transfer-encoding":
            chunked = b"chunked" in value
        elif name == b"connection":
            keep = b"close" not in value
    return int(first[9:12]), keep, length, chunked


def _dechunked(held: bytearray, start: int) -> bytes | None:
    parts: list[bytes] = []
    while True:
        end = held.find(b"\r\n", start)
        if end < 0:
            return None
        size = int(held[start:end].split(b";")[0], 16)
        start = end + 2
        if len(held) < start + size + 2:
            return None
        if size == 0:
            return b"".join(parts)
        parts.append(bytes(held[start : start + size]))
        start += size + 2
