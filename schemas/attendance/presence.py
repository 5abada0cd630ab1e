"""Who was there: the marks of a row, read beside those of the other rows of its list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from schemas.attendance.grids import GridRow
from schemas.attendance.headings import Role, plain
from schemas.attendance.layout import Column, Layout
from schemas.attendance.marks import (
    BY_TICKS,
    PLACE,
    Mark,
    counted,
    heads_absence,
    letters_of_presence,
    mark_of,
    noted,
    word_of,
)
from schemas.attendance.shares import Share, Shares, share_in, written

ABSENT, UNSURE = "tidak hadir", "?"
"""As the cells of a list are put that say the same whatever the other rows say."""
PRESENT = "hadir"
_SIGNATURE = re.compile(r"\b(?:ttd|tanda ?tangan|paraf|signature)\b")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell of a column that may mean either."""

    heading: str
    message: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a row says of presence: days and of how many (of 100: a percentage), None where nothing does; and its cells that mean
    something only beside those of other rows, by column, as they would say it alone."""

    days: Share | None
    doubts: tuple[Doubt, ...] = ()
    alone: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Marked:
    """A column in which somebody is marked. `numbers`: by 1 and 0; `present`: somebody is marked as present; `mostly`: what is
    neither mark nor number is strange in it; `absence`: a tick says that somebody was not there; `shares`: numbers of days."""

    column: Column
    signature: bool
    numbers: bool
    present: bool
    mostly: bool
    absence: bool
    shares: Shares | None

    @property
    def heading(self) -> str:
        return self.column.heading or self.column.letter

    @property
    def wants_marks(self) -> bool:
        """Whether an empty cell is strange in it: remarks are made of exceptions, and signatures are no text."""
        return not (self.signature or self.present or self.absence or plain(self.column.heading).startswith("ket"))

    def share(self, cell: object) -> Share | None:
        if self.signature or self.numbers or self.absence:
            return None
        return share_in(cell) or (None if self.shares is None else self.shares.of(cell))

    def mark(self, cell: object) -> Mark | None:
        if self.numbers and str(cell) in ("0", "1"):
            return Mark.PRESENT if str(cell) == "1" else Mark.ABSENT
        return mark_of(cell)


class Presence:
    """The marks of a list; a column in which nobody is marked says nothing, like one for signatures."""

    def __init__(self, layout: Layout, people: Sequence[GridRow]) -> None:
        held = layout.of(Role.PRESENCE)
        letters = letters_of_presence([column.heading for column in held])
        columns = [
            one
            for place, column in enumerate(held)
            if (one := _marked(column, people, absence=heads_absence(column.heading, letter=place in letters))) is not None
        ]
        self._columns = columns
        self._crosses_are_ticks = not any(
            one.mark(row.at(one.column.index)) is Mark.PRESENT for one in columns if not one.absence for row in people
        )
        self._notes = [column for column in layout.of(Role.OTHER) if plain(column.heading).startswith("ket")]

    def of(self, row: GridRow) -> Seen:
        """A day counts as marked when the row is; an empty cell is absence only where others are marked as present."""
        doubts: list[Doubt] = []
        for note in self._notes:
            mark = noted(row.at(note.index))
            if mark is Mark.ABSENT:
                return Seen((0, 1))
            if mark is Mark.DOUBT:
                doubts.append(Doubt(note.heading, "it may say that somebody was absent"))
        said: list[bool] = []
        shares: list[Share] = []
        alone: list[tuple[int, str]] = []
        for one in self._columns:
            cell = row.at(one.column.index)
            if (share := one.share(cell)) is not None:
                shares.append(share)
                alone.append((one.column.index, written(share)))
                continue
            present, doubt = self._read(one, cell)
            if doubt:
                doubts.append(Doubt(one.heading, doubt))
                alone.append((one.column.index, f"{UNSURE} {cell}" if isinstance(cell, str) else UNSURE))
            elif present is not None:
                said.append(present)
                if not one.absence and (cell is None or one.numbers or word_of(cell) == PLACE or mark_of(cell) is Mark.CROSS):
                    alone.append((one.column.index, PRESENT if present else ABSENT))
        if not (said or shares or doubts) and (empty := next((one for one in self._columns if one.wants_marks), None)) is not None:
            doubts.append(Doubt(empty.heading, "others are marked as absent here and nobody as present; this row is not marked"))
            alone.append((empty.column.index, UNSURE))
        return Seen(_together(said, shares), tuple(doubts), tuple(alone))

    def _read(self, one: _Marked, cell: object) -> tuple[bool | None, str]:
        """Present, absent or nothing; or why that can't be told."""
        mark = one.mark(cell)
        if one.absence:
            return _under_absence(cell, mark)
        if mark is Mark.CROSS:
            mark = Mark.PRESENT if self._crosses_are_ticks else Mark.DOUBT
            if mark is Mark.DOUBT:
                return None, "an x may mean present or absent, as others are marked as present in another way"
        if mark is Mark.DOUBT:
            return None, "it says neither present nor absent"
        if mark is Mark.PRESENT:
            return True, ""
        if one.column.confidence <= BY_TICKS and (mark is Mark.ABSENT or cell is None):
            return None, "the ticks of others in this column may mark presence, and this row has none"
        if mark is Mark.ABSENT:
            return False, ""
        if cell is None:
            return (False if one.present else None), ""
        if isinstance(cell, date) and not one.signature and not (isinstance(cell, datetime) and cell.time() != datetime.min.time()):
            return None, "it is a date; a spreadsheet makes one of what is written like 2/3"
        if one.mostly and isinstance(cell, str) and not cell.strip(" .").isdigit():
            return None, "it says neither present nor absent"
        return None, ""


def _under_absence(cell: object, mark: Mark | None) -> tuple[bool | None, str]:
    """Present, absent or nothing under `Tidak Hadir` or `Sakit`: a tick or a reason is absence, and nothing is nothing."""
    if (
        cell is None
        or word_of(cell) in (PLACE, "tidak", "tdk", "n", "no", "false", "hadir", "h")
        or str(cell) in ("0", "0.0", "False")
    ):
        return None, ""
    if mark is Mark.DOUBT:
        return None, "it says neither present nor absent"
    return False, ""


def _together(said: Sequence[bool], shares: Sequence[Share]) -> Share | None:
    """Days that are marked one by one tell more than a sum of them beside."""
    if said:
        return sum(said), len(said)
    return min(shares, key=lambda share: share[0] / share[1], default=None)


def _marked(column: Column, people: Sequence[GridRow], *, absence: bool) -> _Marked | None:
    cells = [cell for row in people if (cell := row.at(column.index)) is not None]
    signature = _SIGNATURE.search(plain(column.heading)) is not None
    numbers = not signature and counted(cells)
    shares = None if signature or numbers or absence else Shares(column.heading, cells)
    parts = [cell for cell in cells if shares is not None and (share_in(cell) or shares.of(cell)) is not None]
    marks = [mark for cell in cells if (mark := mark_of(cell)) is not None]
    told = bool(parts) or (absence and bool(cells))
    # A dash alone fills what nobody has signed.
    only_dashes = signature and all(word_of(cell) == PLACE for cell in cells if mark_of(cell) is not None)
    if not numbers and not told and (not marks or only_dashes):
        return None
    present = not absence and (numbers or bool(parts) or any(mark in (Mark.PRESENT, Mark.CROSS) for mark in marks))
    mostly = not signature and 2 * (len(marks) + len(parts)) > len(cells)
    return _Marked(column, signature, numbers, present, mostly, absence, shares)
