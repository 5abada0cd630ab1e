"""The requests of a record of `statements.accepted`, with what is to be known of each statement where that is plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.events import decode_accepted
from xapi.extraction import Extract
from xapi.native import compiled


class Request(NamedTuple):
    """An accepted request as the recorder takes it."""

    partner: str
    may_void_any: bool
    statements: Sequence[tuple[bytes, Extract | None]]
    """Each one's text, and what was read of it; None where that is still to be done."""
    tolerated: Mapping[int, tuple[tuple[str, ...], bytes]]
    """Of the statements that needed tolerances, by place, their names and the text as it was sent."""


def requests_in(record: bytes) -> list[Request]:
    """Raises `msgspec.MsgspecError` for what is no such record."""
    found = None if compiled is None else compiled.read_accepted(record)
    if found is not None:
        return [Request(*one) for one in found]
    return [
        Request(
            one.partner,
            one.may_void_any,
            [(bytes(text), None) for text in one.statements],
            {each.index: (tuple(each.tolerances), bytes(each.received)) for each in one.tolerated},
        )
        for one in decode_accepted(record).requests
    ]
