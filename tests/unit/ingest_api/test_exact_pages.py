"""Pages in exact format: compiled code and Python make the same bytes of the same statements."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_api import reading
from store.port import StoredStatement
from xapi.native import compiled

_MIN_MS, _MAX_MS = -62_135_596_800_000, 253_402_300_799_999

moments = st.integers(_MIN_MS, _MAX_MS) | st.integers(1_500_000_000_000, 2_000_000_000_000)
statements = st.builds(
    StoredStatement,
    key=st.binary(min_size=16, max_size=16),
    stored_ms=moments,
    text=st.text().map(lambda text: b'{"a":"%b"}' % text.encode()),
    partner=st.text(),
    timestamped=st.booleans(),
    voided=st.just(False),
)


def in_python(page: Sequence[StoredStatement]) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "compiled", None)
        return reading._exact(page)


@pytest.mark.skipif(compiled is None, reason="the compiled hot paths are not installed")
@given(st.lists(statements, max_size=5))
def test_compiled_code_gives_what_python_gives(page: list[StoredStatement]) -> None:
    assert reading._exact(page) == in_python(page)


@pytest.mark.skipif(compiled is None, reason="the compiled hot paths are not installed")
@pytest.mark.parametrize("stored_ms", [_MIN_MS - 1, _MAX_MS + 1])
def test_a_time_that_cannot_be_written_is_left_to_python(stored_ms: int) -> None:
    assert compiled is not None
    assert compiled.joined([StoredStatement(b"", stored_ms, b"{}", "kpn", True, False)]) is None


def test_stored_stands_for_a_timestamp_that_is_missing() -> None:
    given_out = reading._exact(
        [
            StoredStatement(b"", 1_700_000_000_007, b'{"a":1}', "kpn", timestamped=True, voided=False),
            StoredStatement(b"", 0, b'{"b":2}', "kpn", timestamped=False, voided=False),
        ]
    )
    assert given_out == (
        b'{"a":1,"stored":"2023-11-14T22:13:20.007Z"},'
        b'{"b":2,"timestamp":"1970-01-01T00:00:00.000Z","stored":"1970-01-01T00:00:00.000Z"}'
    )
