"""Which entry of the catalogue an activity belongs to."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.catalogue import CatalogueEntry, DefinitionMatch
from competency.globs import Globs
from competency.matching import Catalogue
from tests.unit.competency.making import ENTRY

COURSE_TYPE = "http://adlnet.gov/expapi/activities/course"
CODE = "https://lms.example/x/code"


def entry(entry_id: str, *, ids: tuple[str, ...] = (), patterns: tuple[str, ...] = (), **definition: Any) -> CatalogueEntry:
    definitions = (DefinitionMatch(**definition),) if definition else ()
    return replace(ENTRY, id=entry_id, activity_ids=ids, patterns=patterns, definitions=definitions)


def found(entries: list[CatalogueEntry], activity_id: str, definition: dict[str, Any] | None = None) -> str | None:
    one = Catalogue(entries).find(activity_id, definition)
    return None if one is None else one.id


@pytest.mark.parametrize(
    ("pattern", "activity_id", "meets"),
    [
        ("https://lms.example/*", "https://lms.example/a/b?c=d#e", True),
        ("https://lms.example/*", "https://lms.example/", True),
        ("https://lms.example/*", "https://LMS.example/a", False),
        ("*/integritas", "https://lms.example/integritas", True),
        ("*/integritas", "https://lms.example/integritas/2", False),
        ("https://*.example/*/2025*", "https://a.example/x/y/2025-1", True),
        ("https://*.example/*/2025*", "https://a.example/x/y/2024-1", False),
        ("https://lms.example/c.urse/*", "https://lms.example/course/1", False),
        ("https://lms.example/a*a", "https://lms.example/a", False),
        ("*a*b*", "xxbxxa", False),
        ("*a*a", "xaxa", True),
        ("a*a*b", "a-a-a-b", True),
        ("*", "anything:at-all", True),
        ("https://lms.example/**/z", "https://lms.example//z", True),
    ],
)
def test_a_star_stands_for_anything_and_nothing_else_does(pattern: str, activity_id: str, meets: bool) -> None:
    assert (found([entry("e", patterns=(pattern,))], activity_id) == "e") is meets


def test_the_exact_id_wins_over_a_pattern_and_a_pattern_over_a_definition() -> None:
    exact = entry("z", ids=("https://lms.example/1",))
    pattern = entry("y", patterns=("https://lms.example/*",))
    definition = entry("x", type=COURSE_TYPE)
    everything = [definition, pattern, exact]
    told = {"type": COURSE_TYPE}
    assert found(everything, "https://lms.example/1", told) == "z"
    assert found(everything, "https://lms.example/2", told) == "y"
    assert found(everything, "https://elsewhere.example/1", told) == "x"
    assert found(everything, "https://elsewhere.example/1") is None


def test_of_patterns_the_one_with_the_most_literal_text_wins_then_the_smallest_entry_id() -> None:
    entries = [
        entry("a", patterns=("https://lms.example/*",)),
        entry("b", patterns=("https://lms.example/2025/*",)),
        entry("c", patterns=("*/2025/leadership/final-exam*",)),
        entry("e", patterns=("https://lms.example/2025/x*y",)),
        entry("d", patterns=("https://lms.example/2025/*xy",)),
    ]
    assert found(entries, "https://lms.example/2024/1") == "a"
    assert found(entries, "https://lms.example/2025/1") == "b"
    assert found(entries, "https://lms.example/2025/leadership/final-exam/3") == "c"
    assert found(entries, "https://lms.example/2025/xy") == "d"


@pytest.mark.parametrize(
    ("wanted", "told", "meets"),
    [
        ({"type": COURSE_TYPE}, {"type": COURSE_TYPE, "name": {"id": "Apa saja"}}, True),
        ({"type": COURSE_TYPE}, {"type": COURSE_TYPE + "s"}, False),
        ({"type": COURSE_TYPE}, {"name": {"id": "x"}}, False),
        ({"name": "Seminar *"}, {"name": {"en": "Meeting", "id": "SEMINAR nasional"}}, True),
        ({"name": "straße"}, {"name": {"de": "STRASSE"}}, True),
        ({"name": "seminar"}, {"name": {"id": "Seminar nasional"}}, False),
        ({"name": "Seminar *"}, {}, False),
        ({"name": "Seminar *", "type": COURSE_TYPE}, {"name": {"id": "Seminar A"}, "type": COURSE_TYPE}, True),
        ({"name": "Seminar *", "type": COURSE_TYPE}, {"name": {"id": "Seminar A"}}, False),
        ({"extensions": ((CODE, "K-7"),)}, {"extensions": {CODE: "K-7", "https://x.example/y": [1]}}, True),
        ({"extensions": ((CODE, "K-7"),)}, {"extensions": {CODE: "k-7"}}, False),
        ({"extensions": ((CODE, "7"),)}, {"extensions": {CODE: 7}}, True),
        ({"extensions": ((CODE, "7"),)}, {"extensions": {CODE: 7.0}}, True),
        ({"extensions": ((CODE, "7.5"),)}, {"extensions": {CODE: 7.5}}, True),
        ({"extensions": ((CODE, "true"),)}, {"extensions": {CODE: True}}, True),
        ({"extensions": ((CODE, "1"),)}, {"extensions": {CODE: True}}, False),
        ({"extensions": ((CODE, "None"),)}, {"extensions": {CODE: None}}, False),
        ({"extensions": ((CODE, "1"), ("https://x.example/b", "2"))}, {"extensions": {CODE: 1}}, False),
        ({"extensions": ((CODE, "1"),), "name": "*x*"}, {"extensions": {CODE: 1}, "name": {"id": "axb"}}, True),
        ({"extensions": ((CODE, "1"),), "name": "*x*"}, {"extensions": {CODE: 1}, "name": {"id": "ab"}}, False),
        ({"extensions": ((CODE, "1"),), "type": COURSE_TYPE}, {"extensions": {CODE: 1}}, False),
    ],
)
def test_everything_that_a_definition_says_must_hold(wanted: dict[str, Any], told: dict[str, Any], meets: bool) -> None:
    assert (found([entry("e", **wanted)], "https://lms.example/1", told) == "e") is meets


def test_of_definitions_the_one_with_the_most_conditions_wins_then_the_smallest_entry_id() -> None:
    told = {"type": COURSE_TYPE, "name": {"id": "Seminar A"}, "extensions": {CODE: "1"}}
    entries = [
        entry("f", type=COURSE_TYPE),
        entry("e", name="seminar*"),
        entry("d", name="*a"),
        entry("c", type=COURSE_TYPE, name="seminar*"),
        entry("b", extensions=((CODE, "1"),)),
        entry("a", extensions=((CODE, "1"),), name="x*"),
    ]
    assert found(entries, "https://x.example/1", told) == "c"
    assert found([one for one in entries if one.id != "c"], "https://x.example/1", told) == "b"
    assert found([one for one in entries if one.id not in "bc"], "https://x.example/1", told) == "d"


def test_a_definition_without_conditions_matches_nothing() -> None:
    nothing = replace(ENTRY, id="e", activity_ids=(), definitions=(DefinitionMatch(),))
    assert found([nothing], "https://x.example/1", {"type": COURSE_TYPE, "name": {"id": "a"}}) is None


def test_entries_are_known_by_id() -> None:
    one = entry("e", ids=("https://lms.example/1",))
    assert Catalogue([one]).by_id == {"e": one}


globs = st.text(alphabet="ab*/", min_size=1, max_size=6)


@given(patterns=st.lists(globs, max_size=8), text=st.text(alphabet="ab/", max_size=8))
def test_the_first_pattern_that_matches_is_found_whatever_the_beginnings(patterns: list[str], text: str) -> None:
    plain = [one for one in patterns if re.fullmatch(".*".join(map(re.escape, one.split("*"))), text)]
    assert Globs((one, one) for one in patterns).find(text) == next(iter(plain), None)


@given(order=st.randoms(use_true_random=False), text=st.text(alphabet="ab/", max_size=6))
def test_the_order_of_the_entries_does_not_matter(order: random.Random, text: str) -> None:
    entries = [entry(f"e{n}", patterns=(one,)) for n, one in enumerate(["a*", "*b", "a*b", "*", "ab*", "*ab"])]
    shuffled = order.sample(entries, len(entries))
    assert found(shuffled, text) == found(entries, text)


def test_a_text_that_almost_meets_many_stars_is_refused_at_once() -> None:
    hostile = "*a" * 40 + "*b"
    assert found([entry("e", patterns=(hostile,))], "a" * 20_000) is None
