"""Places order statements as lists do, as far as their bits go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.sqlite.places import ID_BITS, place_of, span_of, stored_at

moments = st.integers(-(2**42), 2**43 - 1)
ids = st.binary(min_size=16, max_size=16)


@given(moments, ids, moments, ids)
def test_what_comes_first_in_a_list_comes_first_by_place_or_ties(a_ms: int, a: bytes, b_ms: int, b: bytes) -> None:
    if (a_ms, a) < (b_ms, b):
        assert place_of(a_ms, a) <= place_of(b_ms, b)
    if place_of(a_ms, a) == place_of(b_ms, b):
        assert (a_ms, a[: ID_BITS // 8]) == (b_ms, b[: ID_BITS // 8])


@given(moments, ids)
def test_a_place_tells_its_millisecond(stored_ms: int, statement_id: bytes) -> None:
    place = place_of(stored_ms, statement_id)
    first, last = span_of(stored_ms)
    assert first <= place <= last
    assert stored_at(first) == stored_at(place) == stored_at(last) == stored_ms
    assert -(2**63) <= place < 2**63
