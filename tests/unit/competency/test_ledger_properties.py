"""What holds of every ledger, whatever the evidence."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from competency.catalogue import CountsPer, Repeats
from competency.evidence import Evidence
from competency.hours import HourLine, calendar_years, contract_years, ledger
from competency.regulation import Rules
from tests.unit.competency.making import PPPK, RULES, SPACE, piece

TODAY = date(2025, 6, 30)
CAPPED = replace(
    RULES, hours_rules=tuple(replace(rule, cap_per_item=Decimal(6), cap_per_year=Decimal(10)) for rule in RULES.hours_rules)
)
DURATIONS: list[dict[str, Any]] = [
    *({"minutes": minutes} for minutes in (None, 10, 45, 3_000)),
    *({"duration": text} for text in ("PT1H40M", "P2D", "P1DT2H", "P1M", "P31D")),
]
"""As older programs kept them, and as they are kept."""
rulebooks = st.sampled_from([RULES, CAPPED])


@st.composite
def histories(draw: st.DrawFn) -> list[Evidence]:
    """Some trainings, each finished at some full hours of a few days around two New Years, with and without hours and durations."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        activity = draw(st.sampled_from("abc"))
        day = draw(st.sampled_from(["2023-12-31", "2024-01-01", "2024-06-30", "2024-07-01", "2024-12-31", "2025-01-01"]))
        found.append(
            piece(
                f"s{number}",
                of=PPPK,
                on=f"{day}T{draw(st.integers(0, 23)):02}:00:00Z",
                jp=draw(st.sampled_from([None, "2", "4.5", "8"])),
                **draw(st.sampled_from(DURATIONS)),
                activity=activity,
                entry="c" if activity == "c" else draw(st.sampled_from(["a", "b"])),
                kind=draw(st.sampled_from(["9", "16"])),
                repeats=Repeats.NEVER if activity == "a" else Repeats.YEARLY,
                counts_per=CountsPer.ACTIVITY if activity == "c" else CountsPer.ENTRY,
            )
        )
    return found


def totals(lines: Sequence[HourLine]) -> dict[int, Decimal]:
    return {tally.number: tally.jp for tally in calendar_years(PPPK, lines, RULES, TODAY)}


def twin(one: Evidence, number: int, later_ms: int = 0) -> Evidence:
    """The same completion under another statement id."""
    return structs.replace(one, statement_id=uuid5(SPACE, f"twin {number}"), finished_at_ms=one.finished_at_ms + later_ms)


@given(evidence=histories(), order=st.randoms(use_true_random=False), rules=rulebooks)
def test_order_and_redelivery_change_nothing(evidence: list[Evidence], order: random.Random, rules: Rules) -> None:
    again = evidence + order.choices(evidence, k=len(evidence)) if evidence else []
    order.shuffle(again)
    assert ledger(again, rules) == ledger(evidence, rules)


@given(evidence=histories(), order=st.randoms(use_true_random=False), rules=rulebooks)
def test_how_the_evidence_was_split_into_deliveries_changes_nothing(
    evidence: list[Evidence], order: random.Random, rules: Rules
) -> None:
    deliveries: list[list[Evidence]] = [[], [], []]
    for one in evidence:
        for delivery in order.sample(deliveries, order.randint(1, 3)):
            delivery.append(one)
    assert ledger([one for delivery in deliveries for one in delivery], rules) == ledger(evidence, rules)


@given(evidence=histories(), order=st.randoms(use_true_random=False), rules=rulebooks)
def test_a_completion_sent_again_under_another_id_changes_no_total(
    evidence: list[Evidence], order: random.Random, rules: Rules
) -> None:
    if evidence:
        copies = [twin(one, number, order.choice([0, 16, 60_000])) for number, one in enumerate(evidence) if order.random() < 0.7]
        before, after = ledger(evidence, rules), ledger(evidence + copies, rules)
        assert totals(after) == totals(before)
        assert len(after) == len(before)


@given(evidence=histories(), rules=rulebooks)
def test_every_statement_is_in_exactly_one_line(evidence: list[Evidence], rules: Rules) -> None:
    lines = ledger(evidence, rules)
    told = [statement_id for line in lines for statement_id in line.statement_ids]
    assert sorted(told) == sorted({one.statement_id for one in evidence})


@given(evidence=histories(), rules=rulebooks)
def test_a_tally_is_the_sum_of_its_lines_and_every_line_says_why_and_by_which_rule(evidence: list[Evidence], rules: Rules) -> None:
    lines = ledger(evidence, rules)
    calendar, contract = calendar_years(PPPK, lines, rules, TODAY), contract_years(PPPK, lines, rules, TODAY)
    for tally in (*calendar, *contract):
        assert tally.jp == sum((line.jp for line in tally.lines if line.counted), Decimal(0))
        for line in tally.lines:
            assert tally.first_day <= line.evidence.finished_on <= tally.last_day
            assert Decimal(0) <= line.jp <= line.full_jp
            assert line.counted or line.jp == 0
            assert line.why
            assert line.rules
            assert set(line.rules) <= set(RULES.texts)
    assert [line for tally in calendar for line in tally.lines] == list(lines)
    of_contracts = [line.statement_ids for tally in contract for line in tally.lines]
    assert of_contracts == [line.statement_ids for line in lines if line.evidence.finished_on >= date(2023, 7, 1)]


@given(evidence=histories(), rules=rulebooks)
def test_the_same_thing_never_counts_twice_in_one_year(evidence: list[Evidence], rules: Rules) -> None:
    lines = ledger(evidence, rules)
    seen: set[tuple[int | None, str, str]] = set()
    for line in lines:
        one = line.evidence
        if line.counted:
            year = None if one.repeats is Repeats.NEVER and one.counts_per is CountsPer.ENTRY else line.year
            key = (year, one.catalogue_id, one.activity_id if one.counts_per is CountsPer.ACTIVITY else "")
            assert key not in seen
            seen.add(key)


@given(evidence=histories())
def test_within_the_caps_no_kind_has_more_than_its_share_of_a_year(evidence: list[Evidence]) -> None:
    used: dict[tuple[int, str], Decimal] = {}
    for line in ledger(evidence, CAPPED):
        key = (line.year, line.evidence.kind_id)
        used[key] = used.get(key, Decimal(0)) + line.jp
        assert line.jp <= 6
    assert all(jp <= 10 for jp in used.values())
