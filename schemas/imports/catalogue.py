"""The catalogue's table: which activities count, for what, and what finishes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from competency.catalogue import Alignment, CatalogueEntry, FinishRule
from schemas.imports.cells import ACTIVITY_IRI, ID, KIND_ID, LEVELS, TEXT
from schemas.imports.columns import Column, Table, amount, choice
from schemas.imports.outcome import ImportResult
from schemas.imports.reading import read_table
from schemas.imports.sheets import Format, Source

_FINISH_WORDS = {
    "selesai": FinishRule.COMPLETED,
    "lulus": FinishRule.PASSED,
    "selesai dan lulus": FinishRule.BOTH,
    "selesai atau lulus": FinishRule.EITHER,
    "hadir": FinishRule.ATTENDED,
}


def _entry(values: Mapping[str, Any], line: int) -> CatalogueEntry:
    return CatalogueEntry(
        id=values["id"],
        activity_id=values["activity_id"],
        title=values["title"],
        kind_id=values["kind"],
        provider=values["provider"],
        jp=values["jp"],
        finish=values["finish"],
        alignments=tuple(Alignment(competency, level) for competency, level in values.get("alignments") or ()),
    )


CATALOGUE: Table[CatalogueEntry] = Table(
    "catalogue",
    "Trainings, workshops, seminars and courses that count.",
    (
        Column("id", ID, True, "the entry's id", ("kode",)),
        Column("activity_id", ACTIVITY_IRI, True, "the id of the xAPI activity", ("activity", "iri", "aktivitas")),
        Column("title", TEXT, True, "the title", ("judul", "nama", "nama kegiatan", "nama kursus")),
        Column("kind", KIND_ID, True, "the kind of activity (jenis diklat)", ("jenis", "jenis diklat")),
        Column("provider", TEXT, True, "who holds it", ("penyelenggara", "institusi penyelenggara")),
        Column("jp", amount(2000, 2), True, "its hours in jam pelajaran", ("jumlah jam", "jam", "jam pelajaran")),
        Column(
            "finish", choice(FinishRule, _FINISH_WORDS), True, "what a statement must say for it to be finished", ("selesai bila",)
        ),
        Column(
            "alignments",
            LEVELS,
            False,
            "the competencies that finishing it is evidence for, and the level of each",
            ("kompetensi", "competencies"),
        ),
    ),
    (("id",), ("activity_id",)),
    _entry,
)


def read_catalogue(source: Source, fmt: Format | None = None) -> ImportResult[CatalogueEntry]:
    return read_table(CATALOGUE, source, fmt)
