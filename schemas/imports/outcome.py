"""What an import found: the good rows, and for each bad cell where it stands and what would be right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be taken; or, where it is a `note`, something that was taken and is to be known.

    `line` is the line of a CSV file, the row of a sheet, or the place (from 1) in a JSON list; 0 means the file as a whole.
    `column` is the column's name, empty when the whole row is meant. `value_shown` is what stood there, masked where it is
    personal.
    """

    table: str
    line: int
    column: str
    value_shown: str
    message: str
    would_be_right: str
    note: bool = False

    def __str__(self) -> str:
        place = f"{self.table}, line {self.line}" if self.line else self.table
        column = f", column {self.column}" if self.column else ""
        shown = f" ({self.value_shown})" if self.value_shown else ""
        advice = f"; right would be: {self.would_be_right}" if self.would_be_right else ""
        return f"{place}{column}{shown}: {self.message}{advice}"


@dataclass(frozen=True, slots=True)
class ImportResult(Generic[T_co]):
    """Rows that are good, in the order of the file, and the problems of the others."""

    rows: tuple[T_co, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


class CellRefused(ValueError):
    """A cell is not what its column wants. The message never repeats the value."""

    def __init__(self, message: str, would_be_right: str, column: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.would_be_right = would_be_right
        self.column = column
