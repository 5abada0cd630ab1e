"""The shapes of tables about the people of a unit: what HR reads, and what SIASN takes.

The field names and date format of *riwayat kursus* and *riwayat diklat* are those of SIASN's web service as implementations in use
send them (unverified); a field that Rekam can't know is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from competency.directory import Employee, Post, Unit
from competency.nip import mask
from competency.profile_json import CertificatePart, HourLinePart, Profile
from competency.regulation import Rules
from schemas.exports.writing import Cell, Row

STRUCTURAL_KINDS: Final = frozenset({"1"})
"""BKN's kinds that SIASN keeps as riwayat diklat (leadership training); all others are riwayat kursus."""

_MS_OF_DAY: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the rows are about. `nip` is what may be shown of it."""

    employee: Employee
    nip: str
    profile: Profile
    unit_path: tuple[Unit, ...]
    post: Post | None

    @property
    def agency(self) -> Unit | None:
        return self.unit_path[0] if self.unit_path else None


def person(employee: Employee, profile: Profile, unit_path: tuple[Unit, ...], post: Post | None, *, nip_in_clear: bool) -> Person:
    return Person(employee, employee.nip if nip_in_clear else mask(employee.nip), profile, unit_path, post)


@dataclass(frozen=True, slots=True)
class Shape:
    """A table. `rows` gives those of one person, of one calendar year or (None) of all."""

    says: str
    headers: tuple[str, ...]
    rows: Callable[[Person, int | None, Rules], Iterator[Row]]


_WHO: Final = ("employeeId", "nip", "nama", "statusKepegawaian", "unitKerja", "jabatan")


def _who(one: Person) -> Row:
    employee = one.employee
    unit = one.unit_path[-1].name if one.unit_path else ""
    return (employee.id, one.nip, employee.name, employee.employment.value, unit, "" if one.post is None else one.post.title)


def _hours(one: Person, year: int | None, rules: Rules) -> Iterator[Row]:
    for part in one.profile.hours:
        if year is None or part.year == year:
            owed = part.obligation
            said: tuple[Cell, ...] = ("", None, None) if owed is None else (owed.standing.value, owed.jp, owed.difference)
            yield (*_who(one), part.year, part.jp, *said, sum(line.counted for line in part.lines))


def _history(one: Person, year: int | None, rules: Rules) -> Iterator[Row]:
    for line in _lines(one, year):
        yield (
            *_who(one),
            line.finished_on,
            line.title,
            line.kind,
            line.provider,
            line.full_jp,
            line.jp,
            line.why,
            _certificate(one, line),
            line.catalogue_id,
            " ".join(map(str, line.statement_ids)),
        )


def _competencies(one: Person, year: int | None, rules: Rules) -> Iterator[Row]:
    for part in one.profile.competencies:
        yield (
            *_who(one),
            part.id,
            part.name,
            None if part.standard is None else part.standard.level,
            None if part.assessed is None else part.assessed.level,
            None if part.assessed is None else part.assessed.assessed_on,
            None if part.suggested is None else part.suggested.level,
            part.gap,
            None if part.gap_from is None else part.gap_from.value,
        )


def _kursus(one: Person, year: int | None, rules: Rules) -> Iterator[Row]:
    agency = one.agency
    for line in _lines(one, year):
        if line.counted and line.kind_id not in STRUCTURAL_KINDS:
            kind = rules.kinds.get(line.kind_id)
            yield (
                "" if agency is None else agency.siasn_id,
                line.provider,
                line.kind_id,
                "",
                "" if kind is None else kind.certificate,
                _whole_hours(line.jp),
                "",
                line.title,
                _certificate(one, line),
                one.employee.siasn_id,
                line.finished_on.year,
                _day(_began_on(line)),
                _day(line.finished_on),
            )


def _diklat(one: Person, year: int | None, rules: Rules) -> Iterator[Row]:
    for line in _lines(one, year):
        if line.counted and line.kind_id in STRUCTURAL_KINDS:
            yield (
                0,
                line.provider,
                line.title,
                _whole_hours(line.jp),
                "",
                _certificate(one, line),
                one.employee.siasn_id,
                line.finished_on.year,
                _day(_began_on(line)),
                _day(line.finished_on),
            )


class ShapeName(StrEnum):
    HOURS = "hours"
    HISTORY = "history"
    COMPETENCIES = "competencies"
    RIWAYAT_KURSUS = "riwayat-kursus"
    RIWAYAT_DIKLAT = "riwayat-diklat"


SHAPES: Final = {
    ShapeName.HOURS: Shape(
        "hours by person and calendar year, with what is owed",
        (*_WHO, "tahun", "jp", "standing", "jpWajib", "selisih", "kegiatan"),
        _hours,
    ),
    ShapeName.HISTORY: Shape(
        "everything that people finished, with what it counts and why",
        (
            *_WHO,
            "tanggalSelesai",
            "namaKegiatan",
            "jenis",
            "penyelenggara",
            "jpKegiatan",
            "jpDihitung",
            "alasan",
            "nomorSertipikat",
            "katalog",
            "statements",
        ),
        _history,
    ),
    ShapeName.COMPETENCIES: Shape(
        "levels and gaps by person and competency, as they are now",
        (
            *_WHO,
            "kompetensi",
            "namaKompetensi",
            "standar",
            "tingkatAsesmen",
            "tanggalAsesmen",
            "tingkatDisarankan",
            "kesenjangan",
            "dasarKesenjangan",
        ),
        _competencies,
    ),
    ShapeName.RIWAYAT_KURSUS: Shape(
        "SIASN riwayat kursus: what counted, but leadership training",
        (
            "instansiId",
            "institusiPenyelenggara",
            "jenisDiklatId",
            "jenisKursus",
            "jenisKursusSertipikat",
            "jumlahJam",
            "lokasiId",
            "namaKursus",
            "nomorSertipikat",
            "pnsOrangId",
            "tahunKursus",
            "tanggalKursus",
            "tanggalSelesaiKursus",
        ),
        _kursus,
    ),
    ShapeName.RIWAYAT_DIKLAT: Shape(
        "SIASN riwayat diklat: leadership training that counted",
        (
            "bobot",
            "institusiPenyelenggara",
            "jenisKompetensi",
            "jumlahJam",
            "latihanStrukturalId",
            "nomor",
            "pnsOrangId",
            "tahun",
            "tanggal",
            "tanggalSelesai",
        ),
        _diklat,
    ),
}


def _lines(one: Person, year: int | None) -> Iterator[HourLinePart]:
    for part in one.profile.hours:
        if year is None or part.year == year:
            yield from part.lines


def _certificate(one: Person, line: HourLinePart) -> str:
    return next((found.number or "" for found in one.profile.certificates if _same(found, line)), "")


def _same(certificate: CertificatePart, line: HourLinePart) -> bool:
    return certificate.statement_ids == line.statement_ids


def _whole_hours(jp: Decimal) -> int:
    """SIASN takes whole hours: what is begun and not finished is cut off, so that nothing is claimed that was not learnt."""
    return int(jp)


def _began_on(line: HourLinePart) -> date:
    """The day on which it began as far as its duration tells; else the day on which it was finished."""
    days = 0 if line.duration_ms is None else line.duration_ms // _MS_OF_DAY
    try:
        return line.finished_on - timedelta(days=days)
    except OverflowError:
        return line.finished_on


def _day(day: date) -> str:
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"
