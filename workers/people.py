"""The employees of a directory while an import goes through its rows: found by number and by identifier, as they are by then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from competency.directory import Employee


class People:
    """`former`: everyone by id, as they were before. Not thread-safe."""

    def __init__(self, former: Mapping[str, Employee]) -> None:
        self.former = dict(former)
        self._now = dict(former)
        self._by_nip: dict[str, set[str]] = {}
        self._by_key: dict[str, set[str]] = {}
        for employee in former.values():
            self._index(employee)

    def get(self, employee_id: str) -> Employee | None:
        return self._now.get(employee_id)

    def everyone(self) -> Iterator[Employee]:
        """Ordered by id, as they were when it began."""
        return iter([self._now[name] for name in sorted(self._now)])

    def by_nip(self, nip: str) -> Employee | None:
        """As `DirectoryStore.by_nip`."""
        return next((self._now[name] for name in sorted(self._by_nip.get(nip, ()))), None)

    def by_identifiers(self, keys: Iterable[str]) -> dict[str, tuple[Employee, ...]]:
        """As `DirectoryStore.by_identifiers`."""
        return {key: tuple(self._now[name] for name in sorted(self._by_key[key])) for key in keys if self._by_key.get(key)}

    def put(self, employee: Employee) -> None:
        before = self._now.get(employee.id)
        if before is not None:
            self._by_nip[before.nip].discard(before.id)
            for key in before.keys:
                self._by_key[key].discard(before.id)
        self._now[employee.id] = employee
        self._index(employee)

    def changed(self) -> list[Employee]:
        """Those who are not what they were, in the order in which they became known."""
        return [employee for employee in self._now.values() if self.former.get(employee.id) != employee]

    def _index(self, employee: Employee) -> None:
        self._by_nip.setdefault(employee.nip, set()).add(employee.id)
        for key in employee.keys:
            self._by_key.setdefault(key, set()).add(employee.id)
