"""`/dead-letters`: what was accepted and could not be recorded, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import Response

from access.credentials import Role
from competency.nip import masked_within
from hr_api.advice import advice
from hr_api.auditing import audited
from hr_api.errors import Refusal
from hr_api.resource import Resource, answer, asked
from hr_api.services import HrServices
from schemas.hr.dead_letters import (
    DeadLetterPageSchema,
    DeadLetterParametersSchema,
    DeadLettersAsked,
    ShownDeadLetterSchema,
)
from schemas.hr.document import BASE_PATH, Answer, Operation, PathParameter
from store.port import DeadLetter
from xapi.values import format_timestamp

_PAGE = DeadLetterPageSchema()
_SHOWN = ShownDeadLetterSchema()
_EXAMPLE = {
    "id": "statements.accepted:3:1042:0@1780272000123",
    "reason": "conflict",
    "detail": "the id 7c9e6679-7425-40de-944b-e07fc1f90ae7 was used before, for other content or by another sender",
    "advice": advice("conflict"),
    "place": {"topic": "statements.accepted", "partition": 3, "offset": 1042, "index": 0},
    "statementId": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "partner": "universitas-contoh",
    "createdAt": "2026-01-31T07:15:00.000Z",
    "resubmittedAt": None,
}

LIST = Operation(
    id="listDeadLetters",
    method="GET",
    path="/dead-letters",
    tag="dead letters",
    summary="What could not be recorded",
    description="Ordered by id, in pages, without the payloads.",
    roles=(Role.ADMIN,),
    query=DeadLetterParametersSchema(),
    answers=(Answer(200, "A page", _PAGE, {"items": [_EXAMPLE], "next": None}),),
)
SHOW = Operation(
    id="showDeadLetter",
    method="GET",
    path="/dead-letters/{deadLetterId}",
    tag="dead letters",
    summary="One dead letter with its payload",
    description="The payload names a person, so showing it is audited.",
    roles=(Role.ADMIN,),
    path_parameters=(PathParameter("deadLetterId", "As the list gives it", "statements.accepted:3:1042:0@1780272000123"),),
    answers=(Answer(200, "The dead letter", _SHOWN, {**_EXAMPLE, "payload": '{"id":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}'}),),
    refusals=(404,),
)


@dataclass(frozen=True, slots=True)
class LogPlace:
    topic: str
    partition: int
    offset: int
    index: int | None


@dataclass(frozen=True, slots=True)
class ShownDeadLetter:
    id: str
    reason: str
    detail: str
    advice: str
    place: LogPlace
    statement_id: UUID | None
    partner: str | None
    created_at: str
    resubmitted_at: str | None
    payload: str


def shown(letter: DeadLetter) -> ShownDeadLetter:
    return ShownDeadLetter(
        id=letter.id,
        reason=letter.reason,
        detail=masked_within(letter.detail),
        advice=advice(letter.reason),
        place=LogPlace(letter.topic, letter.partition, letter.offset, letter.index),
        statement_id=letter.statement_id,
        partner=letter.partner,
        created_at=format_timestamp(letter.created_at_ms),
        resubmitted_at=None if letter.resubmitted_at_ms is None else format_timestamp(letter.resubmitted_at_ms),
        payload=letter.payload.decode("utf-8", "backslashreplace"),
    )


def resource(services: HrServices) -> Resource:
    dead_letters = Resource("dead_letters", services)

    def list_page() -> Response:
        wanted: DeadLettersAsked = asked()
        found = services.dead_letters.page(reason=wanted.reason, after_id=wanted.after, limit=wanted.limit + 1)
        page = found[: wanted.limit]
        following = _next(wanted, page[-1].id) if len(found) > wanted.limit else None
        return answer(_PAGE, {"items": [shown(letter) for letter in page], "next": following})

    def show(dead_letter_id: str) -> Response:
        letter = services.dead_letters.get(dead_letter_id)
        if letter is None:
            raise Refusal(404, "there is no dead letter with this id")
        audited(services, "deadletter.read", [f"dead letter {letter.id}"])
        return answer(_SHOWN, shown(letter))

    dead_letters.serve(LIST, list_page)
    dead_letters.serve(SHOW, show)
    return dead_letters


def _next(wanted: DeadLettersAsked, last_id: str) -> str:
    query: dict[str, str | int] = {} if wanted.reason is None else {"reason": wanted.reason}
    return f"{BASE_PATH}/dead-letters?{urlencode({**query, 'limit': wanted.limit, 'after': last_id})}"
