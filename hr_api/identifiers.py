"""`/employees/{employeeId}/identifiers`: by what statements may name an employee; an officer takes away what is not theirs."""

from __future__ import annotations

from flask import Response

from access.credentials import Role
from hr_api.auditing import audited
from hr_api.changes import Changes
from hr_api.employees import EMPLOYEE_ID, known_employee
from hr_api.errors import Refusal
from hr_api.identities import identifier_id, shown
from hr_api.resource import Resource, answer
from hr_api.services import HrServices
from schemas.hr.document import Answer, Operation, PathParameter
from schemas.hr.identity import ChangeSchema, IdentifiersSchema

_IDENTIFIERS = IdentifiersSchema()
_CHANGE = ChangeSchema()

LIST = Operation(
    id="listIdentifiers",
    method="GET",
    path="/employees/{employeeId}/identifiers",
    tag="identity",
    summary="By what statements may name an employee",
    roles=(Role.HR,),
    path_parameters=(EMPLOYEE_ID,),
    answers=(
        Answer(
            200,
            "The identifiers, each with the days on which it is the employee's",
            _IDENTIFIERS,
            {
                "employeeId": "emp-0042",
                "identifiers": [
                    {
                        "id": "8b7d4c0e5a2f41d39c6b1e0f7a8d2c35",
                        "kind": "account",
                        "homePage": "https://asn.example/nip",
                        "identifier": "19860926******1001",
                        "validFrom": None,
                        "validThrough": None,
                        "source": "directory",
                    }
                ],
            },
        ),
    ),
    refusals=(404,),
)
UNLINK = Operation(
    id="unlinkIdentifier",
    method="DELETE",
    path="/employees/{employeeId}/identifiers/{identifierId}",
    tag="identity",
    summary="It is not this employee's",
    description="Whatever was counted for the employee by it is counted no more, within moments; its statements wait among the "
    "unlinked actors. An identifier that the directory gives comes back with the next import unless it is mended there.",
    roles=(Role.HR,),
    path_parameters=(EMPLOYEE_ID, PathParameter("identifierId", "As the list gives it", "8b7d4c0e5a2f41d39c6b1e0f7a8d2c35")),
    answers=(Answer(200, "Unlinked", _CHANGE, {"changed": True}),),
    refusals=(404,),
)


def resource(services: HrServices, changes: Changes) -> Resource:
    identifiers = Resource("identifiers", services)

    def list_identifiers(employee_id: str) -> Response:
        employee = known_employee(services, employee_id)
        audited(services, "identifiers.read", [employee.id])
        secret = services.secrets.secret("identifier")
        items = []
        for one in employee.identifiers:
            parts = shown(one.key)
            items.append(
                {
                    "id": identifier_id(secret, employee.id, one.key),
                    "kind": parts.kind,
                    "home_page": parts.home_page,
                    "identifier": parts.identifier,
                    "valid_from": one.valid_from,
                    "valid_through": one.valid_through,
                    "source": one.source,
                }
            )
        return answer(_IDENTIFIERS, {"employee_id": employee.id, "identifiers": items})

    def unlink(employee_id: str, identifier_id_: str) -> Response:
        employee = known_employee(services, employee_id)
        secret = services.secrets.secret("identifier")
        key = next((one.key for one in employee.identifiers if identifier_id(secret, employee.id, one.key) == identifier_id_), None)
        if key is None:
            raise Refusal(404, "the employee has no such identifier; GET the list of identifiers")
        audited(services, "actor.unlink", [employee.id])
        return answer(_CHANGE, {"changed": changes.unlink(key, employee.id)})

    identifiers.serve(LIST, list_identifiers)
    identifiers.serve(UNLINK, lambda employee_id, identifier_id: unlink(employee_id, identifier_id))
    return identifiers
