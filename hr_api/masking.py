"""NIPs within what statements say, such as an activity's id, are masked for everybody without the role `hr:nip`.

What is kept stays as it was said: the masking is done where it is answered.
"""

from __future__ import annotations

from access.credentials import Role
from competency.nip import masked_within
from hr_api.resource import caller

_SHAPES = bytes.maketrans(b"0123456789 ._+", b"0000000000----")
_BEGINNINGS = (b"0" * 14, b"00000000-000000", b"00000000%00000000")
"""What every NIP begins with, once all digits and all separators are made the same, and hardly anything else does (no UUID, no
day): looked for first, for nearly no profile holds one, and an export goes through very many."""


def shown(text: str) -> str:
    """A text that a statement said, as the caller may see it."""
    return text if caller().may(Role.HR_NIP) else masked_within(text)


def shown_json(text: bytes) -> bytes:
    """JSON that is handed on as it was written, as the caller may see it."""
    return text if caller().may(Role.HR_NIP) else masked_json(text)


def masked_json(text: bytes) -> bytes:
    """The very same bytes where there is nothing to mask. A NIP never reaches beyond a string, and what masks it needs no escape:
    JSON stays JSON."""
    shapes = text.translate(_SHAPES)
    if not any(beginning in shapes for beginning in _BEGINNINGS):
        return text
    written = text.decode()
    masked = masked_within(written)
    return text if masked is written else masked.encode()
