"""A made-up agency of any size, as the files that a personnel office would import. Pure and deterministic: a seed and a number of
employees give the same files for ever. All names and numbers are invented; a likeness is chance.

The tree of units is four levels deep. A third of the people are PPPK, a few of whom had another number before; two fifths were
assessed in all nine competencies of Permenpan-RB 38/2017; one in a hundred has left.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from uuid import NAMESPACE_URL, uuid5

from bench.trainings import PARTNERS, TECHNICAL, catalogue_rows
from competency.rules import core_competencies
from samples.demo.names import FAMILY, MEN, WOMEN

AGENCY = "kementerian"
CORE = tuple(one.id for one in core_competencies())
_DIRECTORATES_GENERAL, _DIRECTORATES, _SECTIONS = 8, 5, 5
_TIERS = (("kepala-biro", "jpt-pratama"), ("kepala-bagian", "administrator"), ("kepala-subbagian", "pengawas"))
_RANKS = (("ahli-pertama", 2), ("ahli-muda", 3), ("ahli-madya", 4))
_FUNCTIONS = (
    "Analis SDM",
    "Pranata Komputer",
    "Auditor",
    "Analis Kebijakan",
    "Arsiparis",
    "Statistisi",
    "Perencana",
    "Widyaiswara",
)
_CLERKS = ("Pengelola Keuangan", "Pengadministrasi Umum", "Pengelola Data", "Pengelola Pengadaan")


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the employees' file. `account` is the login at the partner that names people so."""

    number: int
    name: str
    nip: str
    employment: str
    unit_id: str
    post_id: str
    contract_start: date | None
    former: tuple[str, date, date] | None
    left_on: date | None

    @property
    def login(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}.{self.number}"

    @property
    def email(self) -> str:
        return f"{self.login}@kementerian.example"


def people(seed: int, count: int) -> tuple[Person, ...]:
    random = Random(f"people/{seed}")
    units = [unit_id for unit_id, _, _ in unit_rows()]
    sections = [unit_id for unit_id in units if unit_id.count("-") == 3]
    leaders = [post_id for post_id, *_ in post_rows() if post_id.startswith("kepala")]
    staff = [post_id for post_id, *_ in post_rows() if not post_id.startswith("kepala")]
    taken: set[str] = set()
    found = []
    for number in range(count):
        woman = random.random() < 0.5
        name = f"{random.choice(WOMEN if woman else MEN)} {random.choice(FAMILY)}"
        pppk = random.random() < 0.33
        born = date(random.randint(1967, 2000), random.randint(1, 12), random.randint(1, 28))
        sex = 2 if woman else 1
        start = date(random.choice((2022, 2023, 2024, 2025)), random.choice((1, 3, 5, 7, 10)), 1) if pppk else None
        nip = _number(random, taken, born, sex, start)
        former = None
        if start is not None and random.random() < 0.15:
            before = date(start.year - 3, start.month, 1)
            former = (_number(random, taken, born, sex, before), before, date.fromordinal(start.toordinal() - 1))
        found.append(
            Person(
                number,
                name,
                nip,
                "PNS" if start is None else "PPPK",
                random.choice(sections) if random.random() < 0.95 else random.choice(units),
                random.choice(leaders) if start is None and random.random() < 0.06 else random.choice(staff),
                start,
                former,
                date(2026, random.randint(1, 10), 1) if random.random() < 0.01 else None,
            )
        )
    return tuple(found)


