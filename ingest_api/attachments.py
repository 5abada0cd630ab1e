"""Attachments of statements on their way in: what they name must be there, signatures must hold, and then the bytes are kept.

Source: xAPI 1.0.3, Communication 1.5.2 (transmission), Data 2.4.11 (attachments) and 2.6 (signed statements).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ingest_api.services import IngestSettings
from ingest_api.submissions import HASH, Received, Submission, Wanted
from schemas.statements import ParsedStatement, RuleSet, parse_statements, validate
from store import port as store
from xapi.equality import same
from xapi.errors import InvalidRequest, XapiError
from xapi.signatures import CONTENT_TYPE, USAGE, BadSignature, open_signature

_SIGNATURE_ALLOWANCE_BYTES = 256 * 1024
"""What a signature may have beside the statement in it: certificates, above all."""


class CannotKeep(store.Unavailable):
    """The bytes of attachments can't be kept now, so the statements that need them are not accepted."""


@dataclass(frozen=True, slots=True)
class _Declared:
    """An attachment as a statement declares it, the place it stands at, and, of a statement's own, that statement."""

    value: Mapping[str, Any]
    pointer: str
    statement: Mapping[str, Any] | None

    @property
    def sha2(self) -> str:
        sha2: str = self.value["sha2"]
        return sha2.lower()

    @property
    def media_type(self) -> str:
        content_type: str = self.value["contentType"]
        return content_type.partition(";")[0].strip().lower()


NOTHING_RECEIVED: Final = Received(io.BytesIO())
"""Of a request that brings no attachments."""


def may_have_attachments(statement: Mapping[str, Any]) -> bool:
    """Whether it is worth looking for some."""
    return "attachments" in statement or statement["object"].get("objectType") == "SubStatement"


class Intake:
    """Takes attachments in. Thread-safe."""

    def __init__(self, kept: store.Attachments, settings: IngestSettings) -> None:
        self._kept = kept
        self._settings = settings

    def receive(self, statements: Sequence[ParsedStatement], pointers: str, submission: Submission, rules: RuleSet) -> Received:
        """Read what came with valid statements and check it; `pointers` makes the pointer to a statement of its index. Raises
        XapiError and CannotKeep."""
        declared = [
            one
            for index, statement in enumerate(statements)
            if may_have_attachments(statement.value)
            for one in _declared(statement.value, pointers.format(index))
        ]
        wanted: dict[str, Wanted] = {}
        for one in declared:
            content = wanted.setdefault(one.sha2, Wanted())
            content.attachments += 1
            content.media_types.add(one.media_type)
        try:
            received = submission.receive(wanted)
        except OSError as error:  # the disk of the temporary files is full, above all
            raise CannotKeep("there is no room to take attachments in", retry_after_s=10) from error
        for one in declared:
            if one.sha2 not in received and "fileUrl" not in one.value:
                raise _missing(one, submission)
            if one.statement is not None and one.value["usageType"] == USAGE:
                self._check_signature(one, one.statement, received, rules)
        return received

    def keep(self, received: Received, partner: str) -> None:
        """Bring the bytes to the store, before the statements are accepted. Raises CannotKeep; what it has by then harms nobody."""
        for sha2 in received:
            try:
                self._kept.put(partner, sha2, received.pieces(sha2))
            except store.Unavailable as error:
                raise CannotKeep(str(error), error.retry_after_s) from error

    def _check_signature(self, one: _Declared, statement: Mapping[str, Any], received: Received, rules: RuleSet) -> None:
        """Data 2.6: a JWS that is well formed, whose payload says what the statement says."""
        if one.value["contentType"].strip().lower() != CONTENT_TYPE:
            raise InvalidRequest(f'the contentType of a signature must be "{CONTENT_TYPE}"', f"{one.pointer}/contentType")
        if one.sha2 not in received:
            raise InvalidRequest(
                f"a signature must come with its statement: send it as a part of {HASH} {one.sha2[:8]}…, whatever its fileUrl",
                f"{one.pointer}/sha2",
            )
        # Base64 makes four bytes of three.
        largest = self._settings.max_statement_bytes * 4 // 3 + _SIGNATURE_ALLOWANCE_BYTES
        if received.length(one.sha2) > largest:
            raise InvalidRequest(f"the signature has {received.length(one.sha2)} bytes; at most {largest} are taken", one.pointer)
        try:
            payload = open_signature(b"".join(received.pieces(one.sha2)))
        except BadSignature as error:
            raise InvalidRequest(f"the signature {error}", one.pointer) from None
        signed = self._signed(payload, one.pointer, rules)
        if not same(signed, statement) or _differ(signed.get("id"), statement.get("id")):
            raise InvalidRequest("the signature is of another statement: its payload does not say what this one says", one.pointer)

    def _signed(self, payload: bytes, pointer: str, rules: RuleSet) -> Mapping[str, Any]:
        try:
            parsed = parse_statements(
                payload, max_depth=self._settings.max_depth, max_statement_bytes=self._settings.max_statement_bytes
            )
            if parsed.batch:
                raise InvalidRequest("an array is no statement")
            validate(parsed.statements[0].value, rules)
        except XapiError as error:
            raise InvalidRequest(f"the payload of the signature is not a statement: {error}", pointer) from None
        return parsed.statements[0].value


def _declared(statement: Mapping[str, Any], pointer: str) -> Iterator[_Declared]:
    for index, value in enumerate(statement.get("attachments", ())):
        yield _Declared(value, f"{pointer}/attachments/{index}", statement)
    target = statement["object"]
    if target.get("objectType") == "SubStatement":
        # A signature signs a statement, so a SubStatement's attachments are bytes and nothing more.
        for index, value in enumerate(target.get("attachments", ())):
            yield _Declared(value, f"{pointer}/object/attachments/{index}", None)


def _missing(one: _Declared, submission: Submission) -> InvalidRequest:
    """Communication 1.5.1 and 1.5.2: content is in the request, or elsewhere, at a fileUrl."""
    if submission.mixed:
        return InvalidRequest(
            "the content of this attachment is not in the request, and it has no fileUrl; "
            f"send it as a part with the header {HASH}: {one.sha2}",
            f"{one.pointer}/sha2",
        )
    return InvalidRequest(
        "an attachment sent as application/json must have a fileUrl, where its content can be had; "
        "to send the content itself, use multipart/mixed",
        f"{one.pointer}/fileUrl",
    )


def _differ(signed_id: str | None, statement_id: str | None) -> bool:
    """An id that one of the two lacks was set by the record store; two that differ were not (Data 2.3.1)."""
    return signed_id is not None and statement_id is not None and signed_id.lower() != statement_id.lower()
