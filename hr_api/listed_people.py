"""The directory as attendance lists ask it: `schemas.attendance.people.People`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from competency.directory import Employee
from schemas.attendance.headings import plain
from schemas.attendance.names import telling_words
from store.port import DirectoryStore, EmployeeSearch
from store.reference import Reference


class ListedPeople:
    """For one list; `today` is a day of the rules' time zone."""

    def __init__(self, directory: DirectoryStore, reference: Reference, today: date) -> None:
        self._directory = directory
        self._reference = reference
        self._today = today
        self._units: dict[str, frozenset[str]] = {}

    def named(self, name: str, unit: str | None) -> Sequence[Employee]:
        words = " ".join(telling_words(name))
        if not words:
            return ()
        units = None if unit is None else self._units_of(plain(unit))
        if units is not None and not units:
            return ()
        return self._directory.search(EmployeeSearch(words=words, unit_ids=units, today=self._today), limit=5)

    def _units_of(self, name: str) -> frozenset[str]:
        if name not in self._units:
            named = {one.id for one in self._reference.units.values() if plain(one.name) == name}
            below = (one for one in self._reference.units if not named.isdisjoint(self._reference.unit_ids(one)))
            self._units[name] = frozenset(below)
        return self._units[name]

    def by_keys(self, keys: Iterable[str]) -> Mapping[str, Sequence[Employee]]:
        return self._directory.by_identifiers(keys)
