"""The dimension kompetensi of the Indeks Profesionalitas ASN, in the words of the regulation's table."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from competency.catalogue import Repeats
from competency.directory import PostKind
from competency.evidence import Evidence
from competency.hours import ledger
from competency.index import Index, index_of
from competency.regulation import Mark
from competency.rules import RulesFileError, parse_rules
from tests.unit.competency.making import POST, RULES, piece
from tests.unit.competency.profiles import built, days, several

TODAY = date(2025, 11, 24)
DATA = files("competency").joinpath("data")
PIM, FUNCTIONAL, TECHNICAL, WORKSHOP, SEMINAR, E_LEARNING = "1", "2", "3", "4", "9", "16"


def index(evidence: list[Evidence], kind: PostKind = PostKind.STRUKTURAL, on: date = TODAY) -> Index:
    table = RULES.index_table(kind, on.year)
    assert table is not None
    return index_of(ledger(evidence, RULES), table, on)


def learnt(kind: str, jp: str | None = "20", on: str = "2025-06-01", name: str = "", **changes: Any) -> Evidence:
    name = name or f"{kind}-{jp}-{on}"
    return piece(name, activity=name, kind=kind, jp=jp, on=f"{on}T03:00:00Z", **changes)


PIM_ONCE, TECHNICAL_20, SEMINAR_ONCE = learnt(PIM, "300", "2009-05-01"), learnt(TECHNICAL), learnt(SEMINAR, "4")


@pytest.mark.parametrize(
    ("post", "evidence", "score"),
    [
        (PostKind.STRUKTURAL, [], "0"),
        (PostKind.STRUKTURAL, [PIM_ONCE], "15"),
        (PostKind.STRUKTURAL, [TECHNICAL_20], "15"),
        (PostKind.STRUKTURAL, [SEMINAR_ONCE], "10"),
        (PostKind.STRUKTURAL, [PIM_ONCE, TECHNICAL_20, SEMINAR_ONCE], "40"),
        (PostKind.FUNGSIONAL, [PIM_ONCE, TECHNICAL_20, SEMINAR_ONCE], "25"),
        (PostKind.FUNGSIONAL, [learnt(FUNCTIONAL), TECHNICAL_20, SEMINAR_ONCE], "40"),
        (PostKind.PELAKSANA, [PIM_ONCE, learnt(FUNCTIONAL)], "0"),
        (PostKind.PELAKSANA, [TECHNICAL_20], "22.5"),
        (PostKind.PELAKSANA, [learnt(WORKSHOP, "2")], "17.5"),
        (PostKind.PELAKSANA, [TECHNICAL_20, SEMINAR_ONCE], "40"),
    ],
)
def test_each_component_gives_its_weight_by_the_kind_of_post(post: PostKind, evidence: list[Evidence], score: str) -> None:
    assert index(evidence, post).score == Decimal(score)


def test_the_weights_of_every_kind_of_post_add_up_to_40() -> None:
    for kind in PostKind:
        table = RULES.index_table(kind, 2026)
        assert table is not None
        assert table.total == sum(one.weight for one in table.components) == 40
        assert table.mark is Mark.UNVERIFIED
        assert RULES.index_table(kind, 2017) is None


@pytest.mark.parametrize(
    ("sentence", "evidence", "score"),
    [
        ("20 JP may come from several trainings", [learnt(TECHNICAL, "12"), learnt(E_LEARNING, "8")], 15),
        ("19 JP are too little", [learnt(TECHNICAL, "12"), learnt(E_LEARNING, "7")], 0),
        ("a year ago to the day is too old", [learnt(TECHNICAL, on="2024-11-24")], 0),
        ("a year ago less a day counts", [learnt(TECHNICAL, on="2024-11-25")], 15),
        ("seminars are no technical training", [learnt(SEMINAR, "40")], 10),
        ("a seminar within two years counts", [learnt(SEMINAR, "1", on="2023-11-25")], 10),
        ("a seminar two years ago to the day is too old", [learnt(SEMINAR, "1", on="2023-11-24")], 0),
        ("a seminar of unknown length is one", [learnt(SEMINAR, None)], 10),
        (
            "hours that do not count in the ledger do not count here",
            [learnt(TECHNICAL, "12", name="t"), piece("again", activity="t", kind=TECHNICAL, jp="12", on="2025-07-01T03:00:00Z")],
            0,
        ),
    ],
)
def test_what_reaches_a_component(sentence: str, evidence: list[Evidence], score: int) -> None:
    assert index(evidence).score == score, sentence


def test_what_is_missing_is_told_in_words_and_numbers() -> None:
    technical, seminar = index([learnt(TECHNICAL, "7.5")], PostKind.PELAKSANA).components
    assert (technical.jp, technical.missing_jp, technical.reached) == (Decimal("7.5"), Decimal("12.5"), False)
    assert technical.missing == "12.5 JP more of technical training (diklat teknis): 7.5 of 20 JP within 12 months"
    assert (seminar.missing, seminar.missing_jp) == ("one seminar, workshop and the like within 24 months", None)
    leadership = index([]).components[0]
    assert leadership.missing == "one leadership training (diklat kepemimpinan)"
    assert [one.missing for one in index([TECHNICAL_20, SEMINAR_ONCE], PostKind.PELAKSANA).components] == [None, None]


def test_a_component_says_when_it_lapses() -> None:
    evidence = [learnt(TECHNICAL, "12", "2025-02-01"), learnt(TECHNICAL, "12", "2025-05-01"), learnt(TECHNICAL, "8", "2025-09-01")]
    leadership, technical, seminar = index([PIM_ONCE, *evidence, learnt(SEMINAR, "4", "2025-03-01"), SEMINAR_ONCE]).components
    assert (leadership.reached, leadership.lapses_on) == (True, None)
    assert technical.lapses_on == date(2026, 5, 1)  # 32 JP, then 20, then 8
    assert seminar.lapses_on == date(2027, 6, 1)
    assert index(evidence).components[0].lapses_on is None


def test_an_employee_without_a_post_has_no_index() -> None:
    assert built([TECHNICAL_20], post=None).index is None


def test_a_profile_shows_the_components_with_the_statements_and_the_table_they_go_by() -> None:
    found = built([TECHNICAL_20, SEMINAR_ONCE], post=replace(POST, kind=PostKind.PELAKSANA), as_of=TODAY).index
    assert found is not None
    assert found.score == found.total == 40
    assert (found.from_year, found.mark, found.rule) == (2018, "unverified", "index-kompetensi/1")
    technical = found.components[0]
    assert (technical.id, technical.weight, technical.score, technical.needed_jp, technical.months) == (
        "technical",
        Decimal("22.5"),
        Decimal("22.5"),
        Decimal(20),
        12,
    )
    assert technical.statement_ids == (TECHNICAL_20.statement_id,)
    (line,) = technical.lines
    assert (line.catalogue_id, line.catalogue_version, line.kind, line.leaves_on) == (
        TECHNICAL_20.catalogue_id,
        1,
        "Diklat Teknis",
        date(2026, 6, 1),
    )


@given(several, st.sampled_from(PostKind), days)
def test_a_component_stays_reached_until_it_lapses_and_no_longer(evidence: list[Evidence], kind: PostKind, on: date) -> None:
    by_then = [structs.replace(one, repeats=Repeats.YEARLY) for one in evidence if one.finished_on <= on]
    for place, result in enumerate(index(by_then, kind, on).components):
        if result.lapses_on is not None:
            assert on < result.lapses_on
            assert index(by_then, kind, date.fromordinal(result.lapses_on.toordinal() - 1)).components[place].reached
            assert not index(by_then, kind, result.lapses_on).components[place].reached
        assert result.reached == (result.missing is None)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda table: table["posts"]["pelaksana"][0].update(weight=20), "add up to 37.5"),
        (lambda table: table["posts"]["pelaksana"][0].update(kinds=["99"]), "technical.kinds: 99: no such jenis diklat"),
        (lambda table: table["posts"]["pelaksana"][0].update(min_jp=0), "min_jp"),
        (lambda table: table["posts"]["pelaksana"][0].update(months=0), "months"),
        (lambda table: table["posts"]["pelaksana"][1].update(id="technical"), "technical is there already"),
        (lambda table: table["posts"].update(direktur=[]), "direktur"),
        (lambda table: table.pop("source"), "source"),
    ],
)
def test_a_doubtful_table_is_refused_saying_where(change: Callable[[dict[str, Any]], object], complaint: str) -> None:
    document = json.loads(DATA.joinpath("rules.json").read_bytes())
    change(document["index"][0])
    with pytest.raises(RulesFileError, match=complaint):
        parse_rules(json.dumps(document).encode(), DATA.joinpath("jenis-diklat.json").read_bytes())


def test_every_kind_of_training_belongs_to_one_component_at_most() -> None:
    for kind in PostKind:
        table = RULES.index_table(kind, 2026)
        assert table is not None
        named = [code for component in table.components for code in component.kinds]
        assert len(named) == len(set(named))
