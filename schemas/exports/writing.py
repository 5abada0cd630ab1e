"""Writing a table row by row, in memory that does not grow with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

from schemas.exports.workbooks import Cell, Row, workbook

_BLOCK: Final = 64 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"


class Form(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(form: Form, headers: Sequence[str], rows: Iterable[Row], title: str) -> Iterator[bytes]:
    """The table in pieces. `title` names the sheet of a workbook. What `rows` raises comes out of the iteration."""
    if form is Form.CSV:
        return _csv(headers, rows)
    return workbook(headers, rows, title)


def _csv(headers: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, which spreadsheets need to see that it is UTF-8; commas; lines end as RFC 4180 says."""
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    held.write(_BOM)
    writer.writerow(headers)
    for row in rows:
        writer.writerow([_in_csv(cell) for cell in row])
        if held.tell() >= _BLOCK:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


def _in_csv(cell: Cell) -> str:
    """What a spreadsheet would take for a formula is made text: a name must not run a command where HR opens the file."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
