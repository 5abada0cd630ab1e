"""A file that may hold several tables: a workbook with a sheet each, a JSON object with a list each, or one CSV that is recognised
by its header; or a framework as a CASE package. This is what the commands `rekam directory|catalogue|frameworks import` read."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from competency.catalogue import CatalogueEntry
from competency.frameworks import Framework
from schemas.case import is_case, read_case
from schemas.imports.catalogue import CATALOGUE
from schemas.imports.columns import Table, simplified
from schemas.imports.directory import (
    ASSESSMENTS,
    POSTS,
    STANDARDS,
    UNITS,
    AssessmentRow,
    EmployeeRow,
    IdentifierRow,
    PostRow,
    StandardRow,
    UnitRow,
    employees_table,
    identifiers_table,
)
from schemas.imports.frameworks import COMPETENCIES, CompetencyRow
from schemas.imports.outcome import Problem
from schemas.imports.reading import refused, rows_of
from schemas.imports.sheets import FileRefused, Format, Listing, Sheet, Source, format_of, read_sheets


@dataclass(slots=True)
class Package:
    """Everything that was found, table by table, and the problems of all.

    `competencies` are rows for `schemas.imports.frameworks.frameworks_of`, which adds them to what is known; `frameworks` come from
    CASE packages and are whole: each stands for all that was known of it.
    """

    units: list[UnitRow] = field(default_factory=list)
    posts: list[PostRow] = field(default_factory=list)
    standards: list[StandardRow] = field(default_factory=list)
    employees: list[EmployeeRow] = field(default_factory=list)
    identifiers: list[IdentifierRow] = field(default_factory=list)
    assessments: list[AssessmentRow] = field(default_factory=list)
    catalogue: list[CatalogueEntry] = field(default_factory=list)
    competencies: list[CompetencyRow] = field(default_factory=list)
    frameworks: list[Framework] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def all_tables(nip_home_page: str) -> tuple[Table[Any], ...]:
    """Every table that can be imported, in the order in which they build upon each other."""
    people = (employees_table(nip_home_page), identifiers_table(nip_home_page), ASSESSMENTS)
    return (UNITS, COMPETENCIES, POSTS, STANDARDS, *people, CATALOGUE)


def read_package(source: Source, fmt: Format | None = None, *, nip_home_page: str) -> Package:
    """Read whatever tables a file has. Never raises for what is in the file."""
    package = Package()
    try:
        fmt = format_of(source) if fmt is None and isinstance(source, Path) else fmt
        if fmt is Format.JSON:
            data = source.read_bytes() if isinstance(source, Path) else source.read()
            if is_case(data):
                return _case(data)
            source = io.BytesIO(data)
        found = read_sheets(source, fmt)
    except FileRefused as refusal:
        package.problems.append(refused(refusal, "file"))
        return package
    tables = all_tables(nip_home_page)
    for one in found:
        table = recognise(tables, one)
        if table is None:
            package.problems.append(_unknown(one, tables))
            continue
        result = rows_of(table, one)
        getattr(package, table.name).extend(result.rows)
        package.problems.extend(result.problems)
    return package


def _case(data: bytes) -> Package:
    result = read_case(data)
    return Package(frameworks=list(result.rows), problems=list(result.problems))


def recognise(tables: Iterable[Table[Any]], found: Sheet | Listing) -> Table[Any] | None:
    """The table whose name the sheet has; else the one whose required columns are all there, most columns in all."""
    for table in tables:
        if simplified(found.name) == simplified(table.name):
            return table
    labels = _labels(found)
    best: Table[Any] | None = None
    most = 0
    for table in tables:
        names = {column.name for label in labels if (column := table.column(label)) is not None}
        if table.required <= names and len(names) > most:
            best, most = table, len(names)
    return best


def _labels(found: Sheet | Listing) -> list[object]:
    if isinstance(found, Sheet):
        return [label for label in found.header.cells if label is not None]
    first = next((item for item in found.items if isinstance(item, dict)), {})
    return list(first)


def _unknown(found: Sheet | Listing, tables: Iterable[Table[Any]]) -> Problem:
    name = found.name or "file"
    line = found.header.line if isinstance(found, Sheet) else 0
    wanted = "; ".join(f"{table.name}: {', '.join(sorted(table.required))}" for table in tables)
    return Problem(
        name,
        line,
        "",
        "",
        "this is none of the tables that can be imported",
        f"a header with at least the columns of one ({wanted})",
    )
