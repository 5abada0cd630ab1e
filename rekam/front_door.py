"""HR's imports go through the xAPI endpoint like everybody's statements: the same application, called within the process."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from threading import Lock

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from access.credentials import Credential, Role, hash_secret
from eventlog.port import Unavailable
from hr_api.attendance import PARTNER
from hr_api.front_door import DoorClosed, TurnedAway
from store.port import Credentials, Secrets
from telemetry.clock import Clock

KEY = "attendance-lists"
"""Of the credential by which lists are sent; made when the first one is, and an administrator may revoke it like any other."""
_VERSION = "1.0.3"
_AGAIN = (429, 500, 502, 503, 504)


class IngestFrontDoor:
    """`hr_api.front_door.FrontDoor` before the application that `build` makes, on first use."""

    def __init__(self, build: Callable[[], Flask], credentials: Credentials, secrets: Secrets, clock: Clock) -> None:
        self._build = build
        self._credentials = credentials
        self._secrets = secrets
        self._clock = clock
        self._lock = Lock()
        self._app: Flask | None = None
        self._authorization = ""

    def send(self, statements: Sequence[bytes]) -> tuple[TurnedAway, ...]:
        if not statements:
            return ()
        self._open()
        status, message, retry_after_s = self._post(b"[" + b",".join(statements) + b"]")
        if status == 200:
            return ()
        if status in (401, 403):
            raise DoorClosed(f"the credential {KEY} is revoked or may not write; `rekam credentials list` shows it")
        if status in _AGAIN:
            raise Unavailable(f"the endpoint for statements answered {status}: {message}", retry_after_s)
        if len(statements) == 1:
            return (TurnedAway(0, message),)
        # A batch is refused whole: halves lead to the culprits, and the others are sent.
        middle = len(statements) // 2
        later = self.send(statements[middle:])
        return (*self.send(statements[:middle]), *(TurnedAway(one.index + middle, one.message) for one in later))

    def _open(self) -> None:
        with self._lock:
            if self._app is not None:
                return
            # Every process makes the same secret, so whichever is first, the one credential serves all.
            secret = self._secrets.secret(KEY).hex()
            held = self._credentials.get(KEY)
            if held is None:
                self._credentials.put(
                    Credential(
                        KEY,
                        hash_secret(secret),
                        PARTNER,
                        frozenset({Role.WRITE}),
                        self._clock.now_ms(),
                        label="sends the attendance lists that HR imports",
                    )
                )
            self._authorization = "Basic " + base64.b64encode(f"{KEY}:{secret}".encode()).decode()
            self._app = self._build()

    def _post(self, body: bytes) -> tuple[int, str, int]:
        """Status, what is said, and after how many seconds to try again."""
        assert self._app is not None
        builder = EnvironBuilder(
            path="/xapi/statements",
            method="POST",
            data=body,
            content_type="application/json",
            headers=Headers({"Authorization": self._authorization, "X-Experience-API-Version": _VERSION}),
        )
        pieces, status, headers = run_wsgi_app(self._app.wsgi_app, builder.get_environ(), buffered=True)
        answer = b"".join(pieces)
        code = int(status.partition(" ")[0])
        asked = headers.get("Retry-After", "")
        return code, "" if code == 200 else _message(answer), int(asked) if asked.isdigit() else 2


def _message(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return "it can't be taken"
