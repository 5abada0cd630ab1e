"""Which training of the catalogue closes a gap. Pure. It can only bring evidence: a level itself comes from an assessment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from competency.catalogue import CatalogueEntry, Repeats


@dataclass(frozen=True, slots=True)
class Training:
    """An entry that is evidence for `level` of the competency. `reaches`: that level is the standard or above it; `finished`: the
    employee has finished it, and finishing it again counts no more."""

    entry: CatalogueEntry
    level: int
    weight: Decimal
    reaches: bool
    finished: bool


def trainings_for(
    competency_id: str,
    *,
    above: int,
    standard: int,
    entries: Iterable[CatalogueEntry],
    year: int,
    finished: frozenset[str] = frozenset(),
) -> list[Training]:
    """What is aligned to the competency at a level beyond `above` (0: any) and counts in `year`: first what reaches the standard
    and has not been finished, the most weight first, then the fewest hours. `finished` are ids of entries."""
    found = []
    for entry in entries:
        aligned = ((one.level, one.weight) for one in entry.alignments if one.competency_id == competency_id)
        level, weight = max(aligned, default=(0, Decimal(0)))
        if level > above and _counts_in(entry, year):
            over = entry.id in finished and entry.repeats is Repeats.NEVER
            found.append(Training(entry, level, weight, level >= standard, over))
    return sorted(found, key=_best_first)


def _counts_in(entry: CatalogueEntry, year: int) -> bool:
    return (entry.from_year is None or entry.from_year <= year) and (entry.through_year is None or year <= entry.through_year)


def _best_first(one: Training) -> tuple[bool, bool, Decimal, int, Decimal, str]:
    hours = one.entry.jp if one.entry.jp is not None else Decimal(10_000)
    return one.finished, not one.reaches, -one.weight, one.level, hours, one.entry.id
