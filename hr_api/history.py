"""`/employees/{employeeId}/history`: what an employee finished, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import quote, urlencode
from uuid import UUID

from flask import Response

from access.credentials import Role
from competency.evidence import Evidence
from competency.regulation import Rules
from hr_api.auditing import audited
from hr_api.dated import profile_on, today
from hr_api.effects import Credit, credit_to_come, credits_of
from hr_api.employees import EMPLOYEE_ID, known_employee
from hr_api.masking import shown
from hr_api.resource import Resource, answer, asked
from hr_api.services import HrServices
from schemas.hr.cursors import write_cursor
from schemas.hr.document import BASE_PATH, Answer, Operation
from schemas.hr.history import HistoryAsked, HistoryPageSchema, HistoryParametersSchema
from store.port import HistoryAfter, HistoryFilter
from store.reference import References

_PAGE = HistoryPageSchema()
_STATEMENT = "7c9e6679-7425-40de-944b-e07fc1f90ae7"

HISTORY = Operation(
    id="readHistory",
    method="GET",
    path="/employees/{employeeId}/history",
    tag="employees",
    summary="What an employee finished",
    description="Newest first, in pages: follow `next` until it is null. Every filter that is given must hold. What each item "
    "counts is that of the profile as it is now.",
    roles=(Role.HR,),
    path_parameters=(EMPLOYEE_ID,),
    query=HistoryParametersSchema(),
    answers=(
        Answer(
            200,
            "A page; empty for an employee without any finished learning",
            _PAGE,
            {
                "items": [
                    {
                        "statementId": _STATEMENT,
                        "catalogueId": "cat-0007",
                        "activityId": "https://lms.example.ac.id/courses/101",
                        "title": "Seminar Nasional Reformasi Birokrasi",
                        "kind": {"id": "9", "name": "Seminar"},
                        "provider": "Universitas Contoh",
                        "jp": 7.5,
                        "year": 2026,
                        "counted": True,
                        "countedJp": 7.5,
                        "why": None,
                        "finishedOn": "2026-01-31",
                        "rule": "finish-completed/1",
                        "links": {
                            "statement": f"/xapi/statements?statementId={_STATEMENT}",
                            "receipt": f"{BASE_PATH}/receipts/{_STATEMENT}",
                        },
                    }
                ],
                "next": None,
            },
        ),
    ),
    refusals=(404,),
)


@dataclass(frozen=True, slots=True)
class Kind:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class HistoryLinks:
    statement: str
    receipt: str


@dataclass(frozen=True, slots=True)
class HistoryItem:
    statement_id: UUID
    catalogue_id: str
    activity_id: str
    title: str
    kind: Kind
    provider: str
    jp: Decimal | None
    year: int
    counted: bool
    counted_jp: Decimal
    why: str | None
    finished_on: date
    rule: str
    links: HistoryLinks


def resource(services: HrServices, references: References) -> Resource:
    history = Resource("history", services)

    def read(employee_id: str) -> Response:
        wanted: HistoryAsked = asked()
        employee = known_employee(services, employee_id)
        audited(services, "history.read", [employee.id])
        found = services.evidence.history(
            employee.id,
            HistoryFilter(kind_id=wanted.kind, year=wanted.year, provider=wanted.provider),
            after=None if wanted.after is None else HistoryAfter(*wanted.after),
            limit=wanted.limit + 1,  # one more tells whether there is a next page
        )
        page = found[: wanted.limit]
        following = _next(employee.id, wanted, page[-1]) if len(found) > wanted.limit else None
        reference = references.current()
        day = today(services, reference)
        credit = credits_of(profile_on(services, reference, employee, day))
        items = [_item(one, credit.get(one.statement_id) or credit_to_come(one, day), reference.rules) for one in page]
        return answer(_PAGE, {"items": items, "next": following})

    history.serve(HISTORY, read)
    return history


def _item(piece: Evidence, credit: Credit, rules: Rules) -> HistoryItem:
    return HistoryItem(
        statement_id=piece.statement_id,
        catalogue_id=piece.catalogue_id,
        activity_id=shown(piece.activity_id),
        title=piece.title,
        kind=Kind(piece.kind_id, rules.kind_name(piece.kind_id)),
        provider=piece.provider,
        jp=piece.jp,
        year=credit.year,
        counted=credit.counted,
        counted_jp=credit.jp,
        why=credit.why,
        finished_on=piece.finished_on,
        rule=piece.rule,
        links=HistoryLinks(
            statement=f"/xapi/statements?statementId={piece.statement_id}", receipt=f"{BASE_PATH}/receipts/{piece.statement_id}"
        ),
    )


def _next(employee_id: str, wanted: HistoryAsked, last: Evidence) -> str:
    """The same question, from after `last` on."""
    given = {"kind": wanted.kind, "year": wanted.year, "provider": wanted.provider, "limit": wanted.limit}
    query = {name: value for name, value in given.items() if value is not None}
    query["after"] = write_cursor((last.finished_at_ms, last.statement_id))
    return f"{BASE_PATH}/employees/{quote(employee_id, safe='')}/history?{urlencode(query)}"
