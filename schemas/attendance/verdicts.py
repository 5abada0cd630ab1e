"""What becomes of each row of a list, and why."""

from __future__ import annotations

from collections.abc import Sequence
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

    @property
    def nip_masked(self) -> str | None:
        return None if self.nip is None else mask(self.nip)

    @property
    def person(self) -> str | None:
        """Who is meant, as one text that two rows about the same person share."""
        return self.employee_id or self.nip or self.email


def judge(entries: Sequence[Entry], facts: Facts, register: Register, *, today: date) -> tuple[Judged, ...]:
    """A verdict for each row, in order; `today` in the rules' time zone."""
    judged: list[Judged] = []
    first_lines: dict[tuple[str, date], int] = {}
    for number, entry in enumerate(entries, start=1):
        one = _judge(number, entry, facts, register, today)
        if one.person is not None and one.days is not None and one.verdict is not Verdict.BAD:
            first = first_lines.setdefault((one.person, one.days.last), entry.line)
            if first != entry.line:
                again = Remark(f"line {first} has the same person on the same day", "each person once for each day")
                one = _with(one, Verdict.BAD, again)
        judged.append(one)
    return tuple(judged)


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
    likeness_of_names, about_person = _person(entry, found)
    remarks += about_person
    hours = entry.hours or (None if entry.duration_minutes is not None else facts.hours)
    if hours is None and entry.duration_minutes is None:
        remarks.append((Verdict.WARNING, Remark("no hours are known; those of the catalogue count, if it has any", "a column JP")))
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
    if entry.present is None:
        return []
    present, of = entry.present
    if present == 0:
        return [(Verdict.BAD, Remark("it is not marked as present", "hadir, for whoever was there"))]
    if present < of:
        return [(Verdict.WARNING, Remark(f"it is marked as present {present} times of {of}"))]
    return []


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
    if alike is not None and alike < _OTHER_PERSON:
        remarks.append((Verdict.QUESTION, Remark("the NIP is that of somebody with another name", "NIP and name of one person")))
    elif alike is not None and alike < SAME_PERSON:
        remarks.append((Verdict.WARNING, Remark("the name is written differently in the directory")))
    return alike, remarks
