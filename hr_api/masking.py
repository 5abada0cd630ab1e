"""NIPs within what statements say, such as an activity's id, are masked for everybody without the role `hr:nip`.

What is kept stays as it was said: the masking is done where it is answered.
"""

from __future__ import annotations

import re

from access.credentials import Role
from competency.nip import masked_within
from hr_api.resource import caller

_PERHAPS = re.compile(rb"[0-9]{8}(?:[ ._+-]|%20)?[0-9]{6}")
"""What every NIP begins with and hardly anything else: looked for first, for nearly no profile holds one."""


def shown(text: str) -> str:
    """A text that a statement said, as the caller may see it."""
    return text if caller().may(Role.HR_NIP) else masked_within(text)


def shown_json(text: bytes) -> bytes:
    """JSON that is handed on as it was written, as the caller may see it."""
    return text if caller().may(Role.HR_NIP) else masked_json(text)


def masked_json(text: bytes) -> bytes:
    """The very same bytes where there is nothing to mask. A NIP never reaches beyond a string, and what masks it needs no escape:
    JSON stays JSON."""
    if _PERHAPS.search(text) is None:
        return text
    written = text.decode()
    masked = masked_within(written)
    return text if masked is written else masked.encode()
