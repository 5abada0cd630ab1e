"""Small builders: what a test does not speak of has a plain default."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from access.credentials import PARTNER_ROLES, Credential, Role
from competency.catalogue import Alignment, CatalogueEntry, CountsPer, FinishRule, Repeats
from competency.directory import Assessment, Employee, Employment, Identifier, Post, PostKind, Unit
from competency.evidence import Evidence
from competency.facts import ContractFact, GapFact, ProfileFacts, YearFact
from competency.frameworks import Competency, CompetencyKind, Framework
from competency.hours import Standing
from competency.standards import GapFrom
from store.port import AuditEntry, DeadLetter, Recordable, RecordBatch, Recorded, Store
from xapi.query import StatementFilter, StoredAt
from xapi.statement import VOIDED, extract

T0 = 1_780_000_000_000
"""Where the tests' time begins."""

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
PASSED = "http://adlnet.gov/expapi/verbs/passed"


def uid(number: int) -> UUID:
    """The test's statement number `number`; ids are ordered as their numbers are."""
    return UUID(int=(0xA << 124) | (0x4 << 76) | (0x8 << 60) | number)


def agent(name: str) -> dict[str, Any]:
    return {"mbox": f"mailto:{name}@example.com"}


def person(name: str) -> dict[str, Any]:
    """`agent(name)` as the object of a statement, where the type has to be written."""
    return {"objectType": "Agent", **agent(name)}


def agent_key_of(name: str) -> str:
    """The key under which `agent(name)` is found."""
    return f"mbox|mailto:{name}@example.com"


def group(*names: str, own: str | None = None) -> dict[str, Any]:
    identity = {} if own is None else agent(own)
    return {"objectType": "Group", **identity, "member": [agent(name) for name in names]}


