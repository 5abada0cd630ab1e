"""Which training closes a gap: what counts this year, what reaches the standard, what is worth most."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from competency.catalogue import Alignment, CatalogueEntry, FinishRule, Repeats
from competency.closing import Training, trainings_for


def entry(entry_id: str, level: int, weight: str = "1", *, jp: str | None = "8", **more: Any) -> CatalogueEntry:
    aligned = (Alignment("komunikasi", level, Decimal(weight)), Alignment("integritas", 5))
    hours = None if jp is None else Decimal(jp)
    base = {"activity_ids": (f"https://lms.example/{entry_id}",), "alignments": aligned}
    return CatalogueEntry(entry_id, entry_id, "16", "Universitas A", hours, FinishRule.COMPLETED, **{**base, **more})


def found(*entries: CatalogueEntry, above: int = 2, standard: int = 4, finished: frozenset[str] = frozenset()) -> list[Training]:
    return trainings_for("komunikasi", above=above, standard=standard, entries=entries, year=2026, finished=finished)


def ids(trainings: list[Training]) -> list[str]:
    return [one.entry.id for one in trainings]


def test_only_what_is_evidence_beyond_the_level_there_is() -> None:
    other = entry("other", 5, alignments=(Alignment("integritas", 5),))
    assert ids(found(entry("same", 2), entry("beyond", 3), other, entry("none", 3, alignments=()))) == ["beyond"]
    assert ids(found(entry("least", 1), above=0)) == ["least"]


def test_what_reaches_the_standard_comes_first_then_the_most_weight_then_the_lower_level_then_the_fewest_hours() -> None:
    trainings = found(
        entry("below", 3, "9"),
        entry("light", 4, "0.5"),
        entry("long", 4, jp="40"),
        entry("short", 4, jp="8"),
        entry("unknown-hours", 4, jp=None),
        entry("far", 5, jp="4"),
        entry("heavy", 5, "2"),
    )
    assert ids(trainings) == ["heavy", "short", "long", "unknown-hours", "far", "light", "below"]
    assert [one.reaches for one in trainings] == [True] * 6 + [False]


def test_of_equals_the_order_is_that_of_the_ids() -> None:
    assert ids(found(entry("b", 4), entry("a", 4))) == ids(found(entry("a", 4), entry("b", 4))) == ["a", "b"]


@pytest.mark.parametrize(
    ("years", "counts"),
    [
        ({}, True),
        ({"from_year": 2026}, True),
        ({"from_year": 2027}, False),
        ({"through_year": 2026}, True),
        ({"through_year": 2025}, False),
        ({"from_year": 2020, "through_year": 2030}, True),
    ],
)
def test_only_what_counts_in_the_year(years: dict[str, int], counts: bool) -> None:
    assert bool(found(entry("a", 4, **years))) is counts


def test_what_was_finished_comes_last_unless_it_counts_every_year() -> None:
    trainings = found(
        entry("done", 5, "5"), entry("yearly", 4, repeats=Repeats.YEARLY), entry("new", 3), finished=frozenset({"done", "yearly"})
    )
    assert [(one.entry.id, one.finished) for one in trainings] == [("yearly", False), ("new", False), ("done", True)]


def test_of_several_alignments_to_one_competency_the_highest_level_speaks() -> None:
    twice = entry("twice", 3, alignments=(Alignment("komunikasi", 3, Decimal(2)), Alignment("komunikasi", 4, Decimal(1))))
    (one,) = found(twice)
    assert (one.level, one.weight, one.reaches) == (4, 1, True)


def test_without_a_catalogue_there_is_none() -> None:
    assert found() == []
