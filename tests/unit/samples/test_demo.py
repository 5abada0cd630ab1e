"""The demonstration is what it says: the same for ever, valid, importable, and of every kind."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from competency.derivation import derive
from competency.directory import Employee, Employment
from competency.evidence import Irrelevance
from competency.nip import parse
from competency.profile import build_profile, render
from competency.rules import load_rules
from competency.units import unit_path
from competency.words import in_words
from samples.demo import NIP_HOME_PAGE, SEED, demo_batches, demo_requests, people, showcase, write_files
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
    assert (len(package.units), len(package.posts), len(package.employees), len(package.competencies)) == (15, 12, 200, 14)
    assert 38 <= len(package.catalogue) <= 42
    assert 0.25 < len({row.nip for row in package.assessments}) / 200 < 0.45
    assert {competency for entry in package.catalogue for competency in (one.competency_id for one in entry.alignments)} <= {
        one.id for one in package.competencies
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


def test_they_give_evidence_to_most_people_and_every_reason_for_none(package: Package, employees: dict[str, Employee]) -> None:
    voided = {one["object"]["id"] for one in STATEMENTS if one["verb"]["id"].endswith("/voided")}
    by_key = {key: employee for employee in employees.values() for key in employee.identifiers}
    catalogue = {entry.activity_id: entry for entry in package.catalogue}
    rules = load_rules()
    derivations = [
        derive(one, stored_ms=0, voided=one["id"] in voided, catalogue=catalogue, employees=by_key, rules=rules)
        for one in STATEMENTS
    ]
    reasons = Counter(found.not_relevant.reason for found in derivations if found.not_relevant is not None)
    assert set(reasons) == set(Irrelevance)
    evidence = [piece for found in derivations for piece in found.evidence]
    assert len({piece.employee_id for piece in evidence}) > 150

    star = employees[showcase(SEED).nip]
    profile = build_profile(
        star,
        post=next(row.post for row in package.posts if row.post.id == star.post_id),
        unit_path=unit_path(star.unit_id, {row.unit.id: row.unit for row in package.units}),
        evidence=[piece for piece in evidence if piece.employee_id == star.id],
        competencies=package.competencies,
        rules=rules,
    )
    assert {line.provider for year in profile.hours for line in year.lines} == {
        "Portal Pembelajaran ASN",
        "Universitas Nusantara",
        "Forum Webinar ASN",
        "Pusdiklat KPN",
    }
    assert any(not line.counted for year in profile.hours for line in year.lines)
    assert any((one.gap or 0) < 0 for one in profile.competencies)
    assert "Siti Rahmawati" in in_words(render(profile), star)
