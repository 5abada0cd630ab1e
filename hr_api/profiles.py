"""`/employees/{employeeId}/profile`: the competency profile, exactly as it was computed."""

from __future__ import annotations

import hashlib
from datetime import date
from uuid import UUID

import msgspec
from flask import Response, request

from access.credentials import Role
from competency.directory import Employee
from competency.profile import build_profile, render
from hr_api.auditing import audited
from hr_api.employees import EMPLOYEE_ID, known_employee
from hr_api.resource import Resource
from hr_api.services import HrServices
from schemas.hr.document import Answer, Header, Operation
from schemas.hr.profile import HeldProfileSchema
from store.port import StoredProfile
from store.reference import References

_STATEMENT = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
_ETAG = Header("ETag", 'The revision, in quotes; send it as If-None-Match to hear "304" while nothing changed', {"type": "string"})
_LEVEL_3 = {"level": 3, "levelName": "Menengah"}

PROFILE = Operation(
    id="readProfile",
    method="GET",
    path="/employees/{employeeId}/profile",
    tag="employees",
    summary="An employee's competency profile",
    description="Every figure names the statements and the rule, with its version, behind it. An employee without any evidence has "
    "a profile too, of revision 0. If-None-Match is honoured.",
    roles=(Role.HR,),
    path_parameters=(EMPLOYEE_ID,),
    answers=(
        Answer(
            200,
            "The profile",
            HeldProfileSchema(),
            {
                "employeeId": "emp-0042",
                "revision": 3,
                "profile": {
                    "employeeId": "emp-0042",
                    "employment": "PNS",
                    "contractStart": None,
                    "unit": [{"id": "unit-01", "name": "Kementerian Contoh"}, {"id": "unit-0101", "name": "Bagian Kepegawaian"}],
                    "post": {"id": "post-17", "title": "Analis SDM Aparatur", "kind": "fungsional", "tier": "pengawas"},
                    "hours": [
                        {
                            "period": "calendar-year",
                            "year": 2026,
                            "fromDay": str(date(2026, 1, 1)),
                            "throughDay": str(date(2026, 12, 31)),
                            "jp": 7.5,
                            "statementIds": [str(UUID(_STATEMENT))],
                            "rule": "hours-once-per-activity-and-year/1",
                            "obligation": {
                                "bound": "floor",
                                "jp": 20,
                                "standing": "missing",
                                "difference": -12.5,
                                "rule": "obligation-pns/1",
                                "source": "PP 11/2017 art. 203(4)",
                                "mark": "verified",
                            },
                            "lines": [],
                        }
                    ],
                    "contractHours": [],
                    "competencies": [
                        {
                            "id": "komunikasi",
                            "name": "Komunikasi",
                            "kind": "manajerial",
                            "framework": "permenpan-rb-38-2017",
                            "suggested": None,
                            "assessed": {
                                **_LEVEL_3,
                                "assessedOn": "2025-06-30",
                                "source": "Assessment Center",
                                "rule": "assessed-level-latest/1",
                            },
                            "standard": {**_LEVEL_3, "rule": "standard-post/1", "mark": "verified"},
                            "gap": 0,
                            "gapFrom": "assessed",
                            "rule": "gap/1",
                        }
                    ],
                    "jobPersonMatch": None,
                    "computedWith": {"rules": "1", "frameworks": ["permenpan-rb-38-2017"], "ruleNames": ["gap/1"]},
                    "v": 1,
                },
            },
            headers=(_ETAG,),
        ),
        Answer(304, "It is still of the revision in If-None-Match", headers=(_ETAG,)),
    ),
    refusals=(404,),
)


def resource(services: HrServices, references: References) -> Resource:
    profiles = Resource("profiles", services)

    def read(employee_id: str) -> Response:
        employee = known_employee(services, employee_id)
        audited(services, "profile.read", [employee.id])
        held = services.profiles.get(employee.id) or _without_evidence(employee)
        etag = _etag(held)
        if request.if_none_match.contains_weak(etag):
            unchanged = Response(status=304)
            unchanged.set_etag(etag)
            return unchanged
        found = Response(_embedded(held), content_type="application/json")
        found.set_etag(etag)
        return found

    def _without_evidence(employee: Employee) -> StoredProfile:
        """What the profiler would have computed, had there been anything to compute from."""
        reference = references.current()
        profile = build_profile(
            employee,
            post=reference.posts.get(employee.post_id),
            unit_path=reference.unit_path(employee.unit_id),
            evidence=(),
            competencies=reference.competencies,
            rules=services.rules,
        )
        return StoredProfile(employee.id, 0, render(profile))

    profiles.serve(PROFILE, read)
    return profiles


def _etag(held: StoredProfile) -> str:
    """The revision; one that was not stored has none that would change with its text, so that of its text is added."""
    return str(held.revision) if held.revision else f"0-{hashlib.sha256(held.text).hexdigest()[:16]}"


def _embedded(held: StoredProfile) -> bytes:
    """The text as it is, in its envelope: parsing it again could only change it."""
    head = b'{"employeeId":' + msgspec.json.encode(held.employee_id) + b',"revision":' + str(held.revision).encode()
    return head + b',"profile":' + held.text + b"}"
