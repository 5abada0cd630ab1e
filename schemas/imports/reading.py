"""From rows of cells to rows of a table: each cell by its column, each bad one with its place; good rows pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from marshmallow import ValidationError

from schemas.imports.columns import Column, Table, simplified
from schemas.imports.outcome import CellRefused, ImportResult, Problem
from schemas.imports.sheets import FileRefused, Format, Listing, Sheet, Source, read_sheets

T = TypeVar("T")


def read_table(table: Table[T], source: Source, fmt: Format | None = None) -> ImportResult[T]:
    """Rows of one table: of the sheet or the member with its name, or of the first there is. Never raises for what is in the
    file: a file that can't be read is a problem of line 0 (or of the line where reading ended)."""
    try:
        found = read_sheets(source, fmt)
    except FileRefused as refusal:
        return ImportResult(problems=(refused(refusal, table.name),))
    chosen = next((one for one in found if simplified(one.name) == simplified(table.name)), found[0] if found else None)
    if chosen is None:
        return ImportResult()
    return rows_of(table, chosen)


def refused(refusal: FileRefused, table: str) -> Problem:
    return Problem(table, refusal.line, "", "", refusal.message, refusal.would_be_right)


def rows_of(table: Table[T], found: Sheet | Listing) -> ImportResult[T]:
    """The rows of a sheet or a list that is known to hold this table."""
    return _Reading(table).result(found)


class _Reading:
    """One pass over one sheet; gathers problems on the way."""

    def __init__(self, table: Table[Any]) -> None:
        self._table = table
        self._problems: list[Problem] = []
        self._first_line: dict[tuple[object, ...], int] = {}

    def result(self, found: Sheet | Listing) -> ImportResult[Any]:
        parsed = self._sheet(found) if isinstance(found, Sheet) else self._listing(found)
        rows = [row for line, values, shown in parsed if (row := self._built(line, values, shown)) is not None]
        return ImportResult(tuple(rows), tuple(self._problems))

    # ── spreadsheets ──

    def _sheet(self, sheet: Sheet) -> Iterator[tuple[int, dict[str, Any], dict[str, str]]]:
        columns = self._columns(sheet)
        if columns is None:
            return
        for row in sheet.rows:
            values: dict[str, Any] = dict.fromkeys(column.name for column in columns if column is not None)
            shown: dict[str, str] = {}
            good = True
            if any(cell is not None for cell in row.cells[len(columns) :]):
                self._report(row.line, "", "", "it has more cells than the header has columns", f"{len(columns)} cells")
                good = False
            for column, cell in zip(columns, row.cells, strict=False):
                if column is None or cell is None:
                    continue
                shown[column.name] = column.shown(cell)
                try:
                    values[column.name] = column.kind.parse(cell)
                except CellRefused as refusal:
                    self._report(row.line, column.name, shown[column.name], refusal.message, refusal.would_be_right)
                    good = False
            for column in self._table.columns:
                if column.required and column.name not in shown:
                    self._report(row.line, column.name, "", "it is empty", column.kind.expected)
                    good = False
            if good:
                yield row.line, values, shown

    def _columns(self, sheet: Sheet) -> list[Column | None] | None:
        """The header's columns, None for those to pass over; None when the header will not do."""
        line = sheet.header.line
        columns: list[Column | None] = []
        known = ", ".join(column.name for column in self._table.columns)
        for label in sheet.header.cells:
            column = None if label is None else self._table.column(label)
            if column is not None and column in columns:
                self._report(
                    line, column.name, str(label)[:60], "this column is there twice; the first is used", "each column once"
                )
                column = None
            elif label is not None and column is None:
                self._report(line, str(label)[:60], "", "no such column is known; it is passed over", f"one of {known}")
            columns.append(column)
        missing = sorted(self._table.required - {column.name for column in columns if column is not None})
        if missing:
            self._report(line, "", "", f"the header lacks {', '.join(missing)}", f"a header with {known}")
            return None
        return columns

    # ── JSON ──

    def _listing(self, listing: Listing) -> Iterator[tuple[int, dict[str, Any], dict[str, str]]]:
        schema = self._table.schema()
        columns = {column.name: column for column in self._table.columns}
        renamed = {earlier: column.name for column in self._table.columns for earlier in column.earlier}
        for line, read in enumerate(listing.items, start=1):
            if not isinstance(read, dict):
                self._report(line, "", "", "it is not an object", "an object with the table's columns as members")
                continue
            item = _renamed(read, renamed)
            shown = {name: columns[name].shown(value) for name, value in item.items() if name in columns}
            try:
                loaded: Mapping[str, Any] = schema.load(item)
            except ValidationError as error:
                self._report_messages(line, error.messages_dict, columns, shown)
                continue
            yield line, dict(loaded), shown

    def _report_messages(
        self, line: int, messages: Mapping[str, Any], columns: Mapping[str, Column], shown: Mapping[str, str]
    ) -> None:
        known = ", ".join(columns)
        for name, found in sorted(messages.items()):
            if name in columns:
                self._report(line, name, shown.get(name, ""), str(found[0]), columns[name].kind.expected)
            else:
                self._report(line, str(name)[:60], "", "no such member is known", f"one of {known}")

    # ── both ──

    def _built(self, line: int, values: dict[str, Any], shown: Mapping[str, str]) -> Any:
        try:
            row = self._table.build(values, line)
        except CellRefused as refusal:
            self._report(line, refusal.column, shown.get(refusal.column, ""), refusal.message, refusal.would_be_right)
            return None
        return row if self._is_new(line, values, shown) else None

    def _is_new(self, line: int, values: Mapping[str, Any], shown: Mapping[str, str]) -> bool:
        keys = [(columns, key) for columns in self._table.unique for key in _keys(columns, values)]
        for columns, key in keys:
            first = self._first_line.get(key, line)
            if first != line:
                named = columns[0] if len(columns) == 1 else ""
                value = ", ".join(shown.get(name, "") for name in columns)
                self._report(
                    line, named, value, f"line {first} has the same {' and '.join(columns)}", "each once; the first is used"
                )
                return False
        self._first_line.update((key, line) for _, key in keys)
        return True

    def _report(self, line: int, column: str, value: str, message: str, would_be_right: str) -> None:
        self._problems.append(Problem(self._table.name, line, column, value, message, would_be_right))


def _keys(columns: tuple[str, ...], values: Mapping[str, Any]) -> list[tuple[object, ...]]:
    """What may be in one row only; an empty cell never is."""
    if len(columns) > 1:
        return [(*columns, *(values.get(name) for name in columns))]
    value = values.get(columns[0])
    several = value if isinstance(value, tuple) else () if value is None else (value,)
    return [(*columns, one) for one in several]


def _renamed(item: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """Under the names of today; a name of before stays, and is refused, where that of today is there too."""
    return {name if (now := renamed.get(name, name)) in item else now: value for name, value in item.items()}
