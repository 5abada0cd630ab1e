"""The versions of xAPI this endpoint speaks, each as one frozen object: whatever depends on the version is a member of it, and the
rest of the API never compares version strings.

Source: xAPI 1.0.3, Communication 3.3 (Versioning); IEEE 9274.1.1, 4.1.7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from schemas.rulesets import V1_0_3, V2_0, RuleSet
from xapi.documents import RULES_1_0_3, RULES_2_0, DocumentRules
from xapi.errors import InvalidRequest
from xapi.statement import Completion

HEADER = "X-Experience-API-Version"
_LONGEST = 20
_PATCH = r"(?:\.(?:0|[1-9][0-9]{0,3}))?"


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """A family of versions: what a request may write, what the answer says, and what is so in this family."""

    accepts: re.Pattern[str]
    answers: str
    """The latest patch of the family, which every answer names."""
    rules: RuleSet
    """What a statement must be."""
    completion: Completion
    """What the store adds to a statement or changes in it."""
    documents: DocumentRules
    """What a PUT of a document needs."""
    alternate_syntax: bool
    """Whether a POST may stand for another method (1.0.3, Communication 1.3; gone from IEEE 9274.1.1)."""


VERSIONS = (
    ApiVersion(
        accepts=re.compile(r"1\.0" + _PATCH),
        answers="1.0.3",
        rules=V1_0_3,
        completion=Completion(version="1.0.0", times_in_utc=False),
        documents=RULES_1_0_3,
        alternate_syntax=True,
    ),
    ApiVersion(
        accepts=re.compile(r"2\.0" + _PATCH),
        answers="2.0.0",
        rules=V2_0,
        completion=Completion(version="2.0.0", times_in_utc=True),
        documents=RULES_2_0,
        alternate_syntax=False,
    ),
)

SUPPORTED = tuple(version.answers for version in VERSIONS)


def named(answers: str) -> ApiVersion:
    """The entry that answers with this version; one of `SUPPORTED`."""
    return next(version for version in VERSIONS if version.answers == answers)


def recognise(header: str | None) -> ApiVersion | None:
    """The version that a request's header names, None where it names none of ours."""
    # All but a few requests write one of a few spellings, and those are short.
    return None if header is None else _recognised(header) if len(header) < _LONGEST else _look_up(header)


def _look_up(header: str) -> ApiVersion | None:
    text = header.strip()
    return next((version for version in VERSIONS if version.accepts.fullmatch(text)), None)


_recognised = lru_cache(maxsize=256)(_look_up)


def negotiate(header: str | None) -> ApiVersion:
    """The version of a request. Raises InvalidRequest when the header is missing or names no supported version."""
    version = recognise(header)
    if version is not None:
        return version
    wrong = "is missing" if header is None else "names a version that is not supported here"
    raise InvalidRequest(f"the header {HEADER} {wrong}; send {HEADER}: {' or '.join(SUPPORTED)}")
