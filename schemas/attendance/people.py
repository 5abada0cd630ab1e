"""Whom a row means: looked up in the directory by number and address, never by name alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from competency.directory import Employee, Employment
from competency.nip import NipError, mask, parse
from schemas.attendance.entries import Entry
from schemas.attendance.names import SAME_PERSON, likeness
from schemas.attendance.numbers import Broken, Lost, Whole
from xapi.agents import agent_key

SERIALS = tuple(f"{number:03}" for number in range(1, 1000))
_ROUNDED_UP = tuple(serial for serial in SERIALS if serial >= "484")
"""Half a thousand, less the 16 by which a double may be off."""
MOST_RECOVERED = 1_000
"""Rows of one list whose lost digits are looked for; each costs 999 look-ups."""


MOST_NAMES = 1_000
"""Rows of one list for which names are looked up."""


class People(Protocol):
    """The directory, as far as it is asked here."""

    def by_keys(self, keys: Iterable[str]) -> Mapping[str, Sequence[Employee]]:
        """Agent key -> everyone who has it at some time."""
        ...

    def named(self, name: str, unit: str | None) -> Sequence[Employee]:
        """Some of those of about this name who work now; in the unit of this name or below it, where one is given."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a row means. `number` is the NIP that stands for the person, `email` the address where the row has no number;
    `employee` is None for whom the directory does not know. `problem` says why nobody is meant; `guessed`: lost digits were found
    again by what is left of them and the name; `other` is the one whom the number names, where the address names somebody else."""

    employee: Employee | None = None
    number: str | None = None
    email: str | None = None
    problem: str | None = None
    would_be_right: str = ""
    guessed: bool = False
    other: Employee | None = None
    not_then: bool = False
    """The number is somebody's, though nobody's on that day."""


NUMBER_EXPECTED = "18 digits in a cell formatted as text"
KNOWN_EXPECTED = "the NIP of an employee in the directory"


class Register:
    """Everyone whom the rows of one list may mean, asked for at once."""

    def __init__(self, entries: Sequence[Entry], people: People, nip_home_page: str) -> None:
        self._home_page = nip_home_page
        self._people = people
        self._names_left = MOST_NAMES
        whole = {entry.number.digits for entry in entries if isinstance(entry.number, Whole)}
        emails = {entry.email for entry in entries if entry.email is not None}
        keys = [self._number_key(digits) for digits in whole] + [
            _email_key(spelling) for email in emails for spelling in _spellings(email)
        ]
        self._holders = dict(people.by_keys(keys)) if keys else {}
        lost = list(dict.fromkeys(entry.number.kept for entry in entries if isinstance(entry.number, Lost)))
        self._recoverable: dict[str, tuple[Employee, ...]] = {kept: self._beginning(kept) for kept in lost[:MOST_RECOVERED]}

    def find(self, entry: Entry, day: date | None) -> Found:
        found = self._find(entry, day)
        if found.problem is None or found.would_be_right != NUMBER_EXPECTED:
            return found
        return replace(found, would_be_right=NUMBER_EXPECTED + self._suggestion(entry))

    def _suggestion(self, entry: Entry) -> str:
        """The one whom the name may mean, for somebody to look up: a name alone is no answer."""
        if entry.name is None or self._names_left == 0:
            return ""
        self._names_left -= 1
        alike = [one for one in self._people.named(entry.name, entry.unit) if likeness(entry.name, one.name) >= SAME_PERSON]
        if len(alike) != 1:
            return ""
        return f"; the only one of this name{' in this unit' if entry.unit is not None else ''} is {mask(alike[0].nip)}"

    def _find(self, entry: Entry, day: date | None) -> Found:
        email, by_email = (None, None) if entry.email is None else self._of_email(entry.email, entry.name, day)
        match entry.number:
            case Whole(digits):
                return self._of_number(digits, entry, by_email, day)
            case Lost(kept, reason):
                return self._of_lost(kept, reason, entry, by_email)
            case Broken(reason):
                return Found(problem=f"the NIP can't be right: {reason}", would_be_right=_hint(by_email))
        if email is not None:
            return Found(employee=by_email, email=email)
        return Found(problem="it has no NIP and no e-mail address, and a name alone proves nothing", would_be_right=NUMBER_EXPECTED)

    def _of_email(self, email: str, name: str | None, day: date | None) -> tuple[str, Employee | None]:
        """Whose an address is, and the spelling of it that names the person: that in small letters where it does, so that one
        person's statements have one actor however lists write it."""
        held = [(spelling, self._holder(_email_key(spelling), day)) for spelling in _spellings(email)]
        written = next((one for _, one in held if one is not None), None)
        if written is None and (other := self._in_another_case(email, name, day)) is not None:
            return other
        return next(((spelling, one) for spelling, one in reversed(held) if one == written))

    def _in_another_case(self, email: str, name: str | None, day: date | None) -> tuple[str, Employee] | None:
        """As the directory spells it, found among those of the name: an address can't be looked up whatever its case."""
        if name is None or self._names_left == 0:
            return None
        self._names_left -= 1
        wanted = _email_key(email).casefold()
        for one in self._people.named(name, None):
            for key in one.keys:
                if key.casefold() == wanted and (day is None or one.is_named_by(key, day)):
                    return key.removeprefix(_MAILBOX), one
        return None

    def _of_number(self, digits: str, entry: Entry, by_email: Employee | None, day: date | None) -> Found:
        holder = self._holder(self._number_key(digits), day)
        if holder is not None:
            other = by_email if by_email is not None and by_email.id != holder.id else None
            return Found(employee=holder, number=digits, other=other)
        if (reason := _impossible(digits)) is not None:
            return Found(problem=f"the NIP can't be right: {reason}", would_be_right=_hint(by_email))
        if by_email is not None:
            return Found(
                problem="the directory does not know this NIP, and the e-mail address is somebody's who has another",
                would_be_right=_hint(by_email),
            )
        return Found(number=digits, not_then=bool(self._holders.get(self._number_key(digits))))

    def _of_lost(self, kept: str, reason: str, entry: Entry, by_email: Employee | None) -> Found:
        candidates = self._recoverable.get(kept, ())
        alike = [one for one in candidates if entry.name is not None and likeness(entry.name, one.name) >= SAME_PERSON]
        if by_email is not None and _may_be(by_email.nip, kept):
            alike = [by_email]
        if len(alike) == 1:
            return Found(employee=alike[0], number=self._number_of(alike[0], kept), guessed=True)
        if kept not in self._recoverable:
            return Found(problem=f"{reason}, as in more than {MOST_RECOVERED} other rows", would_be_right=NUMBER_EXPECTED)
        more = "; no employee has the digits that are left"
        if len(alike) > 1:
            more = "; several employees of that name have the digits that are left"
        elif candidates:
            more = f"; of {len(candidates)} who have the digits that are left none has that name"
        return Found(problem=reason + more, would_be_right=NUMBER_EXPECTED)

    def _beginning(self, kept: str) -> tuple[Employee, ...]:
        """Everyone with a number of these first digits, or of those that a program rounded up to them."""
        below = f"{int(kept) - 1:015}"
        numbers = [*(kept + serial for serial in SERIALS), *(below + serial for serial in _ROUNDED_UP)]
        held = self._people.by_keys(map(self._number_key, numbers))
        return tuple({one.id: one for holders in held.values() for one in holders}.values())

    def _number_of(self, employee: Employee, kept: str) -> str:
        if _may_be(employee.nip, kept):
            return employee.nip
        prefix = self._number_key("")
        numbers = (key.removeprefix(prefix) for key in employee.keys if key.startswith(prefix))
        return next((number for number in numbers if _may_be(number, kept)), employee.nip)

    def _holder(self, key: str, day: date | None) -> Employee | None:
        """Whose the key was on that day; without a day, or where it was nobody's then, whose it is if it is one person's only."""
        holders = self._holders.get(key, ())
        then = [one for one in holders if day is not None and one.is_named_by(key, day)]
        if len(then) == 1:
            return then[0]
        return holders[0] if day is None and len(holders) == 1 else None

    def _number_key(self, digits: str) -> str:
        return f"account|{self._home_page}|{digits}"


def _may_be(number: str, kept: str) -> bool:
    """Whether a number was cut or rounded to these first digits."""
    return number.startswith(kept) or (number[:-3] == f"{int(kept) - 1:015}" and number[-3:] in _ROUNDED_UP)


_MAILBOX = "mbox|mailto:"


def _email_key(email: str) -> str:
    return str(agent_key({"mbox": f"mailto:{email}"}))


def _spellings(email: str) -> tuple[str, ...]:
    """As it is written, and in small letters: the directory has either, and nobody means two people by the two."""
    return tuple(dict.fromkeys((email, email.lower(), email.casefold())))


def _hint(employee: Employee | None) -> str:
    return NUMBER_EXPECTED if employee is None else f"{mask(employee.nip)}, by the e-mail address"


def _impossible(digits: str) -> str | None:
    """Why no employee of either kind can have this number."""
    reasons = []
    for employment in Employment:
        try:
            parse(digits, employment)
        except NipError as error:
            reasons.append(str(error))
        else:
            return None
    return reasons[0]
