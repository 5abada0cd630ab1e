"""A workbook as rows of cells, read as a stream. What is in the archive is weighed first: openpyxl would hold whatever it finds."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from schemas.attendance.grids import MIB, Budget, Limits, Merge
from schemas.imports.sheets import FileRefused

_MAX_PARTS = 2_000
_MAX_PART_BYTES = 64 * MIB
_MAX_ELEMENTS = 1_500_000
"""Of a sheet: 5,000 rows of 100 filled cells, or a whole column of formatted empty ones."""
_MAX_OTHER_ELEMENTS = 400_000
"""Of any other part, which is held as a tree."""
_MAX_SHEETS = 60
_MAX_MERGES = 5_000
_MAX_HIDDEN = 100_000
_CHUNK = 64 * 1024
_BROKEN = "save it as Excel workbook (.xlsx)"

Lines = list[tuple[int, tuple[object, ...]]]
Markings = tuple[tuple[Merge, ...], frozenset[int]]
"""Merged cells and hidden lines of a sheet."""
Sheet = tuple[str, Lines, tuple[Merge, ...], frozenset[int]]


def read_workbook(data: bytes, limits: Limits) -> list[Sheet]:
    """Name, lines, merged cells and hidden lines of each visible sheet. Raises FileRefused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        return _read(data, limits, _weigh(archive))
    except FileRefused:
        raise
    except Exception:  # a damaged workbook makes openpyxl and zipfile fail in any way they know
        raise FileRefused("not an xlsx workbook, or a damaged one", _BROKEN) from None


def _weigh(archive: zipfile.ZipFile) -> dict[str, Markings]:
    """The merged cells and hidden lines of each sheet, by its place in the archive, if no part is too large to be read."""
    parts = archive.infolist()
    if len(parts) > _MAX_PARTS:
        raise FileRefused(f"the workbook has more than {_MAX_PARTS} parts", "the list alone")
    found: dict[str, Markings] = {}
    for part in parts:
        if not part.filename.endswith((".xml", ".rels")):
            continue  # pictures and macros are not read
        if part.file_size > _MAX_PART_BYTES:
            raise FileRefused("a sheet is far larger than a list of people", "the list alone, without formatted empty rows")
        sheet = part.filename.startswith("xl/worksheets/")
        found[part.filename] = _Weighing(_MAX_ELEMENTS if sheet else _MAX_OTHER_ELEMENTS).of(archive, part)
    return found


class _Weighing:
    """One pass over a part, which keeps nothing of it but its merged cells and hidden lines."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._elements = 0
        self._merges: list[Merge] = []
        self._hidden: set[int] = set()
        self._line = 0

    def of(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Markings:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.StartDoctypeDeclHandler = self._refuse_definitions
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        return tuple(self._merges), frozenset(self._hidden)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > self._most:
            raise FileRefused("a sheet has far more cells than a list of people", "the list alone, without formatted empty rows")
        if name == "row" or name.endswith(":row"):
            told = attributes.get("r", "")
            self._line = int(told) if told.isascii() and told.isdigit() and len(told) <= 7 else self._line + 1
            if attributes.get("hidden") in ("1", "true") and len(self._hidden) < _MAX_HIDDEN:
                self._hidden.add(self._line)
        elif name.endswith("mergeCell") and len(self._merges) < _MAX_MERGES:
            first_column, first_line, last_column, last_line = range_boundaries(attributes.get("ref", "A1:A1"))
            if first_column and first_line and last_column and last_line:
                self._merges.append(Merge(first_line, last_line, first_column - 1, last_column - 1))

    @staticmethod
    def _refuse_definitions(*_: Any) -> None:
        raise FileRefused("the workbook defines its own XML entities", _BROKEN)


def _read(data: bytes, limits: Limits, markings: dict[str, Markings]) -> list[Sheet]:
    budget = Budget(limits)
    found: list[Sheet] = []
    with warnings.catch_warnings():
        # openpyxl warns of styles and validations it leaves out; cells are all that is wanted.
        warnings.simplefilter("ignore")
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
            if len(sheets) > _MAX_SHEETS:
                raise FileRefused(f"the workbook has more than {_MAX_SHEETS} sheets", "a workbook for each event")
            for sheet in sheets:
                place = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
                lines = [(line, kept) for line, cells in _cells(sheet) if (kept := budget.row(cells))]
                found.append((sheet.title, lines, *markings.get(place, ((), frozenset()))))
        finally:
            workbook.close()
    return found


def _cells(sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, tuple[object, ...]]]:
    sheet.reset_dimensions()  # some programs write wrong ones, and rows would be cut off
    # Short rows stay short: padded to the widest, a stray cell at the right would make every row as wide.
    for cells in sheet.rows:
        line = next((cell.row for cell in cells if hasattr(cell, "row")), 0)
        if line:
            yield line, tuple(cell.value for cell in cells)
