"""Frameworks from tables and back."""

from __future__ import annotations

import io
import json
from dataclasses import replace

from competency.frameworks import Competency, CompetencyKind, Framework
from competency.rules import core_framework
from schemas.imports.frameworks import CompetencyRow, check_whole, frameworks_of, read_competencies, write_competencies
from schemas.imports.sheets import Format

HELD = Framework(
    "k-1",
    "Kamus",
    (
        Competency("a", "A", CompetencyKind.TEKNIS, "k-1", "what A is", {1: "one"}, uri="https://case.example/a"),
        Competency("b", "B", CompetencyKind.TEKNIS, "k-1", parent_id="a"),
    ),
    publisher="KPN",
    edition="1",
    version=4,
)


def rows(*lines: str) -> tuple[CompetencyRow, ...]:
    found = read_competencies(io.BytesIO("\n".join(lines).encode()), Format.CSV)
    assert found.problems == ()
    return found.rows


def test_a_table_says_levels_parents_and_what_the_framework_is() -> None:
    found = frameworks_of(
        rows(
            "kode;nama kompetensi;jenis;kamus;uraian;induk;tingkat 1;Level 2;nama kamus;penerbit;edisi",
            "data;Data;Teknis;k-2;Mengolah data;;Paham data;Mengolah;Kamus KPN;KPN;2024",
            "peta;Peta;teknis;k-2;;data;;;;;",
        ),
        {},
    )
    assert found.problems == ()
    assert found.rows == (
        Framework(
            "k-2",
            "Kamus KPN",
            (
                Competency("data", "Data", CompetencyKind.TEKNIS, "k-2", "Mengolah data", {1: "Paham data", 2: "Mengolah"}),
                Competency("peta", "Peta", CompetencyKind.TEKNIS, "k-2", parent_id="data"),
            ),
            publisher="KPN",
            edition="2024",
        ),
    )


def test_json_says_the_same_as_the_table() -> None:
    item = {"id": "t", "name": "T", "kind": "teknis", "framework": "k-1", "level_5": "Ahli", "framework_title": "K"}
    (row,) = read_competencies(io.BytesIO(json.dumps([item]).encode()), Format.JSON).rows
    assert (row.competency.levels, row.framework) == ({5: "Ahli"}, {"title": "K"})


def test_rows_are_added_to_what_is_known() -> None:
    (framework,) = frameworks_of(rows("id,name,kind,framework", "a,A new,teknis,k-1", "c,C,teknis,k-1"), {"k-1": HELD}).rows
    assert [one.name for one in framework.competencies] == ["A new", "B", "C"]
    assert (framework.title, framework.publisher, framework.edition, framework.version) == ("Kamus", "KPN", "1", 4)
    assert framework.competencies[0].uri == "https://case.example/a"
    assert framework.competencies[0].levels == {}


def test_a_competency_of_another_framework_and_a_parent_that_is_none_are_problems() -> None:
    found = frameworks_of(
        rows(
            "id,name,kind,framework,parent",
            "a,A,teknis,k-2,",
            "c,C,teknis,k-1,gone",
            "d,D,teknis,k-1,c",
            "e,E,teknis,k-1,f",
            "f,F,teknis,k-1,e",
            "g,G,teknis,k-1,b",
        ),
        {"k-1": HELD},
    )
    (framework,) = found.rows
    assert [one.id for one in framework.competencies] == ["a", "b", "g"]
    assert sorted((problem.line, problem.column) for problem in found.problems) == [
        (2, "framework"),
        (3, "parent"),
        (4, "parent"),
        (5, "parent"),
        (6, "parent"),
    ]
    assert {problem.line: "circle" in problem.message for problem in found.problems}[5]


def test_a_row_may_not_turn_known_parents_into_a_circle() -> None:
    found = frameworks_of(rows("id,name,kind,framework,parent", "a,A,teknis,k-1,b"), {"k-1": HELD})
    assert [problem.line for problem in found.problems] == [2]
    assert found.rows == (HELD,)


def test_what_is_exported_is_imported_as_it_was() -> None:
    framework = replace(HELD, version=1, title='Kamus, "K"; baru', language="en", description="x", uri="https://case.example/k")
    text = write_competencies([core_framework(), framework])
    found = read_competencies(io.BytesIO(text.encode()), Format.CSV)
    assert found.problems == ()
    assert frameworks_of(found.rows, {}).rows == (framework, core_framework())


def test_a_whole_framework_may_not_take_the_competencies_of_another() -> None:
    assert check_whole(replace(HELD, title="New"), {"k-1": HELD}).rows == (replace(HELD, title="New"),)
    found = check_whole(replace(HELD, id="k-9"), {"k-1": HELD})
    assert found.rows == ()
    assert "a (k-1), b (k-1)" in found.problems[0].message


def test_the_built_in_framework_describes_every_level_of_its_nine() -> None:
    core = core_framework()
    assert (core.id, core.edition, core.publisher.startswith("Kementerian")) == ("permenpan-rb-38-2017", "38/2017", True)
    assert [list(one.levels) for one in core.competencies] == [[1, 2, 3, 4, 5]] * 9
    assert [one.id for one in core.competencies] == sorted(one.id for one in core.competencies)
