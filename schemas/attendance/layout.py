"""Where the list stands in a grid, what each column holds, and which rows are over and under the header.

A guess is shown with its confidence and can be overruled.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.attendance.grids import Grid, GridRow, Merge
from schemas.attendance.headers import IDENTIFYING, Header, best_header, is_numbering
from schemas.attendance.headings import Guess, Role
from schemas.attendance.marks import BY_TICKS, BY_WORDS, SURE, letters_of_presence, likely_presence, mark_of
from schemas.imports.sheets import FileRefused

_MOST_FILLED = 200_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says of the file in place of a guess: the sheet's name, the header's line, and the columns (from 0) by role."""

    sheet: str | None = None
    header_line: int | None = None
    columns: Mapping[Role, int] = field(default_factory=dict)


def letter_of(index: int) -> str:
    """`A` for 0, `AA` for 26."""
    letters, left = "", index + 1
    while left:
        left, place = divmod(left - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def index_of(letters: str) -> int | None:
    """0 for `A`; None for what is no letter of a column up to ZZ."""
    if not re.fullmatch(r"[A-Za-z]{1,2}", letters):
        return None
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `role` is None where nothing is known of it. `confidence` is 1 for what the user said."""

    index: int
    heading: str
    role: Role | None
    confidence: float

    @property
    def letter(self) -> str:
        return letter_of(self.index)


@dataclass(frozen=True, slots=True)
class Layout:
    """One list. `above` are the rows over the header, `below` those under it, merged cells filled downwards."""

    sheet: str
    other_sheets: tuple[str, ...]
    header: tuple[GridRow, ...]
    columns: tuple[Column, ...]
    above: tuple[GridRow, ...]
    below: tuple[GridRow, ...]
    hidden: frozenset[int] = frozenset()
    """Lines that the workbook does not show."""

    def of(self, role: Role) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role is role)

    def first(self, role: Role) -> Column | None:
        return next(iter(self.of(role)), None)


def find_layout(grids: Sequence[Grid], wishes: Wishes) -> Layout:
    """The list in the sheet that is most surely one. Raises FileRefused, saying what a list needs."""
    if wishes.sheet is not None:
        wanted = wishes.sheet.strip().casefold()
        candidates = [grid for grid in grids if grid.name.strip().casefold() == wanted]
        if not candidates:
            raise FileRefused("there is no such sheet with anything in it", f"one of {', '.join(grid.name for grid in grids)}")
    else:
        candidates = list(grids)
    found = [
        (header, grid)
        for grid in candidates
        if (header := best_header(grid, line=wishes.header_line, known_columns=bool(wishes.columns))) is not None
    ]
    if not found:
        raise FileRefused(
            "no header is found: no row has a heading like Nama, NIP or Email",
            "a row with the headings No, Nama, NIP, Unit Kerja above the people; or say the header's line and the columns",
        )
    # Sheets of the same list differ a little in their headings; the longest of those is meant.
    best = max(header.score for header, _ in found)
    header, grid = max((one for one in found if one[0].score >= best - 1), key=lambda one: len(one[1].rows))
    lines = {row.line for row in header.rows}
    rows = grid.rows
    first, last = min(lines), max(lines)
    below = _filled_down(tuple(row for row in rows if row.line > last), grid.merges)
    return Layout(
        sheet=grid.name,
        other_sheets=tuple(other.name for other in grids if other is not grid),
        header=header.rows,
        columns=_with_presence(_columns(header, wishes), wishes, below),
        above=tuple(row for row in rows if row.line < first),
        below=below,
        hidden=grid.hidden,
    )


def _columns(header: Header, wishes: Wishes) -> tuple[Column, ...]:
    """Each column once; of two that may hold the same, the surer one does, except that presence may be marked day by day."""
    width = max([len(header.headings), *(index + 1 for index in wishes.columns.values())])
    taken: dict[Role, int] = dict(wishes.columns)
    for role in Role:
        if role in taken or role in (Role.PRESENCE, Role.OTHER):
            continue
        sure = [
            (guess.confidence, -index)
            for index, guess in enumerate(header.guesses)
            if guess is not None and guess.role is role and index not in wishes.columns.values()
        ]
        if sure:
            taken[role] = -max(sure)[1]
    by_index = {place: one for one, place in taken.items()}
    columns = []
    for index in range(width):
        heading = header.headings[index] if index < len(header.headings) else ""
        guess = header.guesses[index] if index < len(header.guesses) else None
        held: Role | None = by_index.get(index)
        if held is None and guess is not None and guess.role not in wishes.columns and _may_be_several(guess, header):
            held = guess.role
        if held is not None and wishes.columns.get(held) == index:
            confidence = 1.0
        else:
            confidence = guess.confidence if guess is not None and held is not None else 0.0
        if heading or held is not None:
            columns.append(Column(index, heading, held, confidence))
    return tuple(columns)


def _may_be_several(guess: Guess, header: Header) -> bool:
    """Numbers of two kinds of employees stand in two columns; that of somebody else (`NIP Atasan`) is headed less surely, or there
    is a second name."""
    if guess.role is not Role.NIP:
        return guess.role in (Role.PRESENCE, Role.OTHER)
    names = sum(one is not None and one.role is Role.NAME and one.confidence >= SURE for one in header.guesses)
    return guess.confidence >= SURE and names <= 1


def _with_presence(columns: tuple[Column, ...], wishes: Wishes, below: Sequence[GridRow]) -> tuple[Column, ...]:
    """The columns, those that mark presence by what stands in them as such, unless the user says which one does."""
    if Role.PRESENCE in wishes.columns:
        return columns
    known = {column.index: column for column in columns}
    who = [column.index for column in columns if column.role in IDENTIFYING]
    people = [row for row in below if any(row.at(index) is not None for index in who) and not is_numbering(row)]
    letters = {columns[place].index for place in letters_of_presence([column.heading for column in columns])}
    found: dict[int, Column] = dict(known)
    for index in range(max((len(row.cells) for row in people), default=0)):
        column = known.get(index, Column(index, "", None, 0.0))
        # Under `Tgl 6 Agt` are marks, where no date is.
        if column.role not in (None, Role.DATE) or index in wishes.columns.values():
            continue
        left = found.get(index - 1)
        beside = not column.heading and left is not None and left.role is Role.PRESENCE
        marks = [row.at(index) for row in people]
        confidence = SURE if index in letters else likely_presence(column.heading, marks, beside=beside)
        if column.role is not None and confidence < BY_WORDS:
            continue
        if confidence:
            found[index] = Column(index, column.heading, Role.PRESENCE, confidence)
    sure = any(one.role is Role.PRESENCE and one.confidence > BY_TICKS and _is_marked(one, people) for one in found.values())
    # Beside columns that surely mark presence, mere ticks are of something else.
    kept = (known.get(one.index) if sure and _by_ticks(one) else one for one in found.values())
    return tuple(sorted((one for one in kept if one is not None), key=lambda one: one.index))


def _by_ticks(column: Column) -> bool:
    return column.role is Role.PRESENCE and column.confidence <= BY_TICKS


def _is_marked(column: Column, people: Sequence[GridRow]) -> bool:
    return any(mark_of(row.at(column.index)) is not None for row in people)


def _filled_down(rows: tuple[GridRow, ...], merges: Sequence[Merge]) -> tuple[GridRow, ...]:
    """What a cell merged over several rows says, it says of each of them."""
    by_line = {row.line: list(row.cells) for row in rows}
    lines = [row.line for row in rows]
    filled = 0
    for merge in merges:
        source = by_line.get(merge.first_line)
        value = source[merge.first_column] if source is not None and merge.first_column < len(source) else None
        if value is None or filled > _MOST_FILLED:
            continue
        for line in lines[bisect_right(lines, merge.first_line) : bisect_right(lines, merge.last_line)]:
            cells = by_line[line]
            cells.extend([None] * (merge.first_column + 1 - len(cells)))
            cells[merge.first_column] = value
            filled += 1
    return tuple(GridRow(row.line, tuple(by_line[row.line])) for row in rows)
