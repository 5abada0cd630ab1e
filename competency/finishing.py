"""When a statement says that an activity is finished. Pure.

Sources: xAPI 1.0.3, Data 2.4.3 (verb) and 2.4.5 (result); which rule an activity has is the catalogue's choice.

A statement that contradicts itself proves nothing, and the contradiction always wins:

- the verb `failed` finishes nothing, whatever the result says: a partner that means "completed all the same" sends `completed`;
- `completion: false` denies completion and attendance, `success: false` denies passing;
- `both` wants both in one statement; `either` is satisfied by whichever of the two is not denied.

Where the catalogue wants a minimal score, the statement that finishes the activity must say it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from competency.catalogue import FinishRule
from competency.testimony import Testimony

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
PASSED = "http://adlnet.gov/expapi/verbs/passed"
FAILED = "http://adlnet.gov/expapi/verbs/failed"
ATTENDED = "http://adlnet.gov/expapi/verbs/attended"


def missing_for(finish: FinishRule, told: Testimony, min_score: Decimal | None = None) -> str | None:
    """What a valid statement lacks to finish an activity under a rule; None when it finishes it.

    `min_score`: the least scaled score (-1 to 1) that the same statement must say as well; see `scaled_score`.
    """
    verb, result = told.verb.id, told.result
    completion = success = score = None
    if result is not None:
        completion, success, score = result.completion, result.success, result.score
    lacking = _missing(finish, verb, _said(completion), _said(success))
    if min_score is None or verb == FAILED:
        return lacking
    return "; ".join(reason for reason in (lacking, _score_too_low(score, min_score)) if reason is not None) or None


def scaled_score(score: Mapping[str, Any] | None) -> Decimal | None:
    """A result's score from -1 to 1 (Data 2.4.5.1): `scaled`; where that is not given, (raw - min) / (max - min), provided that all
    three are there and max is greater than min; else None."""
    if not score:
        return None
    if "scaled" in score:
        return Decimal(str(score["scaled"]))
    if not {"raw", "min", "max"} <= score.keys():
        return None
    raw, least, most = (Decimal(str(score[name])) for name in ("raw", "min", "max"))
    return (raw - least) / (most - least) if most > least else None


def _score_too_low(said: Mapping[str, Any] | None, min_score: Decimal) -> str | None:
    score = scaled_score(said)
    if score is None:
        return f"result.score has neither scaled nor raw with min and max; a scaled score of at least {min_score} is wanted"
    return None if score >= min_score else f"its scaled score is {score:.4g}, below the {min_score} that are wanted"


def _said(value: Any) -> bool | None:
    return value if value is True or value is False else None


@lru_cache(maxsize=4096)
def _missing(finish: FinishRule, verb: str, completion: bool | None, success: bool | None) -> str | None:
    if verb == FAILED:
        return "the verb is failed"
    not_completed = _not_completed(verb, completion)
    not_passed = _not_passed(verb, success)
    match finish:
        case FinishRule.COMPLETED:
            return not_completed
        case FinishRule.PASSED:
            return not_passed
        case FinishRule.BOTH:
            lacking = [reason for reason in (not_completed, not_passed) if reason is not None]
            return "; ".join(lacking) or None
        case FinishRule.EITHER:
            return None if not_completed is None or not_passed is None else f"{not_completed}; {not_passed}"
        case FinishRule.ATTENDED:
            return _not_attended(verb, completion)


def _not_completed(verb: str, completion: bool | None) -> str | None:
    if completion is False:
        return "result.completion is false"
    if completion is True or verb == COMPLETED:
        return None
    return f"neither is the verb {COMPLETED} nor result.completion true"


def _not_passed(verb: str, success: bool | None) -> str | None:
    if success is False:
        return "result.success is false"
    if success is True or verb == PASSED:
        return None
    return f"neither is the verb {PASSED} nor result.success true"


def _not_attended(verb: str, completion: bool | None) -> str | None:
    if completion is False:
        return "result.completion is false"
    return None if verb == ATTENDED else f"the verb is not {ATTENDED}"
