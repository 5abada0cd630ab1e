"""From the body of a request to statements as they would be kept. What is wrong with a request by itself is found here.

Source: xAPI 1.0.3, Communication 2.1.1 and 2.1.2, Data 2.3 and 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ingest_api.attachments import NOTHING_RECEIVED, Intake, may_have_attachments
from ingest_api.prepared import Candidate, Posted, Prepared, PreparedAtOnce, PreparedSingly
from ingest_api.services import IngestServices
from ingest_api.tolerating import Toleration, admit
from ingest_api.versions import ApiVersion
from schemas.native_rules import native_rules
from schemas.statements import Disagreement, parse_statements, plain_statement, plain_texts
from telemetry.logs import logger
from telemetry.metrics import VALIDATION_DISAGREEMENTS
from xapi.errors import InvalidRequest
from xapi.statement import VOIDED, complete
from xapi.values import uuid_of


class Preparation:
    """Prepares requests. Thread-safe."""

    def __init__(self, services: IngestServices, intake: Intake) -> None:
        self._new_id = services.new_id
        self._settings = services.settings
        self._intake = intake
        self._authorities: dict[str, bytes] = {}

    def prepare(self, posted: Posted) -> Prepared:
        """Raises XapiError for what is wrong with the request, and CannotKeep where attachments can't be taken in."""
        return self._at_once(posted) or self._plain(posted) or self._any(posted)

    def _at_once(self, posted: Posted) -> Prepared | None:
        """As `_plain` would make it, in one call of what is compiled; None where that is not installed, or leaves it to Python."""
        version = posted.version
        rules = native_rules(version.rules)
        if rules is None or posted.put_id is not None or posted.submission.mixed:
            return None
        prepared = rules.prepare(
            posted.submission.json,
            authority=self._authority_of(posted.credential.partner),
            version=version.completion.version,
            times_in_utc=version.completion.times_in_utc,
            voided=VOIDED,
            max_depth=self._settings.max_depth,
            max_bytes=self._settings.max_statement_bytes,
            new_names=self._new_names,
        )
        return None if prepared is None else PreparedAtOnce(posted, prepared)

    def _plain(self, posted: Posted) -> Prepared | None:
        """As `_any` would make it, statement by statement; None for what needs more than that: a PUT, attachments, tolerances, and
        whatever is wrong, for which there is an order of what is said first."""
        if posted.put_id is not None or posted.submission.mixed:
            return None
        found = plain_texts(posted.submission.json)
        if found is None:
            return None
        batch, texts = found
        settings, version = self._settings, posted.version
        authority = self._authority_of(posted.credential.partner)
        by_index: dict[int, Candidate] = {}
        nameless: dict[int, dict[str, Any]] = {}
        for index, sent in enumerate(texts):
            value = plain_statement(sent, version.rules, max_depth=settings.max_depth, max_bytes=settings.max_statement_bytes)
            if value is None or may_have_attachments(value):
                return None
            if "id" in value:
                by_index[index] = _candidate(index, sent, value, authority, version)
            else:
                nameless[index] = value
        for (index, value), new_id in zip(nameless.items(), self._new_ids(len(nameless)), strict=True):
            by_index[index] = _candidate(index, texts[index], value, authority, version, new_id)
        candidates = [by_index[index] for index in range(len(texts))]
        if batch and len({candidate.statement_id for candidate in candidates}) < len(candidates):
            return None
        return PreparedSingly(posted, candidates, "/{}" if batch else "", NOTHING_RECEIVED)

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
        return PreparedSingly(posted, candidates, pointers, received)

    def _new_ids(self, count: int) -> list[UUID]:
        # In order, for a request's statements share one `stored` and are listed by id: those we name come back as they were sent.
        return sorted(self._new_id() for _ in range(count)) if count else []

    def _new_names(self, count: int) -> list[str]:
        return list(map(str, self._new_ids(count)))

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
    return Candidate(statement_id, name, sent, text, index, given or new_id is None, voids, toleration)


def _report(disagreement: Disagreement) -> None:
    VALIDATION_DISAGREEMENTS.inc()
    logger("ingest_api").error("verdicts on a statement disagree", version=disagreement.version, rule=disagreement.rule)
