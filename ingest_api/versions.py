"""Which version of xAPI a request speaks. One entry per family; the rest of the API never compares version strings.

Source: xAPI 1.0.3, Communication 3.3 (Versioning).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.rulesets import V1_0_3, RuleSet
from xapi.errors import InvalidRequest

HEADER = "X-Experience-API-Version"


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """A family of versions: what a request may write, what the answer says, the rules for statements."""

    accepts: re.Pattern[str]
    answers: str
    rules: RuleSet


VERSIONS = (ApiVersion(re.compile(r"1\.0(?:\.(?:0|[1-9][0-9]{0,3}))?"), "1.0.3", V1_0_3),)
DEFAULT = VERSIONS[0]
"""What an answer to a request without a (usable) version says."""

SUPPORTED = tuple(version.answers for version in VERSIONS)


def negotiate(header: str | None) -> ApiVersion:
    """The version of a request. Raises InvalidRequest when the header is missing or names no supported version."""
    supported = " or ".join(SUPPORTED)
    if header is None:
        raise InvalidRequest(f"the header {HEADER} is missing; send {HEADER}: {supported}")
    for version in VERSIONS:
        if version.accepts.fullmatch(header.strip()):
            return version
    raise InvalidRequest(f"the header {HEADER} names a version that is not supported here; send {HEADER}: {supported}")
