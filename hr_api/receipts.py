"""`/receipts/{statementId}`: what became of a statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import quote
from uuid import UUID

import jiter
from flask import Response

import eventlog.port
from access.credentials import Credential, Role
from competency.derivation import Derivation, derive
from competency.evidence import Evidence, NotRelevant
from competency.nip import masked_within
from competency.reasons import reasons
from hr_api.advice import advice
from hr_api.auditing import audited
from hr_api.effects import effects
from hr_api.errors import Refusal
from hr_api.masking import shown
from hr_api.resource import Resource, answer, caller, statement_id_of
from hr_api.services import HrServices
from hr_api.tracing import Trace, trace
from schemas.hr.document import BASE_PATH, CONSISTENT_THROUGH, Answer, Header, Operation, PathParameter
from schemas.hr.receipts import ProfileState, ReceiptSchema, ReceiptState
from store.port import DeadLetter, SightingKind, StoredProfile, StoredStatement
from store.reference import References
from xapi.agents import is_group, learner_keys
from xapi.values import format_timestamp

T = TypeVar("T")

_RECEIPT = ReceiptSchema()
_STATEMENT = "7c9e6679-7425-40de-944b-e07fc1f90ae7"

RECEIPT = Operation(
    id="readReceipt",
    method="GET",
    path="/receipts/{statementId}",
    tag="receipts",
    summary="What became of a statement",
    description="A partner sees the receipts of its own statements, HR all of them, with whose profile they changed. The answer "
    "waits a moment for what was accepted before the question. A statement nobody sent, or another partner's, is a 404.",
    roles=(Role.HR, Role.READ_MINE),
    path_parameters=(PathParameter("statementId", "The id of the statement", _STATEMENT, {"type": "string", "format": "uuid"}),),
    answers=(
        Answer(
            200,
            "The receipt",
            _RECEIPT,
            {
                "statementId": _STATEMENT,
                "state": "stored",
                "storedAt": "2026-01-31T07:15:00.000Z",
                "voided": False,
                "profile": {
                    "state": "profiled",
                    "counted": [
                        {
                            "employeeId": "emp-0042",
                            "catalogueId": "cat-0007",
                            "rule": "finish-completed/1",
                            "profile": f"{BASE_PATH}/employees/emp-0042/profile",
                            "catalogueVersion": 1,
                            "hours": [
                                {
                                    "period": "calendar-year",
                                    "year": 2026,
                                    "jp": 7.5,
                                    "counted": True,
                                    "why": "7.5 JP of the catalogue",
                                    "togetherWith": [],
                                }
                            ],
                            "competencies": [],
                            "later": None,
                        }
                    ],
                },
                "deadLetters": [],
                "consistentThrough": "2026-01-31T07:15:02.000Z",
            },
            headers=(
                Header(
                    CONSISTENT_THROUGH,
                    "Everything stored before this moment was taken into account",
                    {"type": "string", "format": "date-time"},
                ),
            ),
        ),
    ),
    refusals=(404,),
)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is to become of a statement, everything that stands in its way, and whether it is about a group."""

    derivation: Derivation
    reasons: tuple[NotRelevant, ...]
    of_group: bool


def resource(services: HrServices, references: References) -> Resource:
    receipts = Resource("receipts", services)

    def read(statement_id: str) -> Response:
        wanted = statement_id_of(statement_id)
        found = trace(services, wanted, of_partner=_partner_of(caller()))
        receipt = {**_receipt(wanted, found), **_tolerated(found, caller())}
        through = format_timestamp(found.through_ms)
        receipt["consistent_through"] = through
        if found.stored is not None:
            receipt["profile"] = _profile_part(found.stored)
        return answer(_RECEIPT, receipt, {CONSISTENT_THROUGH: through})

    def _profile_part(stored: StoredStatement) -> dict[str, object]:
        """What profiles have of it, against what they will have: the two differ until the profilers have passed it."""
        held = services.evidence.of_statement(stored.statement_id)
        found = _outcome(stored)
        due = found.derivation.evidence
        if sorted(held, key=_employee) != sorted(due, key=_employee) or not all(map(_is_profiled, held)):
            return {"state": ProfileState.PENDING}
        members = {"credited": len(held), "waiting": _waiting(found.derivation.unknown)} if found.of_group else {}
        if found.reasons:
            told = [{"reason": one.reason, "detail": shown(one.detail)} for one in found.reasons]
            return {"state": ProfileState.NOT_RELEVANT, "why": told[0], "reasons": told, **members}
        if not caller().may(Role.HR):
            return {"state": ProfileState.PROFILED, **members}
        audited(services, "receipt.read", [piece.employee_id for piece in held])
        today = references.current().rules.local_date(services.clock.now_ms())
        profiles = services.profiles.get_many(piece.employee_id for piece in held)
        return {
            "state": ProfileState.PROFILED,
            **members,
            "counted": [_counted(piece, profiles.get(piece.employee_id), today) for piece in held],
        }

    def _outcome(stored: StoredStatement) -> _Outcome:
        statement = jiter.from_json(stored.text)
        reference = references.current()
        employees = services.directory.by_identifiers(learner_keys(statement["actor"]))

        def asked_of(question: Callable[..., T]) -> T:
            return question(
                statement,
                stored_ms=stored.stored_ms,
                voided=stored.voided,
                catalogue=reference.catalogue,
                employees=employees,
                rules=reference.rules,
            )

        return _Outcome(asked_of(derive), asked_of(reasons), is_group(statement["actor"]))

    def _waiting(unknown: Sequence[str]) -> int:
        """How many of them wait for HR: those whom HR has rejected do not."""
        noted = services.sightings.by_keys(SightingKind.ACTOR, unknown)
        return sum(key not in noted or noted[key].rejected_at_ms is None for key in unknown)

    def _is_profiled(piece: Evidence) -> bool:
        """A profile names every statement behind it, so its text has the id, but for what is finished on a day still to come."""
        profile = services.profiles.get(piece.employee_id)
        if profile is None:
            return False
        today = references.current().rules.local_date(services.clock.now_ms())
        return piece.finished_on > today or str(piece.statement_id).encode() in profile.text

    receipts.serve(RECEIPT, read)
    return receipts


