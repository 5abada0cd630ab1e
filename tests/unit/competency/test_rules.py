from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from competency.directory import Employment
from competency.frameworks import CompetencyKind
from competency.hour_rules import HoursBasis, Rounding, RoundingMode
from competency.regulation import Bound, Mark, Period, RuleName
from competency.rules import RulesFileError, core_competencies, load_rules, parse_framework, parse_rules
from xapi.values import parse_timestamp

DATA = files("competency").joinpath("data")
RULES_TEXT = DATA.joinpath("rules.json").read_bytes()
KINDS_TEXT = DATA.joinpath("jenis-diklat.json").read_bytes()


@pytest.mark.parametrize(
    ("employment", "year", "bound", "jp", "period", "mark"),
    [
        (Employment.PNS, 2017, Bound.FLOOR, 20, Period.CALENDAR_YEAR, Mark.VERIFIED),
        (Employment.PNS, 2026, Bound.FLOOR, 20, Period.CALENDAR_YEAR, Mark.VERIFIED),
        (Employment.PPPK, 2024, Bound.CEILING, 24, Period.CONTRACT_YEAR, Mark.UNVERIFIED),
        (Employment.PPPK, 2025, Bound.CEILING, 24, Period.CONTRACT_YEAR, Mark.VERIFIED),
    ],
)
def test_obligations_per_year(employment: Employment, year: int, bound: Bound, jp: int, period: Period, mark: Mark) -> None:
    owed = load_rules().obligation(employment, year)
    assert owed is not None
    assert (owed.bound, owed.jp, owed.period, owed.mark) == (bound, Decimal(jp), period, mark)
    assert owed.source


def test_before_the_first_year_nothing_is_known() -> None:
    rules = load_rules()
    assert rules.obligation(Employment.PNS, 2016) is None
    assert rules.jp_minutes(2010) is None


def test_a_jp_is_45_minutes_and_years_are_those_of_jakarta_unless_said_otherwise() -> None:
    rules = load_rules()
    assert rules.jp_minutes(2026) == 45
    last_evening = parse_timestamp("2025-12-31T16:30:00Z")
    assert rules.local_date(last_evening).year == 2025
    assert load_rules(time_zone=ZoneInfo("Asia/Jayapura")).local_date(last_evening).year == 2026


def test_the_five_levels_and_bkns_25_kinds_have_names() -> None:
    rules = load_rules()
    assert [rules.level_name(level, 2026) for level in range(1, 6)] == ["Paham", "Dasar", "Menengah", "Mumpuni", "Ahli"]
    assert list(rules.kinds) == [str(code) for code in range(1, 26)]
    assert {kind.certificate for kind in rules.kinds.values()} == {"T", "F", "P"}
    assert (rules.kind_name("16"), rules.kind_name("99")) == ("E-Learning", "99")


def test_the_nine_core_competencies_are_eight_managerial_and_one_socio_cultural() -> None:
    core = core_competencies()
    assert [one.kind for one in core].count(CompetencyKind.MANAJERIAL) == 8
    assert [one.name for one in core if one.kind is CompetencyKind.SOSIO_KULTURAL] == ["Perekat Bangsa"]
    assert len({one.id for one in core}) == 9


def test_every_item_names_its_source_and_whether_it_was_verified() -> None:
    document = json.loads(RULES_TEXT)
    for section in ("jp_minutes", "obligations", "hours", "durations", "suggested", "index", "levels", "tiers", "bands"):
        for item in document[section]:
            assert item["source"], section
            assert item["mark"] in ("verified", "unverified"), section
    assert {text.name for text in load_rules().texts.values()} == set(RuleName)


@pytest.mark.parametrize(
    ("kinds", "basis", "rule"),
    [
        # Face to face, and whatever is no kind of BKN's: the hours of the programme.
        ("1 2 3 4 5 6 7 8 9 11 12 13 99", HoursBasis.CATALOGUE, "hours-classical/1"),
        # Magang, coaching, mentoring, e-learning, pelatihan jarak jauh, detasering, alam terbuka, patok banding, pertukaran,
        # belajar mandiri, komunitas belajar, bimbingan di tempat kerja, nonklasikal lainnya.
        ("10 14 15 16 17 18 19 20 21 22 23 24 25", HoursBasis.CATALOGUE_ELSE_DURATION, "hours-non-classical/1"),
    ],
)
def test_only_non_classical_kinds_count_the_time_spent_and_nothing_is_capped(kinds: str, basis: HoursBasis, rule: str) -> None:
    for kind in kinds.split():
        found = load_rules().hours_rule(kind, 2026)
        assert found is not None
        assert (found.basis, found.rule, found.mark) == (basis, rule, Mark.UNVERIFIED)
        assert (found.cap_per_item, found.cap_per_year) == (None, None)


def test_numbers_of_hours_are_read_exactly_and_caps_are_optional() -> None:
    text = changed(lambda rules: rules["hours"][0].update(cap_per_item=7.5, cap_per_year="20", rounding={"to": 0.1, "mode": "up"}))
    found = parse_rules(text, KINDS_TEXT).hours_rule("9", 2026)
    assert found is not None
    assert (found.cap_per_item, found.cap_per_year) == (Decimal("7.5"), Decimal(20))
    assert found.rounding == Rounding(Decimal("0.1"), RoundingMode.UP)


