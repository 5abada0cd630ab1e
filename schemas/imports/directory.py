"""The directory's tables: units, posts with their standards, employees, assessments.

An employee's row has no internal id: `schemas.imports.identities` finds or gives one, and it is never made of the NIP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha1
from typing import Any

from competency import nip
from competency.directory import Assessment, Employment, Post, PostKind, Unit
from competency.nip import NipError, mask
from schemas.imports.cells import ACCOUNTS, DATE, EMAILS, ID, LEVELS, NIP, NIP_EXPECTED, NIPS, OPENIDS, TEXT
from schemas.imports.columns import Column, Table, choice, whole
from schemas.imports.outcome import CellRefused, ImportResult
from schemas.imports.reading import read_table
from schemas.imports.sheets import Format, Source
from xapi.agents import agent_key


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit, and where it stands."""

    line: int
    unit: Unit


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
class EmployeeRow:
    """An employee as the personnel office wrote them; `identifiers` are agent keys, sorted."""

    line: int
    name: str
    nip: str
    employment: Employment
    unit_id: str
    post_id: str
    identifiers: tuple[str, ...]
    contract_start: date | None


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """An assessment and whose it is."""

    line: int
    nip: str
    assessment: Assessment


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
    ),
    (("id",),),
    lambda values, line: UnitRow(line, Unit(values["id"], values["name"], values.get("parent"))),
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
ASSESSMENTS: Table[AssessmentRow] = Table(
    "assessments",
    "Assessed levels: the outcome of an assessment centre, never of learning.",
    (
        Column("nip", NIP, True, "whose it is, by the current NIP or NI PPPK", (), True, mask),
        Column("competency", ID, True, "the competency's id", ("kompetensi", "kode kompetensi", "competency id")),
        Column("level", _LEVEL, True, "the assessed level", ("nilai",)),
        Column("assessed_on", DATE, True, "the day of the assessment", ("tanggal", "tanggal penilaian", "date")),
        Column("source", TEXT, True, "who assessed, or in which report it stands", ("sumber", "penyelenggara")),
    ),
    (("nip", "competency", "assessed_on"),),
    lambda values, line: AssessmentRow(
        line, values["nip"], Assessment(values["competency"], values["level"], values["assessed_on"], values["source"])
    ),
)


def employees_table(nip_home_page: str) -> Table[EmployeeRow]:
    """The table of employees; `nip_home_page` is the IRI under which accounts are named by a NIP."""
    return Table(
        "employees",
        "Employees, with what statements may name them by.",
        (
            Column("nip", NIP, True, "the current NIP or NI PPPK", ("nip baru", "ni pppk", "nip/ni pppk"), True, mask),
            Column("name", TEXT, True, "the full name", ("nama", "nama lengkap"), True),
            Column(
                "employment",
                choice(Employment, {"p3k": Employment.PPPK}),
                True,
                "PNS or PPPK",
                ("status", "jenis asn", "jenis pegawai", "status kepegawaian"),
            ),
            Column("unit", ID, True, "the unit's id", ("unit kerja", "kode unit", "unit id")),
            Column("post", ID, True, "the post's id", ("jabatan", "kode jabatan", "post id")),
            Column("emails", EMAILS, False, "e-mail addresses", ("email", "surel", "mail"), True),
            Column("accounts", ACCOUNTS, False, "accounts at partners", ("account", "akun"), True),
            Column("openids", OPENIDS, False, "OpenIDs", ("openid",), True),
            Column("former_nips", NIPS, False, "numbers the person had before", ("nip lama", "former nip"), True),
            Column(
                "contract_start", DATE, False, "when the contract of a PPPK began", ("tmt kontrak", "mulai kontrak", "tmt pppk")
            ),
        ),
        (("nip",),),
        _employee_builder(nip_home_page),
    )


def _employee_builder(nip_home_page: str) -> Callable[[Mapping[str, Any], int], EmployeeRow]:
    def build(values: Mapping[str, Any], line: int) -> EmployeeRow:
        employment = values["employment"]
        try:
            nip.parse(values["nip"], employment)
        except NipError as error:
            raise CellRefused(str(error), NIP_EXPECTED, "nip") from error
        if values.get("contract_start") is not None and employment is not Employment.PPPK:
            raise CellRefused("only a PPPK has a contract", "an empty cell, or PPPK as the employment", "contract_start")
        return EmployeeRow(
            line=line,
            name=values["name"],
            nip=values["nip"],
            employment=employment,
            unit_id=values["unit"],
            post_id=values["post"],
            identifiers=identifiers(
                nips=(values["nip"], *(values.get("former_nips") or ())),
                emails=values.get("emails") or (),
                accounts=values.get("accounts") or (),
                openids=values.get("openids") or (),
                nip_home_page=nip_home_page,
            ),
            contract_start=values.get("contract_start"),
        )

    return build


def identifiers(
    *,
    nips: tuple[str, ...],
    emails: tuple[str, ...],
    accounts: tuple[tuple[str, str], ...],
    openids: tuple[str, ...],
    nip_home_page: str,
) -> tuple[str, ...]:
    """The agent keys under which statements may name a person, sorted.

    An e-mail address stands for `mbox` and `mbox_sha1sum`, as it is written and in small letters: partners do either.
    """
    actors: list[dict[str, Any]] = [{"account": {"homePage": nip_home_page, "name": number}} for number in nips]
    actors += [{"account": {"homePage": home_page, "name": name}} for home_page, name in accounts]
    actors += [{"openid": openid} for openid in openids]
    for address in {spelling for email in emails for spelling in (email, email.lower())}:
        mbox = f"mailto:{address}"
        # What xAPI calls mbox_sha1sum is SHA-1 by definition (Data 2.4.2.3); nothing is secured by it.
        actors += [{"mbox": mbox}, {"mbox_sha1sum": sha1(mbox.encode(), usedforsecurity=False).hexdigest()}]
    return tuple(sorted({key for actor in actors if (key := agent_key(actor)) is not None}))


def read_units(source: Source, fmt: Format | None = None) -> ImportResult[UnitRow]:
    return read_table(UNITS, source, fmt)


def read_posts(source: Source, fmt: Format | None = None) -> ImportResult[PostRow]:
    return read_table(POSTS, source, fmt)


def read_standards(source: Source, fmt: Format | None = None) -> ImportResult[StandardRow]:
    return read_table(STANDARDS, source, fmt)


def read_employees(source: Source, fmt: Format | None = None, *, nip_home_page: str) -> ImportResult[EmployeeRow]:
    return read_table(employees_table(nip_home_page), source, fmt)


def read_assessments(source: Source, fmt: Format | None = None) -> ImportResult[AssessmentRow]:
    return read_table(ASSESSMENTS, source, fmt)
