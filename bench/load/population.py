"""Who learns what: 10,000 people, and the activities of four platforms, of which 300 courses are in the catalogue.

Everything follows from a number, so nothing has to be kept and every run has the same.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from uuid import NAMESPACE_URL, uuid5

PEOPLE = 10_000
COURSES = 300
MODULES = 20
"""Activities of one course beside itself: 6,300 activities in all."""
PLATFORMS = ("https://belajar.example", "https://kuliah.example", "https://webinar.example", "https://pusdiklat.example")
NIP_HOME_PAGE = "https://asn.example/nip"

_FIRST_BIRTH = date(1966, 1, 1)
_WORDS = ("Dasar", "Lanjutan", "Terapan", "Praktik", "Strategi", "Pengantar", "Penguatan", "Penyegaran")
_SUBJECTS = ("Integritas", "Analisis Data", "Pengadaan", "Kearsipan", "Keamanan Informasi", "Pelayanan Publik", "Manajemen Risiko")
_COMPETENCIES = ("integritas", "kerja-sama", "komunikasi", "orientasi-hasil", "pelayanan-publik")


class Zipf:
    """Draws ranks from 0: rank r is drawn as often as 1 / (r + 1) ** exponent says."""

    def __init__(self, count: int, exponent: float) -> None:
        self._up_to: list[float] = list(accumulate((rank + 1) ** -exponent for rank in range(count)))

    def draw(self, random: Random) -> int:
        return bisect_left(self._up_to, random.random() * self._up_to[-1])

    def share(self, rank: int) -> float:
        before = self._up_to[rank - 1] if rank else 0.0
        return (self._up_to[rank] - before) / self._up_to[-1]


PERSON = Zipf(PEOPLE, 0.6)
"""Some people learn more than others: the busiest has about 1 % of all statements, not 10 %."""
COURSE = Zipf(COURSES, 1.0)
MODULE = Zipf(MODULES, 1.0)


@dataclass(frozen=True, slots=True)
class Person:
    """An employee. `login` is the name of their account at each platform."""

    number: int

    @property
    def nip(self) -> str:
        """A valid one. A day of birth is nobody else's, so it is nobody else's."""
        born = _FIRST_BIRTH + timedelta(days=self.number)
        return f"{born:%Y%m%d}{born.year + 23}{self.number % 12 + 1:02d}{self.number % 2 + 1}{self.number % 999 + 1:03d}"

    @property
    def login(self) -> str:
        return f"peserta{self.number:05d}"

    @property
    def email(self) -> str:
        return f"{self.login}@instansi.example"


@dataclass(frozen=True, slots=True)
class Course:
    """A course, which is in the catalogue by its id. Its modules are not."""

    number: int

    @property
    def platform(self) -> str:
        return PLATFORMS[self.number % len(PLATFORMS)]

    @property
    def id(self) -> str:
        return f"{self.platform}/kursus/{self.number}"

    def module_id(self, number: int) -> str:
        return f"{self.id}/modul/{number}"

    @property
    def title(self) -> str:
        subject = _SUBJECTS[self.number % len(_SUBJECTS)]
        return f"Pelatihan {_WORDS[self.number % len(_WORDS)]} {subject} Angkatan {self.number:03d}"


def registration(person: Person, course: Course) -> str:
    """Somebody takes a course once."""
    return str(uuid5(NAMESPACE_URL, f"{course.id}/{person.login}"))


def write_files(folder: Path) -> tuple[tuple[Path, ...], Path]:
    """The files of the directory, and the catalogue, as `rekam directory import` and `rekam catalogue import` take them."""
    units = [("k", "Kementerian Contoh", ""), *((f"b-{number}", f"Bagian {number}", "k") for number in range(200))]
    posts = [("analis", "Analis SDM Aparatur Ahli Muda", "fungsional", "ahli-muda", "integritas:3; kerja-sama:3; komunikasi:3")]
    people = (
        (one.nip, f"Peserta {one.number:05d}", "PNS", f"b-{one.number % 200}", "analis", one.email, _accounts(one))
        for one in map(Person, range(PEOPLE))
    )
    courses = (
        (f"k-{one.number}", one.id, one.title, "16", one.platform, 2 + one.number % 15, "either", _aligned(one.number))
        for one in map(Course, range(COURSES))
    )
    directory = (
        _write(folder / "units.csv", ("id", "name", "parent"), units),
        _write(folder / "posts.csv", ("id", "title", "kind", "tier", "standards"), posts),
        _write(folder / "employees.csv", ("NIP", "Nama", "Status", "Unit Kerja", "Jabatan", "E-mail", "Accounts"), people),
    )
    header = ("id", "activity_ids", "title", "kind", "provider", "jp", "finish", "alignments")
    return directory, _write(folder / "catalogue.csv", header, courses)


def _accounts(person: Person) -> str:
    return "; ".join(f"{platform}|{person.login}" for platform in PLATFORMS)


def _aligned(number: int) -> str:
    return f"{_COMPETENCIES[number % len(_COMPETENCIES)]}:{number % 4 + 1}"


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path
