"""A small xAPI client for the command line: sends statements in batches, waits out outages, reads lists page by page."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

import msgspec
import urllib3

VERSION = "1.0.3"
FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 10.0


class _Page(msgspec.Struct):
    statements: list[msgspec.Raw]
    more: str = ""


_page = msgspec.json.Decoder(_Page)


class ClientError(Exception):
    """The server refused for good, or could not be reached for too long."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A statement that the server will not take: its place in what was sent, the status and what the server said."""

    index: int
    status: int
    message: str


class XapiClient:
    """Talks to one xAPI endpoint (`…/xapi`). Thread-safe. `patience_s` bounds how long one request is tried again for."""

    def __init__(self, endpoint: str, key: str, secret: str, *, connections: int = 4, patience_s: float = 300.0) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._patience_s = patience_s
        self._pool = urllib3.PoolManager(
            maxsize=connections,
            block=True,
            retries=False,
            timeout=urllib3.Timeout(connect=5.0, read=60.0),
            headers={
                **urllib3.make_headers(basic_auth=f"{key}:{secret}"),
                "X-Experience-API-Version": VERSION,
                "Content-Type": "application/json",
            },
        )

    def send(self, statements: Sequence[bytes]) -> list[Refused]:
        """Send JSON statements; return those that are refused. When the server refuses a batch, it is halved until the culprits
        are found, so the others are sent. Raises ClientError when the server can't be reached or does not know the credential."""
        if not statements:
            return []
        status, body = self._patiently("POST", f"{self._endpoint}/statements", b"[" + b",".join(statements) + b"]")
        if status == 200:
            return []
        if status not in (400, 409, 413):
            raise ClientError(f"the server answered {status}: {_message(body)}")
        if len(statements) == 1:
            return [Refused(0, status, _message(body))]
        middle = len(statements) // 2
        return [
            *self.send(statements[:middle]),
            *(Refused(refused.index + middle, refused.status, refused.message) for refused in self.send(statements[middle:])),
        ]

    def pages(self, **parameters: str) -> Iterator[list[bytes]]:
        """The statements of GET /statements with these parameters as the exact text of each, page by page, to the end."""
        url = f"{self._endpoint}/statements?{urlencode(parameters)}"
        while url:
            status, body = self._patiently("GET", url, None)
            if status != 200:
                raise ClientError(f"the server answered {status}: {_message(body)}")
            page = _page.decode(body)
            yield [bytes(statement) for statement in page.statements]
            url = urljoin(url, page.more) if page.more else ""

    def _patiently(self, method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
        deadline = time.monotonic() + self._patience_s
        wait_s = FIRST_WAIT_S
        while True:
            try:
                answer = self._pool.request(method, url, body=body)
                if answer.status not in (429, 502, 503, 504):
                    return answer.status, answer.data
                trouble, asked = f"{answer.status}: {_message(answer.data)}", answer.headers.get("Retry-After", "")
                pause_s = float(asked) if asked.isdigit() else wait_s
            except urllib3.exceptions.HTTPError as error:
                trouble, pause_s = str(error), wait_s
            if time.monotonic() + pause_s > deadline:
                raise ClientError(f"gave up after {self._patience_s:.0f} s: {trouble}")
            time.sleep(pause_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)


def _message(body: bytes) -> str:
    try:
        error = json.loads(body)["error"]
        return f"{error.get('pointer') or ''} {error['message']}".strip()
    except (ValueError, KeyError, TypeError):
        return body[:300].decode(errors="replace")
