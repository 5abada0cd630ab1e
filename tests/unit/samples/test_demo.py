"""The demonstration is what it says: the same for ever, valid, importable, and of every kind."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from competency.derivation import Derivation, derive
from competency.directory import Employee, Employment
from competency.evidence import Evidence, Irrelevance
from competency.matching import Catalogue
from competency.nip import parse
from competency.profile import build_profile, render
from competency.rules import core_competencies, load_rules
from competency.units import unit_path
from competency.words import in_words
from samples.demo import NIP_HOME_PAGE, SEED, demo_batches, demo_requests, people, showcase, write_files
from samples.demo.people import RENEWED
from samples.demo.special import STRANGE_ADDRESS, STRANGE_NUMBER
from schemas.imports.identities import assign_ids, attach_assessments
from schemas.imports.package import Package, read_package
from schemas.statements import V1_0_3, parse_statements, validate

STATEMENTS: list[dict[str, Any]] = [statement for batch in demo_requests(SEED) for statement in batch]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    whole = Package()
    for path in write_files(tmp_path_factory.mktemp("demo"), SEED):
        part = read_package(path, nip_home_page=NIP_HOME_PAGE)
        for name in Package.__dataclass_fields__:
            getattr(whole, name).extend(getattr(part, name))
    return whole


@pytest.fixture(scope="module")
def employees(package: Package) -> dict[str, Employee]:
    numbers = count(1)
    assigned = assign_ids(
        package.employees,
        by_nip=lambda nip: None,
        by_identifiers=lambda keys: {},
        new_id=lambda: f"emp-{next(numbers):04d}",
        nip_home_page=NIP_HOME_PAGE,
        unit_ids={row.unit.id for row in package.units},
        post_ids={row.post.id for row in package.posts},
    )
    assert assigned.problems == ()
    by_nip = {employee.nip: employee for employee in assigned.rows}
    by_nip.update((employee.nip, employee) for employee in attach_assessments(package.assessments, by_nip.get).rows)
    return by_nip


def test_one_seed_gives_the_same_files_and_statements_for_ever(tmp_path: Path) -> None:
    for name in ("once", "twice"):
        (tmp_path / name).mkdir()
    once, twice = write_files(tmp_path / "once", SEED), write_files(tmp_path / "twice", SEED)
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in twice]
    assert json.dumps(list(demo_requests(SEED))) == json.dumps(list(demo_requests(SEED)))
    assert {one["id"] for one in STATEMENTS}.isdisjoint(one["id"] for batch in demo_requests(SEED + 1) for one in batch)


def test_the_files_import_without_a_problem_and_have_the_promised_size(package: Package) -> None:
    assert [str(problem) for problem in package.problems] == []
    assert (len(package.units), len(package.posts), len(package.employees), len(package.competencies)) == (15, 12, 200, 5)
    assert len(package.catalogue) == 45
    assert 0.25 < len({row.nip for row in package.assessments}) / 200 < 0.45
    assert {competency for entry in package.catalogue for competency in (one.competency_id for one in entry.alignments)} <= {
        *(one.id for one in core_competencies()),
        *(row.competency.id for row in package.competencies),
    }


def test_the_people_have_numbers_as_they_should_be() -> None:
    persons = people(SEED)
    assert len({person.nip for person in persons}) == len(persons)
    for person in persons:
        parse(person.nip, person.employment)
        assert (person.contract_start is not None) == (person.employment is Employment.PPPK)


def test_about_two_thousand_statements_come_in_requests_of_at_most_fifty() -> None:
    batches = list(demo_batches(SEED))
    assert 1_900 <= len(STATEMENTS) <= 2_300
    assert max(len(batch.statements) for batch in batches) <= 50
    assert len({batch.partner for batch in batches}) == 4
    assert len({statement["id"] for statement in STATEMENTS}) == len(STATEMENTS)
    assert {datetime.fromisoformat(statement["timestamp"]).year for statement in STATEMENTS} == {2025, 2026}


def test_every_statement_is_valid_xapi() -> None:
    for batch in demo_requests(SEED):
        parsed = parse_statements(json.dumps(batch).encode(), max_statement_bytes=100_000)
        assert len(parsed.statements) == len(batch)
        validate(batch, V1_0_3)


def test_they_are_of_every_kind_and_name_people_in_every_way() -> None:
    verbs = Counter(statement["verb"]["id"].rpartition("/")[2] for statement in STATEMENTS)
    wanted = {
        "registered",
        "launched",
        "initialized",
        "progressed",
        "completed",
        "passed",
        "failed",
        "attended",
        "scored",
        "voided",
    }
    assert set(verbs) == wanted
    ways = Counter(next(way for way in ("member", "account", "mbox", "mbox_sha1sum") if way in one["actor"]) for one in STATEMENTS)
    assert min(ways.values()) >= 3
    assert len(ways) == 4


def test_each_voiding_names_a_statement_of_the_same_partner_and_some_come_first() -> None:
    place = {one["id"]: (batch.partner, number) for number, batch in enumerate(demo_batches(SEED)) for one in batch.statements}
    pairs = [(place[one["id"]], place[one["object"]["id"]]) for one in STATEMENTS if one["verb"]["id"].endswith("/voided")]
    assert all(voider[0] == target[0] for voider, target in pairs)
    assert any(voider[1] < target[1] for voider, target in pairs)
    assert any(voider[1] > target[1] for voider, target in pairs)


@dataclass(frozen=True)
class Told:
    """What becomes of the statements of the demonstration, in their order."""

    derivations: list[Derivation]
    by_key: dict[str, list[Employee]]

    @property
    def evidence(self) -> list[Evidence]:
        return [piece for found in self.derivations for piece in found.evidence]

    def of(self, employee: Employee) -> list[Evidence]:
        return [piece for piece in self.evidence if piece.employee_id == employee.id]


@pytest.fixture(scope="module")
def told(package: Package, employees: dict[str, Employee]) -> Told:
    voided = {one["object"]["id"] for one in STATEMENTS if one["verb"]["id"].endswith("/voided")}
    by_key: dict[str, list[Employee]] = {}
    for employee in employees.values():
        for key in employee.keys:
            by_key.setdefault(key, []).append(employee)
    catalogue = Catalogue(package.catalogue)
    rules = load_rules()
    return Told(
        [
            derive(one, stored_ms=0, voided=one["id"] in voided, catalogue=catalogue, employees=by_key, rules=rules)
            for one in STATEMENTS
        ],
        by_key,
    )


def test_they_give_evidence_to_most_people_and_every_reason_for_none(told: Told) -> None:
    reasons = Counter(found.not_relevant.reason for found in told.derivations if found.not_relevant is not None)
    assert set(reasons) == set(Irrelevance)
    assert len({piece.employee_id for piece in told.evidence}) > 150


def test_the_showcase_has_something_of_everything(package: Package, employees: dict[str, Employee], told: Told) -> None:
    star = employees[showcase(SEED).nip]
    profile = build_profile(
        star,
        post=next(row.post for row in package.posts if row.post.id == star.post_id),
        unit_path=unit_path(star.unit_id, {row.unit.id: row.unit for row in package.units}),
        evidence=told.of(star),
        competencies=(*core_competencies(), *(row.competency for row in package.competencies)),
        frameworks_versions={},
        rules=load_rules(),
        as_of=date(2026, 11, 24),
    )
    assert len(profile.unit) >= 3
    assert {line.provider for year in profile.hours for line in year.lines} == {
        "Portal Pembelajaran ASN",
        "Universitas Nusantara",
        "Forum Webinar ASN",
        "Pusdiklat KPN",
    }
    assert any(not line.counted for year in profile.hours for line in year.lines)
    assert any((one.gap or 0) < 0 for one in profile.competencies)
    assert any(one.expires_on == date(2026, 12, 15) for one in told.of(star))
    assert any(one.jp is None and one.duration_ms for one in told.of(star))
    assert len({one.activity_id for one in told.of(star) if one.catalogue_id == "web-seri-digital"}) == 2
    assert "Siti Rahmawati" in in_words(render(profile), star)


def test_two_numbers_are_one_person_each_in_its_days(employees: dict[str, Employee], told: Told) -> None:
    renewed = employees[people(SEED)[RENEWED].nip]
    numbers = {one.key: one for one in renewed.identifiers if one.key.startswith(f"account|{NIP_HOME_PAGE}|")}
    assert len(numbers) == 2
    assert [one.valid_through for one in numbers.values() if one.valid_through] == [date(2025, 2, 28)]
    assert {date(2025, 2, 10), date(2026, 2, 9)} <= {piece.finished_on for piece in told.of(renewed)}


def test_some_actors_only_resemble_somebody(employees: dict[str, Employee], told: Told) -> None:
    unknown = {key for found in told.derivations for key in found.unknown}
    number, address = people(SEED)[STRANGE_NUMBER].nip, people(SEED)[STRANGE_ADDRESS].email
    assert any(key.endswith(f"|{number}") for key in unknown)
    assert f"account|{NIP_HOME_PAGE}|{number}" in told.by_key
    alike = [key for key in unknown if key.startswith("mbox|") and key.lower() == f"mbox|mailto:{address}"]
    assert len(alike) == 1
    assert not set(alike) & set(told.by_key)


def test_an_activity_that_several_finished_is_in_no_catalogue(told: Told) -> None:
    unmatched = Counter(found.unmatched for found in told.derivations if found.unmatched is not None)
    assert unmatched.most_common(1) == [("https://belajar.asn.example/xapi/activities/ela-99", 8)]


def test_the_attendance_lists_hold_the_same_in_both_formats() -> None:
    folder = Path(__file__).parents[3] / "samples" / "files"
    with (folder / "daftar-hadir.csv").open(encoding="utf-8-sig", newline="") as file:
        as_csv = [[cell for cell in row if cell] for row in csv.reader(file, delimiter=";")]
    book = load_workbook(folder / "daftar-hadir.xlsx")
    as_xlsx = [[cell for cell in row if cell is not None] for row in book["Daftar Hadir"].iter_rows(values_only=True)]
    book.close()
    assert [len(row) for row in as_csv] == [len(row) for row in as_xlsx]
    assert as_csv[6] == as_xlsx[6]
    assert [row[2] for row in as_csv[7:15]] == [row[2] for row in as_xlsx[7:15]]
    known = {person.nip for person in people(SEED)}
    assert sum("".join(filter(str.isdigit, row[1])) in known for row in as_csv[7:15]) == 7
