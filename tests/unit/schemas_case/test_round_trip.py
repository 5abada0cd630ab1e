"""What a publisher's package says comes out again: whole where nothing changed, and all but what changed where something did."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.frameworks import Competency, CompetencyKind, Framework
from competency.rules import core_framework
from schemas.case import as_held, read_case, write_case
from tests.unit.schemas_case.binding import PACKAGE

BASE = "https://rekam.example/ims/case/v1p1"
AT = datetime(2026, 3, 17, 4, 5, 6, tzinfo=UTC)
AT_MS = int(AT.timestamp() * 1000)
NEW = {"lastChangeDateTime": "2026-03-17T04:05:06Z"}
HERE = Path(__file__).parent
PUBLISHED = ["full.json", "plain.json", "foreign.json"]
VALID = PUBLISHED[:2]
Json = dict[str, Any]


def text_of(name: str) -> bytes:
    return (HERE / name).read_bytes()


def read(data: bytes | Json) -> Framework:
    (framework,) = read_case(data if isinstance(data, bytes) else json.dumps(data).encode()).rows
    return framework


def export(framework: Framework, base: str = BASE) -> Json:
    written: Json = json.loads(write_case(framework, base, changed_at=AT))
    return written


def changed(framework: Framework, own_id: str, **members: Any) -> Framework:
    competencies = tuple(replace(one, **members) if one.id == own_id else one for one in framework.competencies)
    return replace(framework, competencies=competencies)


def without(framework: Framework, *ids: str) -> Framework:
    return replace(framework, competencies=tuple(one for one in framework.competencies if one.id not in ids))


def check_binding(package: Json) -> None:
    jsonschema_rs.Draft202012Validator(PACKAGE).validate(package)


@pytest.mark.parametrize("name", VALID)
def test_the_whole_package_comes_out_as_it_was_published(name: str) -> None:
    before = json.loads(text_of(name))
    check_binding(before)
    assert export(read(text_of(name))) == before


@pytest.mark.parametrize("name", PUBLISHED)
def test_an_export_that_comes_back_is_the_same_framework(name: str) -> None:
    framework = replace(read(text_of(name)), changed_at_ms=AT_MS)
    once = write_case(framework, BASE, changed_at=AT)
    again = read(once)
    assert as_held(again, framework) == framework
    assert write_case(again, "https://moved.example", changed_at=AT) == once


def test_what_the_standard_requires_and_the_publisher_left_out_is_filled_in() -> None:
    before = json.loads(text_of("foreign.json"))
    after = export(read(before))
    (rubric,) = after["CFRubrics"]
    for place, level in enumerate(rubric["CFRubricCriteria"][0]["CFRubricCriterionLevels"]):
        said = before["CFRubrics"][0]["CFRubricCriteria"][0]["CFRubricCriterionLevels"][place]
        assert said.items() <= level.items()
        assert level["uri"] == f"{BASE}/CFRubricCriterionLevels/{level['identifier']}"
    del before["CFRubrics"], after["CFRubrics"]
    assert after == before


def test_a_part_that_was_left_out_for_what_it_lacks_is_left_out_of_the_export() -> None:
    package = json.loads(text_of("full.json"))
    broken = copy.deepcopy(package)
    broken["CFItems"].insert(1, {"identifier": "x"})
    broken["CFAssociations"].append({"associationType": 7})
    assert export(read(broken)) == package


def test_its_id_is_said_where_the_package_does_not_say_it() -> None:
    framework = read(text_of("full.json"))
    after = export(replace(framework, id="kamus-data"))
    before = json.loads(text_of("full.json"))
    before["CFDocument"]["extensions"]["rekamFrameworkId"] = "kamus-data"
    assert after == before
    assert read(after).id == "kamus-data"


def test_what_is_otherwise_now_wins_and_nothing_else_moves() -> None:
    framework = changed(
        read(text_of("full.json")), "DT.1", name="Olah data", levels={1: "Baru", 3: "Membimbing pengolahan data", 5: "Ahli"}
    )
    framework = replace(framework, edition="2026", publisher="Kementerian Baru")
    wanted = json.loads(text_of("full.json"))
    wanted["CFDocument"] |= {"version": "2026", "publisher": "Kementerian Baru", **NEW}
    item = wanted["CFItems"][1]
    item |= {
        "fullStatement": "Kemampuan mengumpulkan, membersihkan, dan mengolah data sesuai kaidah Satu Data Indonesia.",
        "abbreviatedStatement": "Olah data",
        **NEW,
    }
    after = export(framework)
    assert after["CFDocument"] == wanted["CFDocument"]
    assert after["CFItems"] == wanted["CFItems"]
    assert after["CFDefinitions"] == wanted["CFDefinitions"]
    criterion, other = after["CFRubrics"][0]["CFRubricCriteria"]
    first, second, third = criterion["CFRubricCriterionLevels"]
    was = wanted["CFRubrics"][0]["CFRubricCriteria"][0]["CFRubricCriterionLevels"]
    assert (first, second) == ({**was[0], "description": "Baru", **NEW}, was[2])
    assert (third["description"], third["score"], third["rubricCriterionId"]) == ("Ahli", 5, criterion["identifier"])
    assert other == wanted["CFRubrics"][0]["CFRubricCriteria"][1]
    titles = {
        link["title"]
        for one in after["CFAssociations"]
        for link in (one["originNodeURI"], one["destinationNodeURI"])
        if link["identifier"] == item["identifier"]
    }
    assert titles == {"Olah data"}
    check_binding(after)
    assert replace(read(after), published=None) == replace(framework, published=None)


def test_of_a_competency_that_is_gone_nothing_is_left() -> None:
    before = json.loads(text_of("full.json"))
    gone = before["CFItems"][1]["identifier"]
    after = export(without(read(text_of("full.json")), "DT.1"))
    assert gone not in json.dumps(after["CFAssociations"]) + json.dumps(after["CFItems"]) + json.dumps(after["CFRubrics"])
    assert after["CFItems"] == [before["CFItems"][0], before["CFItems"][2]]
    assert [one["associationType"] for one in after["CFAssociations"]] == ["isChildOf", "isChildOf"]
    check_binding(after)


def test_a_new_competency_is_made_and_one_that_moves_is_a_part_of_something_else() -> None:
    framework = changed(read(text_of("full.json")), "DT.2", parent_id="DT.1", kind=CompetencyKind.MANAJERIAL)
    new = Competency("DT.3", "Etika data", CompetencyKind.SOSIO_KULTURAL, framework.id, levels={2: "Jujur"}, parent_id="DT.1")
    framework = replace(framework, competencies=(*framework.competencies, new))
    after = export(framework)
    check_binding(after)
    before = json.loads(text_of("full.json"))
    moved = {
        **before["CFItems"][2],
        "CFItemType": "Kompetensi Manajerial",
        "CFItemTypeURI": after["CFItems"][2]["CFItemTypeURI"],
        **NEW,
    }
    assert after["CFItems"][:3] == [*before["CFItems"][:2], moved]
    assert after["CFItems"][3]["humanCodingScheme"] == "DT.3"
    defined = {one["title"]: one["identifier"] for one in after["CFDefinitions"]["CFItemTypes"]}
    assert list(defined) == ["Kompetensi Teknis", "Rumpun Kompetensi", "Kompetensi Manajerial", "Kompetensi Sosial Kultural"]
    assert defined["Kompetensi Manajerial"] == moved["CFItemTypeURI"]["identifier"]
    again = read(after)
    assert [(one.id, one.parent_id, one.kind) for one in again.competencies] == [
        (one.id, one.parent_id, one.kind) for one in framework.competencies
    ]
    assert as_held(again, replace(framework, changed_at_ms=AT_MS)) == framework
    assert as_held(again, framework) != framework


@pytest.mark.parametrize("framework", [core_framework(), read(text_of("full.json")), read(text_of("plain.json"))])
def test_exports_are_as_the_binding_wants_them(framework: Framework) -> None:
    check_binding(export(framework))
    check_binding(export(replace(framework, published=None)))


def test_a_package_that_says_no_more_than_rekam_would_keeps_no_publication_of_its_own() -> None:
    core = core_framework()
    back = read(write_case(core, BASE, changed_at=AT))
    assert back.published is None
    assert as_held(back, core) == core
    more = export(core)
    more["CFItems"][0]["notes"] = "Lihat lampiran"
    annotated = as_held(read(more), core)
    assert replace(annotated, published=None) == core
    assert annotated != core
    assert export(annotated) == more


def notes(package: Json) -> None:
    package["CFItems"][0]["notes"] = "Lain"


def order_of_members(package: Json) -> None:
    package["CFDocument"] = dict(reversed(package["CFDocument"].items()))


@pytest.mark.parametrize(("change", "differs"), [(notes, True), (order_of_members, False)])
def test_what_only_the_publication_says_makes_a_difference_too(change: Callable[[Json], None], differs: bool) -> None:
    package = json.loads(text_of("full.json"))
    change(package)
    assert (read(package) != read(text_of("full.json"))) is differs


def test_what_is_nested_deeper_than_any_package_is_refused() -> None:
    package = json.loads(text_of("plain.json"))
    nested: Json = {}
    for _ in range(200):
        nested = {"in": nested}
    package["CFDocument"]["extensions"] = nested
    found = read_case(json.dumps(package).encode())
    assert (found.rows, [one.message for one in found.problems]) == ((), ["it is nested too deeply"])


@st.composite
def edited(draw: st.DrawFn) -> Framework:
    """A published framework with anything of it changed."""
    framework = read(text_of(draw(st.sampled_from(PUBLISHED))))
    words = st.text("abc é", min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool)
    levels = st.dictionaries(st.integers(1, 5), words).map(lambda held: dict(sorted(held.items())))
    kept = [one for one in framework.competencies if draw(st.integers(0, 3))]
    kept += [Competency(f"new-{n}", draw(words), CompetencyKind.TEKNIS, framework.id) for n in range(draw(st.integers(0, 2)))]
    kept.sort(key=lambda one: one.id)
    ids = [one.id for one in kept]
    found = []
    for place, one in enumerate(kept):
        above = draw(st.none() | st.sampled_from(ids[:place])) if place else None
        name = draw(st.just(one.name) | words)
        description = draw(st.just(one.description) | st.just("") | words)
        kind = draw(st.just(one.kind) | st.sampled_from(CompetencyKind))
        said = draw(st.just(dict(one.levels)) | levels)
        found.append(replace(one, name=name, description=description, kind=kind, parent_id=above, levels=said))
    title, edition = draw(st.just(framework.title) | words), draw(st.just(framework.edition) | st.just("") | words)
    return replace(framework, title=title, edition=edition, competencies=tuple(found))


def known(framework: Framework) -> Framework:
    """Without what only an export gives."""
    competencies = tuple(replace(one, uri="") for one in framework.competencies)
    return replace(framework, published=None, uri="", competencies=competencies)


@given(edited())
def test_whatever_is_changed_the_export_says_what_is_known(framework: Framework) -> None:
    held = replace(framework, changed_at_ms=AT_MS)
    written = write_case(held, BASE, changed_at=held.changed_at)
    again = read(written)
    assert known(again) == known(framework)
    assert as_held(again, held) == held


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all parts of a package, except the whole."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [each for key, part in parts for each in ((*path, key), *places(part, (*path, key)))]


PLACES = {name: places(json.loads(text_of(name))) for name in PUBLISHED}


@st.composite
def damaged(draw: st.DrawFn) -> Json:
    """A published package that lacks something, or has something else in its place."""
    name = draw(st.sampled_from(PUBLISHED))
    package: Json = json.loads(text_of(name))
    *way, last = draw(st.sampled_from(PLACES[name]))
    within: Any = package
    for key in way:
        within = within[key]
    if isinstance(within, dict) and draw(st.booleans()):
        del within[last]
    else:
        within[last] = draw(st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.builds(list) | st.builds(dict))
    return package


@given(damaged())
def test_whatever_is_taken_of_a_package_that_is_none_comes_out_and_in_again(package: Json) -> None:
    for framework in read_case(json.dumps(package).encode()).rows:
        held = replace(framework, changed_at_ms=AT_MS)
        again = read(write_case(held, BASE, changed_at=AT))
        assert known(again) == known(framework)
        assert as_held(again, held) == held
