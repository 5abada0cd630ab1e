"""A file as grids of cells: each sheet of a workbook, or a CSV file of whatever dialect. What cells mean is not known here.

Files come from strangers, so everything is bounded before it is held: bytes, parts of the archive, XML elements, rows, text.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.imports.sheets import FileRefused

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a list may be at most: bytes of the file, rows that say something, columns, and bytes of text in all cells together."""

    file_bytes: int = 10 * MIB
    rows: int = 5_000
    columns: int = 200
    text_bytes: int = 4 * MIB


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Merge:
    """Merged cells: lines from 1, columns from 0, both ends included. The first cell has the value, the others are None."""

    first_line: int
    last_line: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class GridRow:
    """A line that says something. Texts are stripped and without control characters; an empty cell is None; no None at the end."""

    line: int
    cells: tuple[object, ...]

    def at(self, column: int) -> object:
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet; `name` is empty for a CSV file."""

    name: str
    rows: tuple[GridRow, ...]
    merges: tuple[Merge, ...] = ()
    hidden: frozenset[int] = frozenset()
    """Lines that are there and not shown, as by a filter."""


def read_grids(data: bytes, limits: Limits = LIMITS) -> tuple[Grid, ...]:
    """Every sheet that says anything. What kind of file it is, its first bytes tell, not its name. Raises FileRefused."""
    if len(data) > limits.file_bytes:
        raise FileRefused(f"the file is larger than {limits.file_bytes // MIB} MiB", "the list alone, without pictures")
    if data.startswith(b"PK"):
        # Imported when there is a workbook, as what it needs takes long to import.
        from schemas.attendance.workbooks import read_workbook

        grids = read_workbook(data, limits)
    elif (other := next((kind for head, kind in _OTHER_KINDS.items() if data.startswith(head)), None)) is not None:
        raise FileRefused(f"no spreadsheet of today: it is {other}", "an .xlsx or .csv file")
    else:
        grids = [("", csv_lines(data, limits), (), frozenset())]
    found = tuple(grid for sheet in grids if (grid := _grid(*sheet)).rows)
    if not found:
        raise FileRefused("the file is empty", "a list with a header and a row for each person")
    if sum(len(grid.rows) for grid in found) > limits.rows:
        raise FileRefused(f"it has more than {limits.rows} rows", f"lists of at most {limits.rows} rows each")
    return found


_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls), or one with a password; open it and save it as .xlsx",
    b"%PDF": "a PDF; ask for the spreadsheet it was made from",
    b"{\\rtf": "a text of a word processor",
    b"\xff\xd8": "a picture",
    b"\x89PNG": "a picture",
}


class Budget:
    """Counts what is held of a file; raises FileRefused when it is more than the limits allow."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._text_bytes = 0
        self._rows = 0

    def row(self, cells: Iterable[object]) -> tuple[object, ...]:
        """The cells as they are kept."""
        kept: list[object] = []
        width = 0
        for place, cell in enumerate(cells):
            clean = _clean(cell)
            if clean is None:
                kept.append(None)
                continue
            if place >= self._limits.columns:
                raise FileRefused(f"it has more than {self._limits.columns} columns", "a list of people, one to a row")
            if isinstance(clean, str):
                self._text_bytes += len(clean.encode())
            kept.append(clean)
            width = place + 1
        if width:
            self._rows += 1
        if self._rows > self._limits.rows:
            raise FileRefused(f"it has more than {self._limits.rows} rows", f"lists of at most {self._limits.rows} rows each")
        if self._text_bytes > self._limits.text_bytes:
            raise FileRefused(f"its cells hold more than {self._limits.text_bytes // MIB} MiB of text", "a list of people only")
        return tuple(kept[:width])


# Tabs and line ends become spaces; other control characters, halves of characters and the marks of a byte order are dropped.
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f]+")
_DROPPED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff]")


def _clean(cell: object) -> object:
    if isinstance(cell, str):
        return _SPACES.sub(" ", _DROPPED.sub("", cell)).strip() or None
    if isinstance(cell, float) and cell != cell:
        return None
    return cell


def _grid(name: str, lines: Iterable[tuple[int, tuple[object, ...]]], merges: tuple[Merge, ...], hidden: frozenset[int]) -> Grid:
    return Grid(name, tuple(GridRow(line, cells) for line, cells in lines if cells), merges, hidden)


# ── CSV ──

_DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_LINES = 60
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def csv_lines(data: bytes, limits: Limits) -> list[tuple[int, tuple[object, ...]]]:
    text = _decoded(data)
    declared = _SEPARATOR_LINE.match(text)
    delimiter = declared[1] if declared else _delimiter(text)
    if declared:
        text = "\n" + text[declared.end() :]
    budget = Budget(limits)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[tuple[int, tuple[object, ...]]] = []
    line = 1
    try:
        for cells in reader:
            if kept := budget.row(cells):
                lines.append((line, kept))
            line = reader.line_num + 1
    except csv.Error:
        raise FileRefused("not CSV from here on: an open quote, or a cell far too long", "a list of people", line) from None
    return lines


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:4096]:
        raise FileRefused("neither a workbook nor text", "an .xlsx or .csv file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel writes on a Western Windows; bytes it has no character for become the replacement character.
        return data.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    """The one that gives most lines the same number of columns; titles above the header have none or a few."""
    lines = [line for line in text[: 64 * 1024].splitlines()[:_SAMPLE_LINES] if line.strip(" ,;\t|")]
    outside = ["".join(line.split('"')[::2]) for line in lines]

    def score(delimiter: str) -> tuple[int, int]:
        counts = Counter(count for line in outside if (count := line.count(delimiter)))
        if not counts:
            return 0, 0
        count, lines_with_it = max(counts.items(), key=lambda item: (item[1], item[0]))
        return lines_with_it, count

    return max(_DELIMITERS, key=score)
