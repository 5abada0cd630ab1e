"""Accepting statements: from the body of a request to one durable record of the log.

Everything that can be wrong is found here, before the acknowledgement; nothing is left for the recorder to refuse but what two
requests do to each other at the same time. Source: xAPI 1.0.3, Communication 2.1.1 and 2.1.2, Data 2.3 and 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import jiter
import msgspec

from access.credentials import Credential, Role
from eventlog.port import Outgoing, Topic
from ingest_api.attachments import Intake
from ingest_api.precedents import Precedents
from ingest_api.services import IngestServices
from ingest_api.submissions import Submission
from ingest_api.tolerating import Admitted, Toleration, admit
from ingest_api.versions import ApiVersion
from schemas.events import Accepted, AcceptedRequest, ToleratedStatement, encode
from schemas.statements import Disagreement, ParsedRequest, parse_statements
from store.port import StoredStatement
from telemetry.logs import logger
from telemetry.metrics import STATEMENTS_TOLERATED, VALIDATION_DISAGREEMENTS, accepted_of
from xapi.equality import same_texts
from xapi.errors import Conflict, Forbidden, InvalidRequest
from xapi.statement import VOIDED, complete


class _Candidate(msgspec.Struct, frozen=True, gc=False):
    """A valid statement: its id, as it was sent (after tolerances), as it would be kept, its place in the request, whether its id
    came from outside, what it voids, what was tolerated."""

    statement_id: UUID
    sent: bytes
    text: bytes
    index: int
    given: bool
    voids: UUID | None
    toleration: Toleration | None


class Acceptance:
    """Accepts requests. Thread-safe.

    Both methods return once the statements are on disk. They raise XapiError for what is wrong with the request, the log's
    Unavailable (then nothing is promised: the request may be sent again), the log's Rejected (too large for it), and CannotKeep
    when the store can't take the attachments that came.
    """

    def __init__(self, services: IngestServices) -> None:
        self._services = services
        self._settings = services.settings
        self._precedents = Precedents(services.statement_queries, services.clock)
        self._intake = Intake(services.attachments, services.settings)
        self._authorities: dict[str, bytes] = {}

    def post(self, sent: Submission, credential: Credential, version: ApiVersion, request_id: str) -> list[str]:
        """Accept one statement or a batch; the ids in the order of the body."""
        parsed = self._parse(sent.json)
        admitted = admit(parsed, version.rules, credential.tolerances, self._settings, _report)
        own = [statement.value.get("id") for statement in admitted.statements]
        # In order, for a request's statements share one `stored` and are listed by id: those we name come back as they were sent.
        made = iter(sorted(self._services.new_id() for statement_id in own if statement_id is None))
        new_ids = [next(made) if statement_id is None else None for statement_id in own]
        self._accept(admitted, sent, new_ids, credential, version, request_id, "/{}" if parsed.batch else "")
        return [statement_id or str(new_id) for statement_id, new_id in zip(own, new_ids, strict=True)]

    def put(self, sent: Submission, statement_id: UUID, credential: Credential, version: ApiVersion, request_id: str) -> None:
        """Accept one statement under the id that the URL gives."""
        parsed = self._parse(sent.json)
        if parsed.batch:
            raise InvalidRequest("PUT takes one statement as a JSON object; send an array with POST")
        admitted = admit(parsed, version.rules, credential.tolerances, self._settings, _report)
        own = admitted.statements[0].value.get("id")
        if own is not None and UUID(own) != statement_id:
            raise InvalidRequest(
                "the statement's id differs from the parameter statementId; give the same id, or leave this one out", "/id"
            )
        self._accept(admitted, sent, [statement_id], credential, version, request_id, "", ids_are_given=True)

    def _parse(self, body: bytes) -> ParsedRequest:
        return parse_statements(body, max_depth=self._settings.max_depth, max_statement_bytes=self._settings.max_statement_bytes)

    def _accept(
        self,
        admitted: Admitted,
        sent: Submission,
        new_ids: Sequence[UUID | None],
        credential: Credential,
        version: ApiVersion,
        request_id: str,
        pointers: str,
        *,
        ids_are_given: bool = False,
    ) -> None:
        """`new_ids` are for the statements without one, in their places, None for the others; `ids_are_given` when it was not us
        who made them. `pointers` makes the pointer to a statement of its index."""
        statements = admitted.statements
        authority = self._authority_of(credential.partner)
        received = self._intake.receive(statements, pointers, sent, version.rules)
        candidates: list[_Candidate] = []
        for index, (statement, new_id) in enumerate(zip(statements, new_ids, strict=True)):
            value = statement.value
            statement_id, text = complete(statement.raw, value, new_id=new_id, authority=authority, completion=version.completion)
            voids = UUID(value["object"]["id"]) if value["verb"]["id"] == VOIDED else None
            given = ids_are_given or new_id is None
            candidates.append(_Candidate(statement_id, statement.raw, text, index, given, voids, admitted.tolerated.get(index)))
        voiding = [candidate for candidate in candidates if candidate.voids is not None]
        wanted = [candidate.statement_id for candidate in candidates if candidate.given]
        known = self._precedents.of([*wanted, *(candidate.voids for candidate in voiding if candidate.voids is not None)])
        fresh = candidates
        if known:
            fresh = [
                candidate
                for candidate in candidates
                if (held := known.get(candidate.statement_id)) is None or not _is_repeat(candidate, held, credential, pointers)
            ]
        if voiding:
            _check_targets([candidate for candidate in fresh if candidate.voids], known, candidates, credential, pointers)
        if fresh:
            self._intake.keep(received, credential.partner)  # first: a statement on the log must never lack what came with it
            self._append(fresh, credential, request_id)
        accepted_of(credential.partner).inc(len(statements))
        for toleration in admitted.tolerated.values():
            for name in toleration.names:
                STATEMENTS_TOLERATED.labels(credential.partner, name).inc()

    def _append(self, candidates: Sequence[_Candidate], credential: Credential, request_id: str) -> None:
        request = AcceptedRequest(
            request_id=request_id,
            credential=credential.key,
            partner=credential.partner,
            may_void_any=credential.may(Role.VOID_ANY),
            statements=[msgspec.Raw(candidate.text) for candidate in candidates],
            tolerated=[
                ToleratedStatement(index, list(toleration.names), msgspec.Raw(toleration.received))
                for index, candidate in enumerate(candidates)
                if (toleration := candidate.toleration) is not None
            ],
        )
        self._services.appender.append(Topic.ACCEPTED, Outgoing(encode(Accepted([request])), _key(candidates)))

    def _authority_of(self, partner: str) -> bytes:
        authority = self._authorities.get(partner)
        if authority is None:
            authority = self._authorities[partner] = self._settings.authority_of(partner)
        return authority


def _key(candidates: Sequence[_Candidate]) -> bytes | None:
    """What decides the partition. Requests for one id have to be recorded in the order in which they were acknowledged, also while
    none of them is recorded yet, and only a partition has an order: the first id given to a request leads them to the same one."""
    return next((str(candidate.statement_id).encode() for candidate in candidates if candidate.given), None)


def _is_repeat(candidate: _Candidate, held: StoredStatement, credential: Credential, pointers: str) -> bool:
    """Whether the statement is recorded already. Raises Conflict when its id is, with other content (Data 2.3.1) or by another
    partner, who alone may read it: then the content makes no difference, and the message tells neither whose nor what it is."""
    if held.partner == credential.partner and same_texts(candidate.sent, held.text):
        return True
    raise Conflict(
        "this id was used before, for other content or by another sender, and a recorded statement never changes; send this one "
        "under a new id",
        f"{pointers.format(candidate.index)}/id",
    )


def _check_targets(
    voiding: Sequence[_Candidate],
    known: Mapping[UUID, StoredStatement],
    beside: Sequence[_Candidate],
    credential: Credential,
    pointers: str,
) -> None:
    """Data 2.3.2: what may be voided. A target is `known` if it is recorded, or `beside` it in the request; another is accepted,
    for it may arrive later, and the store decides then."""
    voiders_beside = {candidate.statement_id for candidate in beside if candidate.voids is not None}
    for voider in voiding:
        pointer = f"{pointers.format(voider.index)}/object/id"
        held = None if voider.voids is None else known.get(voider.voids)
        if held is not None and held.partner != credential.partner and not credential.may(Role.VOID_ANY):
            raise Forbidden("the statement to be voided is not yours to void", pointer)
        if jiter.from_json(held.text)["verb"]["id"] == VOIDED if held is not None else voider.voids in voiders_beside:
            raise InvalidRequest("names a voiding statement, and a voiding statement can't be voided", pointer)


def _report(disagreement: Disagreement) -> None:
    VALIDATION_DISAGREEMENTS.inc()
    logger("ingest_api").error("verdicts on a statement disagree", version=disagreement.version, rule=disagreement.rule)
