"""`/unlinked-actors`: whoever statements name and the directory does not know; an officer links or rejects them."""

from __future__ import annotations

from flask import Response

from access.credentials import Role
from competency.nip import masked_within
from hr_api.auditing import audited
from hr_api.changes import Changes
from hr_api.employees import EXAMPLE as CARD
from hr_api.employees import card_of
from hr_api.errors import Refusal
from hr_api.identities import shown
from hr_api.resource import Resource, answer, asked, body
from hr_api.services import HrServices
from hr_api.sightings import sightings_page, waiting_part
from hr_api.suggesting import suggestions
from schemas.hr.document import Answer, Operation, PathParameter
from schemas.hr.identity import (
    ChangeSchema,
    LinkAsked,
    LinkSchema,
    RejectionSchema,
    ShownActorSchema,
    UnlinkedActorsPageSchema,
)
from schemas.hr.payload import load
from schemas.hr.sightings import SightingsParametersSchema
from store.port import Seen, SightingKind, StoredSighting
from store.reference import References

_PAGE = UnlinkedActorsPageSchema()
_SHOWN = ShownActorSchema()
_LINK = LinkSchema()
_REJECTION = RejectionSchema()
_CHANGE = ChangeSchema()
_ACTOR_ID = PathParameter("actorId", "As the list gives it", "5f0c1c9f7b3e4c2f8a6d")
_EXAMPLE = {
    "id": "5f0c1c9f7b3e4c2f8a6d",
    "kind": "account",
    "homePage": "https://kuliah.univ-nusantara.example",
    "identifier": "siti.rahmawati",
    "name": "Siti Rahmawati",
    "partner": "universitas-nusantara",
    "status": "waiting",
    "seen": {"statements": 12, "atLeast": False, "first": "2026-01-31T07:15:00.000Z", "last": "2026-03-02T02:00:00.000Z"},
}

LIST = Operation(
    id="listUnlinkedActors",
    method="GET",
    path="/unlinked-actors",
    tag="identity",
    summary="Actors whose statements wait because nobody is linked to them",
    description="Nothing is lost meanwhile: linking counts what was sent before. In pages; those named most often first, about.",
    roles=(Role.HR,),
    query=SightingsParametersSchema(),
    answers=(Answer(200, "A page", _PAGE, {"items": [_EXAMPLE], "next": None}),),
)
SHOW = Operation(
    id="showUnlinkedActor",
    method="GET",
    path="/unlinked-actors/{actorId}",
    tag="identity",
    summary="One such actor, with suggestions whose it may be",
    roles=(Role.HR,),
    path_parameters=(_ACTOR_ID,),
    answers=(
        Answer(
            200,
            "The actor",
            _SHOWN,
            {**_EXAMPLE, "suggestions": [{"employee": CARD, "reason": "similar name", "likeness": 0.93}]},
        ),
    ),
    refusals=(404,),
)
LINK = Operation(
    id="linkActor",
    method="POST",
    path="/unlinked-actors/{actorId}/link",
    tag="identity",
    summary="It is this employee's",
    description="From now on, and for everything that was sent before, within the days given. Profiles follow within moments.",
    roles=(Role.HR,),
    path_parameters=(_ACTOR_ID,),
    bodies=((_LINK, {"employeeId": "emp-0042"}),),
    answers=(Answer(200, "Linked", _CHANGE, {"changed": True}),),
    refusals=(404, 409, 413, 415),
)
REJECT = Operation(
    id="rejectActor",
    method="POST",
    path="/unlinked-actors/{actorId}/rejection",
    tag="identity",
    summary="It is not this employee's, or nobody's here at all",
    description="With an employee, that one is suggested no more. Without, the actor leaves the list of those that wait; its "
    "statements stay, and it can still be linked.",
    roles=(Role.HR,),
    path_parameters=(_ACTOR_ID,),
    bodies=((_REJECTION, {}),),
    answers=(Answer(200, "Rejected", _CHANGE, {"changed": True}),),
    refusals=(404, 413, 415),
)
TAKE_BACK = Operation(
    id="takeActorsRejectionBack",
    method="DELETE",
    path="/unlinked-actors/{actorId}/rejection",
    tag="identity",
    summary="The rejection was a mistake",
    description="With an employee, that one may be suggested again. Without, the actor waits again.",
    roles=(Role.HR,),
    path_parameters=(_ACTOR_ID,),
    query=_REJECTION,
    answers=(Answer(200, "Taken back", _CHANGE, {"changed": True}),),
    refusals=(404,),
)


def resource(services: HrServices, references: References, changes: Changes) -> Resource:
    unlinked = Resource("unlinked_actors", services)

    def list_page() -> Response:
        page = sightings_page(services, SightingKind.ACTOR, LIST.path)
        audited(services, "actors.read", ["unlinked actors"])
        return answer(_PAGE, {"items": [_shown(one, page.seen.get(one.key)) for one in page.items], "next": page.next})

    def show(actor_id: str) -> Response:
        found = _known(actor_id)
        audited(services, "actor.read", [f"actor {found.id}"])
        suggested = suggestions(services, found)
        audited(services, "actor.suggested", [one.employee.id for one in suggested])
        reference = references.current()
        seen = services.statement_queries.seen([found.key], ())
        return answer(
            _SHOWN,
            {
                **_shown(found, seen.get(found.key)),
                "suggestions": [
                    {"employee": card_of(one.employee, reference), "reason": one.reason, "likeness": one.likeness}
                    for one in suggested
                ],
            },
        )

    def link(actor_id: str) -> Response:
        wanted: LinkAsked = load(_LINK, body())
        found = _known(actor_id)
        audited(services, "actor.link", [wanted.employee_id])
        changed = changes.link(found.key, wanted.employee_id, wanted.valid_from, wanted.valid_through)
        return answer(_CHANGE, {"changed": changed})

    def reject(actor_id: str) -> Response:
        employee_id: str | None = load(_REJECTION, body()).get("employee_id")
        found = _known(actor_id)
        audited(services, "actor.reject", [f"actor {found.id}" if employee_id is None else employee_id])
        services.sightings.reject(found.id, employee_id=employee_id, at_ms=services.clock.now_ms())
        return answer(_CHANGE, {"changed": not _is_rejected(found, employee_id)})

    def take_back(actor_id: str) -> Response:
        employee_id: str | None = asked().get("employee_id")
        found = _known(actor_id)
        audited(services, "actor.reject.undo", [f"actor {found.id}" if employee_id is None else employee_id])
        services.sightings.take_back(found.id, employee_id=employee_id)
        return answer(_CHANGE, {"changed": _is_rejected(found, employee_id)})

    def _known(actor_id: str) -> StoredSighting:
        found = services.sightings.get(actor_id)
        if found is None or found.kind is not SightingKind.ACTOR:
            raise Refusal(404, "there is no unlinked actor with this id; GET /api/v1/unlinked-actors lists them")
        return found

    unlinked.serve(LIST, list_page)
    unlinked.serve(SHOW, show)
    unlinked.serve(LINK, link)
    unlinked.serve(REJECT, reject)
    unlinked.serve(TAKE_BACK, take_back)
    return unlinked


def _is_rejected(one: StoredSighting, employee_id: str | None) -> bool:
    return one.rejected_at_ms is not None if employee_id is None else employee_id in one.rejected_employees


def _shown(one: StoredSighting, seen: Seen | None) -> dict[str, object]:
    parts = shown(one.key)
    return {
        **waiting_part(one, seen),
        "kind": parts.kind,
        "home_page": parts.home_page,
        "identifier": parts.identifier,
        "name": masked_within(one.label),
    }
