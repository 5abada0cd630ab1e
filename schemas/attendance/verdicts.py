"""What becomes of each row of a list, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from competency.nip import mask
from schemas.attendance.dates import EXPECTED as DATE_EXPECTED
from schemas.attendance.dates import Days
from schemas.attendance.entries import Entry, Trouble
from schemas.attendance.facts import Facts
from schemas.attendance.names import SAME_PERSON, likeness
from schemas.attendance.people import KNOWN_EXPECTED, Found, Register
from schemas.attendance.shares import PERCENT

_OTHER_PERSON = 0.6
"""Below this likeness the number is more probably somebody else's than the name misspelt."""
_EARLIEST = date(1980, 1, 1)


class Verdict(StrEnum):
    """From sure to lost; which are sent says the confirmation."""

    OK = "ok"
    WARNING = "warning"
    """Sent, with something to know."""
    QUESTION = "question"
    """Sent only when the user says yes to this row."""
    UNKNOWN = "unknown"
    """The directory knows nobody; sent only when unknown people are taken, and waits as unlinked then."""
    BAD = "bad"
    """Never sent."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say of a row. `column` is a heading of the list, empty for the row as a whole. No text names anybody but by a
    masked number."""

    message: str
    would_be_right: str = ""
    column: str = ""


NO_HOURS = Remark("no hours are known; those of the catalogue count, if it has any", "a column JP")


