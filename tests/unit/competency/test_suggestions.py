"""The level that learning suggests."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from competency.catalogue import Alignment, CountsPer
from competency.days import whole_years, years_after
from competency.evidence import Evidence
from competency.hours import in_order
from competency.regulation import Mark
from competency.rules import RulesFileError, parse_rules
from competency.suggestions import Suggestion, suggestions
from tests.unit.competency.making import RULES, piece
from tests.unit.competency.profiles import several

TODAY = date(2025, 6, 1)
DATA = files("competency").joinpath("data")
SCALE = RULES.suggested_scale(2025)
assert SCALE is not None


def suggested(*evidence: Evidence, on: date = TODAY) -> Suggestion:
    return suggestions(in_order(evidence), SCALE, on)["integritas"]


def course(name: str, level: int, *, weight: str = "1", on: str = "2025-01-10", **changes: Any) -> Evidence:
    changes.setdefault("activity", name)
    return piece(name, on=f"{on}T03:00:00Z", aligned={"integritas": level}, weight=weight, **changes)


@pytest.mark.parametrize(
    ("sentence", "evidence", "level"),
    [
        ("one training of full weight suggests its level up to 3", [course("a", 3)], 3),
        ("one training at level 4 is evidence for level 3 too, and not enough for 4", [course("a", 4)], 3),
        ("one and a half at level 4 are enough for it", [course("a", 4), course("b", 4, weight="0.5")], 4),
        ("two at level 5 are enough for it", [course("a", 5), course("b", 5)], 5),
        (
            "higher evidence adds up with lower: 0.6 at 3 and 0.4 at 5",
            [course("a", 3, weight="0.6"), course("b", 5, weight="0.4")],
            3,
        ),
        (
            "lower evidence adds nothing to a higher level",
            [course("a", 3, weight="0.6"), *[course(f"l{n}", 2) for n in range(9)]],
            2,
        ),
        ("half a weight suggests level 1", [course("a", 3, weight="0.5")], 1),
        ("less than that suggests nothing", [course("a", 3, weight="0.49")], None),
    ],
)
def test_a_level_is_suggested_when_what_was_learnt_at_it_or_above_adds_up(
    sentence: str, evidence: list[Evidence], level: int | None
) -> None:
    assert suggested(*evidence).level == level, sentence


@pytest.mark.parametrize(
    ("on", "weight", "level"),
    [
        (date(2025, 1, 10), "1", 3),
        (date(2029, 1, 9), "1", 3),  # three years completed: still whole
        (date(2029, 1, 10), "0.75", 2),
        (date(2030, 1, 10), "0.50", 1),
        (date(2031, 1, 10), "0.25", None),
        (date(2032, 1, 10), "0", None),
    ],
)
def test_a_weight_is_whole_for_three_years_then_a_quarter_less_with_each_completed_year(
    on: date, weight: str, level: int | None
) -> None:
    found = suggested(course("a", 3), on=on)
    assert (found.aligned[0].weight_now, found.level) == (Decimal(weight), level)


def test_each_piece_says_when_less_and_when_nothing_is_left() -> None:
    def life(day: date, **changes: Any) -> tuple[date | None, date | None]:
        (one,) = suggested(course("a", 3, **changes), on=day).aligned
        return one.fades_on, one.ends_on

    assert life(TODAY) == (date(2029, 1, 10), date(2032, 1, 10))
    assert life(date(2029, 1, 10)) == (date(2030, 1, 10), date(2032, 1, 10))
    assert life(date(2032, 1, 10)) == (None, None)
    assert life(TODAY, expires_on=date(2026, 1, 10)) == (date(2026, 1, 10), date(2026, 1, 10))
    assert life(TODAY, on="2024-02-29") == (date(2028, 2, 29), date(2031, 2, 28))


def test_an_expired_certificate_proves_nothing_from_the_day_it_expires() -> None:
    certified = course("a", 3, expires_on=date(2026, 1, 10))
    assert suggested(certified, on=date(2026, 1, 9)).level == 3
    assert suggested(certified, on=date(2026, 1, 10)).level is None


def test_the_same_thing_counts_once_by_its_strongest_piece() -> None:
    old = course("old", 4, on="2021-01-10", activity="a")
    again = course("again", 4, activity="a")
    twin = course("twin", 4, activity="a")
    found = suggested(old, again, twin)
    assert (found.level, found.weight, len(found.counted)) == (3, Decimal(1), 1)
    (place,) = found.counted
    assert found.aligned[place].evidence in (again, twin)


def test_each_activity_counts_where_the_catalogue_says_so() -> None:
    webinars = [course(f"w{n}", 2, weight="0.3", entry="webinars", counts_per=CountsPer.ACTIVITY) for n in range(3)]
    assert suggested(*webinars).level == 2
    assert suggested(*[replace(one, counts_per=CountsPer.ENTRY) for one in webinars]).level is None


def test_an_item_aligned_twice_speaks_for_each_level_with_that_levels_weight() -> None:
    both = replace(course("a", 1), alignments=(Alignment("integritas", 1), Alignment("integritas", 3, Decimal("0.3"))))
    other = course("b", 3, weight="0.7")
    found = suggested(both, other)
    assert (found.level, found.weight) == (3, Decimal(1))
    assert sorted((one.level, place in found.counted) for place, one in enumerate(found.aligned)) == [
        (1, False),
        (3, True),
        (3, True),
    ]


def test_what_the_next_level_takes_is_told() -> None:
    found = suggested(course("a", 4))
    assert (found.weight, found.needed, found.next_weight, found.next_needed) == (
        Decimal(1),
        Decimal(1),
        Decimal(1),
        Decimal("1.5"),
    )
    top = suggested(course("a", 5), course("b", 5))
    assert (top.next_weight, top.next_needed) == (None, None)
    none = suggested(course("a", 2, weight="0.2"))
    assert (none.level, none.next_weight, none.next_needed) == (None, Decimal("0.2"), Decimal("0.5"))


def test_where_no_scale_holds_nothing_is_suggested() -> None:
    assert RULES.suggested_scale(1999) is None
    assert suggestions([course("a", 3)], None, TODAY) == {}


def test_the_scale_is_a_choice_and_says_so() -> None:
    assert SCALE is not None
    assert SCALE.mark is Mark.UNVERIFIED
    assert "choice" in SCALE.source


@given(several, st.dates(date(2028, 1, 1), date(2036, 1, 1)))
def test_nothing_is_ever_suggested_by_less_than_it_takes_nor_withheld_with_enough(evidence: list[Evidence], on: date) -> None:
    assert SCALE is not None
    for found in suggestions(in_order(evidence), SCALE, on).values():
        for level in range(1, 6):
            strongest: dict[Any, Decimal] = {}
            for one in found.aligned:
                if one.level >= level:
                    strongest[one.thing] = max(strongest.get(one.thing, Decimal(0)), one.weight_now)
            enough = sum(strongest.values()) >= SCALE.needed[level]
            assert enough == (level <= (found.level or 0))


@given(several, st.dates(date(2028, 1, 1), date(2036, 1, 1)), st.integers(0, 4000))
def test_without_new_evidence_a_suggestion_never_rises(evidence: list[Evidence], on: date, later: int) -> None:
    ordered = in_order(evidence)
    now = suggestions(ordered, SCALE, on)
    then = suggestions(ordered, SCALE, date.fromordinal(on.toordinal() + later))
    assert all((then[one].level or 0) <= (now[one].level or 0) for one in now)


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 20000))
def test_completed_years_and_the_days_they_are_completed_on_agree(day: date, later: int) -> None:
    on = date.fromordinal(day.toordinal() + later)
    years = whole_years(day, on)
    assert years_after(day, years) <= on < years_after(day, years + 1)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda scale: scale["needed"].pop("3"), "level 3 missing"),
        (lambda scale: scale["needed"].update({"6": 3}), "needed"),
        (lambda scale: scale["needed"].update({"1": 9}), "never fall"),
        (lambda scale: scale["needed"].update({"1": 0}), "above 0"),
        (lambda scale: scale.update(fading_per_year=1.5), "share from 0 to 1"),
        (lambda scale: scale.update(expires_after_years=0), "expires_after_years"),
        (lambda scale: scale.pop("mark"), "mark"),
        (lambda scale: scale.update(half_life=2), "half_life"),
    ],
)
def test_a_doubtful_scale_is_refused_saying_where(change: Callable[[dict[str, Any]], object], complaint: str) -> None:
    document = json.loads(DATA.joinpath("rules.json").read_bytes())
    change(document["suggested"][0])
    with pytest.raises(RulesFileError, match=complaint):
        parse_rules(json.dumps(document).encode(), DATA.joinpath("jenis-diklat.json").read_bytes())


def test_another_scale_holds_from_its_year_on() -> None:
    document = json.loads(DATA.joinpath("rules.json").read_bytes())
    strict = {**document["suggested"][0], "from": 2026, "fading_per_year": 0, "expires_after_years": None}
    strict["needed"] = {str(level): 3 for level in range(1, 6)}
    document["suggested"].append(strict)
    rules = parse_rules(json.dumps(document).encode(), DATA.joinpath("jenis-diklat.json").read_bytes())
    found = suggestions([course("a", 3)], rules.suggested_scale(2026), date(2050, 1, 1))["integritas"]
    assert (found.level, found.weight, found.aligned[0].ends_on) == (None, Decimal(1), None)
    assert suggestions([course("a", 3)], rules.suggested_scale(2025), TODAY)["integritas"].level == 3
