"""Which rows below a header are people: not the numbers of columns, totals and signatures that stand in the same columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.attendance.grids import GridRow
from schemas.attendance.headers import IDENTIFYING, is_numbering
from schemas.attendance.headings import Role, role_of
from schemas.attendance.layout import Layout
from schemas.attendance.numbers import Lost, Whole, read_number, within, without_number


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no person, and why."""

    line: int
    why: str


_FOOTER = re.compile(
    r"^(?:(?:jumlah|total|sub ?total|grand total)\b|(?:mengetahui|menyetujui|disahkan|disetujui|diperiksa|dibuat)\b"
    r"|(?:catatan|keterangan|ket|nb|note)\.?\s*:|(?:panitia|penyelenggara|pelaksana|narasumber|notulis|petugas)\b"
    r"|(?:ketua|kepala|sekretaris|direktur|pejabat|plt|plh)\b\.?|a\.?\s?n\.\s|ttd\b|nip\b[ .:]|\*"
    r"|(?:pembuat|penanggung jawab|hormat kami|yang (?:membuat|mengetahui|bertanda))\b)",
    re.IGNORECASE,
)
_PLACE_AND_DAY = re.compile(r"^[A-Z][A-Za-z .]{2,40},\s*(?:tanggal\s*)?[0-9.… ]{1,10}\s*[A-Za-z]{3,9}\s+[0-9]{4}\.?$")


_BELOW = "it stands below the list: a total, a note or a signature"


def people(layout: Layout) -> list[tuple[GridRow, str | None]]:
    """Each row below the header, with why it is no person."""
    rows = _joined(layout)
    return list(_judged(layout, rows, _end(layout, rows)))


def beside(layout: Layout) -> tuple[Skipped, ...]:
    """The header once more, where a second list stands beside the one that is read."""
    taken = {role for role in IDENTIFYING if layout.first(role) is not None}
    again = [
        column.letter
        for column in layout.columns
        if column.role is None
        and (guess := role_of(column.heading)) is not None
        and guess.confidence == 1.0
        and guess.role in taken
    ]
    if len(again) < 2:
        return ()
    why = f"another list stands beside this one (columns {', '.join(again)}) and is not read: put its rows below the others"
    return (Skipped(layout.header[-1].line, why),)


def first_of(layout: Layout, row: GridRow, role: Role) -> object:
    """What the row says of something: of several columns the first that says anything."""
    cells = [row.at(column.index) for column in layout.of(role)]
    if role is Role.NIP and len(cells) > 1:
        return next((cell for cell in cells if read_number(cell) is not None), None)
    return next((cell for cell in cells if cell is not None), None) if role is not Role.PRESENCE else None


def _judged(layout: Layout, rows: Sequence[GridRow], end: int | None) -> Iterator[tuple[GridRow, str | None]]:
    counter = layout.first(Role.NUMBER)
    ended = False
    for row in rows:
        name, number, email = (first_of(layout, row, role) for role in (Role.NAME, Role.NIP, Role.EMAIL))
        counted = _is_counted(layout, row)
        # Whoever signs below a list has a name in one row and a number in another.
        numbered = name is not None and (isinstance(read_number(number), Whole | Lost) or _holds_number(layout, name))
        person = numbered or (name is not None and (counted or email is not None))
        words = [name] if person else row.cells
        ended = ended or (end is not None and row.line >= end)
        if is_numbering(row):
            yield row, "it numbers the columns"
        elif _repeats(layout, row):
            yield row, "it is the header again"
        elif not numbered and any(isinstance(word, str) and (_FOOTER.match(word) or _PLACE_AND_DAY.match(word)) for word in words):
            ended = True
            yield row, _BELOW
        elif name is None and number is None and email is None:
            yield row, "it names nobody"
        elif ended and not (numbered and (counter is None or counted)):
            yield row, _BELOW
        else:
            yield row, None


def _is_counted(layout: Layout, row: GridRow) -> bool:
    counter = layout.first(Role.NUMBER)
    return counter is not None and str(row.at(counter.index) or "").strip(". ").isdigit()


def _holds_number(layout: Layout, name: object) -> bool:
    """Whether a cell has both the name and the number of somebody, where no column is for numbers."""
    if layout.first(Role.NIP) is not None or not isinstance(name, str):
        return False
    return within(name) is not None and bool(without_number(name))


def _end(layout: Layout, rows: Sequence[GridRow]) -> int | None:
    """The line where what is below the list begins, as far as empty lines tell it: people have running numbers, and whoever
    stands without one below the last of them and an empty line has signed the list."""
    places = [place for place, row in enumerate(rows) if _is_counted(layout, row)]
    if not places or 2 * len(places) <= places[-1]:
        return None
    below = zip(rows[places[-1] :], rows[places[-1] + 1 :], strict=False)
    return next((row.line for before, row in below if row.line > before.line + 1), None)


def _joined(layout: Layout) -> list[GridRow]:
    """The rows, where a name has its number below it in the same column (`Nama / NIP`) both in one."""
    name = layout.first(Role.NAME)
    joined: list[GridRow] = []
    for row in layout.below:
        cell = None if name is None else row.at(name.index)
        above = joined[-1] if joined else None
        upper = None if name is None or above is None else above.at(name.index)
        if (
            name is not None
            and above is not None
            and layout.first(Role.NIP) is None
            and isinstance(cell, str)
            and isinstance(upper, str)
            and row.line == above.line + 1
            and (_is_counted(layout, above) or layout.first(Role.NUMBER) is None)
            and within(cell) is not None
            and not without_number(cell)
            and within(upper) is None
        ):
            cells = list(above.cells)
            cells[name.index] = f"{upper} NIP. {within(cell)}"
            joined[-1] = GridRow(above.line, tuple(cells))
        else:
            joined.append(row)
    return joined


def _repeats(layout: Layout, row: GridRow) -> bool:
    """Whether the headings stand here again, as at the head of each printed page."""
    again = {
        column.role
        for column in layout.columns
        if column.role in _HEADINGS_AGAIN and (guess := role_of(row.at(column.index))) is not None and guess.role is column.role
    }
    return len(again) >= 2 and bool(again & {Role.NAME, Role.NIP, Role.EMAIL})


_HEADINGS_AGAIN = frozenset((Role.NUMBER, Role.NAME, Role.NIP, Role.EMAIL, Role.UNIT, Role.POST, Role.CERTIFICATE))
