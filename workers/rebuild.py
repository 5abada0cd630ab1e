"""Rebuilding profiles from the statements alone: the answer the workers should have given, computed anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID, uuid4

from competency.directory import Employee
from competency.evidence import Evidence
from store.evidence_text import load
from store.port import Order, OrderKind, StoredProfile
from workers.derivations import evidence_of
from workers.profiler import Profiler
from workers.profiles import ProfileBuilder, ProvenEvidence
from workers.stores import Stores

PAGE = 500
PORTION = 100
"""Employees that are rebuilt together: what is done again after a death."""
PARSED_AT_ONCE = 200
RANGES = 64
SMALLEST_RANGE = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """An employee whose stored profile is not what the statements give."""

    employee_id: str
    held: StoredProfile | None
    expected: bytes | None


Stretch = tuple[str | None, str | None]
"""The employees beyond one id through another; None: from the first, to the last."""


class Rebuild:
    """Goes through the directory by ranges of employee ids. Safe while everything else runs, and when it is run again."""

    def __init__(self, stores: Stores, builder: ProfileBuilder, profiler: Profiler) -> None:
        self._stores = stores
        self._builder = builder
        self._profiler = profiler

    def begin(self, *, anew: bool = False) -> int:
        """Place an order for each range, unless some of an earlier rebuild are left to go on with (and it is not to begin `anew`);
        returns how many there are to carry out."""
        left = self.left()
        if left and not anew:
            return len(left)
        ranges = self._ranges()
        # The new ones first: a death in between leaves too much to do, never too little.
        self._stores.orders.place([Order(uuid4().hex, OrderKind.REBUILD, one) for one in ranges])
        for order in left:
            self._stores.orders.done(order.id)
        return len(ranges)

    def left(self) -> list[Order]:
        """The orders of a rebuild that are not done."""
        return self._stores.orders.of_kind(OrderKind.REBUILD)

    def run(self, first_id: str, last_id: str, *, after_id: str | None = None) -> Iterator[str]:
        """Rebuild evidence and profile of the employees from `first_id` through `last_id`, beyond `after_id`; yields an id when
        everyone up to it is done."""
        after = after_id
        while portion := self._portion(first_id, last_id, after):
            given = self._given(portion)
            wrong = self._wrong(given)
            touched = self._builder.derive_again(wrong) if wrong else frozenset()
            self._profiler.update(given.keys() | touched, given)
            after = portion[-1].id
            yield after

    def stretches(self) -> list[Stretch]:
        """The whole directory, cut as a rebuild is cut into ranges."""
        ends: list[str | None] = [last for _, last in self._ranges()]
        return list(zip([None, *ends[:-1]], [*ends[:-1], None], strict=True)) if ends else []

    def check(self, stretch: Stretch = (None, None)) -> Iterator[Difference]:
        """Compare without writing: every employee whose profile is not what the statements give today, byte for byte."""
        after, through = stretch
        while found := self._stores.directory.employees(after_id=after, limit=PORTION):
            employees = [one for one in found if through is None or one.id <= through]
            if not employees:
                return
            held = self._stores.profiles.get_many(employee.id for employee in employees)
            given = self._given(employees)
            today = self._builder.today()
            for employee in employees:
                expected = self._builder.text_of(employee.id, given[employee.id].pieces, today)
                profile = held.get(employee.id)
                if profile is None or profile.text != expected:
                    yield Difference(employee.id, profile, expected)
            after = employees[-1].id

    def _portion(self, first_id: str, last_id: str, after: str | None) -> list[Employee]:
        """The next employees of a range. The first may be one that the directory lost, so the range begins just before it."""
        if after is None:
            first = self._stores.directory.employee(first_id)
            beyond = self._stores.directory.employees(after_id=first_id, limit=PORTION - 1)
            found = beyond if first is None else [first, *beyond]
        else:
            found = self._stores.directory.employees(after_id=after, limit=PORTION)
        return [employee for employee in found if employee.id <= last_id]

    def _wrong(self, given: Mapping[str, ProvenEvidence]) -> list[UUID]:
        """The statements whose evidence for these employees is not what they give, those included that give none any more."""
        kept = self._stores.evidence.texts(given)
        wrong: dict[UUID, None] = {}
        for employee_id, right in given.items():
            if kept[employee_id] != right.texts:
                named = {text: piece.statement_id for text, piece in zip(right.texts, right.pieces, strict=True)}
                other = named.keys() ^ set(kept[employee_id])
                wrong |= dict.fromkeys([named.get(text) or load(text).statement_id for text in sorted(other)])
        return list(wrong)

    def _given(self, employees: Sequence[Employee]) -> dict[str, ProvenEvidence]:
        """What all statements together prove of these employees, by employee id."""
        statements = self._stores.statements.naming(key for employee in employees for key in employee.keys)
        given: dict[str, list[Evidence]] = {employee.id: [] for employee in employees}
        # A parsed statement is many objects: few are kept at a time, which spares the collector.
        while portion := list(islice(statements, PARSED_AT_ONCE)):
            for piece in evidence_of(self._builder.derivations.of(portion)):
                if piece.employee_id in given:
                    given[piece.employee_id].append(piece)
        return {employee_id: ProvenEvidence.of(pieces) for employee_id, pieces in given.items()}

    def _ranges(self) -> list[tuple[str, str]]:
        """About RANGES ranges of ids that have everyone in them, of at least SMALLEST_RANGE employees each."""
        ids: list[str] = []
        while page := self._stores.directory.employees(after_id=ids[-1] if ids else None, limit=PAGE):
            ids += [employee.id for employee in page]
        size = max(SMALLEST_RANGE, -(-len(ids) // RANGES))
        return [(ids[start], ids[min(start + size, len(ids)) - 1]) for start in range(0, len(ids), size)]