def write_files(folder: Path, seed: int, persons: Sequence[Person]) -> tuple[tuple[Path, ...], Path, Path]:
    """The files of the directory, of the catalogue and of the technical framework, as `rekam … import` takes them."""
    directory = (
        _write(folder / "units.csv", ("id", "name", "parent"), unit_rows()),
        _write(folder / "posts.csv", ("id", "title", "kind", "tier", "standards"), post_rows()),
        _write(
            folder / "employees.csv",
            (
                "nip",
                "name",
                "employment",
                "unit",
                "post",
                "emails",
                "accounts",
                "former_nips",
                "contract_start",
                "left_on",
                "siasn_id",
            ),
            map(_employee_row, persons),
        ),
        _write(
            folder / "assessments.csv", ("nip", "competency", "level", "assessed_on", "source"), _assessment_rows(seed, persons)
        ),
    )
    header = (
        "id",
        "activity_ids",
        "patterns",
        "definitions",
        "title",
        "kind",
        "provider",
        "jp",
        "finish",
        "certificate",
        "repeats",
    )
    catalogue = _write(folder / "catalogue.csv", (*header, "counts_per", "alignments"), catalogue_rows())
    framework = _write(
        folder / "competencies.csv",
        ("id", "name", "kind", "framework", "framework_title"),
        [(one, name, "teknis", "kamus-teknis", "Kamus Kompetensi Teknis") for one, name in TECHNICAL],
    )
    return directory, catalogue, framework


def unit_rows() -> list[tuple[str, str, str]]:
    """Id, name, parent: an agency, its directorates general, their directorates, and the sections of those."""
    rows = [(AGENCY, "Kementerian Contoh", "")]
    for first in range(1, _DIRECTORATES_GENERAL + 1):
        top = f"dg-{first}"
        rows.append((top, f"Direktorat Jenderal {first}", AGENCY))
        for second in range(1, _DIRECTORATES + 1):
            middle = f"{top}-{second}"
            rows.append((middle, f"Direktorat {first}.{second}", top))
            rows += [(f"{middle}-{third}", f"Bagian {first}.{second}.{third}", middle) for third in range(1, _SECTIONS + 1)]
    return rows


def post_rows() -> list[tuple[str, str, str, str, str]]:
    """Leaders and clerks have the standards of their tier; those of the functional posts stand in the post."""
    rows = [(name, name.replace("-", " ").title(), "struktural", tier, f"{TECHNICAL[0][0]}:3") for name, tier in _TIERS]
    for place, function in enumerate(_FUNCTIONS):
        own = [TECHNICAL[(2 * place + step) % len(TECHNICAL)][0] for step in range(3)]
        for rank, level in _RANKS:
            standards = "; ".join(f"{one}:{level}" for one in (*CORE, *own))
            rows.append((f"{_slug(function)}-{rank}", f"{function} {rank.title()}", "fungsional", rank, standards))
    rows += [(_slug(one), one, "pelaksana", "pelaksana", f"{TECHNICAL[1][0]}:1; {TECHNICAL[2][0]}:2") for one in _CLERKS]
    return rows


def _employee_row(one: Person) -> tuple[object, ...]:
    return (
        *(one.nip, one.name, one.employment, one.unit_id, one.post_id, one.email),
        f"{PARTNERS[1].home}|{one.login}",
        "" if one.former is None else "{} ({}..{})".format(*one.former),
        one.contract_start or "",
        one.left_on or "",
        uuid5(NAMESPACE_URL, f"https://rekam.example/bench/{one.nip}").hex.upper(),
    )


def _assessment_rows(seed: int, persons: Sequence[Person]) -> Iterable[tuple[object, ...]]:
    random = Random(f"assessments/{seed}")
    for one in persons:
        if random.random() < 0.4:
            day = date(random.randint(2022, 2026), random.randint(1, 10), random.randint(1, 28))
            for competency in CORE:
                yield one.nip, competency, random.choice((1, 2, 2, 3, 3, 4)), day, f"Assessment Center {day.year}"


def _number(random: Random, taken: set[str], born: date, sex: int, start: date | None) -> str:
    while True:
        middle = f"{born.year + random.randint(22, 24)}{random.randint(1, 12):02d}" if start is None else f"{start.year}21"
        nip = f"{born:%Y%m%d}{middle}{sex}{random.randint(1, 999):03d}"
        if nip not in taken:
            taken.add(nip)
            return nip


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path
