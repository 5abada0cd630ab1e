"""Frameworks as CASE packages: nothing is lost on the way out and back, and what others publish is taken as far as it goes."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from competency.frameworks import Competency, CompetencyKind, Framework
from competency.rules import core_framework
from schemas.case import is_case, read_case, write_case
from schemas.imports.package import read_package
from schemas.imports.sheets import Format

BASE = "https://rekam.example/ims/case/v1p1"
AT = datetime(2026, 3, 17, 4, 5, 6, tzinfo=UTC)
FOREIGN = (Path(__file__).parent / "foreign.json").read_bytes()

text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=30).map(
    lambda value: " ".join(value.split())
)
said = text.filter(bool)
ids = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True)


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    names = sorted(draw(st.sets(ids, max_size=5)))
    competencies = tuple(
        Competency(
            id=one,
            name=draw(said),
            kind=draw(st.sampled_from(CompetencyKind)),
            framework="kamus-1",
            description=draw(text),
            levels=draw(st.dictionaries(st.integers(1, 5), said).map(lambda levels: dict(sorted(levels.items())))),
            parent_id=draw(st.none() | st.sampled_from(names[:place])) if place else None,
        )
        for place, one in enumerate(names)
    )
    return Framework("kamus-1", draw(said), competencies, draw(text), draw(text), draw(text), draw(text))


def without_uris(framework: Framework) -> Framework:
    return replace(framework, uri="", competencies=tuple(replace(one, uri="") for one in framework.competencies))


def read(data: bytes) -> Framework:
    found = read_case(data)
    assert found.problems == ()
    (framework,) = found.rows
    return framework


@given(frameworks())
@example(core_framework())
def test_a_framework_comes_back_as_it_was_and_keeps_its_uris_from_then_on(framework: Framework) -> None:
    back = read(write_case(framework, BASE, changed_at=AT))
    assert without_uris(back) == framework
    assert back.uri.startswith(f"{BASE}/CFDocuments/")
    assert len({one.uri for one in back.competencies}) == len(back.competencies)
    assert read(write_case(back, "https://moved.example", changed_at=AT)) == back


def test_the_same_framework_gives_the_same_bytes_and_every_identifier_is_a_uuid_of_its_own() -> None:
    written = write_case(core_framework(), BASE, changed_at=AT)
    assert written == write_case(core_framework(), f"{BASE}/", changed_at=AT)
    package = json.loads(written)
    parts = [package["CFDocument"], *package["CFItems"], *package["CFAssociations"], *package["CFDefinitions"]["CFItemTypes"]]
    (rubric,) = package["CFRubrics"]
    parts += [rubric, *rubric["CFRubricCriteria"]]
    parts += [level for criterion in rubric["CFRubricCriteria"] for level in criterion["CFRubricCriterionLevels"]]
    assert len({UUID(part["identifier"]) for part in parts}) == len(parts) == 1 + 9 + 9 + 2 + 1 + 9 + 45
    assert {part["lastChangeDateTime"] for part in parts} == {"2026-03-17T04:05:06Z"}
    assert all(part["uri"].startswith(BASE) and part["uri"].endswith(part["identifier"]) for part in parts)


def test_the_members_are_those_of_the_binding() -> None:
    package = json.loads(write_case(core_framework(), BASE, changed_at=AT))
    document, item = package["CFDocument"], package["CFItems"][0]
    assert {"identifier", "uri", "creator", "title", "lastChangeDateTime", "adoptionStatus", "caseVersion"} <= set(document)
    assert (item["humanCodingScheme"], item["abbreviatedStatement"], item["CFItemType"]) == (
        "integritas",
        "Integritas",
        "Kompetensi Manajerial",
    )
    association = package["CFAssociations"][0]
    assert association["associationType"] == "isChildOf"
    assert association["originNodeURI"]["identifier"] == item["identifier"]
    assert association["destinationNodeURI"]["identifier"] == document["identifier"]
    assert {kind["title"] for kind in package["CFDefinitions"]["CFItemTypes"]} == {
        "Kompetensi Manajerial",
        "Kompetensi Sosial Kultural",
    }
    level = package["CFRubrics"][0]["CFRubricCriteria"][0]["CFRubricCriterionLevels"][2]
    assert (level["score"], level["quality"]) == (3, "Level 3")


def test_a_package_of_another_publisher_is_taken_and_what_is_not_used_is_said() -> None:
    assert is_case(FOREIGN)
    found = read_case(FOREIGN)
    (framework,) = found.rows
    assert (framework.id, framework.publisher, framework.language) == (
        "workforce-learning-data-evidence",
        "State Board of Workforce Learning",
        "en",
    )
    by_id = {one.id: one for one in framework.competencies}
    assert list(by_id) == ["81bef0ac-cc76-11e7-943b-9b9ed3d69b53", "WL-1-a", "WL.1"]
    evidence = by_id["WL-1-a"]
    assert (evidence.name, evidence.parent_id, evidence.kind) == ("Supporting evidence", "WL.1", CompetencyKind.TEKNIS)
    assert evidence.description == "Identify the evidence that supports a given inference. Note: the inference is stated."
    assert evidence.levels == {1: "Names evidence", 3: "Weighs evidence"}
    assert by_id["81bef0ac-cc76-11e7-943b-9b9ed3d69b53"].kind is CompetencyKind.MANAJERIAL
    assert sorted((problem.column, problem.message) for problem in found.problems) == [
        ("CFAssociations", "1 associations of the type exactMatchOf are kept for exports and not used otherwise"),
        ("CFItemType", "1 items of the type Section Heading are taken as teknis competencies"),
        ("CFRubrics", "a level is not used"),
        ("fullStatement", "1 items say nothing and are left out"),
    ]
    assert all(problem.would_be_right for problem in found.problems)


def test_it_keeps_the_identifiers_of_its_publisher_when_it_is_exported_again() -> None:
    (framework,) = read_case(FOREIGN).rows
    again = json.loads(write_case(framework, BASE, changed_at=AT))
    before = json.loads(FOREIGN)
    assert again["CFDocument"]["identifier"] == before["CFDocument"]["identifier"]
    assert {item["uri"] for item in again["CFItems"]} == {item["uri"] for item in before["CFItems"]}


def test_a_package_in_an_envelope_is_the_same() -> None:
    wrapped = json.dumps({"CFPackage": json.loads(FOREIGN)}).encode()
    assert read_case(wrapped) == read_case(FOREIGN)


def changed(**members: Any) -> bytes:
    return json.dumps({**json.loads(FOREIGN), **members}).encode()


def link(origin: int, destination: int) -> dict[str, Any]:
    items = json.loads(FOREIGN)["CFItems"]
    ends = {
        name: {"identifier": items[place]["identifier"]}
        for name, place in (("originNodeURI", origin), ("destinationNodeURI", destination))
    }
    return {"associationType": "isChildOf", **ends}


def test_items_that_lead_back_to_themselves_lose_the_last_parent() -> None:
    found = read_case(changed(CFAssociations=[link(0, 1), link(1, 2), link(2, 0)]))
    (framework,) = found.rows
    parents = {one.id: one.parent_id for one in framework.competencies}
    assert parents == {
        "WL.1": "WL-1-a",
        "WL-1-a": "81bef0ac-cc76-11e7-943b-9b9ed3d69b53",
        "81bef0ac-cc76-11e7-943b-9b9ed3d69b53": None,
    }
    assert any("circle" in problem.message for problem in found.problems)


def test_two_items_with_one_code_are_told_apart_by_their_identifiers() -> None:
    items = json.loads(FOREIGN)["CFItems"][:3]
    found = read_case(changed(CFItems=[{**item, "humanCodingScheme": "1"} for item in items], CFRubrics=[], CFAssociations=[]))
    (framework,) = found.rows
    assert [one.id for one in framework.competencies] == sorted(item["identifier"] for item in items)


def test_a_part_that_lacks_what_it_needs_is_left_out_with_its_place() -> None:
    items = json.loads(FOREIGN)["CFItems"][:2]
    found = read_case(
        changed(CFItems=[{"identifier": "x", "fullStatement": 7}, *items], CFAssociations=[{}, link(1, 0)], CFRubrics=None)
    )
    (framework,) = found.rows
    assert [(one.id, one.parent_id) for one in framework.competencies] == [("WL-1-a", "WL.1"), ("WL.1", None)]
    left_out = [(problem.column, problem.line) for problem in found.problems if "left out" in problem.message]
    assert left_out == [("CFItems", 1), ("CFAssociations", 1)]
    assert "$.fullStatement" in found.problems[0].message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a CFPackage"),
        (b'{"CFDocument": {"identifier": "x"}}', "title"),
        (changed(CFItems={}), "CFItems"),
        (changed(CFDocument={"identifier": "?", "title": " "}), "title"),
    ],
)
def test_what_is_no_package_is_one_problem_that_says_where(data: bytes, message: str) -> None:
    found = read_case(data)
    assert found.rows == ()
    (problem,) = found.problems
    assert message in problem.message
    assert problem.would_be_right


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_reading_never_raises(data: bytes) -> None:
    assert all(problem.message for problem in read_case(data).problems)


def test_a_json_file_that_is_a_package_is_recognised_among_the_imports() -> None:
    package = read_package(io.BytesIO(FOREIGN), Format.JSON, nip_home_page="https://asn.example/nip")
    assert [framework.id for framework in package.frameworks] == ["workforce-learning-data-evidence"]
    assert len(package.problems) == 4
