"""The table of competencies. The nine of Permenpan-RB 38/2017 come built in (`competency.rules.core_competencies`)."""

from __future__ import annotations

from competency.frameworks import Competency, CompetencyKind
from schemas.imports.cells import ID, TEXT
from schemas.imports.columns import Column, Table, choice
from schemas.imports.outcome import ImportResult
from schemas.imports.reading import read_table
from schemas.imports.sheets import Format, Source

_KINDS = {"sosial kultural": CompetencyKind.SOSIO_KULTURAL, "managerial": CompetencyKind.MANAJERIAL}

COMPETENCIES: Table[Competency] = Table(
    "competencies",
    "The competencies of a framework.",
    (
        Column("id", ID, True, "the competency's id", ("kode", "kode kompetensi")),
        Column("name", TEXT, True, "its name", ("nama", "nama kompetensi", "kompetensi")),
        Column("kind", choice(CompetencyKind, _KINDS), True, "the kind of competency", ("jenis", "jenis kompetensi")),
        Column("framework", ID, True, "the id of the framework it belongs to", ("kamus", "kerangka")),
        Column("description", TEXT, False, "what it means", ("uraian", "definisi", "deskripsi")),
    ),
    (("id",),),
    lambda values, line: Competency(
        values["id"], values["name"], values["kind"], values["framework"], values.get("description") or ""
    ),
)


def read_competencies(source: Source, fmt: Format | None = None) -> ImportResult[Competency]:
    return read_table(COMPETENCIES, source, fmt)
