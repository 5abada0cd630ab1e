"""The directory's tables: units, posts and their standards here, those of people in `schemas.imports.people`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from competency.directory import Post, PostKind, Unit
from schemas.imports.cells import ID, LEVELS, TEXT
from schemas.imports.columns import Column, Table, choice, whole
from schemas.imports.outcome import ImportResult
from schemas.imports.people import (
    ASSESSMENTS,
    AssessmentRow,
    EmployeeRow,
    IdentifierRow,
    employees_table,
    identifiers,
    identifiers_table,
)
from schemas.imports.reading import read_table
from schemas.imports.sheets import Format, Source

__all__ = [
    "ASSESSMENTS",
    "POSTS",
    "STANDARDS",
    "UNITS",
    "AssessmentRow",
    "EmployeeRow",
    "IdentifierRow",
    "PostRow",
    "StandardRow",
    "UnitRow",
    "employees_table",
    "identifiers",
    "identifiers_table",
    "read_assessments",
    "read_employees",
    "read_identifiers",
    "read_posts",
    "read_standards",
    "read_units",
]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit, and where it stands."""

    line: int
    unit: Unit

    def upon(self, held: Unit | None) -> Unit:
        """The unit as it is from now on, when `held` is what was known of it: an id in SIASN stays until another is said."""
        return replace(self.unit, siasn_id=held.siasn_id) if held is not None and not self.unit.siasn_id else self.unit


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post. Without `says_standards` its file has no column for them, and those that are known stay."""

    line: int
    post: Post
    says_standards: bool

    def upon(self, held: Post | None) -> Post:
        """The post as it is from now on, when `held` is what was known of it."""
        if held is None or self.says_standards:
            return self.post
        return replace(self.post, standards=held.standards)


@dataclass(frozen=True, slots=True)
class StandardRow:
    """A level that a post demands."""

    line: int
    post_id: str
    competency_id: str
    level: int


_POST_KINDS = {"fungsional tertentu": PostKind.FUNGSIONAL, "fungsional umum": PostKind.PELAKSANA, "jpt": PostKind.STRUKTURAL}
_LEVEL = whole(1, 5)


def _post(values: Mapping[str, Any], line: int) -> PostRow:
    standards = dict(values.get("standards") or ())
    post = Post(values["id"], values["title"], values["kind"], values["tier"].casefold(), standards)
    return PostRow(line, post, says_standards="standards" in values)


UNITS: Table[UnitRow] = Table(
    "units",
    "The tree of units (unit kerja).",
    (
        Column("id", ID, True, "the unit's id", ("kode", "kode unit", "unit id")),
        Column("name", TEXT, True, "its name", ("nama", "nama unit")),
        Column(
            "parent", ID, False, "the id of the unit above; empty for an agency (instansi)", ("induk", "parent id", "unit induk")
        ),
        Column("siasn_id", ID, False, "the agency's id in SIASN (instansiId)", ("instansi id", "id siasn")),
    ),
    (("id",),),
    lambda values, line: UnitRow(line, Unit(values["id"], values["name"], values.get("parent"), values.get("siasn_id") or "")),
)
POSTS: Table[PostRow] = Table(
    "posts",
    "Posts (jabatan).",
    (
        Column("id", ID, True, "the post's id", ("kode", "kode jabatan", "post id")),
        Column("title", TEXT, True, "its title", ("nama", "nama jabatan", "jabatan")),
        Column("kind", choice(PostKind, _POST_KINDS), True, "the kind of post", ("jenis", "jenis jabatan")),
        Column(
            "tier", TEXT, True, "its tier, like pelaksana, pengawas, administrator, jpt-pratama, ahli-muda", ("jenjang", "eselon")
        ),
        Column(
            "standards",
            LEVELS,
            False,
            "all the levels it demands; without this column those that are known stay (the table standards can say the same)",
            ("standar", "standar kompetensi"),
        ),
    ),
    (("id",),),
    _post,
)
STANDARDS: Table[StandardRow] = Table(
    "standards",
    "The levels that posts demand, one a row; added to what the posts say themselves.",
    (
        Column("post", ID, True, "the post's id", ("jabatan", "kode jabatan", "post id")),
        Column("competency", ID, True, "the competency's id", ("kompetensi", "kode kompetensi", "competency id")),
        Column("level", _LEVEL, True, "the level demanded", ("standar",)),
    ),
    (("post", "competency"),),
    lambda values, line: StandardRow(line, values["post"], values["competency"], values["level"]),
)


def read_units(source: Source, fmt: Format | None = None) -> ImportResult[UnitRow]:
    return read_table(UNITS, source, fmt)


def read_posts(source: Source, fmt: Format | None = None) -> ImportResult[PostRow]:
    return read_table(POSTS, source, fmt)


def read_standards(source: Source, fmt: Format | None = None) -> ImportResult[StandardRow]:
    return read_table(STANDARDS, source, fmt)


def read_employees(source: Source, fmt: Format | None = None, *, nip_home_page: str) -> ImportResult[EmployeeRow]:
    return read_table(employees_table(nip_home_page), source, fmt)


def read_identifiers(source: Source, fmt: Format | None = None, *, nip_home_page: str) -> ImportResult[IdentifierRow]:
    return read_table(identifiers_table(nip_home_page), source, fmt)


def read_assessments(source: Source, fmt: Format | None = None) -> ImportResult[AssessmentRow]:
    return read_table(ASSESSMENTS, source, fmt)
