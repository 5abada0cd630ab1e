"""A reader that copies all statements while they come, trusting X-Experience-API-Consistent-Through and nothing else."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import urllib3

PAUSE_S = 0.05
"""Short: each pass is a promise taken at its word, and the more are taken while something dies, the better."""


class Replica(threading.Thread):
    """Reads what was stored since the last promise, up to the next. If a promise is ever false, something is missing at the end."""

    def __init__(self, base: str, headers: dict[str, str], stop: threading.Event) -> None:
        super().__init__(name="replica")
        self.seen: set[str] = set()
        self.violations: list[str] = []
        self.passes = 0
        self._base = base
        self._stop_requested = stop
        self._pool = urllib3.PoolManager(maxsize=1, retries=False, timeout=10.0, headers=headers)
        self._since = datetime(2000, 1, 1, tzinfo=UTC)

    def run(self) -> None:
        try:
            while not self._stop_requested.wait(PAUSE_S):
                self.catch_up()
        finally:
            self._pool.clear()

    def catch_up(self) -> None:
        """One pass; whatever fails is tried again in the next."""
        path = f"/xapi/statements?ascending=true&limit=500&since={_text(self._since)}"
        promised: datetime | None = None
        found: set[str] = set()
        while path:
            try:
                answer = self._pool.request("GET", self._base + path)
            except urllib3.exceptions.HTTPError:
                return
            if "X-Experience-API-Consistent-Through" not in answer.headers:
                self.violations.append(f"an answer {answer.status} without Consistent-Through")
                return
            if answer.status != 200:
                return
            if promised is None:
                promised = datetime.fromisoformat(answer.headers["X-Experience-API-Consistent-Through"])
            page: dict[str, Any] = answer.json()
            found |= {statement["id"] for statement in page["statements"]}
            path = page.get("more", "")
        self.seen |= found
        self.passes += 1
        if promised is not None:
            # What is stored before the promise has been read; `since` is exclusive.
            self._since = max(self._since, promised - timedelta(milliseconds=1))


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
