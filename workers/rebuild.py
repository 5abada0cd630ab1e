"""Rebuilding profiles from the statements alone: the answer the workers should have given, computed anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from competency.directory import Employee
from competency.evidence import Evidence
from store.port import StoredProfile, StoredStatement
from workers.profiles import ProfileBuilder, Stores
from xapi.query import StatementFilter, StoredAt

PAGE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """An employee whose stored profile is not what the statements give."""

    employee_id: str
    held: StoredProfile | None
    expected: bytes | None


class Rebuild:
    """Goes through the directory employee by employee. Safe while workers run and when it is run again."""

    def __init__(self, stores: Stores, builder: ProfileBuilder) -> None:
        self._stores = stores
        self._builder = builder

    def run(self, *, after_id: str | None = None) -> Iterator[str]:
        """Rebuild evidence and profile of every employee after `after_id`; yields each id when it is done (to resume from)."""
        for employee in self._employees(after_id):
            stale = {piece.statement_id for piece in self._stores.evidence.of_employee(employee.id)}
            touched = self._builder.derive_again(chain(stale, (held.statement_id for held in self._statements(employee))))
            self._builder.recompute(employee.id)
            for other in sorted(touched - {employee.id}):
                self._builder.recompute(other)
            yield employee.id

    def check(self) -> Iterator[Difference]:
        """Compare without writing: every employee whose profile differs from a rebuild, byte for byte. An employee without
        evidence need not have a profile yet."""
        for employee in self._employees(None):
            evidence = self._evidence(employee)
            held = self._stores.profiles.get(employee.id)
            expected = self._builder.text_of(employee.id, evidence)
            if held is None and not evidence:
                continue
            if held is None or held.text != expected:
                yield Difference(employee.id, held, expected)

    def _evidence(self, employee: Employee) -> list[Evidence]:
        unique: dict[UUID, StoredStatement] = {held.statement_id: held for held in self._statements(employee)}
        mine = [piece for piece in self._builder.derive(list(unique.values())) if piece.employee_id == employee.id]
        return sorted(mine, key=lambda piece: (piece.finished_at_ms, piece.statement_id))

    def _statements(self, employee: Employee) -> Iterator[StoredStatement]:
        for key in employee.identifiers:
            after: StoredAt | None = None
            while True:
                page = self._stores.statements.find(StatementFilter(agent=key, ascending=True), after=after, limit=PAGE)
                yield from page.statements
                if page.next_after is None:
                    break
                after = page.next_after

    def _employees(self, after_id: str | None) -> Iterator[Employee]:
        while True:
            employees = self._stores.directory.employees(after_id=after_id, limit=PAGE)
            if not employees:
                return
            yield from employees
            after_id = employees[-1].id
