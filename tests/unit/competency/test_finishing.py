"""What finishes an activity, as a table: catalogue's rule, verb, result -> finished or not."""

from __future__ import annotations

from typing import Any

import pytest

from competency.catalogue import FinishRule
from competency.finishing import missing_for
from tests.unit.competency.making import statement

DONE, NOT_DONE = {"completion": True}, {"completion": False}
WON, LOST = {"success": True}, {"success": False}

YES, NO = True, False
CASES: list[tuple[str, dict[str, Any] | None, dict[str, bool]]] = [
    # verb, result                         completed  passed   both   either  attended
    ("completed", None, dict(completed=YES, passed=NO, both=NO, either=YES, attended=NO)),
    ("completed", DONE, dict(completed=YES, passed=NO, both=NO, either=YES, attended=NO)),
    ("completed", NOT_DONE, dict(completed=NO, passed=NO, both=NO, either=NO, attended=NO)),
    ("completed", WON, dict(completed=YES, passed=YES, both=YES, either=YES, attended=NO)),
    ("completed", LOST, dict(completed=YES, passed=NO, both=NO, either=YES, attended=NO)),
    ("completed", NOT_DONE | WON, dict(completed=NO, passed=YES, both=NO, either=YES, attended=NO)),
    ("passed", None, dict(completed=NO, passed=YES, both=NO, either=YES, attended=NO)),
    ("passed", DONE, dict(completed=YES, passed=YES, both=YES, either=YES, attended=NO)),
    ("passed", NOT_DONE, dict(completed=NO, passed=YES, both=NO, either=YES, attended=NO)),
    ("passed", LOST, dict(completed=NO, passed=NO, both=NO, either=NO, attended=NO)),
    ("failed", DONE | WON, dict(completed=NO, passed=NO, both=NO, either=NO, attended=NO)),
    ("failed", DONE, dict(completed=NO, passed=NO, both=NO, either=NO, attended=NO)),
    ("attended", None, dict(completed=NO, passed=NO, both=NO, either=NO, attended=YES)),
    ("attended", NOT_DONE, dict(completed=NO, passed=NO, both=NO, either=NO, attended=NO)),
    ("attended", DONE, dict(completed=YES, passed=NO, both=NO, either=YES, attended=YES)),
    ("scored", {"score": {"scaled": 1}}, dict(completed=NO, passed=NO, both=NO, either=NO, attended=NO)),
    ("scored", DONE | WON, dict(completed=YES, passed=YES, both=YES, either=YES, attended=NO)),
    ("launched", None, dict(completed=NO, passed=NO, both=NO, either=NO, attended=NO)),
]


@pytest.mark.parametrize(("verb", "result", "finished"), CASES)
def test_each_rule_wants_what_its_sentence_says(verb: str, result: dict[str, Any] | None, finished: dict[str, bool]) -> None:
    told = statement(verb) if result is None else statement(verb, result=result)
    assert {rule.value: missing_for(rule, told) is None for rule in FinishRule} == finished


def test_a_verb_that_only_ends_alike_is_another_verb() -> None:
    other = statement(verb={"id": "https://lms.example/verbs/completed"})
    assert missing_for(FinishRule.COMPLETED, other) is not None


def test_what_is_missing_is_said_of_both_halves() -> None:
    missing = missing_for(FinishRule.BOTH, statement("launched"))
    assert missing is not None
    assert "completion" in missing
    assert "success" in missing
