"""The cursor of a history comes back as it was, and nothing else is taken for one."""

from __future__ import annotations

import base64
import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.hr.cursors import write_cursor
from schemas.hr.history import HistoryAsked, HistoryParametersSchema
from schemas.hr.payload import InvalidPayload, load_parameters

SCHEMA = HistoryParametersSchema()


@given(st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999), st.uuids())
def test_what_was_written_is_read_and_needs_no_escaping(finished_at_ms: int, statement_id: UUID) -> None:
    cursor = (finished_at_ms, statement_id)
    text = write_cursor(cursor)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert load_parameters(SCHEMA, [("after", text)]) == HistoryAsked(limit=50, after=cursor)


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_a_refusal(text: str) -> None:
    pointer = "/after"
    try:
        asked: HistoryAsked = load_parameters(SCHEMA, [("after", text)])
    except InvalidPayload as refused:
        pointer = refused.pointer
    else:
        assert asked.after is not None
    assert pointer == "/after"


@pytest.mark.parametrize(
    "inner",
    [
        b"",
        b"{}",
        b"[1]",
        b'["x","y"]',
        b'[1,"no uuid"]',
        b'[99999999999999999999,"7c9e6679-7425-40de-944b-e07fc1f90ae7"]',
        b'[1.5,"7c9e6679-7425-40de-944b-e07fc1f90ae7"]',
    ],
)
def test_well_formed_base64_of_something_else_is_refused(inner: bytes) -> None:
    with pytest.raises(InvalidPayload):
        load_parameters(SCHEMA, [("after", base64.urlsafe_b64encode(inner).decode())])
