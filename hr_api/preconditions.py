"""If-Match and If-None-Match of a change (RFC 9110, 13.1): it is made of the version that the caller knows, or not at all.

An entity tag is the version (of rules the number) in quotes, as the reading answers it in `ETag`.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import ETags

from hr_api.errors import Refusal
from schemas.hr.document import Header

ETAG = Header("ETag", "The version, in quotes; send it as If-Match to change this version and no other", {"type": "string"})
IF_MATCH = Header("If-Match", 'Only if this version stands now, like "3"; else 412', {"type": "string"})
IF_NONE_MATCH = Header("If-None-Match", "`*`: only if there is none yet; else 412", {"type": "string"})
PRECONDITIONS = (IF_MATCH, IF_NONE_MATCH)


@dataclass(frozen=True, slots=True)
class Precondition:
    """What a caller takes for granted of what is to be replaced."""

    match: ETags | None = None
    none_match: ETags | None = None

    def check(self, version: int) -> None:
        """`version` is what stands now, 0 where there is nothing. Raises Refusal (412)."""
        self._check(version, exists=version > 0)

    def check_number(self, number: int) -> None:
        """As `check`, of what is always there and may have the number 0."""
        self._check(number, exists=True)

    def _check(self, version: int, *, exists: bool) -> None:
        if self.match is not None and not (exists and self.match.contains(str(version))):
            stands = f"version {version} stands now" if exists else "there is none"
            raise Refusal(412, f"{stands}, which is not what If-Match names: read it again and decide anew")
        if self.none_match is not None and exists and self.none_match.contains_weak(str(version)):
            raise Refusal(412, f"there is one already, of version {version}: read it, and send its version as If-Match")


def precondition() -> Precondition:
    """Of the request that is being answered."""
    return Precondition(
        request.if_match if "If-Match" in request.headers else None,
        request.if_none_match if "If-None-Match" in request.headers else None,
    )


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
