"""The ledger of hours: occasions, repeats, where hours come from, rounding and caps, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from competency.catalogue import CountsPer, Repeats
from competency.evidence import Evidence
from competency.hour_rules import DurationRule, HoursBasis, HoursRule, Rounding, RoundingMode
from competency.hours import Basis, HourLine, Uncounted, ledger
from competency.regulation import Mark, RuleName, Rules
from competency.worth import rounded
from tests.unit.competency.making import RULES, piece

SEMINAR, E_LEARNING, COACHING = "9", "16", "14"
WHOLE = Rounding(Decimal(1), RoundingMode.DOWN)


def rule(
    basis: HoursBasis = HoursBasis.CATALOGUE_ELSE_DURATION,
    *,
    from_year: int = 2000,
    kinds: str | None = None,
    rounding: Rounding = WHOLE,
    per_item: int | None = None,
    per_year: int | None = None,
) -> HoursRule:
    caps = tuple(None if cap is None else Decimal(cap) for cap in (per_item, per_year))
    of_kinds = None if kinds is None else frozenset(kinds.split())
    return HoursRule(from_year, of_kinds, basis, rounding, *caps, RuleName.HOURS_CLASSICAL, "test", Mark.UNVERIFIED)


def with_hours(*hours: HoursRule) -> Rules:
    return replace(RULES, hours_rules=hours)


def names(line: HourLine) -> list[str]:
    """The statements of a line by the name of the test, for names a to z."""
    known = {piece(letter).statement_id: letter for letter in "abcdefghijklmnopqrstuvwxyz"}
    return [known[statement_id] for statement_id in line.statement_ids]


def at(name: str, time: str, minutes: float | None = None, **more: object) -> Evidence:
    return piece(name, on=f"2025-06-01T{time}Z", minutes=minutes, **more)  # type: ignore[arg-type]


OCCASIONS: list[tuple[str, list[Evidence], list[str]]] = [
    ("the same completion some milliseconds later", [at("a", "03:00:00"), at("b", "03:00:00.016")], ["ab"]),
    ("five minutes later is the same occasion", [at("a", "03:00:00"), at("b", "03:05:00")], ["ab"]),
    ("more than five minutes later is another", [at("a", "03:00:00"), at("b", "03:05:00.001")], ["a", "b"]),
    ("a span that reaches back to the other", [at("a", "03:00:00"), at("b", "05:00:00", 120)], ["ab"]),
    ("a span that ends before the other begins", [at("a", "03:00:00"), at("b", "05:00:00", 110)], ["a", "b"]),
    ("one within the other", [at("a", "04:00:00", 10), at("b", "06:00:00", 180)], ["ab"]),
    ("two that a third connects", [at("a", "03:00:00"), at("b", "05:00:00"), at("c", "05:00:00", 121)], ["abc"]),
    ("equal times, told apart by id", [at("a", "03:00:00"), at("b", "03:00:00"), at("c", "09:00:00")], ["ab", "c"]),
    ("another training", [at("a", "03:00:00", activity="x"), at("b", "03:00:00", activity="y")], ["a", "b"]),
    ("another activity id of one entry", [at("a", "03:00:00", entry="e"), at("b", "03:01:00", entry="e", activity="x")], ["ab"]),
    (
        "another activity of an entry whose activities count apart",
        [at(name, "03:00:00", entry="e", activity=name, counts_per=CountsPer.ACTIVITY) for name in "ab"],
        ["a", "b"],
    ),
]


@pytest.mark.parametrize(("sentence", "evidence", "lines"), OCCASIONS, ids=[case[0] for case in OCCASIONS])
def test_statements_of_one_occasion_are_one_line(sentence: str, evidence: list[Evidence], lines: list[str]) -> None:
    for ordered in (evidence, evidence[::-1], evidence * 2):
        assert ["".join(sorted(names(line))) for line in sorted(ledger(ordered, RULES), key=names)] == lines, sentence


def test_the_statement_that_finished_first_speaks_and_the_longest_says_how_long() -> None:
    first = piece("a", on="2024-12-31T16:59:00Z", jp=None, minutes=45)
    later = piece("b", on="2024-12-31T17:01:00Z", jp=None, minutes=95)
    (line,) = ledger([later, first], RULES)
    assert (names(line), line.year, line.evidence) == (["a", "b"], 2024, first)
    assert (line.jp, line.duration_ms) == (Decimal(2), 95 * 60_000)
    assert "95 minutes" in line.why
    assert "2 statements tell of this one occasion" in line.why
    assert "hours-once-per-occasion/1" in line.rules


REPEATS = [
    # days of the occasions, repeats, the JP of each, why the last counts nothing
    (("2025-06-01", "2025-09-01"), Repeats.YEARLY, "4 0", Uncounted.ALREADY_COUNTED),
    (("2025-06-01", "2025-09-01"), Repeats.NEVER, "4 0", Uncounted.ALREADY_COUNTED),
    (("2025-06-01", "2026-01-02"), Repeats.YEARLY, "4 4", None),
    (("2025-06-01", "2026-01-02"), Repeats.NEVER, "4 0", Uncounted.COUNTED_EARLIER),
    (("2024-06-01", "2026-01-02", "2026-03-03"), Repeats.NEVER, "4 0 0", Uncounted.COUNTED_EARLIER),
    (("2024-06-01", "2026-01-02", "2026-03-03"), Repeats.YEARLY, "4 4 0", Uncounted.ALREADY_COUNTED),
]


@pytest.mark.parametrize(("days", "repeats", "jp", "why"), REPEATS)
def test_a_repeat_counts_in_a_later_year_only_if_the_catalogue_says_so(
    days: tuple[str, ...], repeats: Repeats, jp: str, why: Uncounted | None
) -> None:
    lines = ledger([piece(day, on=f"{day}T03:00:00Z", repeats=repeats) for day in days], RULES)
    assert [line.jp for line in lines] == [Decimal(each) for each in jp.split()]
    assert lines[-1].uncounted is why
    if why is not None:
        assert lines[-1].rule == "hours-repeat/1"
        assert lines[-1].full_jp == Decimal(4)
        assert lines[-1].instead in {line.evidence.statement_id for line in lines if line.counted}
        assert str(lines[-1].instead) in lines[-1].why


BASES = [
    # basis, the catalogue's JP, minutes, JP of the line, what said so, the deciding rule
    (HoursBasis.CATALOGUE, "4", 450, "4", Basis.CATALOGUE, "hours-catalogue/1"),
    (HoursBasis.CATALOGUE, None, 450, "0", Basis.NONE, "hours-classical/1"),
    (HoursBasis.CATALOGUE_ELSE_DURATION, "4", 450, "4", Basis.CATALOGUE, "hours-catalogue/1"),
    (HoursBasis.CATALOGUE_ELSE_DURATION, None, 450, "10", Basis.DURATION, "hours-duration/2"),
    (HoursBasis.CATALOGUE_ELSE_DURATION, None, None, "0", Basis.NONE, "hours-classical/1"),
    (HoursBasis.DURATION, "4", 450, "10", Basis.DURATION, "hours-duration/2"),
    (HoursBasis.DURATION, "4", None, "0", Basis.NONE, "hours-classical/1"),
]


@pytest.mark.parametrize(("basis", "catalogue", "minutes", "jp", "said", "by"), BASES)
def test_hours_come_from_where_the_kind_allows(
    basis: HoursBasis, catalogue: str | None, minutes: int | None, jp: str, said: Basis, by: str
) -> None:
    (line,) = ledger([piece("a", jp=catalogue, minutes=minutes)], with_hours(rule(basis)))
    assert (line.jp, line.full_jp, line.basis, line.rule) == (Decimal(jp), Decimal(jp), said, by)
    assert line.uncounted is (Uncounted.NO_HOURS if said is Basis.NONE else None)
    assert line.why


@pytest.mark.parametrize(("kind", "jp"), [(SEMINAR, "0"), (E_LEARNING, "2"), (COACHING, "2")])
def test_time_spent_counts_for_non_classical_kinds_as_the_rules_come(kind: str, jp: str) -> None:
    (line,) = ledger([piece("a", jp=None, minutes=134, kind=kind)], RULES)
    assert line.jp == Decimal(jp)


DURATIONS = [
    # PerLAN 5/2018, as quoted by later regulations: a JP is 45 minutes. That a day of learning has 8 hours was read nowhere.
    # result.duration of an e-learning course without hours in the catalogue, JP, why it counts nothing, words of the reason
    ("PT1H30M", "2", None, "90 minutes at 45 a JP"),
    ("PT2700S", "1", None, "45 minutes at 45 a JP"),
    ("PT48H", "64", None, "2880 minutes at 45 a JP"),
    ("P1D", "10", None, "480 minutes (P1D, a day being 8 hours of learning and a week 5 days) at 45 a JP"),
    ("P2D", "21", None, "960 minutes (P2D, "),
    ("P2DT3H", "25", None, "1140 minutes (P2DT3H, "),
    ("P1W", "53", None, "2400 minutes (P1W, "),
    ("P30D", "320", None, "14400 minutes (P30D, "),
    ("PT240H", "320", None, "14400 minutes at 45 a JP"),
    ("PT44M", "0", Uncounted.TOO_SHORT, "44 minutes at 45 a JP"),
    (
        "P30DT1S",
        "0",
        Uncounted.TOO_LONG,
        "longer than what is plausible: P30DT1S; of the kind E-Learning at most 14400 minutes",
    ),
    ("PT240H1S", "0", Uncounted.TOO_LONG, "longer than what is plausible: PT240H1S; "),
    ("P1M", "0", Uncounted.TOO_LONG, "longer than what is plausible: P1M; "),
    ("P1Y2M", "0", Uncounted.TOO_LONG, "and no years or months count by duration"),
    ("P101Y", "0", Uncounted.TOO_LONG, "longer than what is plausible: P101Y; "),
]


@pytest.mark.parametrize(("duration", "jp", "uncounted", "words"), DURATIONS)
def test_days_of_a_duration_are_days_of_learning_and_what_is_not_plausible_counts_nothing(
    duration: str, jp: str, uncounted: Uncounted | None, words: str
) -> None:
    (line,) = ledger([piece("a", jp=None, duration=duration)], RULES)
    assert (line.jp, line.full_jp, line.uncounted) == (Decimal(jp), Decimal(jp), uncounted)
    assert (line.basis, line.rule) == (Basis.DURATION, "hours-duration/2")
    assert words in line.why


def test_hours_of_the_catalogue_count_whatever_the_duration() -> None:
    (line,) = ledger([piece("a", jp="4", duration="P1Y2M")], RULES)
    assert (line.jp, line.counted, line.basis) == (Decimal(4), True, Basis.CATALOGUE)


def test_of_one_occasion_the_longest_that_is_plausible_says_how_much() -> None:
    evidence = [at("a", "05:00:00", jp=None, duration="P1Y"), at("b", "05:00:01", jp=None, duration="PT2H")]
    for ordered in (evidence, evidence[::-1]):
        (line,) = ledger([*ordered, at("c", "05:00:02", jp=None, duration="PT1H")], RULES)
        assert (line.jp, line.uncounted) == (Decimal(2), None)
        assert "120 minutes" in line.why
        assert "another statement says longer than what is plausible" in line.why


def test_two_days_are_48_hours_where_occasions_are_told_apart() -> None:
    """P2D until noon of the 3rd began at noon of the 1st, though it is only two working days of learning."""
    long = piece("a", on="2025-06-03T12:00:00Z", jp=None, duration="P2D")
    within, before = piece("b", on="2025-06-01T12:30:00Z", jp=None), piece("c", on="2025-06-01T11:30:00Z", jp=None)
    assert [names(line) for line in ledger([long, within], RULES)] == [["b", "a"]]
    assert [names(line) for line in ledger([long, before], RULES)] == [["c"], ["a"]]


def test_what_is_not_plausible_stands_in_the_way_of_nothing() -> None:
    lines = ledger([piece("a", jp=None, duration="P1Y"), piece("b", on="2025-07-01T03:00:00Z", jp=None, duration="PT3H")], RULES)
    assert [(line.jp, line.uncounted) for line in lines] == [(Decimal(0), Uncounted.TOO_LONG), (Decimal(4), None)]


def test_how_much_a_duration_is_holds_by_kind_and_year() -> None:
    def durations(from_year: int, kinds: str | None, hours: str, longest: int | None) -> DurationRule:
        of_kinds = None if kinds is None else frozenset(kinds.split())
        return DurationRule(from_year, of_kinds, Decimal(hours), 5, longest, "test", Mark.UNVERIFIED)

    rules = replace(
        with_hours(rule(HoursBasis.DURATION)),
        duration_rules=(
            durations(2000, None, "8", 600),
            durations(2026, None, "6", None),
            durations(2000, COACHING, "7.5", 600),
        ),
    )

    def counts(duration: str, kind: str, year: int) -> tuple[Decimal, Uncounted | None]:
        (line,) = ledger([piece("a", on=f"{year}-06-01T03:00:00Z", kind=kind, duration=duration)], rules)
        return line.jp, line.uncounted

    assert counts("P1D", E_LEARNING, 2025) == (Decimal(10), None)
    assert counts("P1D", E_LEARNING, 2026) == (Decimal(8), None)
    assert counts("P1D", COACHING, 2026) == (Decimal(10), None)
    assert counts("P2D", E_LEARNING, 2025) == (Decimal(0), Uncounted.TOO_LONG)
    assert counts("P2D", E_LEARNING, 2026) == (Decimal(16), None)
    assert counts("P1M", E_LEARNING, 2026) == (Decimal(0), Uncounted.TOO_LONG)


BEGINNINGS = [
    # the first days that the statements of one occasion tell, the line's
    ((None,), None),
    ((date(2025, 5, 28),), date(2025, 5, 28)),
    ((None, date(2025, 5, 30)), date(2025, 5, 30)),
    ((date(2025, 6, 1), date(2025, 5, 30)), date(2025, 5, 30)),
    ((None, date(2025, 6, 2)), None),
]


@pytest.mark.parametrize(("told", "began_on"), BEGINNINGS)
def test_a_line_began_on_the_first_day_that_its_statements_tell(told: tuple[date | None, ...], began_on: date | None) -> None:
    (line,) = ledger([at(letter, "03:00:00", began_on=day) for letter, day in zip("ab", told, strict=False)], RULES)
    assert line.began_on == began_on


ROUNDINGS = [
    # minutes of learning at 45 minutes a JP, rounded to, how, JP
    (44, "1", RoundingMode.DOWN, "0"),
    (45, "1", RoundingMode.DOWN, "1"),
    (89, "1", RoundingMode.DOWN, "1"),
    (89, "1", RoundingMode.UP, "2"),
    (90, "1", RoundingMode.UP, "2"),
    (67, "1", RoundingMode.HALF_UP, "1"),
    (67.5, "1", RoundingMode.HALF_UP, "2"),
    (67.5, "0.5", RoundingMode.DOWN, "1.5"),
    (67, "0.5", RoundingMode.DOWN, "1"),
    (67, "0.25", RoundingMode.DOWN, "1.25"),
    (60, "1", RoundingMode.NONE, "1.33"),
    (0, "1", RoundingMode.UP, "0"),
]


@pytest.mark.parametrize(("minutes", "to", "mode", "jp"), ROUNDINGS)
def test_time_is_rounded_as_the_kind_says(minutes: float, to: str, mode: RoundingMode, jp: str) -> None:
    how = Rounding(Decimal(to), mode)
    assert rounded(round(minutes * 60_000), 45, how) == Decimal(jp)
    (line,) = ledger([piece("a", jp=None, minutes=minutes)], with_hours(rule(rounding=how)))
    assert line.jp == Decimal(jp)
    assert line.uncounted is (Uncounted.TOO_SHORT if jp == "0" else None)
    assert "minutes at 45 a JP" in line.why


def test_the_hours_of_the_catalogue_are_never_rounded() -> None:
    (line,) = ledger([piece("a", jp="2.5")], with_hours(rule(rounding=WHOLE)))
    assert (line.jp, line.why) == (Decimal("2.5"), "2.5 JP of the catalogue")


CAPS = [
    # caps per item and per year, JP of the items in the order of time, what counts of each
    (None, None, "8 8 8", "8 8 8"),
    (5, None, "8 3 8", "5 3 5"),
    (None, 20, "8 8 8 8", "8 8 4 0"),
    (None, 16, "8 8 1", "8 8 0"),
    (5, 12, "8 8 8 1", "5 5 2 0"),
]


@pytest.mark.parametrize(("per_item", "per_year", "items", "counts"), CAPS)
def test_caps_take_what_comes_last(per_item: int | None, per_year: int | None, items: str, counts: str) -> None:
    evidence = [piece(f"{n}", on=f"2025-0{n + 1}-01T03:00:00Z", activity=f"{n}", jp=jp) for n, jp in enumerate(items.split())]
    lines = ledger(evidence[::-1], with_hours(rule(per_item=per_item, per_year=per_year)))
    assert [line.jp for line in lines] == [Decimal(jp) for jp in counts.split()]
    for line, full in zip(lines, items.split(), strict=True):
        assert line.full_jp == Decimal(full)
        assert ("hours-cap/1" in line.rules) == (line.jp != line.full_jp)
        assert line.uncounted is (Uncounted.OVER_CAP if line.jp == 0 else None)
        assert (line.rule == "hours-cap/1") == (line.jp == 0)


def test_a_cap_is_one_of_the_kind_and_of_the_year() -> None:
    evidence = [
        piece(f"{day}{kind}", on=f"{day}T03:00:00Z", activity=f"{day}{kind}", jp="8", kind=kind)
        for day in ("2025-02-01", "2025-03-01", "2026-02-01")
        for kind in (E_LEARNING, COACHING)
    ]
    lines = ledger(evidence, with_hours(rule(kinds=f"{E_LEARNING} {COACHING}", per_year=10)))
    assert sorted((line.year, line.evidence.kind_id, line.jp) for line in lines) == [
        (2025, COACHING, Decimal(2)),
        (2025, COACHING, Decimal(8)),
        (2025, E_LEARNING, Decimal(2)),
        (2025, E_LEARNING, Decimal(8)),
        (2026, COACHING, Decimal(8)),
        (2026, E_LEARNING, Decimal(8)),
    ]


def test_what_counted_nothing_stands_in_the_way_of_nothing() -> None:
    silent = piece("a", on="2025-02-01T03:00:00Z", jp=None, repeats=Repeats.NEVER)
    short = piece("b", on="2025-03-01T03:00:00Z", jp=None, minutes=20, repeats=Repeats.NEVER)
    long = piece("c", on="2025-04-01T03:00:00Z", jp=None, minutes=90, repeats=Repeats.NEVER)
    lines = ledger([silent, short, long], RULES)
    assert [line.uncounted for line in lines] == [Uncounted.NO_HOURS, Uncounted.TOO_SHORT, None]
    full = piece("d", on="2025-01-01T03:00:00Z", activity="other", jp="10")
    over = piece("e", on="2025-05-01T03:00:00Z", jp="4", repeats=Repeats.NEVER)
    again = piece("f", on="2026-05-01T03:00:00Z", jp="4", repeats=Repeats.NEVER)
    capped = ledger([full, over, again], with_hours(rule(per_year=10)))
    assert [line.jp for line in capped] == [Decimal(10), Decimal(0), Decimal(4)]


def test_the_rule_that_names_the_kind_goes_before_the_one_for_all_and_the_newer_before_the_older() -> None:
    rules = with_hours(
        rule(HoursBasis.CATALOGUE, from_year=2020),
        rule(HoursBasis.DURATION, kinds=E_LEARNING),
        rule(HoursBasis.DURATION, kinds=E_LEARNING, from_year=2026, rounding=Rounding(Decimal(1), RoundingMode.UP)),
    )
    minutes = {"2019": "1", "2025": "1", "2026": "2"}
    for year, jp in minutes.items():
        (line,) = ledger([piece("a", on=f"{year}-05-05T03:00:00Z", jp="7", minutes=60)], rules)
        assert line.jp == Decimal(jp)
    (seminar,) = ledger([piece("a", on="2025-05-05T03:00:00Z", jp="7", minutes=60, kind=SEMINAR)], rules)
    assert seminar.jp == Decimal(7)
    (before,) = ledger([piece("a", on="2019-05-05T03:00:00Z", jp="7", kind=SEMINAR)], rules)
    assert (before.uncounted, before.rule) == (Uncounted.NO_HOURS, "hours-unruled/1")
    assert "Seminar count in 2019" in before.why


def test_before_a_jp_had_a_length_time_counts_nothing() -> None:
    (line,) = ledger([piece("a", on="2015-05-05T03:00:00Z", jp=None, minutes=90)], RULES)
    assert (line.uncounted, line.basis) == (Uncounted.NO_HOURS, Basis.NONE)
    assert "2015" in line.why
