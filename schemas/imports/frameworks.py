"""The table of competencies, and frameworks made of its rows. The nine of Permenpan-RB 38/2017 come built in
(`competency.rules.core_framework`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from competency.frameworks import Competency, CompetencyKind, Framework
from schemas.imports.cells import ID, IRI_CELL, LONG_TEXT, TEXT
from schemas.imports.columns import Column, Table, choice
from schemas.imports.outcome import ImportResult, Problem
from schemas.imports.reading import read_table
from schemas.imports.sheets import Format, Source

KIND_WORDS: Mapping[str, CompetencyKind] = {
    "sosial kultural": CompetencyKind.SOSIO_KULTURAL,
    "managerial": CompetencyKind.MANAJERIAL,
}
LEVELS = range(1, 6)


@dataclass(frozen=True, slots=True)
class CompetencyRow:
    """A competency, and what its row says of the framework: members of Framework by name, only those that it says."""

    line: int
    competency: Competency
    framework: Mapping[str, str]


def _row(values: Mapping[str, Any], line: int) -> CompetencyRow:
    competency = Competency(
        id=values["id"],
        name=values["name"],
        kind=values["kind"],
        framework=values["framework"],
        description=values.get("description") or "",
        levels={level: text for level in LEVELS if (text := values.get(f"level_{level}"))},
        parent_id=values.get("parent"),
        uri=values.get("uri") or "",
    )
    members = ("title", "publisher", "edition", "language", "description", "uri")
    return CompetencyRow(line, competency, {name: text for name in members if (text := values.get(f"framework_{name}"))})


COMPETENCIES: Table[CompetencyRow] = Table(
    "competencies",
    "The competencies of frameworks (kamus kompetensi).",
    (
        Column("id", ID, True, "the competency's id", ("kode", "kode kompetensi")),
        Column("name", TEXT, True, "its name", ("nama", "nama kompetensi", "kompetensi")),
        Column("kind", choice(CompetencyKind, KIND_WORDS), True, "the kind of competency", ("jenis", "jenis kompetensi")),
        Column("framework", ID, True, "the id of the framework it belongs to", ("kamus", "kerangka")),
        Column("description", LONG_TEXT, False, "what it means", ("uraian", "definisi", "deskripsi")),
        Column("parent", ID, False, "the competency of the same framework that it is a part of", ("induk", "kode induk")),
        *(
            Column(
                f"level_{level}", LONG_TEXT, False, f"what level {level} means", (f"tingkat {level}", f"deskripsi level {level}")
            )
            for level in LEVELS
        ),
        Column("uri", IRI_CELL, False, "its URI in CASE"),
        Column(
            "framework_title", TEXT, False, "the framework's title; its id, where no row says one", ("nama kamus", "judul kamus")
        ),
        Column("framework_publisher", TEXT, False, "who published the framework", ("penerbit",)),
        Column("framework_edition", TEXT, False, "what its publisher calls this edition", ("edisi",)),
        Column("framework_language", TEXT, False, "its language, like id", ("bahasa",)),
        Column("framework_description", LONG_TEXT, False, "what the framework is", ("uraian kamus",)),
        Column("framework_uri", IRI_CELL, False, "its URI in CASE"),
    ),
    (("id",),),
    _row,
)


def read_competencies(source: Source, fmt: Format | None = None) -> ImportResult[CompetencyRow]:
    return read_table(COMPETENCIES, source, fmt)


def frameworks_of(rows: Sequence[CompetencyRow], held: Mapping[str, Framework]) -> ImportResult[Framework]:
    """The frameworks that the rows belong to, as they are from now on, ordered by id.

    `held` are those known, by id: a competency that no row names stays, and so does what no row says of a framework; of several
    rows that say different things of one framework the first counts. A competency is what its row says, but keeps the URI it has.
    A row whose competency belongs to another framework, or whose parent is not of its own framework or leads back to it, is a
    problem.
    """
    homes = {one.id: framework.id for framework in held.values() for one in framework.competencies}
    problems: list[Problem] = []
    by_framework: dict[str, list[CompetencyRow]] = {}
    for row in rows:
        home = homes.get(row.competency.id, row.competency.framework)
        if home == row.competency.framework:
            by_framework.setdefault(home, []).append(row)
        else:
            problems.append(_problem(row, "framework", f"the competency belongs to the framework {home}", "an id of its own"))
    found = []
    for framework_id, own in sorted(by_framework.items()):
        before = held.get(framework_id) or Framework(framework_id, framework_id, ())
        taken, refused = _rooted(own, {one.id: one for one in before.competencies})
        problems += refused
        said: dict[str, str] = {}
        for row in own:
            said = {**row.framework, **said}
        competencies = {one.id: one for one in before.competencies}
        for row in taken:
            known = competencies.get(row.competency.id)
            competencies[row.competency.id] = replace(row.competency, uri=row.competency.uri or (known.uri if known else ""))
        in_order = tuple(competencies[one] for one in sorted(competencies))
        found.append(replace(before, competencies=in_order, **said))  # type: ignore[arg-type]
    return ImportResult(tuple(found), tuple(problems))


def check_whole(framework: Framework, held: Mapping[str, Framework]) -> ImportResult[Framework]:
    """A framework that is to stand for all that was known of it, as a CASE package is; none, and a problem, where a competency of
    it belongs to another framework of `held`: standards and catalogue name competencies by their ids alone."""
    homes = {one.id: other.id for other in held.values() if other.id != framework.id for one in other.competencies}
    taken = [f"{one.id} ({homes[one.id]})" for one in framework.competencies if one.id in homes]
    if not taken:
        return ImportResult((framework,))
    message = f"competencies of it belong to other frameworks: {', '.join(taken[:5])}{', …' if len(taken) > 5 else ''}"
    problem = Problem("frameworks", 0, "id", framework.id, message, "ids (humanCodingScheme) that no other framework has")
    return ImportResult(problems=(problem,))


def _rooted(rows: Sequence[CompetencyRow], known: Mapping[str, Competency]) -> tuple[list[CompetencyRow], list[Problem]]:
    """The rows whose parents lead to a competency without one, and the problems of the others."""
    taken = list(rows)
    problems: list[Problem] = []
    while True:
        everything = {**known, **{row.competency.id: row.competency for row in taken}}
        bad = {row.line: wrong for row in taken if (wrong := _wrong_parent(row.competency, everything)) is not None}
        if not bad:
            return taken, problems
        advice = "the id of a competency of the same framework, above it"
        problems += [_problem(row, "parent", bad[row.line], advice) for row in taken if row.line in bad]
        taken = [row for row in taken if row.line not in bad]


def _wrong_parent(competency: Competency, everything: Mapping[str, Competency]) -> str | None:
    seen = {competency.id}
    parent_id = competency.parent_id
    while parent_id is not None:
        if parent_id in seen:
            return "the competencies above it form a circle"
        if parent_id not in everything:
            return f"the framework has no competency {parent_id}"
        seen.add(parent_id)
        parent_id = everything[parent_id].parent_id
    return None


def _problem(row: CompetencyRow, column: str, message: str, would_be_right: str) -> Problem:
    shown = row.competency.parent_id or "" if column == "parent" else row.competency.framework
    return Problem("competencies", row.line, column, shown, message, would_be_right)


def write_competencies(frameworks: Iterable[Framework]) -> str:
    """Frameworks as the CSV that the table takes: importing it into an empty store gives the same frameworks."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in COMPETENCIES.columns])
    for framework in frameworks:
        of_framework = (
            framework.title,
            framework.publisher,
            framework.edition,
            framework.language,
            framework.description,
            framework.uri,
        )
        for one in framework.competencies:
            levels = [one.levels.get(level, "") for level in LEVELS]
            named = (one.id, one.name, one.kind, framework.id, one.description, one.parent_id or "")
            writer.writerow([*named, *levels, one.uri, *of_framework])
    return text.getvalue()
