"""`/units/{unitId}/…`: who is in a unit's subtree, who has not reached the hours owed, who is below a standard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode

from flask import Response

from access.credentials import Role
from competency.hours import Standing
from competency.profile_json import Profile, read
from hr_api.auditing import audited
from hr_api.employees import EXAMPLE as CARD
from hr_api.employees import card_of
from hr_api.errors import Refusal
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
    UnitEmployeesPageSchema,
    UnitEmployeesParametersSchema,
)
from store.port import ProfileAfter, StoredProfile
from store.reference import Reference, References

_EMPLOYEES = UnitEmployeesPageSchema()
_MISSING = MissingHoursPageSchema()
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

Item = dict[str, object]


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
            lambda profile: _missing(profile, year),
        )

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
            lambda profile: _below(profile, competency),
        )

    def _subtree(unit_id: str) -> tuple[Reference, tuple[str, ...]]:
        reference = references.current()
        return reference, path_of(reference, known_unit(reference, unit_id))

    def _page(
        schema: UnitEmployeesPageSchema | MissingHoursPageSchema | BelowStandardPageSchema,
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
    members.serve(BELOW_STANDARD, below_standard)
    return members


def _after(wanted: MembersAsked) -> ProfileAfter | None:
    return None if wanted.after is None else ProfileAfter(*wanted.after)


def _next(question: str, unit_id: str, wanted: MembersAsked, last: StoredProfile, query: dict[str, object]) -> str:
    place = write_cursor((last.unit_path, last.employee_id))
    return f"{BASE_PATH}/units/{quote(unit_id, safe='')}/{question}?{urlencode({**query, 'limit': wanted.limit, 'after': place})}"


def _missing(profile: Profile, year: int) -> Item | None:
    """None where the profile has met the obligation since the list was read."""
    part = next((one for one in profile.hours if one.year == year), None)
    if part is None or part.obligation is None or part.obligation.standing is not Standing.MISSING:
        return None
    owed = part.obligation
    return {
        "jp": part.jp,
        "required_jp": owed.jp,
        "missing_jp": -owed.difference,
        "rule": owed.rule,
        "source": owed.source,
    }


def _below(profile: Profile, competency: str) -> Item | None:
    part = next((one for one in profile.competencies if one.id == competency), None)
    if part is None or part.gap is None or part.gap >= 0 or part.gap_from is None or part.standard is None:
        return None
    return {
        "level": part.standard.level + part.gap,
        "level_from": part.gap_from,
        "standard": part.standard.level,
        "gap": part.gap,
    }
