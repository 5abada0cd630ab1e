"""Rebuilding profiles from the statements alone: the answer the workers should have given, computed anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from competency.directory import Employee, Holding
from competency.evidence import Evidence
from store.evidence_text import load
from store.port import Order, OrderKind, StoredProfile
from store.reference import Reference
from workers.derivations import proven_by
from workers.profiler import Profiler
from workers.profiles import Known, ProfileBuilder, ProvenEvidence
from workers.stores import Stores

PAGE = 500
PORTION = 200
"""Employees that are rebuilt together: what is done again after a death, and what shares the commits of log and store."""
RANGES = 64
SMALLEST_RANGE = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """An employee whose stored profile is not what the statements give."""

    employee_id: str
    held: StoredProfile | None
    expected: bytes


@dataclass(frozen=True, slots=True)
class _Found:
    """What employees' statements prove, by employee id, and the statements of which something else is kept."""

    known: dict[str, Known]
    wrong: list[UUID]


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
            found = self._found(portion)
            touched = self._builder.derive_again(found.wrong) if found.wrong else frozenset()
            others = self._due_now(touched - found.known.keys())
            # Where evidence was written it is read once more: somebody else may have written other evidence meanwhile.
            known = {employee_id: one for employee_id, one in found.known.items() if employee_id not in touched}
            self._profiler.update([*found.known, *others], known)
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
            reference, today = self._builder.references.current(), self._builder.today()
            proven = self._proven(employees, reference)
            for employee in employees:
                expected = self._builder.text_of(employee, proven[employee.id].pieces, today, reference)
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

    def _found(self, employees: Sequence[Employee]) -> _Found:
        """What all statements together prove of these employees, beside what is kept of them."""
        heads = self._stores.profiles.heads(employee.id for employee in employees)
        kept = self._stores.evidence.texts(employee.id for employee in employees)
        proven = self._proven(employees, self._builder.references.current())
        return _Found({one: Known(heads.get(one), of_it) for one, of_it in proven.items()}, _wrong(proven, kept))

    def _proven(self, employees: Sequence[Employee], reference: Reference) -> dict[str, ProvenEvidence]:
        """What all statements together prove of these employees, by employee id."""
        statements = self._stores.statements.naming(key for employee in employees for key in employee.keys)
        given: dict[str, list[Evidence]] = {employee.id: [] for employee in employees}
        for piece in proven_by(statements, _holdings(employees), reference):
            given[piece.employee_id].append(piece)
        return {employee_id: ProvenEvidence.of(pieces) for employee_id, pieces in given.items()}

    def _due_now(self, employee_ids: Iterable[str]) -> list[str]:
        """Those of them whom nobody is sure to come to. An order without a cursor is one that nobody has begun (`Refresher` gives
        it one before anything is read): whoever takes it reads what was written before this look."""
        left = list(employee_ids)
        if not left:
            return left
        unbegun = [order.keys for order in self.left() if not order.cursor]
        return [one for one in left if not any(first <= one <= last for first, last in unbegun)]

    def _ranges(self) -> list[tuple[str, str]]:
        """About RANGES ranges of ids that have everyone in them, of at least SMALLEST_RANGE employees each."""
        ids: list[str] = []
        while page := self._stores.directory.employees(after_id=ids[-1] if ids else None, limit=PAGE):
            ids += [employee.id for employee in page]
        size = max(SMALLEST_RANGE, -(-len(ids) // RANGES))
        return [(ids[start], ids[min(start + size, len(ids)) - 1]) for start in range(0, len(ids), size)]


def _holdings(employees: Iterable[Employee]) -> dict[str, list[Holding]]:
    """By agent key. Whoever else a statement names is for another portion."""
    found: dict[str, list[Holding]] = {}
    for employee in employees:
        for one in employee.identifiers:
            found.setdefault(one.key, []).append(Holding(employee.id, one.valid_from, one.valid_through))
    return found


def _wrong(given: Mapping[str, ProvenEvidence], kept: Mapping[str, list[bytes]]) -> list[UUID]:
    """The statements whose evidence for these employees is not what they give, those included that give none any more."""
    wrong: dict[UUID, None] = {}
    for employee_id, right in given.items():
        if kept[employee_id] != right.texts:
            named = {text: piece.statement_id for text, piece in zip(right.texts, right.pieces, strict=True)}
            other = named.keys() ^ set(kept[employee_id])
            wrong |= dict.fromkeys([named.get(text) or load(text).statement_id for text in sorted(other)])
    return list(wrong)
