"""The dimension kompetensi of the Indeks Profesionalitas ASN: what is reached of it, and what is missing for the rest. Pure.

`index-kompetensi/1`: components, weights and windows are data by year and kind of post (`competency.scales.IndexTable`).
Source of the dimension: Permenpan-RB 38/2018, Peraturan BKN 8/2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from competency.days import months_after
from competency.ledger import HourLine
from competency.scales import IndexComponent, IndexTable
from competency.worth import written

_NOTHING = Decimal(0)


class IndexLine(msgspec.Struct, frozen=True, gc=False):
    """A line of the ledger that counts for a component, until `leaves_on`, the first day it is too old; None: it never is."""

    line: HourLine
    leaves_on: date | None


class ComponentResult(msgspec.Struct, frozen=True, gc=False):
    """What is reached of one component. `jp` are the hours of its `lines`, which are by time; `lapses_on` is the first day on which
    it is no longer reached unless something is learnt until then, None where it is not reached or stays for ever."""

    component: IndexComponent
    lines: tuple[IndexLine, ...]
    jp: Decimal
    reached: bool
    lapses_on: date | None

    @property
    def score(self) -> Decimal:
        return self.component.weight if self.reached else _NOTHING

    @property
    def missing_jp(self) -> Decimal | None:
        """How many JP more it takes; None where it is reached, or hours do not matter."""
        wanted = self.component.min_jp
        return None if self.reached or wanted is None else wanted - self.jp

    @property
    def missing(self) -> str | None:
        """In words, what it takes; None where it is reached."""
        if self.reached:
            return None
        wanted, months = self.component.min_jp, self.component.months
        within = "" if months is None else f" within {months} months"
        if wanted is None:
            return f"one {self.component.name}{within}"
        return f"{written(wanted - self.jp)} JP more of {self.component.name}: {written(self.jp)} of {written(wanted)} JP{within}"


class Index(msgspec.Struct, frozen=True, gc=False):
    """What is reached of a table's total, component by component, in the table's order."""

    table: IndexTable
    components: tuple[ComponentResult, ...]

    @property
    def score(self) -> Decimal:
        return sum([result.score for result in self.components], _NOTHING)


def index_of(lines: Sequence[HourLine], table: IndexTable, on: date) -> Index:
    """The index on a day. `lines` is a ledger by calendar year, nothing in it later than the day.

    Where hours are needed, only those that count in the ledger do; where one item is, it counts whether or not its hours do.
    """
    return Index(table, tuple([_result(component, lines, on) for component in table.components]))


def _result(component: IndexComponent, lines: Sequence[HourLine], on: date) -> ComponentResult:
    kinds, whether_counted_or_not = component.kinds, component.min_jp is None
    found = [
        IndexLine(line, _leaves_on(line, component))
        for line in lines
        if line.pieces[0].kind_id in kinds and (whether_counted_or_not or line.uncounted is None)
    ]
    within = tuple([one for one in found if one.leaves_on is None or one.leaves_on > on])
    jp = sum([one.line.jp for one in within], _NOTHING)
    reached = bool(within) if component.min_jp is None else jp >= component.min_jp
    return ComponentResult(component, within, jp, reached, _lapses_on(component, within, jp) if reached else None)


def _leaves_on(line: HourLine, component: IndexComponent) -> date | None:
    return None if component.months is None else months_after(line.pieces[0].finished_on, component.months)


def _lapses_on(component: IndexComponent, lines: Sequence[IndexLine], jp: Decimal) -> date | None:
    leaving = sorted((one.leaves_on, one.line.jp) for one in lines if one.leaves_on is not None)
    if not leaving:
        return None
    if component.min_jp is None:
        return leaving[-1][0]
    for day, lost in leaving:
        jp -= lost
        if jp < component.min_jp:
            return day
    return None
