"""The catalogue of the made-up agency: 300 entries of four partners, and activities that no entry matches.

Two thirds match by id, others by a pattern of ids (a series of webinars), others by what a statement's definition says (classes
that get a new id each time they are held).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from competency.rules import core_competencies

ENTRIES = 300
UNCATALOGUED = 60
COURSE = "http://adlnet.gov/expapi/activities/course"
MEETING = "http://adlnet.gov/expapi/activities/meeting"

TECHNICAL = tuple(
    (f"teknis-{name.lower().replace(' ', '-')}", name)
    for name in (
        *(
            "Manajemen SDM",
            "Analisis Data",
            "Pengadaan",
            "Keuangan Negara",
            "Keamanan Informasi",
            "Kearsipan",
            "Hukum",
            "Statistik",
        ),
        *("Perencanaan", "Pengawasan", "Hubungan Masyarakat", "Manajemen Risiko", "Manajemen Aset", "Tata Kelola", "Evaluasi"),
        "Penyuluhan",
    )
)


@dataclass(frozen=True, slots=True)
class Partner:
    """Who sends statements; `home` begins the ids of its activities and names its accounts."""

    name: str
    home: str


PARTNERS = (
    Partner("Portal Pembelajaran", "https://belajar.example"),
    Partner("Universitas Nusantara", "https://kuliah.nusantara.example"),
    Partner("Forum Webinar", "https://webinar.example"),
    Partner("Pusdiklat Kementerian", "https://pusdiklat.example"),
)


@dataclass(frozen=True, slots=True)
class Activity:
    """What a statement is about. `finish` is what the catalogue wants said; `entry` is None where no entry matches."""

    id: str
    name: str
    type: str
    partner: int
    finish: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class Training:
    """An entry: the activities that it matches, and its row of the catalogue's file."""

    activities: tuple[Activity, ...]
    row: tuple[object, ...]


_FINISH = {0: ("completed", "passed", "both"), 1: ("passed", "either"), 2: ("attended",), 3: ("attended", "completed", "passed")}
_KINDS = {0: ("16", "16", "17", "22"), 1: ("3", "4", "5", "11"), 2: ("9", "9", "7", "23"), 3: ("1", "2", "3", "8", "6", "14")}
_HOURS = {0: (2, 3, 4, 6, 8), 1: (8, 14, 16, 20, 24), 2: (2, 2, 3, 4), 3: (8, 12, 16, 40)}
_WORDS = ("Dasar", "Lanjutan", "Terapan", "Praktik", "Strategi", "Pengantar", "Penguatan", "Penyegaran")


@cache
def trainings() -> tuple[Training, ...]:
    random = Random("trainings")
    return tuple(_training(random, number) for number in range(ENTRIES))


def catalogue_rows() -> list[tuple[object, ...]]:
    return [training.row for training in trainings()]


@cache
def uncatalogued() -> tuple[Activity, ...]:
    return tuple(
        Activity(f"{PARTNERS[number % 4].home}/baru/{number}", f"Kegiatan Baru {number}", COURSE, number % 4, "completed", None)
        for number in range(UNCATALOGUED)
    )


def _training(random: Random, number: int) -> Training:
    partner = random.choices((0, 1, 2, 3), (35, 20, 25, 20))[0]
    home = PARTNERS[partner].home
    finish = random.choice(_FINISH[partner])
    subject = random.choice(TECHNICAL)[1] if random.random() < 0.5 else random.choice(core_competencies()).name
    title = f"{random.choice(_WORDS)} {subject} {number:03d}"
    type_ = MEETING if finish == "attended" else COURSE
    matched = random.choices(("id", "pattern", "definition"), (66, 20, 14))[0]
    ids, patterns, definitions = [f"{home}/kursus/{number}"], "", ""
    if matched == "pattern":
        patterns, ids = f"{home}/seri/{number}-*", [f"{home}/seri/{number}-{run}" for run in range(1, 9)]
    elif matched == "definition":
        definitions, ids = f"type={type_} & name={title}*", [f"{home}/kelas/{number}{run:04x}" for run in range(6)]
    alignments = {
        random.choice(core_competencies()).id if random.random() < 0.6 else random.choice(TECHNICAL)[0]: random.randint(1, 4)
        for _ in range(random.randint(1, 3))
    }
    kind = random.choice(_KINDS[partner])
    hours = "" if kind in ("22", "23") else random.choice(_HOURS[partner])
    return Training(
        tuple(Activity(one, f"{title} ({run})" if run else title, type_, partner, finish, number) for run, one in enumerate(ids)),
        (
            *(f"k-{number:03d}", ids[0] if matched == "id" else "", patterns, definitions, title, kind),
            *(PARTNERS[partner].name, hours, finish),
            random.choice(("", "", "", "ya", "24")),
            "yearly" if random.random() < 0.25 else "",
            "activity" if matched == "pattern" else "",
            "; ".join(f"{one}:{level}*{0.5 if finish == 'attended' else 1}" for one, level in alignments.items()),
        ),
    )
