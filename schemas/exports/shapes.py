"""The shapes of tables about the people of a unit: what HR reads, what SIASN takes, and what it takes that is still missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from competency.regulation import Period
from schemas.exports import siasn
from schemas.exports.people import Ground, Person, Rows, certificate_number, each, lines
from schemas.exports.workbooks import Cell, Row


@dataclass(frozen=True, slots=True)
class Shape:
    """A table, with its columns and what stands in them."""

    says: str
    headers: tuple[str, ...]
    rows: Rows


_PERIODS: Final = {Period.CALENDAR_YEAR: "calendar", Period.CONTRACT_YEAR: "contract"}
_WHO: Final = ("employeeId", "nip", "nama", "statusKepegawaian", "unitKerja", "jabatan")


def _who(one: Person) -> Row:
    employee = one.employee
    unit = one.unit_path[-1].name if one.unit_path else ""
    return (employee.id, one.nip, employee.name, employee.employment.value, unit, "" if one.post is None else one.post.title)


def _hours(one: Person, year: int | None, ground: Ground) -> Iterator[Row]:
    """Of a contract year, every calendar year that it touches has it."""
    for part in (*one.profile.hours, *one.profile.contract_hours):
        if year is None or part.from_day.year <= year <= part.through_day.year:
            owed = part.obligation
            said: tuple[Cell, ...] = ("", None, None) if owed is None else (owed.standing.value, owed.jp, owed.difference)
            when = (_PERIODS[part.period], part.year, part.from_day, part.through_day)
            yield (*_who(one), *when, part.jp, *said, sum(line.counted for line in part.lines))


def _history(one: Person, year: int | None, ground: Ground) -> Iterator[Row]:
    for line in lines(one, year):
        yield (
            *_who(one),
            line.finished_on,
            line.title,
            line.kind,
            line.provider,
            line.full_jp,
            line.jp,
            line.why,
            certificate_number(one, line),
            line.catalogue_id,
            " ".join(map(str, line.statement_ids)),
        )


def _competencies(one: Person, year: int | None, ground: Ground) -> Iterator[Row]:
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


class ShapeName(StrEnum):
    HOURS = "hours"
    HISTORY = "history"
    COMPETENCIES = "competencies"
    RIWAYAT_KURSUS = "riwayat-kursus"
    RIWAYAT_DIKLAT = "riwayat-diklat"
    SIASN_GAPS = "siasn-gaps"


SHAPES: Final = {
    ShapeName.HOURS: Shape(
        "hours by person and calendar year, and contract year of a PPPK, with what is owed or allowed",
        (*_WHO, "periode", "tahun", "dari", "sampai", "jp", "standing", "jpWajib", "selisih", "kegiatan"),
        each(_hours),
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
        each(_history),
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
        each(_competencies),
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
        each(siasn.kursus),
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
        each(siasn.diklat),
    ),
    ShapeName.SIASN_GAPS: Shape(
        "what SIASN needs of people, agencies and leadership training and the riwayat lack, a row for each, with what to do",
        ("jenis", "id", "nip", "nama", "unitKerja", "kurang", "tindakan"),
        siasn.gaps,
    ),
}
