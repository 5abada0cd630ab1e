"""Actors and activities that statements name."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from store.port import Sighting, SightingAfter, SightingKind, StoredSighting
from store.sqlite.database import Database
from store.sqlite.rows import where_in

_ID_BYTES = 12
_COLUMNS = "id, kind, key, partner, label, detail, matched, weight, rejected_at_ms, rejected_employees"
_SELECT = f"SELECT {_COLUMNS} FROM sighting"  # noqa: S608
_NOTE = """
INSERT INTO sighting (id, kind, key, partner, label, detail, matched, weight) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, key) DO UPDATE SET
    partner = excluded.partner,
    label = excluded.label,
    detail = excluded.detail,
    matched = excluded.matched,
    weight = weight + excluded.weight
"""
PAGE = f"""
{_SELECT} WHERE kind = ? AND matched = ? AND rejected = ? AND (minus_weight, id) > (?, ?)
ORDER BY minus_weight, id LIMIT ?
"""
KEYS = "SELECT key FROM sighting WHERE kind = ? AND key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?"
_LAST = chr(0x10FFFF)
"""A noncharacter, which no key has in it."""
_GREATEST_WEIGHT = (1 << 63) - 1


class SqliteSightings:
    """`store.port.Sightings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, sightings: Sequence[Sighting]) -> None:
        if not sightings:
            return
        rows = [
            (secrets.token_hex(_ID_BYTES), one.kind.value, one.key, one.partner, one.label, one.detail, one.matched, one.times)
            for one in sightings
        ]
        with self._database.write() as connection:
            connection.executemany(_NOTE, rows)

    def page(
        self, kind: SightingKind, *, matched: bool | None, rejected: bool = False, after: SightingAfter | None, limit: int
    ) -> list[StoredSighting]:
        beyond = (-_GREATEST_WEIGHT, "") if after is None else (-after.weight, after.id)
        found: list[StoredSighting] = []
        with self._database.read() as connection:
            for either in (False, True) if matched is None else (matched,):
                found += map(_sighting, connection.execute(PAGE, (kind.value, either, rejected, *beyond, limit)))
        return sorted(found, key=lambda one: (-one.weight, one.id))[:limit]

    def get(self, sighting_id: str) -> StoredSighting | None:
        with self._database.read() as connection:
            row = connection.execute(f"{_SELECT} WHERE id = ?", (sighting_id,)).fetchone()
        return None if row is None else _sighting(row)

    def by_keys(self, kind: SightingKind, keys: Iterable[str]) -> dict[str, StoredSighting]:
        with self._database.read_once() as connection:
            found = map(_sighting, where_in(connection, f"{_SELECT} WHERE kind = ? AND key", keys, given=[kind.value]))
            return {one.key: one for one in found}

    def keys(self, kind: SightingKind, *, prefix: str = "", after: str | None, limit: int) -> list[str]:
        with self._database.read() as connection:
            rows = connection.execute(KEYS, (kind.value, after or "", prefix, prefix + _LAST, limit))
            return [key for (key,) in rows]

    def reject(self, sighting_id: str, *, employee_id: str | None, at_ms: int) -> bool:
        with self._database.write() as connection:
            row = connection.execute("SELECT rejected_employees FROM sighting WHERE id = ?", (sighting_id,)).fetchone()
            if row is None:
                return False
            if employee_id is None:
                connection.execute(
                    "UPDATE sighting SET rejected_at_ms = coalesce(rejected_at_ms, ?) WHERE id = ?", (at_ms, sighting_id)
                )
            else:
                employees = list(dict.fromkeys([*json.loads(row[0]), employee_id]))
                connection.execute("UPDATE sighting SET rejected_employees = ? WHERE id = ?", (json.dumps(employees), sighting_id))
        return True

    def take_back(self, sighting_id: str, *, employee_id: str | None) -> bool:
        with self._database.write() as connection:
            row = connection.execute("SELECT rejected_employees FROM sighting WHERE id = ?", (sighting_id,)).fetchone()
            if row is None:
                return False
            if employee_id is None:
                connection.execute("UPDATE sighting SET rejected_at_ms = NULL WHERE id = ?", (sighting_id,))
            else:
                employees = [one for one in json.loads(row[0]) if one != employee_id]
                connection.execute("UPDATE sighting SET rejected_employees = ? WHERE id = ?", (json.dumps(employees), sighting_id))
        return True


def _sighting(row: Sequence[Any]) -> StoredSighting:
    sighting_id, kind, key, partner, label, detail, matched, weight, rejected_at_ms, rejected_employees = row
    return StoredSighting(
        id=sighting_id,
        kind=SightingKind(kind),
        key=key,
        partner=partner,
        label=label,
        detail=detail,
        matched=bool(matched),
        weight=weight,
        rejected_at_ms=rejected_at_ms,
        rejected_employees=tuple(json.loads(rejected_employees)),
    )
