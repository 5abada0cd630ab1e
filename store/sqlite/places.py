"""Where a statement stands in the order of lists, (stored, statement id), as one integer that a narrow tree can be ordered by.

`stored` in milliseconds is followed by the first bits of the id, so places order statements as lists do, but for those that share
a millisecond and these bits: whoever reads a list puts such ties in order by their ids. Random ids hardly ever tie; of ids that
begin with a time, those of one millisecond all do.
"""

from __future__ import annotations

from typing import Final

ID_BITS: Final = 20
"""Leaves 43 bits for milliseconds, which last until the year 2248."""

_REST: Final = 128 - ID_BITS


def place_of(stored_ms: int, statement_id: bytes) -> int:
    return stored_ms << ID_BITS | int.from_bytes(statement_id) >> _REST


def stored_at(place: int) -> int:
    """`stored` in milliseconds."""
    return place >> ID_BITS


def span_of(stored_ms: int) -> tuple[int, int]:
    """The first and the last place of a millisecond."""
    return stored_ms << ID_BITS, (stored_ms + 1 << ID_BITS) - 1
