"""The header of a list among titles and logos: the row whose cells are most surely headings.

Two rows are one header where the upper one spans the lower one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from schemas.attendance.grids import Grid, GridRow, Merge
from schemas.attendance.headings import Guess, Role, role_of
from schemas.attendance.marks import names_a_day

_SEARCHED_ROWS = 60
IDENTIFYING = (Role.NAME, Role.NIP, Role.EMAIL)


@dataclass(frozen=True, slots=True)
class Header:
    """Its rows, and over each column the heading and what it says; `score` is how surely it is one."""

    rows: tuple[GridRow, ...]
    headings: tuple[str, ...]
    guesses: tuple[Guess | None, ...]
    score: float


def best_header(grid: Grid, *, line: int | None = None, known_columns: bool = False) -> Header | None:
    """The header of the list in a grid, None where there is none; that of `line`, where it is given. With `known_columns` its
    headings need not be known."""
    rows = grid.rows
    if line is not None:
        chosen = [place for place, row in enumerate(rows) if row.line == line]
        if not chosen:
            return None
        found = [_scored((rows[chosen[0]],), grid), _two_rows(rows, chosen[0], grid)]
    else:
        places = range(min(len(rows), _SEARCHED_ROWS))
        found = [header for place in places for header in (_scored((rows[place],), grid), _two_rows(rows, place, grid))]
    usable = [header for header in found if header is not None and (known_columns or _is_usable(header))]
    # Of equals one row before two (what stands over it is of the event), then the first.
    return max(usable, key=lambda header: (header.score, -len(header.rows)), default=None)


def _is_usable(header: Header) -> bool:
    known = [guess for guess in header.guesses if guess is not None]
    surely = [guess for guess in known if guess.role in IDENTIFYING]
    if not surely:
        return False
    return len(known) >= 2 or (surely[0].confidence >= 0.9 and surely[0].role is not Role.NAME and len(header.rows) == 1)


def _scored(rows: tuple[GridRow, ...], grid: Grid) -> Header:
    headings = _headings(rows, grid.merges)
    guesses = tuple(_guess(parts) for parts in headings)
    best: dict[Role, float] = {}
    for guess in guesses:
        if guess is not None:
            best[guess.role] = max(best.get(guess.role, 0.0), guess.confidence)
    score = sum(best.values()) + sum(0.1 for guess in guesses if guess is not None)
    score += sum(1.0 for role in IDENTIFYING if role in best)
    strange = sum(1 for parts in headings if parts and _looks_like_data(" ".join(parts)))
    return Header(rows, tuple(" ".join(parts) for parts in headings), guesses, score - 2 * strange)


def _two_rows(rows: Sequence[GridRow], place: int, grid: Grid) -> Header | None:
    """The row and the next as one header, where the next can't be a person."""
    if place + 1 >= len(rows) or rows[place + 1].line != rows[place].line + 1:
        return None
    upper, lower = rows[place], rows[place + 1]
    if is_numbering(lower) or any(_is_data(cell) for cell in lower.cells if cell is not None):
        return None
    for column, cell in enumerate(lower.cells):
        above = role_of(upper.at(column))
        if cell is not None and above is not None and above.role in IDENTIFYING and role_of(cell) is None:
            return None
    both = _scored((upper, lower), grid)
    spanned = any(merge.first_line == upper.line and merge.last_line == lower.line for merge in grid.merges)
    known = sum(role_of(cell) is not None for cell in lower.cells)
    alone = _scored((upper,), grid)
    if not spanned and not known and sum(guess is not None for guess in both.guesses) <= sum(g is not None for g in alone.guesses):
        return None
    # A title has one cell, however wide; the upper row of a header has several.
    if sum(cell is not None for cell in upper.cells) < 2 or not any(role_of(cell) for cell in upper.cells):
        return None
    # Where both say the same, cells merged over both rows tell that they are one header.
    return replace(both, score=both.score + 0.05) if spanned else both


def _headings(rows: tuple[GridRow, ...], merges: Sequence[Merge]) -> list[tuple[str, ...]]:
    """The words over each column, from above."""
    width = max(len(row.cells) for row in rows)
    words: list[list[str]] = [[] for _ in range(width)]
    for place, row in enumerate(rows):
        spread = _spread(row, merges, rows[place + 1] if place + 1 < len(rows) else None)
        for column in range(width):
            text = spread[column] if column < len(spread) else None
            if text is not None and text not in words[column]:
                words[column].append(text)
    return [tuple(one) for one in words]


def _spread(row: GridRow, merges: Sequence[Merge], lower: GridRow | None) -> list[str | None]:
    """The row's texts, each over all the columns it spans: by its merged cells, or over empty cells that have something below."""
    width = max(len(row.cells), len(lower.cells) if lower else 0)
    texts: list[str | None] = [heading_of(cell) if (cell := row.at(column)) is not None else None for column in range(width)]
    for merge in merges:
        if merge.first_line == row.line and merge.first_column < len(texts):
            for column in range(merge.first_column + 1, min(merge.last_column + 1, width)):
                texts[column] = texts[merge.first_column]
    if lower is not None and not any(merge.first_line == row.line for merge in merges):
        for column in range(1, width):
            if texts[column] is None and lower.at(column) is not None and lower.at(column - 1) is not None:
                texts[column] = texts[column - 1]
    return texts


def _guess(parts: tuple[str, ...]) -> Guess | None:
    if not parts:
        return None
    whole = role_of(" ".join(parts))
    if len(parts) == 1 or (whole is not None and whole.confidence == 1.0):
        return whole
    last = role_of(parts[-1])
    if last is not None and last.role is Role.DATE and whole is not None and whole.role is Role.OTHER:
        return whole  # `Tanggal` under `Sertifikat` or `Lahir` is not the event's
    if last is not None and last.confidence >= 0.9 and last.role is not Role.NUMBER:
        return last
    if last is not None and last.role is Role.NUMBER:  # `Nomor` under `Sertifikat`
        last = None
    return max((one for one in (whole, last, role_of(parts[0])) if one is not None), key=lambda one: one.confidence, default=None)


_DATA = re.compile(r"[0-9][0-9 .'-]{7,}|@[\w-]+\.|:\s*\S")


def _looks_like_data(text: str) -> bool:
    return (len(text) > 120 or _DATA.search(text) is not None) and not names_a_day(text)


def _is_data(cell: object) -> bool:
    if isinstance(cell, int | date):
        return isinstance(cell, bool) or not names_a_day(heading_of(cell))
    return not isinstance(cell, str) or _looks_like_data(cell)


def heading_of(cell: object) -> str:
    """The cell as a heading: days without the hours that a spreadsheet adds."""
    return cell.date().isoformat() if isinstance(cell, datetime) else str(cell)


def is_numbering(row: GridRow) -> bool:
    """`(1) (2) (3) …` or `1 2 3 …` under a header."""
    texts = [str(cell).strip("() .") for cell in row.cells if cell is not None]
    if len(texts) < 3 or not all(text.isascii() and text.isdigit() and len(text) <= 2 for text in texts):
        return False
    numbers = [int(text) for text in texts]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
