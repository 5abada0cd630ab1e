"""How long it takes until profiles show what HR changed: links, catalogue entries, standards, rules."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bench.asking import Asked, Client, shown
from bench.histories import History
from bench.people import CORE, Person, post_rows
from bench.trainings import TECHNICAL
from bench.watching import Cpu
from competency.nip import mask
from rekam.wiring import System
from tests.e2e.installation import Installation

LINKS = 20
PATIENCE_S = 900.0
_PAUSE_S = 0.005
_POST = "analis-sdm-ahli-muda"


def links(client: Client, history: History, ids: dict[str, str]) -> Iterator[str]:
    """Rows: an officer links an account, and unlinks it again; until the profile shows, then no longer shows, what it sent."""
    waiting: dict[tuple[str | None, str], str] = {}
    following = "/unlinked-actors?limit=200"
    while following:
        page = client.json(Asked(following))
        waiting |= {(one["name"], one["identifier"]): one["id"] for one in page["items"]}
        following = page["next"]
    linked_ms, unlinked_ms = [], []
    for (home_page, nip), (person, statement_ids) in list(history.strangers.items())[:LINKS]:
        employee_id, actor_id = ids[person.nip], waiting[person.name, mask(nip)]
        link = Asked(f"/unlinked-actors/{actor_id}/link", {"employeeId": employee_id})
        linked_ms.append(_until_told(client, employee_id, statement_ids, len(statement_ids), link))
        held = client.json(Asked(f"/employees/{employee_id}/identifiers"))["identifiers"]
        (found,) = (one["id"] for one in held if one.get("homePage") == home_page)
        unlink = Asked(f"/employees/{employee_id}/identifiers/{quote(found, safe='')}", method="DELETE")
        unlinked_ms.append(_until_told(client, employee_id, statement_ids, 0, unlink))
    yield f"| an unlinked actor is linked | 1 | {shown(linked_ms)} |"
    yield f"| it is unlinked again | 1 | {shown(unlinked_ms)} |"


def cataloguing(client: Client, system: System, history: History, persons: Sequence[Person], ids: dict[str, str]) -> Iterator[str]:
    """Rows: an entry for an activity that no entry matched, until all profiles of those who finished it name the entry."""
    by_number = sorted(history.unlisted.items(), key=lambda found: len(found[1]))
    for place in (0, len(by_number) // 2, len(by_number) - 1):
        activity_id, numbers = by_number[place]
        entry_id = f"baru-{place}"
        employees = [ids[persons[number].nip] for number in sorted(numbers)]
        body = {
            **{"activityIds": [activity_id], "title": "Kegiatan Baru", "kind": "16", "provider": "Portal", "jp": 4},
            **{"finish": "completed", "alignments": {CORE[0]: 2}},
        }
        change = partial(client.ask, Asked(f"/catalogue/{entry_id}", body, "PUT"))
        took_ms = _until_named(system, employees, entry_id, change)
        yield f"| an activity is catalogued | {len(employees):,} | {shown(took_ms)} |"


def a_post(rekam: Installation, persons: Sequence[Person], folder: Path) -> Iterator[str]:
    """A row: the standards of a post rise, by an import of one row."""
    path = folder / "changed.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "title", "kind", "tier", "standards"))
        title, kind, tier = next(row[1:4] for row in post_rows() if row[0] == _POST)
        writer.writerow((_POST, title, kind, tier, "; ".join(f"{one}:4" for one in (*CORE, TECHNICAL[0][0]))))
    before = Cpu()
    started = time.perf_counter()
    rekam.cli("directory", "import", str(path), timeout=PATIENCE_S)
    took_s = time.perf_counter() - started
    touched = sum(person.post_id == _POST for person in persons)
    yield f"| the standards of a post rise (an import, from start to end) | {touched:,} | {took_s:.2f} s | {before} |"


def rules(client: Client, system: System) -> Iterator[str]:
    """A row: the standard of a tier rises by a new rules file; every profile names the new rules."""
    answer = client.ask(Asked("/rules"))
    file = answer.json()["file"]
    for tier in file["tiers"]:
        if tier["tier"] == "pelaksana":
            tier["level"] = 2
    file["version"] = f"{file['version']}-bench"
    before = Cpu()
    started = time.perf_counter()
    put = client.ask(Asked("/rules", file, "PUT"), **{"If-Match": answer.headers["ETag"]}).json()
    marker = f"{put['version']}#{put['number']}".encode()
    _until(lambda: system.store.orders.waiting() == 0, 0.05)
    took_s = time.perf_counter() - started
    told = [profile.text for profile in system.store.profiles.all()]
    stale = sum(marker not in text for text in told)
    assert not stale, f"{stale} profiles are not by the new rules"
    rate = f"{len(told) / took_s:,.0f} a second"
    yield f"| the standard of a tier rises: everyone is computed anew | {len(told):,} | {took_s:.1f} s, {rate} | {before} |"


def _until_named(system: System, employee_ids: Iterable[str], word: str, change: Callable[[], object]) -> list[float]:
    """Milliseconds from the change until each profile has the word in it, in the order in which they were seen to."""
    left, took_ms = set(employee_ids), []
    quoted = json.dumps(word).encode()
    started = time.perf_counter()
    change()

    def shown_by_all() -> bool:
        found = system.store.profiles.get_many(sorted(left)[:200])
        there = {name for name, profile in found.items() if quoted in profile.text}
        took_ms.extend([(time.perf_counter() - started) * 1000] * len(there))
        left.difference_update(there)
        return not left

    _until(shown_by_all, 0.02)
    return took_ms


def _until_told(client: Client, employee_id: str, statement_ids: Sequence[str], wanted: int, change: Asked) -> float:
    """Milliseconds from the change until the profile names so many of the statements."""

    def told() -> bool:
        text = client.ask(Asked(f"/employees/{employee_id}/profile")).data
        return sum(one.encode() in text for one in statement_ids) == wanted

    started = time.perf_counter()
    client.ask(change)
    _until(told)
    return (time.perf_counter() - started) * 1000


def _until(holds: Callable[[], bool], pause_s: float = _PAUSE_S) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S} s"
        time.sleep(pause_s)
