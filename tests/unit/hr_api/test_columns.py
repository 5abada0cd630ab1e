"""What the API takes of catalogue and frameworks is what an import takes, property by column."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest

from competency.catalogue import Alignment, CatalogueEntry, Certificate, CountsPer, DefinitionMatch, FinishRule, Repeats
from competency.frameworks import Framework
from competency.rules import core_framework
from schemas.hr.catalogue import CatalogueEntrySchema, EntryBodySchema, entry_shown, read_entry
from schemas.hr.columns import ColumnField
from schemas.hr.framework_changes import framework_difference
from schemas.hr.frameworks import (
    CompetencyBodySchema,
    FrameworkBodySchema,
    FrameworkSchema,
    competency_shown,
    head_shown,
    read_framework,
)
from schemas.hr.payload import InvalidPayload, dump
from schemas.imports.catalogue import CATALOGUE, read_catalogue
from schemas.imports.frameworks import COMPETENCIES
from schemas.imports.sheets import Format

FULL = CatalogueEntry(
    "c-1",
    "Pelatihan Risiko",
    "16",
    "Universitas A",
    Decimal("4.5"),
    FinishRule.EITHER,
    activity_ids=("https://x.example/1", "https://x.example/2"),
    patterns=("https://x.example/s/*",),
    definitions=(
        DefinitionMatch("https://x.example/t", "Webinar*", (("https://x.example/e", "true"),)),
        DefinitionMatch(name="a*"),
    ),
    alignments=(Alignment("integritas", 2, Decimal("0.5")), Alignment("komunikasi", 3)),
    min_score=Decimal("-0.25"),
    certificate=Certificate(24),
    from_year=2020,
    through_year=2027,
    repeats=Repeats.YEARLY,
    counts_per=CountsPer.ACTIVITY,
    siasn_training="54",
)
BARE = CatalogueEntry("c-2", "Seminar", "9", "B", None, FinishRule.ATTENDED, activity_ids=("https://x.example/3",))
ENDLESS = CatalogueEntry(
    "c-3", "Kursus", "16", "B", Decimal(1), FinishRule.PASSED, patterns=("https://y.example/*",), certificate=Certificate()
)


def columns(schema: Any) -> set[str]:
    return {field.column.name for field in schema.fields.values() if isinstance(field, ColumnField)}


def test_every_column_of_the_catalogue_is_a_property() -> None:
    assert columns(EntryBodySchema()) == {column.name for column in CATALOGUE.columns} - {"id"}


def test_every_column_of_competencies_is_a_property() -> None:
    of_levels = {f"level_{level}" for level in range(1, 6)}
    found = columns(CompetencyBodySchema()) | columns(FrameworkBodySchema()) | of_levels | {"framework"}
    assert found == {column.name for column in COMPETENCIES.columns}


@pytest.mark.parametrize("entry", [FULL, BARE, ENDLESS], ids=lambda entry: entry.id)
def test_an_entry_that_is_sent_back_is_the_same(entry: CatalogueEntry) -> None:
    sent = json.loads(dump(CatalogueEntrySchema(), entry_shown(entry)))
    assert read_entry(entry.id, sent) == entry


@pytest.mark.parametrize(
    "values",
    [
        {"jp": 1.5, "alignments": {"b": 2, "a": {"level": 1, "weight": 0.5}}, "certificate": True},
        {"kind": "Seminar", "certificate": 12, "min_score": 1},
        {"definitions": [{"extensions": {"https://x.example/e": 4.0}}], "repeats": "yearly"},
        {"activity_ids": "https://x.example/9"},
        {"title": "  Judul  "},
        {"jp": 2001},
        {"min_score": "0.5"},
        {"through_year": 2000, "from_year": 2001},
        {"alignments": {"b": 2, "a": 9}},
        {"activity_ids": None, "patterns": ["https://x.example/seri-*"]},
        {"definitions": [{"name": "Webinar*"}]},
        {"patterns": ["https://x.example/seri-*"], "counts_per": "entry"},
        {"siasn_training": "54"},
        {"siasn_training": " "},
        {"siasn_training": "5" * 65},
        {"siasn_training": 54},
        {"activity_ids": None},
        {"finish": "lulus"},
    ],
)
def test_a_body_means_what_the_row_of_an_import_means(values: dict[str, Any]) -> None:
    base = {"activity_ids": ["https://x.example/3"], "title": "T", "kind": "9", "provider": "B", "finish": "passed"}
    row = {**base, **values}
    imported = read_catalogue(io.BytesIO(json.dumps([{"id": "c-1", **row}]).encode()), Format.JSON)
    body = {EntryBodySchema().fields[name].data_key: value for name, value in row.items()}
    if imported.rows:
        assert (read_entry("c-1", body),) == imported.rows
        return
    (problem,) = imported.problems
    with pytest.raises(InvalidPayload) as refused:
        read_entry("c-1", body)
    assert refused.value.pointer == f"/{EntryBodySchema().fields[problem.column].data_key}"
    assert problem.message in refused.value.message


def test_a_body_counts_per_what_it_matches_by_unless_it_says() -> None:
    body = {"title": "T", "kind": "9", "provider": "B", "finish": "passed"}
    ids, patterns = {"activityIds": ["https://x.example/1"]}, {"patterns": ["https://x.example/s/*"]}
    for matches, said, per in (
        (ids, {}, CountsPer.ENTRY),
        (patterns, {}, CountsPer.ACTIVITY),
        ({"definitions": [{"name": "Webinar*"}]}, {}, CountsPer.ACTIVITY),
        ({**ids, **patterns}, {"countsPer": None}, CountsPer.ACTIVITY),
        (patterns, {"countsPer": "entry"}, CountsPer.ENTRY),
        (ids, {"countsPer": "activity"}, CountsPer.ACTIVITY),
    ):
        assert read_entry("c-1", {**body, **matches, **said}).counts_per is per


def test_a_framework_that_is_sent_back_is_the_same() -> None:
    core = core_framework()
    shown = {**head_shown(core), "competencies": [competency_shown(one) for one in core.competencies]}
    read = read_framework(core.id, dump(FrameworkSchema(), shown), {core.id: core})
    assert (read.framework, read.problems) == (core, ())
    assert not framework_difference(core, read.framework).any


def test_a_framework_without_a_language_stays_so() -> None:
    core = core_framework()
    silent = Framework(core.id, core.title, core.competencies, language="")
    shown = {**head_shown(silent), "competencies": [competency_shown(one) for one in silent.competencies]}
    assert read_framework(core.id, dump(FrameworkSchema(), shown), {core.id: silent}).framework == silent
