"""Requests as bytes, rendered before they are needed: sending one costs the client a join, an id and a timestamp a statement."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from random import Random
from urllib.parse import urlencode, urlsplit

from bench.load.connections import Address
from bench.load.statements import Rendered

FIRST_MOMENT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_CONTENT = b"content-type: application/json\r\n"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an LRS is, and who asks. `statements` is the path of its Statement Resource."""

    address: Address
    host: str
    statements: str
    key: str
    secret: str

    @staticmethod
    def of(url: str, key: str, secret: str) -> Endpoint:
        """`url` is the endpoint as xAPI clients want it, `http://host:port/xapi`. Raises ValueError for another than http."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{url} has to be an http:// address; put https before it with a proxy, as it is measured in use")
        address = Address(parts.hostname, parts.port or 80)
        return Endpoint(address, parts.netloc.rpartition("@")[2], f"{parts.path.rstrip('/')}/statements", key, secret)

    def headers(self) -> bytes:
        told = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        return f"host: {self.host}\r\nauthorization: Basic {told}\r\nx-experience-api-version: 1.0.3\r\n".encode()

    def get(self, path: str) -> bytes:
        return b"GET %b HTTP/1.1\r\n%b\r\n" % (path.encode(), self.headers())

    def get_statements(self, **parameters: str) -> bytes:
        return self.get(f"{self.statements}?{urlencode(parameters)}")

    def post(self, body: bytes) -> bytes:
        return b"POST %b HTTP/1.1\r\n%b%bcontent-length: %d\r\n\r\n%b" % (
            self.statements.encode(),
            self.headers(),
            _CONTENT,
            len(body),
            body,
        )


class Ids:
    """Random ids (UUIDs of version 4) by a seed; the same ones in the same order."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def take(self, count: int) -> list[str]:
        raw = self._random.randbytes(16 * count).hex()
        return [_uuid4(raw[at : at + 32]) for at in range(0, 32 * count, 32)]


class Posts:
    """An endless row of POST requests of `size` statements each: the pool over and over, under new ids, each request a second later
    than the one before."""

    def __init__(self, endpoint: Endpoint, pool: Sequence[Rendered], size: int, ids: Ids) -> None:
        self._ids = ids
        self._size = size
        self._made = 0
        rest = cycle([(one.head, one.middle, one.tail) for one in pool])
        self._batches = [list(islice(rest, size)) for _ in range(max(1, len(pool) // size))]
        self._lengths = [sum(len(piece) for one in batch for piece in one) + size * (36 + 24) + size - 1 for batch in self._batches]
        self._brackets = size > 1
        self._start = b"POST %b HTTP/1.1\r\n%b%bcontent-length: " % (endpoint.statements.encode(), endpoint.headers(), _CONTENT)

    @property
    def size(self) -> int:
        return self._size

    @property
    def made(self) -> int:
        """Requests so far."""
        return self._made

    def next(self) -> tuple[bytes, list[str]]:
        """The request, and the ids of its statements."""
        place = self._made % len(self._batches)
        timestamp = moment(self._made).encode()
        self._made += 1
        ids = self._ids.take(self._size)
        if not self._brackets:
            head, middle, tail = self._batches[place][0]
            start = b"%b%d\r\n\r\n" % (self._start, self._lengths[place])
            return b"".join((start, head, ids[0].encode(), middle, timestamp, tail)), ids
        pieces = [b"%b%d\r\n\r\n[" % (self._start, self._lengths[place] + 2)]
        for (head, middle, tail), statement_id in zip(self._batches[place], ids, strict=True):
            pieces += (head, statement_id.encode(), middle, timestamp, tail, b",")
        pieces[-1] = b"]"
        return b"".join(pieces), ids


def moment(number: int) -> str:
    """The timestamp of the request of that number."""
    return f"{FIRST_MOMENT + timedelta(seconds=number % 20_000_000):%Y-%m-%dT%H:%M:%S}.000Z"


def _uuid4(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
