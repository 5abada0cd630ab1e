"""What finishes an activity, as a table: catalogue's rule, verb, result -> finished or not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from competency.catalogue import FinishRule
from competency.finishing import missing_for, scaled_score
from competency.testimony import told_of
from tests.unit.competency.making import statement

DONE, NOT_DONE = {"completion": True}, {"completion": False}
WON, LOST = {"success": True}, {"success": False}

CASES: list[tuple[str, dict[str, Any] | None, str]] = [
    # verb, result, the catalogue's rules under which it finishes the activity
    ("completed", None, "completed either"),
    ("completed", DONE, "completed either"),
    ("completed", NOT_DONE, ""),
    ("completed", WON, "completed passed both either"),
    ("completed", LOST, "completed either"),
    ("completed", NOT_DONE | WON, "passed either"),
    ("passed", None, "passed either"),
    ("passed", DONE, "completed passed both either"),
    ("passed", NOT_DONE, "passed either"),
    ("passed", LOST, ""),
    ("failed", DONE | WON, ""),
    ("failed", DONE, ""),
    ("attended", None, "attended"),
    ("attended", NOT_DONE, ""),
    ("attended", DONE, "completed either attended"),
    ("scored", {"score": {"scaled": 1}}, ""),
    ("scored", DONE | WON, "completed passed both either"),
    ("launched", None, ""),
]


def _missing(rule: FinishRule, said: dict[str, Any], min_score: Decimal | None = None) -> str | None:
    return missing_for(rule, told_of(said), min_score)


@pytest.mark.parametrize(("verb", "result", "finished"), CASES)
def test_each_rule_wants_what_its_sentence_says(verb: str, result: dict[str, Any] | None, finished: str) -> None:
    told = statement(verb) if result is None else statement(verb, result=result)
    assert [rule.value for rule in FinishRule if _missing(rule, told) is None] == finished.split()


def test_a_verb_that_only_ends_alike_is_another_verb() -> None:
    other = statement() | {"verb": {"id": "https://lms.example/verbs/completed"}}
    assert _missing(FinishRule.COMPLETED, other) is not None


def test_what_is_missing_is_said_of_both_halves() -> None:
    missing = _missing(FinishRule.BOTH, statement("launched"))
    assert missing is not None
    assert "completion" in missing
    assert "success" in missing


SCORES: list[tuple[dict[str, Any], str | None]] = [
    # result.score, what it is scaled
    ({"scaled": 0.7}, "0.7"),
    ({"scaled": -0.5, "raw": 90, "min": 0, "max": 100}, "-0.5"),
    ({"raw": 70, "min": 0, "max": 100}, "0.7"),
    ({"raw": 2, "min": 1, "max": 5}, "0.25"),
    ({"raw": 70, "max": 100}, None),
    ({"raw": 70, "min": 0}, None),
    ({"min": 0, "max": 100}, None),
    ({"raw": 5, "min": 5, "max": 5}, None),
    ({}, None),
]


@pytest.mark.parametrize(("score", "scaled"), SCORES)
def test_a_score_is_scaled_or_lies_between_both_bounds(score: dict[str, Any], scaled: str | None) -> None:
    assert scaled_score(score) == (None if scaled is None else Decimal(scaled))


@pytest.mark.parametrize(
    ("result", "missing"),
    [
        ({"score": {"scaled": 0.7}}, None),
        ({"score": {"scaled": 1}}, None),
        ({"score": {"raw": 70, "min": 0, "max": 100}}, None),
        ({"score": {"scaled": 0.69}}, "its scaled score is 0.69, below the 0.7 that are wanted"),
        ({"score": {"raw": 70}}, "neither scaled nor raw with min and max; a scaled score of at least 0.7 is wanted"),
        ({}, "neither scaled nor raw with min and max; a scaled score of at least 0.7 is wanted"),
    ],
)
def test_a_minimal_score_is_wanted_in_the_statement_that_finishes(result: dict[str, Any], missing: str | None) -> None:
    found = _missing(FinishRule.PASSED, statement("passed", result=result), Decimal("0.7"))
    assert found == missing or (found is not None and missing is not None and found.endswith(missing))


def test_a_score_is_not_enough_by_itself_and_both_lacks_are_said() -> None:
    good, bad = {"score": {"scaled": 0.9}}, {"score": {"scaled": 0.1}}
    alone = _missing(FinishRule.PASSED, statement("scored", result=good), Decimal("0.7"))
    assert alone is not None
    assert "success" in alone
    assert "score" not in alone
    neither = _missing(FinishRule.PASSED, statement("scored", result=bad), Decimal("0.7"))
    assert neither is not None
    assert "success" in neither
    assert "scaled score is 0.1" in neither


def test_failed_stays_failed_however_high_the_score() -> None:
    assert _missing(FinishRule.PASSED, statement("failed", result={"score": {"scaled": 1}}), Decimal("0.1")) == "the verb is failed"
