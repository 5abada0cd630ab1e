"""HR's changes of directory and catalogue: each is written together with the orders for what follows from it, so a crash in
between loses nothing; the keeper carries them out within moments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

import jiter

from competency.catalogue import CatalogueEntry
from competency.directory import Employee, Identifier, IdentifierSource
from competency.frameworks import Framework
from competency.nip import masked_within
from competency.rules import rules_text
from hr_api.errors import Refusal
from store.consequences import everyone, of_entries
from store.port import CatalogueStore, DirectoryStore, OrderKind, Outdated, Rejected, orders_for
from store.reference import known_frameworks

_TAKEN = "it is another employee's on some of these days: unlink it there first, or give the days on which it is this one's"
_SAME_VERSION = "these rules say something else than those in force and have the same `version`: give them another one"

_TRIES: Final = 20
T = TypeVar("T")

Check = Callable[[int], None]
"""Refuses (raises Refusal) to replace this version, 0 for nothing."""


@dataclass(frozen=True, slots=True)
class Put:
    """What stands after a change: of which version, whether there was none before, and whether it changed at all."""

    version: int
    created: bool
    changed: bool


class Changes:
    """Thread-safe; any number of processes may change things at once."""

    def __init__(self, directory: DirectoryStore, catalogue: CatalogueStore) -> None:
        self._directory = directory
        self._catalogue = catalogue

    def link(self, key: str, employee_id: str, valid_from: date | None, valid_through: date | None) -> bool:
        """The agent key is this employee's on these days; whether that changed anything. Raises Refusal (404, 409)."""
        link = Identifier(key, valid_from, valid_through, IdentifierSource.HR)

        def linked(employee: Employee) -> Employee:
            others = [one for one in employee.identifiers if one.key != key or not one.overlaps(link)]
            return _with_identifiers(employee, [*others, link])

        try:
            return self._amend(employee_id, linked, key)
        except Rejected as taken:
            raise Refusal(409, _TAKEN) from taken

    def unlink(self, key: str, employee_id: str) -> bool:
        """The agent key is not this employee's on any day; whether that changed anything. Raises Refusal (404)."""

        def unlinked(employee: Employee) -> Employee:
            return _with_identifiers(employee, [one for one in employee.identifiers if one.key != key])

        return self._amend(employee_id, unlinked, key)

    def _amend(self, employee_id: str, change: Callable[[Employee], Employee], key: str) -> bool:
        orders = [*orders_for(OrderKind.AGENTS, [key]), *orders_for(OrderKind.EMPLOYEES, [employee_id])]
        changed = self._directory.amend(employee_id, change, orders=orders)
        if changed is None:
            raise Refusal(404, "there is no employee with this id; POST /api/v1/employees/lookup finds ids by NIP or name")
        return changed

    def put_entry(self, entry: CatalogueEntry, check: Check) -> Put:
        """Raises Refusal (409, and what `check` raises)."""

        def put() -> Put:
            entries = self._catalogue.entries()
            before = next((one for one in entries if one.id == entry.id), None)
            version = 0 if before is None else before.version
            check(version)
            orders = of_entries([entry], {} if before is None else {before.id: before})
            try:
                changed = self._catalogue.put_entries([entry], orders=orders, expected={entry.id: version})
            except Rejected as taken:
                raise Refusal(409, _whose(entry, entries)) from taken
            return Put(version + changed, before is None, changed)

        return while_others_write(put)

    def put_framework(self, framework: Framework, check: Check, now_ms: int) -> Put:
        """Raises Refusal (what `check` raises)."""

        def put() -> Put:
            before = known_frameworks(self._catalogue).get(framework.id)
            version = 0 if before is None else before.version
            check(version)
            if before is not None and self._catalogue.framework(before.id, version) is None:
                if replace(framework, version=version) == before:
                    return Put(version, created=False, changed=False)
                # What comes with Rekam is the first version, so that what was computed with it can be looked up.
                self._catalogue.put_framework(before, expected=0)
            dated = replace(framework, changed_at_ms=now_ms)
            changed = self._catalogue.put_framework(dated, orders=everyone(), expected=version)
            return Put(version + changed, before is None, changed)

        return while_others_write(put)

    def put_rules(self, text: bytes, check: Check) -> Put:
        """`text` is a rules file that was read and found good; the version is its number. Raises Refusal (409, and what `check`
        raises)."""

        def put() -> Put:
            number, now = rules_in_force(self._catalogue)
            check(number)
            held, wanted = jiter.from_json(now), jiter.from_json(text)
            if held == wanted:
                return Put(number, created=False, changed=False)
            if held["version"] == wanted["version"]:
                raise Refusal(409, _SAME_VERSION)
            return Put(self._catalogue.put_rules(text, orders=everyone(), expected=number), created=False, changed=True)

        return while_others_write(put)


def rules_in_force(catalogue: CatalogueStore) -> tuple[int, bytes]:
    """The number and the text of the rules file in force; 0 is the one that comes with Rekam."""
    return catalogue.rules() or (0, rules_text())


def while_others_write(put: Callable[[], T]) -> T:
    """Once more, from the reading on, when somebody wrote in between."""
    for _ in range(_TRIES):
        try:
            return put()
        except Outdated:
            continue
    raise Refusal(503, "others change it all the time; try again later", {"Retry-After": "1"})


def _whose(entry: CatalogueEntry, entries: Sequence[CatalogueEntry]) -> str:
    """Which match of the entry is another entry's already."""
    for other in entries:
        if other.id != entry.id:
            for name, ours, theirs in (
                ("activityIds", entry.activity_ids, other.activity_ids),
                ("patterns", entry.patterns, other.patterns),
            ):
                for one in ours:
                    if one in theirs:
                        return f"{name}: {masked_within(one)} is of the entry {other.id}; take it out of that one first"
    return "an activity id or pattern of it is another entry's: take it out of that one first"


def _with_identifiers(employee: Employee, identifiers: list[Identifier]) -> Employee:
    in_order = sorted(identifiers, key=lambda one: (one.key, one.valid_from or date.min, one.valid_through or date.max))
    return replace(employee, identifiers=tuple(in_order))
