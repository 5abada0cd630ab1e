"""After the directory, the catalogue or a framework changed: let every profile that it touches be derived again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import jiter

from store.port import StoredStatement
from workers.announcements import Announcer
from workers.profiler import Profiler
from workers.profiles import Stores
from xapi.agents import learner_keys
from xapi.query import StatementFilter, StoredAt

PAGE = 500


class Refresh:
    """Announces statements again and recomputes profiles. Idempotent; run it after the change is written."""

    def __init__(self, stores: Stores, announcer: Announcer, profiler: Profiler) -> None:
        self._stores = stores
        self._announcer = announcer
        self._profiler = profiler

    def identifiers(self, agent_keys: Iterable[str]) -> int:
        """These agents belong to someone else now, or to someone at last: announce their statements; returns how many."""
        return sum(self._announce(StatementFilter(agent=key, ascending=True)) for key in sorted(set(agent_keys)))

    def activities(self, activity_ids: Iterable[str]) -> int:
        """These activities count differently now: announce their statements; returns how many."""
        return sum(self._announce(StatementFilter(activity=iri, ascending=True)) for iri in sorted(set(activity_ids)))

    def employees(self, employee_ids: Iterable[str]) -> None:
        """These employees' post, unit or assessments changed: recompute the profiles that exist, and those that are just being
        made, whose evidence is there already."""
        self._profiler.update(held for held in employee_ids if self._has_or_gets_a_profile(held))

    def everyone(self) -> int:
        """Posts, units, competencies or rules changed: recompute every profile; returns how many employees were looked at."""
        looked_at = 0
        after: str | None = None
        while page := self._stores.directory.employees(after_id=after, limit=PAGE):
            self.employees(employee.id for employee in page)
            looked_at += len(page)
            after = page[-1].id
        return looked_at

    def _has_or_gets_a_profile(self, employee_id: str) -> bool:
        return self._stores.profiles.get(employee_id) is not None or bool(self._stores.evidence.of_employee(employee_id))

    def _announce(self, wanted: StatementFilter) -> int:
        announced = 0
        for page in self._pages(wanted):
            self._announcer.announce((held.statement_id, learner_keys(jiter.from_json(held.text)["actor"])) for held in page)
            announced += len(page)
        return announced

    def _pages(self, wanted: StatementFilter) -> Iterator[tuple[StoredStatement, ...]]:
        after: StoredAt | None = None
        while True:
            page = self._stores.statements.find(wanted, after=after, limit=PAGE)
            yield page.statements
            if page.next_after is None:
                return
            after = page.next_after
