"""The people of the demonstration: invented, with numbers that are built like a NIP and belong to nobody on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from uuid import NAMESPACE_URL, uuid5

from competency.directory import Assessment, Employment
from samples.demo.courses import CAMPUS
from samples.demo.names import FAMILY, MEN, WOMEN
from samples.demo.organisation import CORE, POSTS, UNITS

COUNT = 200
RENEWED = 1
"""The place of a PPPK whose number changed with a new contract."""
_STAFF_POSTS = [post.id for post in POSTS if post.id not in ("kepala-biro", "kepala-bagian", "kepala-subbagian")]
_LEADERS = ("kepala-biro", "kepala-bagian", "kepala-bagian", "kepala-subbagian", "kepala-subbagian")


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the employees' file and the assessments that go with it."""

    name: str
    nip: str
    employment: Employment
    unit_id: str
    post_id: str
    email: str
    accounts: tuple[tuple[str, str], ...]
    contract_start: date | None
    assessments: tuple[Assessment, ...]
    former: tuple[tuple[str, date, date], ...] = ()
    """Numbers of before, each with its first and last day."""

    @property
    def siasn_id(self) -> str:
        return uuid5(NAMESPACE_URL, f"https://rekam.example/demo/people/{self.nip}").hex.upper()


@cache
def people(seed: int) -> tuple[Person, ...]:
    """About 200 employees; the same for the same seed."""
    random = Random(f"people/{seed}")  # noqa: S311  (a demonstration, no secret)
    drawn = [_person(random, number) for number in range(1, COUNT)]
    return (_showcase(), _renewed(), *drawn[RENEWED:])


def showcase(seed: int) -> Person:
    """The one whose profile shows most: assessed, with learning from every partner."""
    return people(seed)[0]


def _showcase() -> Person:
    levels = dict(zip(CORE, (3, 3, 2, 3, 3, 2, 2, 3, 3), strict=True)) | {"teknis-manajemen-sdm": 3}
    return Person(
        name="Siti Rahmawati",
        nip="198609262015052001",
        employment=Employment.PNS,
        unit_id="bag-pengembangan",
        post_id="analis-sdm-muda",
        email="siti.rahmawati@kpn.example",
        accounts=((CAMPUS.home, "siti.rahmawati"),),
        contract_start=None,
        assessments=tuple(
            Assessment(one, level, date(2025, 3, 18), "Assessment Center KPN 2025") for one, level in sorted(levels.items())
        ),
    )


def _renewed() -> Person:
    return Person(
        name="Budi Santoso",
        nip="199203112025211001",
        employment=Employment.PPPK,
        unit_id="setjen",
        post_id="pengelola-keuangan",
        email="budi.santoso1@kpn.example",
        accounts=((CAMPUS.home, "budi.santoso1"),),
        contract_start=date(2025, 3, 1),
        assessments=tuple(Assessment(one, 2, date(2024, 10, 8), "Assessment Center KPN 2024") for one in CORE[:4]),
        former=(("199203112021211001", date(2021, 3, 1), date(2025, 2, 28)),),
    )


def _person(random: Random, number: int) -> Person:
    woman = random.random() < 0.5
    name = f"{random.choice(WOMEN if woman else MEN)} {random.choice(FAMILY)}"
    employment = Employment.PPPK if random.random() < 0.3 else Employment.PNS
    nip, contract_start = _number(random, number, employment, woman)
    login = f"{name.lower().replace(' ', '.')}{number}"
    return Person(
        name=name,
        nip=nip,
        employment=employment,
        unit_id=UNITS[number % len(UNITS)].id if number < len(UNITS) else random.choice(UNITS[2:]).id,
        post_id=_LEADERS[number % len(_LEADERS)] if number <= 20 and employment is Employment.PNS else random.choice(_STAFF_POSTS),
        email=f"{login}@kpn.example",
        accounts=((CAMPUS.home, login),) if random.random() < 0.6 else (),
        contract_start=contract_start,
        assessments=_assessments(random) if random.random() < 0.33 else (),
    )


def _number(random: Random, number: int, employment: Employment, woman: bool) -> tuple[str, date | None]:
    sex = 2 if woman else 1
    born = date(random.randint(1968, 1996), random.randint(1, 12), random.randint(1, 28))
    if employment is Employment.PNS:
        appointed = min(born.year + random.randint(22, 30), 2024)
        return f"{born:%Y%m%d}{appointed}{random.choice((1, 2, 3, 4, 12)):02d}{sex}{number:03d}", None
    start = date(random.choice((2023, 2024, 2025)), random.choice((1, 2, 3, 5, 7, 10)), 1)
    return f"{born:%Y%m%d}{start.year}21{sex}{number:03d}", start


def _assessments(random: Random) -> tuple[Assessment, ...]:
    day = date(random.choice((2023, 2024, 2025)), random.randint(2, 11), random.randint(1, 28))
    return tuple(
        Assessment(one, random.choice((1, 2, 2, 3, 3, 3, 4)), day, f"Assessment Center KPN {day.year}")
        for one in CORE
        if random.random() < 0.9
    )
