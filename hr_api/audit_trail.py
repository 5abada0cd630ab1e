"""`/audit`: who read what of whom, for administrators."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from access.credentials import Role
from hr_api.auditing import audited
from hr_api.resource import Resource, answer, asked
from hr_api.services import HrServices
from schemas.hr.audit import AuditAsked, AuditParametersSchema, AuditTrailSchema
from schemas.hr.document import Answer, Operation
from store.port import AuditEntry
from xapi.values import format_timestamp

_TRAIL = AuditTrailSchema()

READ = Operation(
    id="readAudit",
    method="GET",
    path="/audit",
    tag="audit",
    summary="Who read what of whom",
    description="Newest first. Reading the trail is itself noted, before it is read.",
    roles=(Role.ADMIN,),
    query=AuditParametersSchema(),
    answers=(
        Answer(
            200,
            "The entries",
            _TRAIL,
            {
                "entries": [
                    {
                        "at": "2026-01-31T07:15:00.000Z",
                        "credential": "biro-sdm-1f2e3d4c",
                        "action": "profile.read",
                        "subject": "emp-0042",
                        "requestId": "0f3c7ad0-5f0e-4b57-9d3a-6a5d3c1f2b11",
                    }
                ]
            },
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ShownEntry:
    at: str
    credential: str
    action: str
    subject: str
    request_id: str


def resource(services: HrServices) -> Resource:
    audit = Resource("audit", services)

    def read() -> Response:
        wanted: AuditAsked = asked()
        audited(services, "audit.read", ["audit trail"])
        entries = services.audit.entries(subject=wanted.subject, limit=wanted.limit)
        return answer(_TRAIL, {"entries": [_shown(entry) for entry in entries]})

    audit.serve(READ, read)
    return audit


def _shown(entry: AuditEntry) -> ShownEntry:
    return ShownEntry(format_timestamp(entry.at_ms), entry.credential, entry.action, entry.subject, entry.request_id)
