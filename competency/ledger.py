"""The ledger of learning hours: a line for each occasion, what it counts, and why. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

import msgspec
from msgspec.structs import replace

from competency.catalogue import Repeats
from competency.evidence import Evidence
from competency.occasions import Occasion, Thing, in_order, longest_ms, occasions, thing_of
from competency.regulation import RuleName, Rules
from competency.worth import Basis, Uncounted, Worth, worth, written

_MINUTE_MS = 60_000
_NOTHING = Decimal(0)


class HourLine(msgspec.Struct, frozen=True, gc=False):
    """One occasion of learning.

    `pieces`: the evidence of all its statements, by time; the first is the one that speaks. `worth` is what it has looked at alone,
    `jp` what counts of that: 0 where `uncounted` says why not. `instead` is the statement that counted in place of a repeat. `why`
    says it in words; `rules` made the line, the deciding one first.
    """

    pieces: Occasion
    worth: Worth
    jp: Decimal
    uncounted: Uncounted | None
    instead: UUID | None
    why: str
    rules: tuple[RuleName, ...]

    @property
    def evidence(self) -> Evidence:
        return self.pieces[0]

    @property
    def year(self) -> int:
        """The calendar year it belongs to."""
        return self.pieces[0].year

    @property
    def basis(self) -> Basis:
        return self.worth.basis

    @property
    def duration_ms(self) -> int | None:
        """The longest that one of its statements says; None where none does."""
        return longest_ms(self.pieces)

    @property
    def began_on(self) -> date | None:
        """The first day that one of its statements tells, not after that on which it was finished; None where none does."""
        first = self.pieces[0]
        if len(self.pieces) == 1:
            return first.began_on
        told = [one.began_on for one in self.pieces if one.began_on is not None and one.began_on <= first.finished_on]
        return min(told, default=None)

    @property
    def gives_certificate(self) -> bool:
        pieces = self.pieces
        return pieces[0].has_certificate if len(pieces) == 1 else any(piece.has_certificate for piece in pieces)

    @property
    def full_jp(self) -> Decimal:
        """Its hours before caps and repeats."""
        return self.worth.full_jp

    @property
    def statement_ids(self) -> tuple[UUID, ...]:
        pieces = self.pieces
        return (pieces[0].statement_id,) if len(pieces) == 1 else tuple([piece.statement_id for piece in pieces])

    @property
    def counted(self) -> bool:
        return self.uncounted is None

    @property
    def rule(self) -> RuleName:
        return self.rules[0]


class Within(msgspec.Struct, frozen=True, gc=False):
    """The period a day lies in: a number that grows with time, its name in words, and the year whose caps hold (None: no caps)."""

    number: int
    name: str
    caps_of_year: int | None


def ledger(evidence: Iterable[Evidence], rules: Rules) -> tuple[HourLine, ...]:
    """All lines of one employee, of all calendar years, by time. The order in which the evidence comes does not matter."""
    return ledger_in_order(in_order(evidence), rules)


def ledger_in_order(evidence: Iterable[Evidence], rules: Rules) -> tuple[HourLine, ...]:
    """The `ledger` of evidence that is `in_order`.

    A thing counts at its first occasion that has hours; again in the same year never, in a later year only if the catalogue lets
    it (`Repeats.YEARLY`). What counted nothing, without hours or over a cap, stands in the way of nothing.
    """
    found = occasions(evidence, rules.same_occasion.gap_minutes * _MINUTE_MS)
    alone = [_alone(occasion, worth(occasion, rules)) for occasion in found]
    return _Count(rules, lambda day: _calendar_year(day.year)).lines(alone)


def recount(lines: Iterable[HourLine], period_of: Callable[[date], Within], rules: Rules) -> tuple[HourLine, ...]:
    """The lines of a ledger, by time, counted in other periods than calendar years."""
    return _Count(rules, period_of).lines(
        # What says its own worth and no more is as if there were no other already.
        [line if line.why is line.worth.words else _alone(line.pieces, line.worth) for line in lines]
    )


@lru_cache(maxsize=256)
def _calendar_year(year: int) -> Within:
    return Within(year, str(year), year)


class _Count:
    """One pass over the occasions of an employee in the order of time, which knows what has counted so far."""

    def __init__(self, rules: Rules, period_of: Callable[[date], Within]) -> None:
        self._rules = rules
        self._period_of = period_of
        self._counted: dict[Thing, tuple[Within, UUID]] = {}
        self._of_kind: dict[tuple[str, int], Decimal] = {}

    def lines(self, alone: Iterable[HourLine]) -> tuple[HourLine, ...]:
        return tuple([self._line(line) for line in alone])

    def _line(self, line: HourLine) -> HourLine:
        if line.uncounted is not None:
            return line
        piece = line.pieces[0]
        within, thing = self._period_of(piece.finished_on), thing_of(piece)
        before = self._counted.get(thing)
        if before is not None:
            line = _unless_repeat(line, within, before)
        if line.uncounted is None and within.caps_of_year is not None:
            line = self._within_cap(line, within, within.caps_of_year)
        if line.uncounted is None:
            self._counted[thing] = (within, piece.statement_id)
        return line

    def _within_cap(self, line: HourLine, within: Within, caps_of_year: int) -> HourLine:
        kind_id = line.pieces[0].kind_id
        rule = self._rules.hours_rule(kind_id, caps_of_year)
        if rule is None or rule.cap_per_year is None:
            return line
        before = self._of_kind.get((kind_id, within.number), _NOTHING)
        left = rule.cap_per_year - before
        self._of_kind[kind_id, within.number] = before + min(line.jp, left)
        if line.jp <= left:
            return line
        cap = f"at most {written(rule.cap_per_year)} JP of the kind {self._rules.kind_name(kind_id)} count in {within.name}"
        if left <= 0:
            return _uncounted(line, Uncounted.OVER_CAP, f"{line.why}; none is left of them: {cap}", RuleName.HOURS_CAP, None)
        rules = tuple(dict.fromkeys((*line.rules, RuleName.HOURS_CAP)))
        return replace(line, jp=left, why=f"{line.why}; only {written(left)} JP of them: {cap}", rules=rules)


def _unless_repeat(line: HourLine, within: Within, before: tuple[Within, UUID]) -> HourLine:
    """`before` is when its thing counted the last time, and by which statement."""
    piece, (period, statement_id) = line.pieces[0], before
    if period.number == within.number:
        why = f"already counted in {period.name}, by statement {statement_id}"
        return _uncounted(line, Uncounted.ALREADY_COUNTED, why, RuleName.HOURS_REPEAT, statement_id)
    if piece.repeats is Repeats.NEVER:
        why = f"counted in an earlier year ({period.name}), by statement {statement_id}; the catalogue lets it count only once"
        return _uncounted(line, Uncounted.COUNTED_EARLIER, why, RuleName.HOURS_REPEAT, statement_id)
    return line


def _alone(pieces: Occasion, value: Worth) -> HourLine:
    """The line of an occasion as if there were no other."""
    why, rules = value.words, value.rules
    if len(pieces) > 1:
        why, rules = f"{why}; {len(pieces)} statements tell of this one occasion", (*rules, RuleName.HOURS_ONCE_PER_OCCASION)
    return HourLine(pieces, value, value.jp, value.uncounted, None, why, rules)


def _uncounted(line: HourLine, reason: Uncounted, why: str, by: RuleName, instead: UUID | None) -> HourLine:
    return replace(line, jp=_NOTHING, uncounted=reason, instead=instead, why=why, rules=tuple(dict.fromkeys((by, *line.rules))))
