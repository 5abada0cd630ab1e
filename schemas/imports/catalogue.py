"""The catalogue's table: which activities count, for what, and what finishes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from competency.catalogue import CatalogueEntry, CountsPer, FinishRule, Repeats
from schemas.imports.activities import ACTIVITY_IDS, ALIGNMENTS, CERTIFICATE, DEFINITIONS, PATTERNS
from schemas.imports.cells import CODE, ID, KIND_ID, TEXT
from schemas.imports.columns import Column, Table, amount, choice, whole
from schemas.imports.outcome import CellRefused, ImportResult
from schemas.imports.reading import read_table
from schemas.imports.sheets import Format, Source

_FINISH_WORDS = {
    "selesai": FinishRule.COMPLETED,
    "lulus": FinishRule.PASSED,
    "selesai dan lulus": FinishRule.BOTH,
    "selesai atau lulus": FinishRule.EITHER,
    "hadir": FinishRule.ATTENDED,
}
_REPEAT_WORDS = {"sekali": Repeats.NEVER, "tidak": Repeats.NEVER, "setiap tahun": Repeats.YEARLY, "tiap tahun": Repeats.YEARLY}
_PER_WORDS = {"kegiatan": CountsPer.ACTIVITY, "entri": CountsPer.ENTRY}
_YEAR = whole(1945, 9999)


def _entry(values: Mapping[str, Any], line: int) -> CatalogueEntry:
    first, last = values.get("from_year"), values.get("through_year")
    if first is not None and last is not None and last < first:
        raise CellRefused("it ends before it begins", "a year that is not before from_year", "through_year")
    if not any(values.get(name) for name in ("activity_ids", "patterns", "definitions")):
        advice = "at least one of activity_ids, patterns and definitions"
        raise CellRefused("it matches no activity", advice, "activity_ids")
    return CatalogueEntry(
        id=values["id"],
        title=values["title"],
        kind_id=values["kind"],
        provider=values["provider"],
        jp=values.get("jp"),
        finish=values["finish"],
        activity_ids=tuple(dict.fromkeys(values.get("activity_ids") or ())),
        patterns=tuple(dict.fromkeys(values.get("patterns") or ())),
        definitions=tuple(dict.fromkeys(values.get("definitions") or ())),
        alignments=values.get("alignments") or (),
        min_score=values.get("min_score"),
        certificate=values.get("certificate"),
        from_year=first,
        through_year=last,
        repeats=values.get("repeats") or Repeats.NEVER,
        counts_per=values.get("counts_per") or _counts_per(values),
        siasn_training=values.get("siasn_training") or "",
    )


def _counts_per(values: Mapping[str, Any]) -> CountsPer:
    """What it counts per where it does not say: patterns and definitions mostly stand for a series, ids for runs of one thing."""
    return CountsPer.ACTIVITY if values.get("patterns") or values.get("definitions") else CountsPer.ENTRY


CATALOGUE: Table[CatalogueEntry] = Table(
    "catalogue",
    "Trainings, workshops, seminars and courses that count.",
    (
        Column("id", ID, True, "the entry's id", ("kode",)),
        Column(
            "activity_ids",
            ACTIVITY_IDS,
            False,
            "the ids of the xAPI activities it is about; an entry needs at least one of these three columns",
            ("activity", "iri", "aktivitas"),
            earlier=("activity_id",),
        ),
        Column("patterns", PATTERNS, False, "patterns of the ids of activities", ("pattern", "pola")),
        Column("definitions", DEFINITIONS, False, "what the definition of an activity says", ("definition", "definisi")),
        Column("title", TEXT, True, "the title", ("judul", "nama", "nama kegiatan", "nama kursus")),
        Column("kind", KIND_ID, True, "the kind of activity (jenis diklat)", ("jenis", "jenis diklat")),
        Column("provider", TEXT, True, "who holds it", ("penyelenggara", "institusi penyelenggara")),
        Column(
            "jp",
            amount(2000, 2),
            False,
            "its hours in jam pelajaran; empty where only statements say how long it took",
            ("jumlah jam", "jam", "jam pelajaran"),
        ),
        Column(
            "finish", choice(FinishRule, _FINISH_WORDS), True, "what a statement must say for it to be finished", ("selesai bila",)
        ),
        Column(
            "min_score",
            amount(1, 4, -1, "0,7"),
            False,
            "the least `result.score.scaled` for it to be finished",
            ("nilai minimal", "nilai minimum"),
        ),
        Column(
            "certificate",
            CERTIFICATE,
            False,
            "whether finishing it gives a certificate, and for how many months that is valid",
            ("sertifikat", "masa berlaku sertifikat", "certificate months"),
        ),
        Column("from_year", _YEAR, False, "the first year in which it counts", ("tahun mulai", "dari tahun")),
        Column("through_year", _YEAR, False, "the last year in which it counts", ("tahun akhir", "sampai tahun")),
        Column(
            "repeats",
            choice(Repeats, _REPEAT_WORDS),
            False,
            "whether finishing it again in a later year counts hours again; never, unless it says so",
            ("berulang",),
        ),
        Column(
            "counts_per",
            choice(CountsPer, _PER_WORDS),
            False,
            "whether all its activities are one training (entry) or each is one of its own (activity); unless it says so, "
            "activity with patterns or definitions, else entry",
            ("dihitung per",),
        ),
        Column(
            "alignments",
            ALIGNMENTS,
            False,
            "the competencies that finishing it is evidence for, the level of each, and how much it weighs",
            ("kompetensi", "competencies"),
        ),
        Column(
            "siasn_training",
            CODE,
            False,
            "BKN's id of a structural training (latihanStrukturalId), which SIASN's riwayat diklat needs",
            ("latihan struktural id", "latihan struktural"),
        ),
    ),
    (("id",), ("activity_ids",), ("patterns",)),
    _entry,
)


def read_catalogue(source: Source, fmt: Format | None = None) -> ImportResult[CatalogueEntry]:
    return read_table(CATALOGUE, source, fmt)
