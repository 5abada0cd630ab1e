"""`/units/{unitId}/…`: who is in a unit's subtree, lacks hours, has gone over those allowed, is below a standard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode

from flask import Response

from access.credentials import Role
from competency.hours import Standing
from competency.profile_json import Profile, read
from hr_api.auditing import audited
from hr_api.dated import today
from hr_api.employees import EXAMPLE as CARD
from hr_api.employees import card_of
from hr_api.errors import Refusal
from hr_api.member_parts import Item, below_part, missing_part, over_part
from hr_api.resource import Resource, answer, asked
from hr_api.services import HrServices
from hr_api.units import UNIT_ID, known_unit, path_of
from schemas.hr.cursors import write_cursor
from schemas.hr.document import BASE_PATH, Answer, Operation
from schemas.hr.units import (
    BelowStandardPageSchema,
    BelowStandardParametersSchema,
    MembersAsked,
    MissingHoursPageSchema,
    MissingHoursParametersSchema,
    OverCeilingPageSchema,
    OverCeilingParametersSchema,
    UnitEmployeesPageSchema,
    UnitEmployeesParametersSchema,
)
from store.port import ProfileAfter, StoredProfile
from store.reference import Reference, References

_EMPLOYEES = UnitEmployeesPageSchema()
_MISSING = MissingHoursPageSchema()
_OVER = OverCeilingPageSchema()
_BELOW = BelowStandardPageSchema()
_ONE = {"employee": CARD, "revision": 7}

EMPLOYEES = Operation(
    id="listUnitEmployees",
    method="GET",
    path="/units/{unitId}/employees",
    tag="units",
    summary="Who is in a unit and the units below it",
    description="In pages: follow `next` until it is null. Who has left is not listed.",
    roles=(Role.HR,),
    path_parameters=(UNIT_ID,),
    query=UnitEmployeesParametersSchema(),
    answers=(Answer(200, "A page", _EMPLOYEES, {"unitId": "setjen", "items": [_ONE], "next": None}),),
    refusals=(404,),
)
MISSING_HOURS = Operation(
    id="listMissingHours",
    method="GET",
    path="/units/{unitId}/missing-hours",
    tag="units",
    summary="Who has not reached the hours owed in a calendar year",
    description="Those of the unit and the units below it for whom the regulation sets a floor (a PNS: 20 JP) that they have not "
    "reached, also those who learnt nothing. Years in which nobody's profile has an entry give an empty list.",
    roles=(Role.HR,),
    path_parameters=(UNIT_ID,),
    query=MissingHoursParametersSchema(),
    answers=(
        Answer(
            200,
            "A page",
            _MISSING,
            {
                "unitId": "setjen",
                "year": 2026,
                "items": [
                    {
                        **_ONE,
                        "jp": 7.5,
                        "requiredJp": 20.0,
                        "missingJp": 12.5,
                        "rule": "obligation-pns/1",
                        "source": "PP 11/2017 art. 203(4)",
                    }
                ],
                "next": None,
            },
        ),
    ),
    refusals=(404,),
)
OVER_CEILING = Operation(
    id="listOverCeiling",
    method="GET",
    path="/units/{unitId}/over-ceiling",
    tag="units",
    summary="Who has gone over the hours that a contract year allows",
    description="Those of the unit and the units below it whose contract year has a ceiling (a PPPK: 24 JP) that they have passed "
    "in the one that runs.",
    roles=(Role.HR,),
    path_parameters=(UNIT_ID,),
    query=OverCeilingParametersSchema(),
    answers=(
        Answer(
            200,
            "A page",
            _OVER,
            {
                "unitId": "setjen",
                "items": [
                    {
                        **_ONE,
                        "contractYear": 2,
                        "fromDay": "2025-10-01",
                        "throughDay": "2026-09-30",
                        "jp": 27.5,
                        "allowedJp": 24.0,
                        "overJp": 3.5,
                        "rule": "obligation-pppk/1",
                        "source": "Permenhan 9/2025",
                    }
                ],
                "next": None,
            },
        ),
    ),
    refusals=(404,),
)
BELOW_STANDARD = Operation(
    id="listBelowStandard",
    method="GET",
    path="/units/{unitId}/below-standard",
    tag="units",
    summary="Whose level in a competency is below what the post demands",
    description="By the assessed level where there is one, else by the suggested one; each item says which.",
    roles=(Role.HR,),
    path_parameters=(UNIT_ID,),
    query=BelowStandardParametersSchema(),
    answers=(
        Answer(
            200,
            "A page",
            _BELOW,
            {
                "unitId": "setjen",
                "competency": "komunikasi",
                "items": [{**_ONE, "level": 2, "levelFrom": "assessed", "standard": 3, "gap": -1}],
                "next": None,
            },
        ),
    ),
    refusals=(404,),
)


def resource(services: HrServices, references: References) -> Resource:
    members = Resource("members", services)

    def employees(unit_id: str) -> Response:
        wanted: MembersAsked = asked()
        reference, prefix = _subtree(unit_id)
        found = services.profile_queries.in_unit(prefix, direct=wanted.direct, after=_after(wanted), limit=wanted.limit + 1)
        query: dict[str, object] = {"direct": "true"} if wanted.direct else {}
        return _page(_EMPLOYEES, "employees", unit_id, wanted, reference, found, query, {}, lambda _: {})

    def missing_hours(unit_id: str) -> Response:
        wanted: MembersAsked = asked()
        reference, prefix = _subtree(unit_id)
        year = wanted.year or reference.rules.local_date(services.clock.now_ms()).year
        found = services.profile_queries.of_standing(prefix, year, Standing.MISSING, after=_after(wanted), limit=wanted.limit + 1)
        return _page(
            _MISSING,
            "missing-hours",
            unit_id,
            wanted,
            reference,
            found,
            {"year": year},
            {"year": year},
            lambda profile: missing_part(profile, year),
        )

    def over_ceiling(unit_id: str) -> Response:
        wanted: MembersAsked = asked()
        reference, prefix = _subtree(unit_id)
        day = today(services, reference)
        found = services.profile_queries.over_ceiling(prefix, after=_after(wanted), limit=wanted.limit + 1)
        return _page(_OVER, "over-ceiling", unit_id, wanted, reference, found, {}, {}, lambda profile: over_part(profile, day))

    def below_standard(unit_id: str) -> Response:
        wanted: MembersAsked = asked()
        reference, prefix = _subtree(unit_id)
        competency = wanted.competency or ""
        if all(one.id != competency for one in reference.competencies):
            raise Refusal(404, "there is no competency with this id; GET /api/v1/frameworks lists them")
        found = services.profile_queries.below_standard(prefix, competency, after=_after(wanted), limit=wanted.limit + 1)
        return _page(
            _BELOW,
            "below-standard",
            unit_id,
            wanted,
            reference,
            found,
            {"competency": competency},
            {"competency": competency},
            lambda profile: below_part(profile, competency),
        )

    def _subtree(unit_id: str) -> tuple[Reference, tuple[str, ...]]:
        reference = references.current()
        return reference, path_of(reference, known_unit(reference, unit_id))

    def _page(
        schema: UnitEmployeesPageSchema | MissingHoursPageSchema | OverCeilingPageSchema | BelowStandardPageSchema,
        question: str,
        unit_id: str,
        wanted: MembersAsked,
        reference: Reference,
        found: Sequence[StoredProfile],
        query: dict[str, object],
        head: Item,
        more: Callable[[Profile], Item | None],
    ) -> Response:
        page = found[: wanted.limit]
        people = services.directory.get_many(held.employee_id for held in page)
        audited(services, f"unit.{question}", [held.employee_id for held in page])
        items: list[Item] = []
        for held in page:
            said = more(read(held.text))
            if said is not None and held.employee_id in people:
                items.append({"employee": card_of(people[held.employee_id], reference), "revision": held.revision, **said})
        following = _next(question, unit_id, wanted, page[-1], query) if len(found) > wanted.limit else None
        return answer(schema, {"unit_id": unit_id, "items": items, "next": following, **head})

    members.serve(EMPLOYEES, employees)
    members.serve(MISSING_HOURS, missing_hours)
    members.serve(OVER_CEILING, over_ceiling)
    members.serve(BELOW_STANDARD, below_standard)
    return members


def _after(wanted: MembersAsked) -> ProfileAfter | None:
    return None if wanted.after is None else ProfileAfter(*wanted.after)


def _next(question: str, unit_id: str, wanted: MembersAsked, last: StoredProfile, query: dict[str, object]) -> str:
    place = write_cursor((last.unit_path, last.employee_id))
    return f"{BASE_PATH}/units/{quote(unit_id, safe='')}/{question}?{urlencode({**query, 'limit': wanted.limit, 'after': place})}"
