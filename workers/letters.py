"""Dead letters as the workers write them: what a record, or a statement of it, was and why it can't be handled."""

from __future__ import annotations

from typing import Final

from eventlog.port import Record
from store.port import DeadLetter

UNDECODABLE: Final = "undecodable"


def letter(record: Record, reason: str, detail: str, *, now_ms: int) -> DeadLetter:
    """For a record as a whole."""
    return letter_of(record, (record.offset, None, record.appended_at_ms), reason, detail, record.value, now_ms=now_ms)


def letter_of(
    record: Record, at: tuple[int, int | None, int], reason: str, detail: str, payload: bytes, *, now_ms: int
) -> DeadLetter:
    """For a part of a record: `at` is (offset, index, appended_at_ms), of which the id is made, so that writing it again changes
    nothing and another log's record is another letter; topic and partition are those of `record`."""
    offset, index, appended_at_ms = at
    return DeadLetter(
        id=f"{record.topic}:{record.partition}:{offset}" + ("" if index is None else f":{index}") + f"@{appended_at_ms}",
        reason=reason,
        detail=detail,
        payload=payload,
        topic=record.topic,
        partition=record.partition,
        offset=offset,
        index=index,
        statement_id=None,
        partner=None,
        created_at_ms=now_ms,
    )