def activity(name: str, definition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    said = {} if definition is None else {"definition": dict(definition)}
    return {"objectType": "Activity", "id": iri(name), **said}


def iri(name: str) -> str:
    """The id of `activity(name)`."""
    return f"http://example.com/activities/{name}"


def reference(number: int) -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": str(uid(number))}


def statement(
    number: int,
    *,
    actor: Mapping[str, Any] | None = None,
    verb: str = COMPLETED,
    target: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The JSON of a complete statement; `more` are further members (`context`, `result`, …)."""
    return {
        "id": str(uid(number)),
        "actor": dict(actor or agent("ani")),
        "verb": {"id": verb},
        "object": dict(target or activity("a")),
        **more,
    }


def voiding(number: int, target: int, **more: Any) -> dict[str, Any]:
    return statement(number, verb=VOIDED, target=reference(target), **more)


def recordable(
    said: Mapping[str, Any] | bytes,
    *,
    partner: str = "univ-a",
    may_void_any: bool = False,
    at_ms: int = T0,
    offset: int = 0,
    index: int = 0,
) -> Recordable:
    """`said` is a statement's JSON, or its text where the exact bytes matter."""
    text = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
    return Recordable(text, extract(json.loads(text)), partner, may_void_any, at_ms, offset, index)


def batch(statements: Sequence[Recordable], *, partition: int = 0, next_offset: int | None = None) -> RecordBatch:
    """Statements of consecutive records; `next_offset` follows the last one's, if not said."""
    after = max((one.offset for one in statements), default=0) + 1
    return RecordBatch(partition, after if next_offset is None else next_offset, tuple(statements))


def record(
    store: Store,
    *said: Mapping[str, Any] | bytes,
    partition: int = 0,
    partner: str = "univ-a",
    may_void_any: bool = False,
    at_ms: int = T0,
) -> Recorded:
    """Record these statements as one batch."""
    rows = [recordable(one, partner=partner, may_void_any=may_void_any, at_ms=at_ms, index=index) for index, one in enumerate(said)]
    return store.statements.record(batch(rows, partition=partition))


def number_of(statement_id: UUID) -> int:
    """The number that `uid` made the id of."""
    return statement_id.int & ((1 << 60) - 1)


def numbers(statement_ids: Iterable[UUID]) -> list[int]:
    return [number_of(one) for one in statement_ids]


def found(store: Store, *, page_size: int = 100, **wanted: Any) -> list[int]:
    """The numbers of all statements that `StatementFilter(**wanted)` finds, in order, page by page."""
    after: StoredAt | None = None
    result: list[int] = []
    while True:
        page = store.statement_queries.find(StatementFilter(**wanted), after=after, limit=page_size)
        assert len(page.statements) <= page_size
        result += numbers(one.statement_id for one in page.statements)
        if page.next_after is None:
            return result
        assert page.next_after != after, "the list does not go on"
        after = page.next_after


def unit(unit_id: str = "u1", name: str = "Biro SDM", parent_id: str | None = None) -> Unit:
    return Unit(unit_id, name, parent_id)


def post(post_id: str = "p1", **standards: int) -> Post:
    return Post(post_id, "Analis SDM", PostKind.FUNGSIONAL, "Ahli Muda", standards)


def employee(
    employee_id: str = "e1",
    name: str = "Siti Rahmawati",
    *,
    nip: str | None = None,
    identifiers: Iterable[str | Identifier] = (),
    assessments: Iterable[Assessment] = (),
    unit_id: str = "u1",
    post_id: str = "p1",
    employment: Employment = Employment.PNS,
    left_on: date | None = None,
) -> Employee:
    """Without a `nip`, one that no other `employee_id` gets. A key stands for an identifier that is valid for ever."""
    number = "".join(str(ord(letter) % 10) for letter in employee_id).rjust(18, "1")[-18:]
    named = (Identifier(one) if isinstance(one, str) else one for one in identifiers)
    return Employee(
        id=employee_id,
        name=name,
        nip=nip or number,
        employment=employment,
        unit_id=unit_id,
        post_id=post_id,
        identifiers=tuple(sorted(named, key=lambda one: (one.key, one.valid_from or date.min))),
        contract_start=date(2024, 3, 1),
        assessments=tuple(assessments),
        left_on=left_on,
    )


def entry(
    entry_id: str = "c1",
    activity_id: str | None = None,
    title: str = "Pelatihan Dasar",
    jp: str | None = "12.5",
    *,
    patterns: Iterable[str] = (),
    version: int = 1,
) -> CatalogueEntry:
    return CatalogueEntry(
        id=entry_id,
        title=title,
        kind_id="1",
        provider="univ-a",
        jp=None if jp is None else Decimal(jp),
        finish=FinishRule.COMPLETED,
        activity_ids=(activity_id or iri(entry_id),),
        patterns=tuple(patterns),
        alignments=(Alignment("integritas", 3),),
        version=version,
    )


def competency(
    competency_id: str = "integritas", name: str = "Integritas", framework_id: str = "permenpan-rb-38-2017"
) -> Competency:
    return Competency(competency_id, name, CompetencyKind.MANAJERIAL, framework_id, "Jujur")


def framework(framework_id: str = "teknis", *names: str, title: str = "Kamus kompetensi teknis", version: int = 1) -> Framework:
    """A framework with a competency of each of these names, which is its id as well."""
    parts = tuple(competency(name, name, framework_id) for name in sorted(names))
    return Framework(framework_id, title, parts, version=version)


def evidence(
    number: int,
    employee_id: str = "e1",
    *,
    finished_at_ms: int = T0,
    kind_id: str = "1",
    year: int = 2026,
    provider: str = "univ-a",
    catalogue_id: str = "c1",
) -> Evidence:
    return Evidence(
        statement_id=uid(number),
        employee_id=employee_id,
        catalogue_id=catalogue_id,
        catalogue_version=2,
        activity_id=iri(catalogue_id),
        title="Pelatihan Dasar",
        kind_id=kind_id,
        provider=provider,
        jp=Decimal("12.50"),
        duration_ms=5_400_000,
        year=year,
        finished_on=date(year, 5, 4),
        finished_at_ms=finished_at_ms,
        alignments=(Alignment("integritas", 3), Alignment("kerja-sama", 2, Decimal("0.5"))),
        repeats=Repeats.YEARLY,
        counts_per=CountsPer.ENTRY,
        expires_on=date(year + 3, 5, 4),
        has_certificate=True,
        rule="finish-completed/1",
        certificate_number="800/12/LAN",
        duration="PT1H30M",
        began_on=date(year, 5, 3),
    )


def facts(
    *unit_path: str,
    active: bool = True,
    next_change_on: date = date(2027, 1, 1),
    standings: Mapping[int, Standing | None] | None = None,
    gaps: Mapping[str, int] | None = None,
    contract: Standing | None = None,
) -> ProfileFacts:
    """Of somebody in the unit `u1`, if not said; `standings` by year, `gaps` by competency id, `contract`: how a PPPK stands in the
    contract year that runs."""
    return ProfileFacts(
        unit_path=unit_path or ("u1",),
        employment=Employment.PNS if contract is None else Employment.PPPK,
        active=active,
        next_change_on=next_change_on,
        years=tuple(YearFact(year, Decimal("12.5"), standing) for year, standing in sorted((standings or {}).items())),
        gaps=tuple(GapFact(competency_id, gap, GapFrom.SUGGESTED) for competency_id, gap in sorted((gaps or {}).items())),
        contract=None if contract is None else ContractFact(3, Decimal("24.5"), contract),
    )


def letter(letter_id: str, *, reason: str = "conflict", number: int | None = None, at_ms: int = T0) -> DeadLetter:
    return DeadLetter(
        id=letter_id,
        reason=reason,
        detail="other content is recorded under this id",
        payload=b'{"a": 1e400, "\\u0000": "\xc3\xa9"}\x00\xff',
        topic="statements.accepted",
        partition=3,
        offset=17,
        index=None if number is None else 2,
        statement_id=None if number is None else uid(number),
        partner=None if number is None else "univ-a",
        created_at_ms=at_ms,
    )


def credential(key: str = "univ-a-1", *, roles: Iterable[Role] = PARTNER_ROLES, label: str = "") -> Credential:
    return Credential(key, "0" * 64, "univ-a", frozenset(roles), T0, label)


def audit_entry(at_ms: int = T0, subject: str = "e1", action: str = "profile.read") -> AuditEntry:
    return AuditEntry(at_ms, "hr-1", action, subject, "request-1")