@dataclass(frozen=True, slots=True)
class Judged:
    """A row and what becomes of it. `name` is as listed, `known_name` as in the directory; `likeness` of the two from 0 to 1.
    `nip` or `email` names the actor of its statement."""

    number: int
    line: int
    verdict: Verdict
    remarks: tuple[Remark, ...]
    name: str | None = None
    employee_id: str | None = None
    known_name: str | None = None
    likeness: float | None = None
    nip: str | None = None
    email: str | None = None
    days: Days | None = None
    hours: Decimal | None = None
    duration_minutes: int | None = None
    certificate: str | None = None
    score: Decimal | None = None
    jp_of_duration: Decimal | None = None
    """JP that `duration_minutes` make, where the row has no JP of its own."""
    brings: Decimal | None = None
    """JP that its statement alone would count as; None where the catalogue does not know the event, or the row nobody."""

    def minutes(self, jp_minutes: int | None) -> int | None:
        """How long it was by the clock; `jp_minutes` is the length of one JP in the year of the event, None: no rule says."""
        if self.hours is not None and jp_minutes is not None:
            return round(self.hours * jp_minutes)
        return self.duration_minutes

    def with_jp(self, jp_minutes: int | None) -> Judged:
        """With the JP of its duration, cut to two decimal places."""
        if self.hours is not None or self.duration_minutes is None or not jp_minutes:
            return self
        return replace(self, jp_of_duration=Decimal(self.duration_minutes * 100 // jp_minutes) / 100)

    def with_hours_of_catalogue(self) -> Judged:
        """As it is where the catalogue knows hours: then it is no matter that the list knows none."""
        left = tuple(remark for remark in self.remarks if remark != NO_HOURS)
        return replace(self, remarks=left, verdict=self.verdict if left or self.verdict is not Verdict.WARNING else Verdict.OK)

    @property
    def nip_masked(self) -> str | None:
        return None if self.nip is None else mask(self.nip)

    @property
    def person(self) -> str | None:
        """Who is meant, as one text that two rows about the same person share."""
        return self.employee_id or self.nip or self.email


def judge(entries: Sequence[Entry], facts: Facts, register: Register, *, today: date) -> tuple[Judged, ...]:
    """A verdict for each row, in order; `today` in the rules' time zone."""
    judged = [_judge(number, entry, facts, register, today) for number, entry in enumerate(entries, start=1)]
    kept: dict[tuple[str, date], Judged] = {}
    for one in judged:
        if (key := _occasion(one)) is not None:
            kept[key] = min(kept.get(key, one), one, key=_preference)
    return tuple(_once(one, kept) for one in judged)


def _occasion(row: Judged) -> tuple[str, date] | None:
    """What one statement is of, where the row may have one."""
    if row.person is None or row.days is None or row.verdict is Verdict.BAD:
        return None
    return row.person, row.days.last


def _preference(row: Judged) -> tuple[bool, bool, int]:
    """Of rows about one person, that of the fitting name is the person's, another has the number by mistake."""
    return (row.likeness or 0.0) < SAME_PERSON, row.verdict is Verdict.QUESTION, row.number


def _once(row: Judged, kept: Mapping[tuple[str, date], Judged]) -> Judged:
    key = _occasion(row)
    if key is None or kept[key].number == row.number:
        return row
    again = Remark(f"line {kept[key].line} has the same person on the same day", "each person once for each day")
    return _with(row, Verdict.BAD, again)


_ORDER = tuple(Verdict)


def worse(one: Verdict, other: Verdict) -> Verdict:
    return max(one, other, key=_ORDER.index)


def _with(judged: Judged, verdict: Verdict, remark: Remark) -> Judged:
    return replace(judged, verdict=worse(judged.verdict, verdict), remarks=(*judged.remarks, remark))


def _judge(number: int, entry: Entry, facts: Facts, register: Register, today: date) -> Judged:
    days = entry.days or facts.days
    found = register.find(entry, None if days is None else days.last)
    remarks: list[tuple[Verdict, Remark]] = [(Verdict.BAD, _remark(trouble)) for trouble in entry.troubles]
    if days is None:
        if not any(trouble.would_be_right == DATE_EXPECTED for trouble in entry.troubles):
            remarks.append((Verdict.BAD, Remark("nothing says when it was", f"the date of the event, like {DATE_EXPECTED}")))
    elif days.last > today:
        remarks.append((Verdict.BAD, Remark("it is in the future", "a day that has been", "")))
    elif days.first < _EARLIEST:
        remarks.append((Verdict.BAD, Remark(f"it was before {_EARLIEST.year}", DATE_EXPECTED)))
    remarks += _presence(entry)
    if entry.hidden:
        remarks.append((Verdict.QUESTION, Remark("the row is hidden in the workbook", "say yes to this row if it is meant, too")))
    likeness_of_names, about_person = _person(entry, found)
    remarks += about_person
    hours = entry.hours or (None if entry.duration_minutes is not None else facts.hours)
    if hours is None and entry.duration_minutes is None:
        remarks.append((Verdict.WARNING, NO_HOURS))
    verdict = Verdict.OK
    for one, _ in remarks:
        verdict = worse(verdict, one)
    return Judged(
        number=number,
        line=entry.line,
        verdict=verdict,
        remarks=tuple(remark for _, remark in remarks),
        name=entry.name,
        employee_id=None if found.employee is None else found.employee.id,
        known_name=None if found.employee is None else found.employee.name,
        likeness=likeness_of_names,
        nip=found.number,
        email=found.email,
        days=days,
        hours=hours,
        duration_minutes=entry.duration_minutes,
        certificate=entry.certificate,
        score=entry.score,
    )


def _remark(trouble: Trouble) -> Remark:
    return Remark(trouble.message, trouble.would_be_right, trouble.column)


def _presence(entry: Entry) -> list[tuple[Verdict, Remark]]:
    """Who was there in part is sent by itself only where the list says what that is worth: with hours or a certificate."""
    expected = "hadir, or tidak hadir"
    found = [(Verdict.QUESTION, Remark(doubt.message, expected, doubt.heading)) for doubt in entry.doubts]
    present, of = entry.present or (0, 0)
    if of and not present and not found:
        return [(Verdict.BAD, Remark("it is not marked as present", "hadir, for whoever was there"))]
    if present < of:
        part = (
            f"it is marked as present in part: {present} %"
            if of == PERCENT
            else f"it is marked as present in part: {present} of {of}"
        )
        if entry.hours is not None or entry.duration_minutes is not None or entry.certificate is not None:
            found.append((Verdict.WARNING, Remark(part)))
        else:
            right = "say yes to this row to give it the hours of the whole, or say its own in a column JP"
            found.append((Verdict.QUESTION, Remark(part, right)))
    return found


def _person(entry: Entry, found: Found) -> tuple[float | None, list[tuple[Verdict, Remark]]]:
    if found.problem is not None:
        return None, [(Verdict.BAD, Remark(found.problem, found.would_be_right))]
    employee = found.employee
    if employee is None:
        if found.not_then:
            said = "the directory knows this NIP, though not as anybody's on that day"
            return None, [(Verdict.UNKNOWN, Remark(said, "the NIP that the person had then"))]
        what = "NIP" if found.number is not None else "e-mail address"
        return None, [(Verdict.UNKNOWN, Remark(f"the directory does not know this {what}", KNOWN_EXPECTED))]
    remarks: list[tuple[Verdict, Remark]] = []
    alike = None if entry.name is None else likeness(entry.name, employee.name)
    if found.guessed:
        said = f"the last digits of the NIP are lost; by the others and the name it is {mask(found.number or employee.nip)}"
        remarks.append((Verdict.QUESTION, Remark(said, "say yes to this row, or send the list with the NIP as text")))
    if found.other is not None:
        said = f"the e-mail address is that of somebody else, {mask(found.other.nip)}"
        remarks.append((Verdict.QUESTION, Remark(said, "NIP and address of one person")))
    what = "NIP" if found.number is not None else "e-mail address"
    if alike is None:
        remarks.append((Verdict.WARNING, Remark(f"there is no name beside the {what} to compare")))
    elif alike < _OTHER_PERSON:
        remarks.append(
            (Verdict.QUESTION, Remark(f"the {what} is that of somebody with another name", f"{what} and name of one person"))
        )
    elif alike < SAME_PERSON:
        remarks.append((Verdict.WARNING, Remark("the name is written differently in the directory")))
    return alike, remarks
