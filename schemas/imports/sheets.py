"""Files as rows of cells: CSV in either common dialect, sheets of a workbook, lists of JSON. What cells mean is not known here."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import jiter

Source = Path | BinaryIO

_DELIMITERS = (",", ";", "\t")


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class FileRefused(ValueError):
    """The file as a whole can't be read; `line` is where, as far as that is known."""

    def __init__(self, message: str, would_be_right: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.would_be_right = would_be_right
        self.line = line


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `line` is where it begins. Text cells are stripped; empty ones are None."""

    line: int
    cells: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and what stands below it; `name` is the sheet's, empty for CSV."""

    name: str
    header: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of JSON; `name` is the member it stood under, empty when the list was the whole document."""

    name: str
    items: tuple[Any, ...]


def format_of(path: Path) -> Format:
    """By the name's ending. Raises FileRefused."""
    try:
        return Format(path.suffix.removeprefix(".").lower())
    except ValueError:
        raise FileRefused(
            f"{path.suffix or 'no ending'} is no known kind of file", "a name ending in .csv, .xlsx or .json"
        ) from None


def read_sheets(source: Source, fmt: Format | None = None) -> tuple[Sheet, ...] | tuple[Listing, ...]:
    """Every sheet or list of the file that holds anything. Raises FileRefused."""
    if fmt is None:
        if not isinstance(source, Path):
            raise FileRefused("the kind of a stream has to be said", "csv, xlsx or json")
        fmt = format_of(source)
    data = source.read_bytes() if isinstance(source, Path) else source.read()
    match fmt:
        case Format.CSV:
            return _csv(data)
        case Format.XLSX:
            return _workbook(data)
        case Format.JSON:
            return _json(data)


def _csv(data: bytes) -> tuple[Sheet, ...]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused("not UTF-8", "save it as CSV UTF-8", line) from None
    return _sheets([("", _csv_rows(text))])


def _csv_rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line, tuple(_cell(cell) for cell in cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(f"not CSV from here on: {error}", 'quotes around a cell, and "" for a quote inside it', line) from None


def _delimiter(text: str) -> str:
    """Whichever of comma, semicolon and tab is most frequent in the first line that says anything, outside quotes."""
    first = next((line for line in text.splitlines() if line.strip(" ,;\t")), "")
    outside = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _workbook(data: bytes) -> tuple[Sheet, ...]:
    # Imported when there is a workbook: it takes longer to import than everything else that a worker or a command needs.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    with warnings.catch_warnings():
        # openpyxl warns of styles and validations it leaves out; cells are all that is wanted.
        warnings.simplefilter("ignore")
        try:
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
            raise FileRefused("not an xlsx workbook", "save it as Excel workbook (.xlsx)") from None
        try:
            return _sheets([(sheet.title, _sheet_rows(sheet)) for sheet in workbook.worksheets])
        finally:
            workbook.close()


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # some programs write wrong ones, and rows would be cut off
    for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield Row(line, tuple(_cell(cell) for cell in cells))


def _sheets(found: list[tuple[str, Iterator[Row]]]) -> tuple[Sheet, ...]:
    sheets = []
    for name, rows in found:
        filled = [row for row in rows if any(cell is not None for cell in row.cells)]
        if filled:
            sheets.append(Sheet(name, filled[0], tuple(filled[1:])))
    if not sheets:
        raise FileRefused("the file is empty", "a line with the names of the columns, and rows below it")
    return tuple(sheets)


def _cell(value: object) -> object:
    if isinstance(value, str):
        value = value.strip()
    return None if value == "" else value


def _json(data: bytes) -> tuple[Listing, ...]:
    expected = 'a list of objects, or an object of such lists like {"units": [], "posts": []}'
    try:
        value = jiter.from_json(data.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as error:
        raise FileRefused(f"not JSON: {error}", expected) from None
    if isinstance(value, list):
        return (Listing("", tuple(value)),)
    if isinstance(value, dict) and all(isinstance(items, list) for items in value.values()):
        return tuple(Listing(name, tuple(items)) for name, items in value.items())
    raise FileRefused("neither a list nor an object of lists", expected)
