"""`/unmatched-activities`: what statements are about and no entry of the catalogue matches."""

from __future__ import annotations

from flask import Response

from access.credentials import Role
from competency.nip import masked_within
from hr_api.auditing import audited
from hr_api.catalogue import READERS
from hr_api.errors import Refusal
from hr_api.resource import Resource, answer, body
from hr_api.services import HrServices
from hr_api.sightings import sightings_page, waiting_part
from schemas.hr.document import Answer, Operation, PathParameter
from schemas.hr.identity import ChangeSchema
from schemas.hr.payload import load
from schemas.hr.sightings import SightingsParametersSchema
from schemas.hr.unmatched import (
    ActivityRejectionSchema,
    UnmatchedActivitiesPageSchema,
)
from store.port import Seen, SightingKind, StoredSighting

_PAGE = UnmatchedActivitiesPageSchema()
_REJECTION = ActivityRejectionSchema()
_CHANGE = ChangeSchema()
_ACTIVITY_ID = PathParameter("activityId", "The `id` that the list gives it", "5f0c1c9f7b3e4c2f8a6d")

LIST = Operation(
    id="listUnmatchedActivities",
    method="GET",
    path="/unmatched-activities",
    tag="catalogue",
    summary="Activities that statements are about and no entry of the catalogue matches",
    description="Nothing is lost meanwhile: an entry that matches counts what was sent before. In pages; those named most often "
    "first, about. An activity that an entry matches by its definition in some statements is listed as the latest statement says.",
    roles=READERS,
    query=SightingsParametersSchema(),
    answers=(
        Answer(
            200,
            "A page",
            _PAGE,
            {
                "items": [
                    {
                        "id": "5f0c1c9f7b3e4c2f8a6d",
                        "activityId": "https://lms.example/courses/7",
                        "name": "Pengantar Manajemen Risiko",
                        "type": "http://adlnet.gov/expapi/activities/course",
                        "partner": "universitas-nusantara",
                        "status": "waiting",
                        "seen": {
                            "statements": 41,
                            "atLeast": False,
                            "first": "2026-01-31T07:15:00.000Z",
                            "last": "2026-03-02T02:00:00.000Z",
                        },
                    }
                ],
                "next": None,
            },
        ),
    ),
)
REJECT = Operation(
    id="rejectActivity",
    method="POST",
    path="/unmatched-activities/{activityId}/rejection",
    tag="catalogue",
    summary="It is no training",
    description="It leaves the list of those that wait. Its statements stay, and an entry may still match it.",
    roles=(Role.CATALOGUE,),
    path_parameters=(_ACTIVITY_ID,),
    bodies=((_REJECTION, {}),),
    answers=(Answer(200, "Rejected", _CHANGE, {"changed": True}),),
    refusals=(404, 409, 413, 415),
)
TAKE_BACK = Operation(
    id="takeActivitysRejectionBack",
    method="DELETE",
    path="/unmatched-activities/{activityId}/rejection",
    tag="catalogue",
    summary="The rejection was a mistake",
    description="The activity waits again, unless an entry matches it by now.",
    roles=(Role.CATALOGUE,),
    path_parameters=(_ACTIVITY_ID,),
    answers=(Answer(200, "Taken back", _CHANGE, {"changed": True}),),
    refusals=(404,),
)


def resource(services: HrServices) -> Resource:
    unmatched = Resource("unmatched_activities", services)

    def list_page() -> Response:
        page = sightings_page(services, SightingKind.ACTIVITY, LIST.path)
        return answer(_PAGE, {"items": [_shown(one, page.seen.get(one.key)) for one in page.items], "next": page.next})

    def reject(activity_id: str) -> Response:
        load(_REJECTION, body())
        found = _known(activity_id)
        if found.matched:
            raise Refusal(409, "an entry of the catalogue matches this activity by now; change the entry instead")
        audited(services, "activity.reject", [f"activity {found.id}"])
        services.sightings.reject(found.id, employee_id=None, at_ms=services.clock.now_ms())
        return answer(_CHANGE, {"changed": found.rejected_at_ms is None})

    def take_back(activity_id: str) -> Response:
        found = _known(activity_id)
        audited(services, "activity.reject.undo", [f"activity {found.id}"])
        services.sightings.take_back(found.id, employee_id=None)
        return answer(_CHANGE, {"changed": found.rejected_at_ms is not None})

    def _known(activity_id: str) -> StoredSighting:
        found = services.sightings.get(activity_id)
        if found is None or found.kind is not SightingKind.ACTIVITY:
            raise Refusal(404, "there is no activity with this id; GET /api/v1/unmatched-activities lists them")
        return found

    unmatched.serve(LIST, list_page)
    unmatched.serve(REJECT, reject)
    unmatched.serve(TAKE_BACK, take_back)
    return unmatched


def _shown(one: StoredSighting, seen: Seen | None) -> dict[str, object]:
    return {**waiting_part(one, seen), "activity_id": masked_within(one.key), "name": masked_within(one.label), "type": one.detail}