def _partner_of(credential: Credential) -> str | None:
    """Whose statements the asker may hear of: its own, or (None) everybody's."""
    return None if credential.may(Role.HR) or credential.may(Role.READ_ALL) else credential.partner


def _receipt(statement_id: UUID, found: Trace) -> dict[str, object]:
    """The receipt without its profile part. Raises Refusal (404), or the log's Unavailable when that is where it may be."""
    receipt: dict[str, object] = {"statement_id": statement_id, "dead_letters": [_buried(letter) for letter in found.letters]}
    if found.stored is not None:
        stored_at = format_timestamp(found.stored.stored_ms)
        return {**receipt, "state": ReceiptState.STORED, "stored_at": stored_at, "voided": found.stored.voided}
    if found.tail is not None and found.tail.waiting:
        accepted_at = format_timestamp(found.tail.waiting[-1].accepted_at_ms)
        return {**receipt, "state": ReceiptState.ACCEPTED, "accepted_at": accepted_at}
    if found.letters:
        return {**receipt, "state": ReceiptState.DEAD_LETTERED}
    raise _unknown(found)


def _tolerated(found: Trace, credential: Credential) -> dict[str, object]:
    """What was tolerated in the statement; the text that was sent for those who may read the statement itself."""
    held = found.stored or (found.tail.waiting[-1] if found.tail is not None and found.tail.waiting else None)
    if held is None or not held.tolerated:
        return {}
    told: dict[str, object] = {"tolerated": [masked_within(one) for one in held.tolerated]}
    may_read = credential.may(Role.READ_ALL) or (credential.may(Role.READ_MINE) and credential.partner == held.partner)
    if may_read and held.received is not None:
        told["received"] = held.received.decode()
    return told


def _unknown(found: Trace) -> Exception:
    through = format_timestamp(found.through_ms)
    if found.tail is None:
        return eventlog.port.Unavailable("it is not in the store, and the log, where it may wait, does not answer")
    message = f"nothing is known of this statement among yours; everything stored before {through} was taken into account"
    if found.tail.passed_over:
        message += (
            f", but {found.tail.passed_over} older records still wait to be recorded and were not looked through: ask again later"
        )
    return Refusal(404, message, {CONSISTENT_THROUGH: through})


def _buried(letter: DeadLetter) -> dict[str, object]:
    resubmitted = letter.resubmitted_at_ms
    return {
        "id": letter.id,
        "reason": letter.reason,
        "detail": masked_within(letter.detail),
        "advice": advice(letter.reason),
        "resubmitted_at": None if resubmitted is None else format_timestamp(resubmitted),
    }


def _counted(piece: Evidence, held: StoredProfile | None, today: date) -> dict[str, object]:
    return {
        "employee_id": piece.employee_id,
        "catalogue_id": piece.catalogue_id,
        "catalogue_version": piece.catalogue_version,
        "rule": piece.rule,
        "profile": f"{BASE_PATH}/employees/{quote(piece.employee_id, safe='')}/profile",
        "later": piece.finished_on if piece.finished_on > today else None,
        **effects(held, piece.statement_id),
    }


def _employee(piece: Evidence) -> str:
    return piece.employee_id
