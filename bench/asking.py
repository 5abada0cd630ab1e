"""The questions of HR, asked over HTTP one after another, with the time of each and the size of its answer."""

from __future__ import annotations

import json
import re
import statistics
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import Any

import urllib3

from bench.people import AGENCY, Person
from bench.watching import PeakMemory
from tests.e2e.installation import Installation

WARM_UP = 8
_API = "/api/v1"
_COMPETENCY = "komunikasi"
TABLES = ("history.csv", "history.xlsx", "competencies.csv", "hours.csv", "riwayat-kursus.csv", "riwayat-kursus.xlsx")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: a path below `/api/v1`, and for POST and PUT what is sent."""

    path: str
    body: Any = None
    method: str = ""


class Client:
    """One connection, kept open; every answer is read to its end."""

    def __init__(self, rekam: Installation) -> None:
        headers = {name: value for name, value in rekam.headers().items() if name != "X-Experience-API-Version"}
        self._pool = urllib3.HTTPConnectionPool("127.0.0.1", rekam.port, maxsize=1, headers=headers, timeout=900.0, retries=False)
        self._headers = headers

    def ask(self, asked: Asked, **headers: str) -> urllib3.BaseHTTPResponse:
        method = asked.method or ("GET" if asked.body is None else "POST")
        body = None if asked.body is None else json.dumps(asked.body).encode()
        path = asked.path if asked.path.startswith(_API) else _API + asked.path
        answer = self._pool.request(method, path, body=body, headers={**self._headers, **headers})
        if answer.status not in (200, 201):
            raise AssertionError(f"{method} {path}: {answer.status} {answer.data[:500]!r}")
        return answer

    def json(self, asked: Asked) -> Any:
        return self.ask(asked).json()


def ask_all(
    client: Client, persons: Sequence[Person], ids: dict[str, str], times: int, *, of_statements: bool = True
) -> Iterator[str]:
    """Rows of a table: the question, the median and the 95th percentile in milliseconds, the median size of an answer; without
    those that need the statements themselves, where `of_statements` is false."""
    random = Random("questions")
    present = [person for person in persons if person.left_on is None]

    def of_somebody(rest: str) -> Callable[[], Asked]:
        return lambda: Asked(f"/employees/{ids[random.choice(present).nip]}{rest}")

    def of_all(rest: str) -> Callable[[], Asked]:
        return lambda: Asked(f"/units/{AGENCY}/{rest}")

    def name() -> str:
        first, last = random.choice(present).name.split(" ")
        return f"{first[:3]} {last[:3]}".lower()

    questions: dict[str, Callable[[], Asked]] = {
        "lookup by NIP": lambda: Asked("/employees/lookup", {"nip": random.choice(present).nip}),
        "search by the beginnings of two words": lambda: Asked("/employees/search", {"name": name()}),
        "search of one word in a directorate general": lambda: Asked(
            "/employees/search", {"name": name()[:3], "unitId": f"dg-{random.randint(1, 8)}"}
        ),
        "profile": of_somebody("/profile"),
        "profile as of a day two years ago": of_somebody("/profile?asOf=2024-11-24"),
        "what changed since that day": of_somebody("/difference?fromDay=2024-11-24"),
        "explanation of the hours of a year": of_somebody("/explanation?figure=hours/2026"),
        "history": of_somebody("/history"),
        "what training closes the gaps": of_somebody("/trainings"),
        "who is in the agency, first page": of_all("employees"),
        "who is in the agency, page in the middle": _middle(client, f"/units/{AGENCY}/employees?limit=200"),
        "missing hours, first page": of_all("missing-hours"),
        "missing hours, page in the middle": _middle(client, f"/units/{AGENCY}/missing-hours?limit=200"),
        "below a standard, first page": of_all(f"below-standard?competency={_COMPETENCY}"),
        "below a standard, page in the middle": _middle(
            client, f"/units/{AGENCY}/below-standard?competency={_COMPETENCY}&limit=200"
        ),
        "hours of the agency and their distribution": of_all("hours"),
        "gap heat map of the agency": of_all("gaps"),
        "most-needed competencies of the agency": of_all("needs"),
        "trend by year and provider of the agency": of_all("trend"),
    }
    if of_statements:
        questions |= {
            "unlinked actors, first page": lambda: Asked("/unlinked-actors"),
            "unlinked actors, page in the middle": _middle(client, "/unlinked-actors?limit=200"),
            "an unlinked actor with suggestions": _an_actor(client, random),
            "unmatched activities": lambda: Asked("/unmatched-activities"),
        }
    for question, make in questions.items():
        for _ in range(WARM_UP):
            client.ask(make())
        took_ms, size = [], []
        for _ in range(times):
            asked = make()
            started = time.perf_counter()
            answer = client.ask(asked)
            took_ms.append((time.perf_counter() - started) * 1000)
            size.append(len(answer.data))
        yield f"| {question} | {shown(took_ms)} | {statistics.median(size) / 1000:,.1f} kB |"


def export_all(client: Client, rekam: Installation, tables: Sequence[str] = TABLES) -> Iterator[str]:
    """Rows: the table, its rows, seconds, rows a second, size, and the memory of the API process before and at most."""
    for table in tables:
        with PeakMemory(rekam) as memory:
            started = time.perf_counter()
            answer = client.ask(Asked(f"/units/{AGENCY}/exports/{table}"))
            took_s = time.perf_counter() - started
        rows = _rows(answer.data, table)
        yield (
            f"| {table} | {rows:,} | {took_s:.2f} s | {rows / took_s:,.0f} | {len(answer.data) / 1e6:.1f} MB "
            f"| {memory.before / 1e6:.0f} → {memory.peak / 1e6:.0f} MB |"
        )


def shown(took_ms: Sequence[float]) -> str:
    """Median and 95th percentile in milliseconds, as two cells."""
    ordered = sorted(took_ms)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(ordered):,.1f} | {p95:,.1f}"


def _middle(client: Client, path: str) -> Callable[[], Asked]:
    """The page of usual length that begins half-way through a list."""
    cursors, following = [], path
    while following:
        following = client.json(Asked(following))["next"]
        cursors.append(following)
    middle = cursors[len(cursors) // 2 - 1] if len(cursors) > 1 else None
    return lambda: Asked((middle or path).replace("limit=200", "limit=50"))


def _an_actor(client: Client, random: Random) -> Callable[[], Asked]:
    found = [one["id"] for one in client.json(Asked("/unlinked-actors?limit=200"))["items"]]
    return lambda: Asked(f"/unlinked-actors/{random.choice(found)}")


def _rows(data: bytes, table: str) -> int:
    if table.endswith(".csv"):
        return data.count(b"\n") - 1
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return sum(len(re.findall(b"<row[ >]", archive.read(name))) for name in archive.namelist() if "/sheet" in name) - 1
