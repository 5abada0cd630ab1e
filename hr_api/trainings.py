"""`/employees/{employeeId}/trainings`: what training of the catalogue closes an employee's gaps."""

from __future__ import annotations

from flask import Response

from access.credentials import Role
from competency.closing import Training, trainings_for
from competency.profile_json import CompetencyPart, Profile
from hr_api.auditing import audited
from hr_api.dated import profile_on
from hr_api.employees import EMPLOYEE_ID, known_employee
from hr_api.resource import Resource, answer
from hr_api.services import HrServices
from schemas.hr.document import Answer, Operation
from schemas.hr.figures import ClosingSchema
from store.reference import Reference, References

_CLOSING = ClosingSchema()
_MOST = 10

TRAININGS = Operation(
    id="listTrainings",
    method="GET",
    path="/employees/{employeeId}/trainings",
    tag="employees",
    summary="What training closes an employee's gaps",
    description="For every competency whose known level is below the standard, or of which no level is known: entries of the "
    "catalogue that count this year and are evidence for a higher level. Only an assessment gives a level.",
    roles=(Role.HR,),
    path_parameters=(EMPLOYEE_ID,),
    answers=(
        Answer(
            200,
            "The gaps, each with trainings",
            _CLOSING,
            {
                "employeeId": "emp-0042",
                "gaps": [
                    {
                        "competency": "komunikasi",
                        "name": "Komunikasi",
                        "standard": 3,
                        "level": 2,
                        "levelFrom": "assessed",
                        "trainings": [
                            {
                                "catalogueId": "ela-07",
                                "title": "Komunikasi Efektif",
                                "provider": "Portal Pembelajaran ASN",
                                "kind": "E-Learning",
                                "jp": 6.0,
                                "level": 3,
                                "weight": 1.0,
                                "reachesStandard": True,
                                "finished": False,
                            }
                        ],
                    }
                ],
            },
        ),
    ),
    refusals=(404,),
)


def resource(services: HrServices, references: References) -> Resource:
    trainings = Resource("trainings", services)

    def read(employee_id: str) -> Response:
        employee = known_employee(services, employee_id)
        audited(services, "trainings.read", [employee.id])
        reference = references.current()
        today = reference.rules.local_date(services.clock.now_ms())
        profile = profile_on(services, reference, employee, today)
        finished = frozenset(line.catalogue_id for year in profile.hours for line in year.lines)
        open_gaps = sorted(_open(profile), key=lambda part: (part.gap if part.gap is not None else 0, part.id))
        return answer(
            _CLOSING,
            {
                "employee_id": employee.id,
                "gaps": [_closing(part, reference, today.year, finished) for part in open_gaps],
            },
        )

    trainings.serve(TRAININGS, read)
    return trainings


def shown_training(one: Training, reference: Reference) -> dict[str, object]:
    return {
        "catalogue_id": one.entry.id,
        "title": one.entry.title,
        "provider": one.entry.provider,
        "kind": reference.rules.kind_name(one.entry.kind_id),
        "jp": one.entry.jp,
        "level": one.level,
        "weight": one.weight,
        "reaches_standard": one.reaches,
        "finished": one.finished,
    }


def _open(profile: Profile) -> list[CompetencyPart]:
    return [part for part in profile.competencies if part.standard is not None and (part.gap is None or part.gap < 0)]


def _closing(part: CompetencyPart, reference: Reference, year: int, finished: frozenset[str]) -> dict[str, object]:
    standard = part.standard.level if part.standard is not None else 1
    level = None if part.gap is None else standard + part.gap
    found = trainings_for(
        part.id,
        above=level or 0,
        standard=standard,
        entries=reference.catalogue.by_id.values(),
        year=year,
        finished=finished,
    )
    return {
        "competency": part.id,
        "name": part.name,
        "standard": standard,
        "level": level,
        "level_from": part.gap_from,
        "trainings": [shown_training(one, reference) for one in found[:_MOST]],
    }