def test_a_day_of_learning_has_eight_hours_and_a_week_five_days_and_nobody_has_checked_that() -> None:
    for kind in ("1", "16", "99"):
        found = load_rules().duration_rule(kind, 2026)
        assert found is not None
        assert (found.day_ms, found.days_per_week, found.longest_minutes) == (8 * 3_600_000, 5, 14_400)
        assert found.mark is Mark.UNVERIFIED


def before_durations(rules: dict[str, Any]) -> None:
    """As files were that came with Rekam before."""
    del rules["durations"]
    described = rules["rules"].pop("hours-duration/2")
    rules["rules"]["hours-duration/1"] = described | {"says": "A day is 24 hours."}


def test_a_file_from_before_there_were_durations_has_those_that_come_with_rekam() -> None:
    found = parse_rules(changed(before_durations), KINDS_TEXT)
    assert found.duration_rules == load_rules().duration_rules
    assert found.texts[RuleName.HOURS_DURATION] == load_rules().texts[RuleName.HOURS_DURATION]


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(RULES_TEXT)
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda rules: rules["rules"].pop("gap/1"), "gap/1"),
        (lambda rules: rules["rules"].update({"gap/2": rules["rules"]["gap/1"]}), "gap/2"),
        (lambda rules: rules.update(extra=1), "extra"),
        (lambda rules: rules["zone"].update(value="Asia/Nowhere"), "no time zone"),
        (lambda rules: rules["obligations"][0].update(jp=0), "jp"),
        (lambda rules: rules["obligations"][0].update(mark="sure"), "sure"),
        (lambda rules: rules["obligations"][0].pop("source"), "source"),
        (lambda rules: rules["obligations"].append(rules["obligations"][0]), "there already"),
        (lambda rules: rules["hours"].append(rules["hours"][0]), "there already"),
        (lambda rules: rules["hours"].append(rules["hours"][1] | {"kinds": ["16"]}), "there already"),
        (lambda rules: rules["hours"][1].update(kinds=["16", "26"]), r"hours\[1\].kinds: 26: no such jenis diklat"),
        (lambda rules: rules["hours"][1].update(kinds="16"), "kinds"),
        (lambda rules: rules["hours"][1].update(kinds=[]), "kinds"),
        (lambda rules: rules["hours"][0].update(basis="guess"), "guess"),
        (lambda rules: rules["hours"][0].update(rule="hours-mine/1"), "hours-mine/1"),
        (lambda rules: rules["hours"][0]["rounding"].update(to=0), r"hours\[0\].rounding.to: 0 JP"),
        (lambda rules: rules["hours"][0]["rounding"].update(to="NaN"), r"hours\[0\].rounding.to: NaN JP"),
        (lambda rules: rules["hours"][0]["rounding"].update(mode="sideways"), "sideways"),
        (lambda rules: rules["hours"][0].update(cap_per_year=0), r"hours\[0\].cap_per_year: 0 JP"),
        (lambda rules: rules["hours"][0].update(cap_per_item="Infinity"), r"hours\[0\].cap_per_item: Infinity JP"),
        (lambda rules: rules["hours"][0].pop("cap_per_item"), "cap_per_item"),
        (lambda rules: rules.pop("durations"), "durations: missing"),
        (lambda rules: rules["durations"].append(rules["durations"][0]), "there already"),
        (lambda rules: rules["durations"][0].update(kinds=["26"]), r"durations\[0\].kinds: 26: no such jenis diklat"),
        (lambda rules: rules["durations"][0].update(hours_per_day=0), r"durations\[0\].hours_per_day: 0 hours; write more than 0"),
        (lambda rules: rules["durations"][0].update(hours_per_day=25), r"durations\[0\].hours_per_day: 25 hours"),
        (lambda rules: rules["durations"][0].update(days_per_week=8), "days_per_week"),
        (lambda rules: rules["durations"][0].update(longest_minutes=0), "longest_minutes"),
        (lambda rules: rules["same_occasion"].update(gap_minutes=-1), "gap_minutes"),
        (lambda rules: rules.pop("same_occasion"), "same_occasion"),
        (lambda rules: rules["tiers"][0].update(level=6), "level"),
        (lambda rules: rules["bands"][0]["steps"].reverse(), "fall"),
    ],
)
def test_a_doubtful_rules_file_is_refused_saying_where(change: Callable[[dict[str, Any]], object], complaint: str) -> None:
    with pytest.raises(RulesFileError, match=complaint):
        parse_rules(changed(change), KINDS_TEXT)


def test_a_framework_that_names_a_competency_twice_is_refused() -> None:
    text = DATA.joinpath("frameworks", "permenpan-rb-38-2017.json").read_text(encoding="utf-8")
    document = json.loads(text)
    document["competencies"].append(document["competencies"][0])
    with pytest.raises(RulesFileError, match="there already"):
        parse_framework(json.dumps(document).encode())


def test_the_documentation_speaks_of_every_rule() -> None:
    page = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [name for name in RuleName if f"`{name}`" not in page] == []
