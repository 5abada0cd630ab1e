"""What finishes an activity, as a table: catalogue's rule, verb, result -> finished or not."""

from __future__ import annotations

from typing import Any

import pytest

from competency.catalogue import FinishRule
from competency.finishing import missing_for
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


@pytest.mark.parametrize(("verb", "result", "finished"), CASES)
def test_each_rule_wants_what_its_sentence_says(verb: str, result: dict[str, Any] | None, finished: str) -> None:
    told = statement(verb) if result is None else statement(verb, result=result)
    assert [rule.value for rule in FinishRule if missing_for(rule, told) is None] == finished.split()


def test_a_verb_that_only_ends_alike_is_another_verb() -> None:
    other = statement() | {"verb": {"id": "https://lms.example/verbs/completed"}}
    assert missing_for(FinishRule.COMPLETED, other) is not None


def test_what_is_missing_is_said_of_both_halves() -> None:
    missing = missing_for(FinishRule.BOTH, statement("launched"))
    assert missing is not None
    assert "completion" in missing
    assert "success" in missing
