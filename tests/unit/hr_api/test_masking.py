"""The quick look before masking never overlooks what masking would change."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from competency.nip import masked_within
from hr_api.masking import masked_json

NIP = "198609262015051001"
SEPARATORS = st.sampled_from(["", " ", ".", "_", "+", "-", "%20"])
AROUND = st.text(st.sampled_from("ab0189 .-_+%/:"), max_size=12)


@st.composite
def said(draw: st.DrawFn) -> str:
    """A text with a NIP in one of the groupings that are masked, or in one that is nearly so."""
    first, second, third = (draw(SEPARATORS) for _ in range(3))
    written = f"{NIP[:8]}{first}{NIP[8:14]}{second}{NIP[14]}{third}{NIP[15:]}"
    return draw(AROUND) + written + draw(AROUND)


@given(st.lists(said() | AROUND | st.uuids().map(str), max_size=4))
def test_what_is_handed_on_is_masked_as_any_text_is(texts: list[str]) -> None:
    written = json.dumps({"items": texts, "at": 1769843700000, "score": 0.123456789012345})
    assert masked_json(written.encode()) == masked_within(written).encode()


def test_where_there_is_nothing_to_mask_the_very_bytes_are_handed_on() -> None:
    written = json.dumps({"statementId": "12345678-1234-4123-8123-123456789012", "finishedOn": "2026-01-31"}).encode()
    assert masked_json(written) is written


def test_a_number_is_masked() -> None:
    assert masked_json(json.dumps([f"https://lms.example/u/{NIP}"]).encode()) == b'["https://lms.example/u/19860926******1001"]'
