"""Columns: what a cell may hold, in a spreadsheet (in many spellings) and in JSON (strictly).

A `Kind` says both once: `parse` takes a cell, `from_json` a JSON value, and both give the same Python value or raise CellRefused.
Tables are made of columns; `docs/imports.md` describes them and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields

from schemas.imports.outcome import CellRefused

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What a column holds. `says` describes it in the documentation; `expected` completes "right would be: …"."""

    says: str
    expected: str
    parse: Callable[[object], T]
    from_json: Callable[[Any], T]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Its name is compared without case, spaces and punctuation, and so are its aliases."""

    name: str
    kind: Kind[Any]
    required: bool
    says: str
    aliases: tuple[str, ...] = ()
    personal: bool = False
    show: Callable[[str], str] | None = None
    """How a personal value is shown in a problem; hidden entirely without it."""
    earlier: tuple[str, ...] = ()
    """Names that the column had before; JSON may still use them."""

    def shown(self, value: object) -> str:
        if value is None:
            return ""
        text = value.isoformat() if isinstance(value, datetime | date) else str(value)
        if self.personal:
            return self.show(text) if self.show else "*" * min(len(text), 8)
        return text if len(text) <= 60 else f"{text[:57]}…"


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """One kind of row. `unique` are groups of columns that may not all be the same in two rows; of a column that holds several
    values, none may be in two rows. `build` makes a row of the parsed values (None where a cell is empty, absent where the column
    is) and its line, and may raise CellRefused naming a column."""

    name: str
    says: str
    columns: tuple[Column, ...]
    unique: tuple[tuple[str, ...], ...]
    build: Callable[[Mapping[str, Any], int], T]

    @property
    def required(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if column.required)

    def column(self, label: object) -> Column | None:
        """The column a header means."""
        plain = simplified(label)
        for column in self.columns:
            if plain in (simplified(name) for name in (column.name, *column.aliases, *column.earlier)):
                return column
        return None

    def schema(self) -> Schema:
        """The marshmallow schema of one JSON object of this table: strict, unknown members refused."""
        members: dict[str, fields.Field[Any]] = {column.name: _KindField(column) for column in self.columns}
        return Schema.from_dict(members, name=f"{self.name.capitalize()}Import")(unknown=RAISE)


class _KindField(fields.Field[Any]):
    """A column as a member of a JSON object."""

    def __init__(self, column: Column) -> None:
        description = f"{column.says} ({column.kind.says})"
        super().__init__(required=column.required, allow_none=not column.required, metadata={"description": description})
        self.error_messages = {
            "required": "it is missing",
            "null": "it is null",
            "validator_failed": "it is wrong",
        }
        self._kind = column.kind

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return self._kind.from_json(value)
        except CellRefused as refusal:
            raise ValidationError(refusal.message) from refusal


def simplified(label: object) -> str:
    """A header without case, spaces and punctuation: `E-mail` and `email` are the same column."""
    return "".join(char for char in str(label).casefold() if char.isalnum())


def text_of(cell: object) -> str:
    """A cell as text; a whole number that a spreadsheet holds as 12.0 is 12. Raises CellRefused for dates and booleans."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise CellRefused("it is not text", "text")
    return str(int(cell)) if float(cell).is_integer() else repr(cell)


def json_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CellRefused("it is not a string that says something", "a JSON string")
    return value.strip()


def of_text(says: str, expected: str, parse: Callable[[str], T]) -> Kind[T]:
    """A kind that is text in both worlds."""
    return Kind(says, expected, lambda cell: parse(text_of(cell)), lambda value: parse(json_text(value)))


def choice(members: type[StrEnum], aliases: Mapping[str, StrEnum] | None = None) -> Kind[Any]:
    """One of a few words, in any case; in JSON exactly one of them."""
    words = " or ".join(member.value for member in members)
    by_word = {simplified(member.value): member for member in members}
    by_word.update({simplified(word): member for word, member in (aliases or {}).items()})

    def parse(cell: object) -> StrEnum:
        found = by_word.get(simplified(text_of(cell)))
        if found is None:
            raise CellRefused("it is none of the words known here", words)
        return found

    def from_json(value: Any) -> StrEnum:
        try:
            return members(value)
        except ValueError:
            raise CellRefused("it is none of the words known here", words) from None

    return Kind(f"one of {words}", words, parse, from_json)


def whole(low: int, high: int) -> Kind[int]:
    """An integer within bounds."""
    expected = f"a whole number from {low} to {high}"

    def check(number: int) -> int:
        if not low <= number <= high:
            raise CellRefused(f"it is not between {low} and {high}", expected)
        return number

    def parse(cell: object) -> int:
        text = text_of(cell)
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise CellRefused("it is not a whole number", expected)
        return check(int(text))

    def from_json(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise CellRefused("it is not a JSON integer", expected)
        return check(value)

    return Kind(expected, expected, parse, from_json)


def amount(high: int, places: int, low: int | None = None, example: str = "12 or 1,5") -> Kind[Decimal]:
    """A number above 0 (or from `low`) with at most so many decimal places; a comma or a point before them."""
    bounds = f"above 0, at most {high}" if low is None else f"from {low} to {high}"
    expected = f"a number {bounds}, with at most {places} decimal places, like {example}"

    def check(number: Decimal) -> Decimal:
        if not (number > 0 if low is None else low <= number) or number > high:
            raise CellRefused(f"it is not {bounds}", expected)
        if number != round(number, places):
            raise CellRefused(f"it has more than {places} decimal places", expected)
        return number

    def parse(cell: object) -> Decimal:
        text = text_of(cell).replace(",", ".")
        whole_part, _, decimals = (text if low is None or low >= 0 else text.removeprefix("-")).partition(".")
        if not (whole_part.isascii() and whole_part.isdigit() and len(text) <= 18 and (not decimals or decimals.isdigit())):
            raise CellRefused("it is not a number", expected)
        if len(decimals) > places:  # also 1,000 and 1.000, which would be a thousand to some and one to others
            raise CellRefused(f"it has more than {places} decimal places", expected)
        return check(Decimal(text))

    def from_json(value: Any) -> Decimal:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise CellRefused("it is not a JSON number", expected)
        return check(Decimal(repr(value)))

    return Kind(expected, expected, parse, from_json)
