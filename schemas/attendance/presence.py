"""Who was there: the marks of a row, read beside those of the other rows of its list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.attendance.grids import GridRow
from schemas.attendance.headings import Role, plain
from schemas.attendance.layout import Column, Layout
from schemas.attendance.marks import BY_TICKS, PLACE, Mark, counted, mark_of, word_of

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
    """What a row says of presence: days and of how many, None where nothing does; and its cells that mean something only beside
    those of other rows, by column, as they would say it alone."""

    days: tuple[int, int] | None
    doubts: tuple[Doubt, ...] = ()
    alone: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Marked:
    """A column in which somebody is marked. `numbers`: by 1 and 0; `present`: somebody is marked as present; `mostly`: what is
    neither mark nor number is strange in it."""

    column: Column
    signature: bool
    numbers: bool
    present: bool
    mostly: bool

    @property
    def heading(self) -> str:
        return self.column.heading or self.column.letter

    @property
    def wants_marks(self) -> bool:
        """Whether an empty cell is strange in it: remarks are made of exceptions, and signatures are no text."""
        return not (self.signature or self.present or plain(self.column.heading).startswith("ket"))

    def mark(self, cell: object) -> Mark | None:
        if self.numbers and str(cell) in ("0", "1"):
            return Mark.PRESENT if str(cell) == "1" else Mark.ABSENT
        return mark_of(cell)


class Presence:
    """The marks of a list; a column in which nobody is marked says nothing, like one for signatures."""

    def __init__(self, layout: Layout, people: Sequence[GridRow]) -> None:
        columns = [one for column in layout.of(Role.PRESENCE) if (one := _marked(column, people)) is not None]
        self._columns = columns
        self._crosses_are_ticks = not any(one.mark(row.at(one.column.index)) is Mark.PRESENT for one in columns for row in people)
        self._notes = [column.index for column in layout.of(Role.OTHER) if plain(column.heading).startswith("ket")]

    def of(self, row: GridRow) -> Seen:
        """A day counts as marked when the row is; an empty cell is absence only where others are marked as present."""
        if any(isinstance(note := row.at(index), str) and len(note) > 3 and mark_of(note) is Mark.ABSENT for index in self._notes):
            return Seen((0, 1))
        said: list[bool] = []
        doubts: list[Doubt] = []
        alone: list[tuple[int, str]] = []
        for one in self._columns:
            cell = row.at(one.column.index)
            present, doubt = self._read(one, cell)
            if doubt:
                doubts.append(Doubt(one.heading, doubt))
                alone.append((one.column.index, f"{UNSURE} {cell}" if isinstance(cell, str) else UNSURE))
            elif present is not None:
                said.append(present)
                if cell is None or one.numbers or word_of(cell) == PLACE or mark_of(cell) is Mark.CROSS:
                    alone.append((one.column.index, PRESENT if present else ABSENT))
        if not said and not doubts and (empty := next((one for one in self._columns if one.wants_marks), None)) is not None:
            doubts.append(Doubt(empty.heading, "others are marked as absent here and nobody as present; this row is not marked"))
            alone.append((empty.column.index, UNSURE))
        return Seen((sum(said), len(said)) if said else None, tuple(doubts), tuple(alone))

    def _read(self, one: _Marked, cell: object) -> tuple[bool | None, str]:
        """Present, absent or nothing; or why that can't be told."""
        mark = one.mark(cell)
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
        if one.mostly and isinstance(cell, str) and not cell.strip(" .").isdigit():
            return None, "it says neither present nor absent"
        return None, ""


def _marked(column: Column, people: Sequence[GridRow]) -> _Marked | None:
    cells = [cell for row in people if (cell := row.at(column.index)) is not None]
    signature = _SIGNATURE.search(plain(column.heading)) is not None
    numbers = not signature and counted(cells)
    marks = [mark for cell in cells if (mark := mark_of(cell)) is not None]
    # A dash alone fills what nobody has signed.
    if not numbers and (not marks or (signature and all(word_of(cell) == PLACE for cell in cells if mark_of(cell) is not None))):
        return None
    present = numbers or any(mark in (Mark.PRESENT, Mark.CROSS) for mark in marks)
    return _Marked(column, signature, numbers, present, not signature and 2 * len(marks) > len(cells))
