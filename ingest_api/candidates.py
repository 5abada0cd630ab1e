"""From the body of a request to statements as they would be kept. What is wrong with a request by itself is found here.

Source: xAPI 1.0.3, Communication 2.1.1 and 2.1.2, Data 2.3 and 2.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol
from uuid import UUID

import msgspec

from access.credentials import Credential, Role
from ingest_api.attachments import NOTHING_RECEIVED, Intake
from ingest_api.services import IngestServices
from ingest_api.submissions import Received, Submission
from ingest_api.tolerating import Toleration, admit
from ingest_api.versions import ApiVersion
from schemas.events import AcceptedRequest, ToleratedStatement
from schemas.statements import Disagreement, parse_statements
from telemetry.logs import logger
from telemetry.metrics import VALIDATION_DISAGREEMENTS
from xapi.errors import InvalidRequest
from xapi.native import compiled
from xapi.statement import VOIDED, complete
from xapi.values import uuid_of


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A valid statement: its id, and how that is written; as it would be kept; its place in the request, whether its id came from
    outside, what it voids, what was tolerated; where in `body` it stands as it was sent (after tolerances)."""

    statement_id: UUID
    name: str
    text: bytes
    index: int
    given: bool
    voids: UUID | None
    toleration: Toleration | None
    body: bytes
    start: int
    end: int

    @property
    def sent(self) -> bytes:
        return self.body[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Posted:
    """A request to accept statements. `put_id` is the id that the URL of a PUT gives."""

    submission: Submission
    credential: Credential
    version: ApiVersion
    request_id: str
    put_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The statements of a request in the order of the body, each valid; `pointers` makes the pointer to one of its index."""

    posted: Posted
    candidates: Sequence[Candidate]
    pointers: str
    received: Received

    @property
    def ids(self) -> list[str]:
        """What the sender is told."""
        return [candidate.name for candidate in self.candidates]

    @property
    def tolerated(self) -> Iterator[Toleration]:
        return (candidate.toleration for candidate in self.candidates if candidate.toleration is not None)

    @property
    def named(self) -> list[UUID]:
        """Ids that may be known: those that came from outside, and those of what is to be voided."""
        found = [candidate.statement_id for candidate in self.candidates if candidate.given]
        found += [candidate.voids for candidate in self.candidates if candidate.voids is not None]
        return found

    @property
    def key(self) -> bytes | None:
        """What decides the partition. Requests for one id have to be recorded in the order in which they were acknowledged, also
        while none of them is recorded yet, and only a partition has an order: the first id given to a request leads them to the
        same one."""
        for candidate in self.candidates:
            if candidate.given:
                return candidate.statement_id.bytes
        return None


class Acceptor(Protocol):
    """`rekam_native.Acceptor`, which says what it gives."""

    def accept(
        self, body: bytes, authority: bytes, new_ids: Callable[[int], list[str]], /
    ) -> tuple[bool, list[tuple[str, bytes, int, int, bytes | None]]] | None: ...


class Preparation:
    """Prepares requests. Thread-safe."""

    def __init__(self, services: IngestServices, intake: Intake) -> None:
        self._new_id = services.new_id
        self._settings = services.settings
        self._intake = intake
        self._authorities: dict[str, bytes] = {}
        self._acceptors: dict[str, Acceptor | None] = {}

    def prepare(self, posted: Posted) -> Prepared:
        """Raises XapiError for what is wrong with the request, and CannotKeep where attachments can't be taken in."""
        return self._compiled(posted) or self._any(posted)

    def _compiled(self, posted: Posted) -> Prepared | None:
        """As `_any` would make it, by compiled code; None for what needs more: a PUT, attachments, tolerances, and whatever is
        wrong, for which there is an order of what is said first."""
        if posted.put_id is not None or posted.submission.mixed:
            return None
        acceptor = self._acceptor_of(posted.version)
        if acceptor is None:
            return None
        body = posted.submission.json
        made: list[str] = []

        def new_ids(count: int) -> list[str]:
            made.extend(map(str, self._new_ids(count)))
            return made

        found = acceptor.accept(body, self._authority_of(posted.credential.partner), new_ids)
        if found is None:
            return None
        batch, accepted = found
        ours = frozenset(made)
        candidates = [
            Candidate(
                *(uuid_of(name), name, text, index, name not in ours),
                *(None if voids is None else UUID(bytes=voids), None, body, start, end),
            )
            for index, (name, text, start, end, voids) in enumerate(accepted)
        ]
        return Prepared(posted, candidates, "/{}" if batch else "", NOTHING_RECEIVED)

    def _any(self, posted: Posted) -> Prepared:
        settings = self._settings
        parsed = parse_statements(
            posted.submission.json, max_depth=settings.max_depth, max_statement_bytes=settings.max_statement_bytes
        )
        if posted.put_id is not None and parsed.batch:
            raise InvalidRequest("PUT takes one statement as a JSON object; send an array with POST")
        version = posted.version
        admitted = admit(parsed, version.rules, posted.credential.tolerances, settings, _report)
        statements = admitted.statements
        if posted.put_id is not None:
            own = statements[0].value.get("id")
            if own is not None and uuid_of(own) != posted.put_id:
                raise InvalidRequest(
                    "the statement's id differs from the parameter statementId; give the same id, or leave this one out", "/id"
                )
            new_ids = [posted.put_id]
        else:
            new_ids = self._new_ids(sum("id" not in statement.value for statement in statements))
        pointers = "/{}" if parsed.batch else ""
        authority = self._authority_of(posted.credential.partner)
        received = self._intake.receive(statements, pointers, posted.submission, version.rules)
        lacking = iter(new_ids)
        candidates: list[Candidate] = []
        for index, statement in enumerate(statements):
            value, toleration = statement.value, admitted.tolerated.get(index)
            new_id = None if "id" in value else next(lacking)
            given = posted.put_id is not None
            candidates.append(
                _candidate(index, statement.raw, value, authority, version, new_id, given=given, toleration=toleration)
            )
        return Prepared(posted, candidates, pointers, received)

    def _new_ids(self, count: int) -> list[UUID]:
        # In order, for a request's statements share one `stored` and are listed by id: those we name come back as they were sent.
        return sorted(self._new_id() for _ in range(count)) if count else []

    def _acceptor_of(self, version: ApiVersion) -> Acceptor | None:
        """Made when it is first asked for; None without compiled code."""
        name = version.rules.version
        if name not in self._acceptors:
            self._acceptors[name] = None if compiled is None else self._new_acceptor(compiled, version)
        return self._acceptors[name]

    def _new_acceptor(self, compiled: ModuleType, version: ApiVersion) -> Acceptor:
        document = msgspec.json.encode(version.rules.document)
        completion, settings = version.completion, self._settings
        acceptor: Acceptor = compiled.Acceptor(
            document, completion.version, completion.times_in_utc, settings.max_depth, settings.max_statement_bytes
        )
        return acceptor

    def _authority_of(self, partner: str) -> bytes:
        authority = self._authorities.get(partner)
        if authority is None:
            authority = self._authorities[partner] = self._settings.authority_of(partner)
        return authority


def _candidate(
    index: int,
    sent: bytes,
    value: Mapping[str, Any],
    authority: bytes,
    version: ApiVersion,
    new_id: UUID | None = None,
    *,
    given: bool = False,
    toleration: Toleration | None = None,
) -> Candidate:
    """Of a valid statement; `new_id` where it has none, `given` when it was not us who made that."""
    statement_id, text = complete(sent, value, new_id=new_id, authority=authority, completion=version.completion)
    voids = uuid_of(value["object"]["id"]) if value["verb"]["id"] == VOIDED else None
    name = value["id"] if new_id is None else str(new_id)
    return Candidate(statement_id, name, text, index, given or new_id is None, voids, toleration, sent, 0, len(sent))


def accepted_request(posted: Posted, candidates: Sequence[Candidate]) -> AcceptedRequest:
    """As it is written into the log, with these of its statements."""
    credential = posted.credential
    return AcceptedRequest(
        request_id=posted.request_id,
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


def _report(disagreement: Disagreement) -> None:
    VALIDATION_DISAGREEMENTS.inc()
    logger("ingest_api").error("verdicts on a statement disagree", version=disagreement.version, rule=disagreement.rule)
