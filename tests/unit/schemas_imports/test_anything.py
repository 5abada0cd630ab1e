"""Whatever is in a file, reading it answers with rows and problems and never raises."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from schemas.imports.package import all_tables, read_package
from schemas.imports.reading import rows_of
from schemas.imports.sheets import Format, Listing, Row, Sheet

HOME = "https://asn.example/nip"
TABLES = all_tables(HOME)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(min_size=1, max_size=30),
    st.sampled_from(
        ["198609262015051001", "integritas:3; x:1", "https://x.example|a", "a@b.example", "16", "17 Maret 2026", "#N/A"]
    ),
)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.sampled_from(Format))
@example(b"id,name\n\x00,\x00\n", Format.CSV)
@example(b'{"units": [null], "posts": [[]]}', Format.JSON)
@example(b'[{"id": "\\ud800", "name": "\\u0000"}]', Format.JSON)
def test_bytes(data: bytes, fmt: Format) -> None:
    package = read_package(io.BytesIO(data), fmt, nip_home_page=HOME)
    assert all(problem.message for problem in package.problems)


@given(st.sampled_from(TABLES), st.data())
def test_cells(table: Any, data: st.DataObject) -> None:
    header = Row(1, tuple(column.name for column in table.columns))
    rows = data.draw(st.lists(st.lists(cells, max_size=len(header.cells) + 1).map(tuple), max_size=3))
    found = rows_of(table, Sheet("", header, tuple(Row(line, row) for line, row in enumerate(rows, start=2))))
    assert len(found.rows) + len({problem.line for problem in found.problems}) == len(rows)


@given(st.sampled_from(TABLES), st.data())
def test_json_items(table: Any, data: st.DataObject) -> None:
    names = st.sampled_from([column.name for column in table.columns])
    items = data.draw(st.lists(json_values | st.dictionaries(names, json_values), max_size=3))
    found = rows_of(table, Listing("", tuple(json.loads(json.dumps(items)))))
    assert len(found.rows) + len({problem.line for problem in found.problems}) == len(items)
