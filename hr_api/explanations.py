"""`/employees/{employeeId}/explanation` and `/difference`: why a figure is what it is, and what changed between two days."""

from __future__ import annotations

from flask import Response

from access.credentials import Role
from competency.difference import Difference, difference
from competency.difference import render as render_difference
from competency.explanation import Explanation, explain
from competency.explanation import render as render_explanation
from hr_api.auditing import audited
from hr_api.dated import computed_on, profile_on, today
from hr_api.employees import EMPLOYEE_ID, known_employee
from hr_api.masking import shown_json
from hr_api.resource import Resource, asked
from hr_api.services import HrServices
from schemas.hr.dated import DifferenceAsked, DifferenceParametersSchema, ExplanationAsked, ExplanationParametersSchema
from schemas.hr.described import described
from schemas.hr.document import Answer, Operation
from schemas.hr.payload import InvalidPayload
from store.reference import References

_STATEMENT = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
_EXPLANATION = {
    "figure": "hours/2026",
    "value": 7.5,
    "unit": "JP",
    "formula": "7.5 = 7.5 JP in 2026, from 1 item that counts; at least 20 JP are owed: 7.5 − 20 = -12.5, 12.5 JP missing",
    "rules": [
        {
            "name": "obligation-pns/1",
            "says": "A PNS has at least 20 JP in a calendar year.",
            "source": "PP 11/2017 art. 203(4), as amended by PP 17/2020",
            "mark": "verified",
        }
    ],
    "versions": {"rules": "2026.2", "post": {"id": "post-17", "version": 1}, "frameworks": [], "catalogue": []},
    "lines": [],
    "statementIds": [_STATEMENT],
    "v": 1,
}
_DIFFERENCE: dict[str, object] = {
    "employeeId": "emp-0042",
    "place": None,
    "years": [
        {
            "period": "calendar-year",
            "year": 2026,
            "jpBefore": 0,
            "jpAfter": 7.5,
            "change": 7.5,
            "standingBefore": "missing",
            "standingAfter": "missing",
            "linesAdded": [],
            "linesRemoved": [],
            "linesChanged": [],
        }
    ],
    "competencies": [],
    "jobPersonMatch": None,
    "index": None,
    "certificates": {"added": [], "removed": [], "expired": []},
    "computedWith": None,
    "v": 1,
}

EXPLANATION = Operation(
    id="explainFigure",
    method="GET",
    path="/employees/{employeeId}/explanation",
    tag="employees",
    summary="Why a figure of a profile is what it is",
    description="The formula with its numbers, the lines and statements behind it, the rules with their sources, and the "
    "versions of rules, post, frameworks and catalogue it was computed with. What became of one statement, its receipt says.",
    roles=(Role.HR,),
    path_parameters=(EMPLOYEE_ID,),
    query=ExplanationParametersSchema(),
    answers=(Answer(200, "The explanation", described(Explanation), _EXPLANATION),),
    refusals=(404,),
)
DIFFERENCE = Operation(
    id="readDifference",
    method="GET",
    path="/employees/{employeeId}/difference",
    tag="employees",
    summary="What changed in a profile between two days",
    description="Both as `asOf` gives them: from what had happened by each day, with catalogue, post and standards of now.",
    roles=(Role.HR,),
    path_parameters=(EMPLOYEE_ID,),
    query=DifferenceParametersSchema(),
    answers=(Answer(200, "What differs; empty or null is what does not", described(Difference), _DIFFERENCE),),
    refusals=(404,),
)


def resource(services: HrServices, references: References) -> Resource:
    explanations = Resource("explanations", services)

    def read_explanation(employee_id: str) -> Response:
        wanted: ExplanationAsked = asked()
        employee = known_employee(services, employee_id)
        audited(services, "explanation.read", [employee.id])
        reference = references.current()
        profile = profile_on(services, reference, employee, wanted.as_of or today(services, reference))
        try:
            found = explain(profile, wanted.figure, reference.rules)
        except ValueError as unknown:
            raise InvalidPayload(str(unknown), "/figure") from unknown
        return Response(shown_json(render_explanation(found)), content_type="application/json")

    def read_difference(employee_id: str) -> Response:
        wanted: DifferenceAsked = asked()
        employee = known_employee(services, employee_id)
        audited(services, "difference.read", [employee.id])
        reference = references.current()
        through = wanted.through_day or today(services, reference)
        if through < wanted.from_day:
            raise InvalidPayload("must not be after today, where throughDay is left out", "/fromDay")
        before, after = (computed_on(services, reference, employee, day) for day in (wanted.from_day, through))
        return Response(shown_json(render_difference(difference(before, after))), content_type="application/json")

    explanations.serve(EXPLANATION, read_explanation)
    explanations.serve(DIFFERENCE, read_difference)
    return explanations
