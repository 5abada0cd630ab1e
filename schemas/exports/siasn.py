"""The rows that SIASN takes, and what it takes that is still missing.

The field names and date format of *riwayat kursus* and *riwayat diklat* are those of SIASN's web service as implementations in use
send them (unverified); a field that Rekam can't know is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from competency.profile_json import HourLinePart
from schemas.exports.people import Ground, Person, certificate_number, lines
from schemas.exports.workbooks import Row

STRUCTURAL_KINDS: Final = frozenset({"1"})
"""BKN's kinds that SIASN keeps as riwayat diklat (leadership training); all others are riwayat kursus."""


def kursus(one: Person, year: int | None, ground: Ground) -> Iterator[Row]:
    agency = one.agency
    for line in lines(one, year):
        if line.counted and line.kind_id not in STRUCTURAL_KINDS:
            kind = ground.rules.kinds.get(line.kind_id)
            yield (
                "" if agency is None else agency.siasn_id,
                line.provider,
                line.kind_id,
                "",
                "" if kind is None else kind.certificate,
                _whole_hours(line.jp),
                "",
                line.title,
                certificate_number(one, line),
                one.employee.siasn_id,
                line.finished_on.year,
                _day(_began_on(line)),
                _day(line.finished_on),
            )


def diklat(one: Person, year: int | None, ground: Ground) -> Iterator[Row]:
    for line in lines(one, year):
        if line.counted and line.kind_id in STRUCTURAL_KINDS:
            yield (
                0,
                line.provider,
                line.title,
                _whole_hours(line.jp),
                _training(line, ground),
                certificate_number(one, line),
                one.employee.siasn_id,
                line.finished_on.year,
                _day(_began_on(line)),
                _day(line.finished_on),
            )


_NO_PERSON: Final = "give siasn_id of the table employees: the person's id in SIASN (pnsOrangId)"
_NO_AGENCY: Final = "give siasn_id of the table units: the agency's id in SIASN (instansiId)"
_NO_UNIT: Final = "import the unit of this person, and the units above it up to the agency"
_NO_TRAINING: Final = "give siasn_training of the catalogue: BKN's id of this structural training (latihanStrukturalId)"


def gaps(people: Iterable[Person], year: int | None, ground: Ground) -> Iterator[Row]:
    """What people share, their agency and their trainings, stands where it is first missing, and only there."""
    told: set[tuple[str, str]] = set()
    for one in people:
        employee, agency = one.employee, one.agency
        unit = one.unit_path[-1].name if one.unit_path else ""
        if not employee.siasn_id:
            yield ("employee", employee.id, one.nip, employee.name, unit, "pnsOrangId", _NO_PERSON)
        if agency is None:
            yield ("employee", employee.id, one.nip, employee.name, unit, "instansiId", _NO_UNIT)
        elif not agency.siasn_id and ("unit", agency.id) not in told:
            told.add(("unit", agency.id))
            yield ("unit", agency.id, "", agency.name, agency.name, "instansiId", _NO_AGENCY)
        for line in lines(one, year):
            wanting = line.counted and line.kind_id in STRUCTURAL_KINDS and not _training(line, ground)
            if wanting and ("catalogue", line.catalogue_id) not in told:
                told.add(("catalogue", line.catalogue_id))
                yield ("catalogue", line.catalogue_id, "", line.title, "", "latihanStrukturalId", _NO_TRAINING)


def _whole_hours(jp: Decimal) -> int:
    """SIASN takes whole hours: what is begun and not finished is cut off, so that nothing is claimed that was not learnt."""
    return int(jp)


def _began_on(line: HourLinePart) -> date:
    """The first day as far as statements tell it; else the day on which it was finished."""
    return line.finished_on if line.began_on is None else line.began_on


def _training(line: HourLinePart, ground: Ground) -> str:
    """BKN's id of a structural training, as the catalogue has it now; empty where it has none."""
    entry = ground.catalogue.get(line.catalogue_id)
    return "" if entry is None else entry.siasn_training


def _day(day: date) -> str:
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"
