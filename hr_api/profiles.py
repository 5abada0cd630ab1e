"""`/employees/{employeeId}/profile`: the competency profile, exactly as it was computed."""

from __future__ import annotations

import hashlib
from datetime import date

import msgspec
from flask import Response, request

from access.credentials import Role
from competency.directory import Employee
from competency.profile_json import render
from hr_api.auditing import audited
from hr_api.dated import computed_on, today
from hr_api.employees import EMPLOYEE_ID, known_employee
from hr_api.masking import shown_json
from hr_api.resource import Resource, asked
from hr_api.services import HrServices
from schemas.hr.dated import ProfileAsked, ProfileParametersSchema
from schemas.hr.document import Answer, Header, Operation
from schemas.hr.profile import EXAMPLE, HeldProfileSchema
from store.port import StoredProfile
from store.reference import References

_ETAG = Header("ETag", 'The revision, in quotes; send it as If-None-Match to hear "304" while nothing changed', {"type": "string"})

PROFILE = Operation(
    id="readProfile",
    method="GET",
    path="/employees/{employeeId}/profile",
    tag="employees",
    summary="An employee's competency profile",
    description="Every figure names the statements and the rule, with its version, behind it. Every employee has one, also without "
    "any evidence. With `asOf` it is computed from what had happened by that day, with the catalogue, the post and its standards "
    "as they are now and the rules in force then; it has revision 0, for it is not kept. If-None-Match is honoured.",
    roles=(Role.HR,),
    path_parameters=(EMPLOYEE_ID,),
    query=ProfileParametersSchema(),
    answers=(
        Answer(
            200,
            "The profile",
            HeldProfileSchema(),
            EXAMPLE,
            headers=(_ETAG,),
        ),
        Answer(304, "It is still of the revision in If-None-Match", headers=(_ETAG,)),
    ),
    refusals=(404,),
)


def resource(services: HrServices, references: References) -> Resource:
    profiles = Resource("profiles", services)

    def read(employee_id: str) -> Response:
        wanted: ProfileAsked = asked()
        employee = known_employee(services, employee_id)
        audited(services, "profile.read", [employee.id])
        held = services.profiles.get(employee.id)
        if held is None or wanted.as_of is not None:
            held = _computed(employee, wanted.as_of)
        text = shown_json(held.text)
        etag = _etag(held, masked=text is not held.text)
        if request.if_none_match.contains_weak(etag):
            unchanged = Response(status=304)
            unchanged.set_etag(etag)
            return unchanged
        found = Response(_embedded(held, text, wanted.as_of), content_type="application/json")
        found.set_etag(etag)
        return found

    def _computed(employee: Employee, as_of: date | None) -> StoredProfile:
        """Of another day, or before the workers came to a new employee; it is not kept and has no revision."""
        reference = references.current()
        day = as_of or today(services, reference)
        return StoredProfile(employee.id, 0, render(computed_on(services, reference, employee, day)))

    profiles.serve(PROFILE, read)
    return profiles


def _etag(held: StoredProfile, *, masked: bool) -> str:
    """The revision; one that was not stored has none that would change with its text, so that of its text is added. Who sees NIPs
    in clear is answered with another text."""
    revision = str(held.revision) if held.revision else f"0-{hashlib.sha256(held.text).hexdigest()[:16]}"
    return f"{revision}-masked" if masked else revision


def _embedded(held: StoredProfile, text: bytes, as_of: date | None) -> bytes:
    """The text as it is, in its envelope: parsing it again could only change it."""
    head = b'{"employeeId":' + msgspec.json.encode(held.employee_id) + b',"revision":' + str(held.revision).encode()
    return head + b',"asOf":' + msgspec.json.encode(as_of) + b',"profile":' + text + b"}"
