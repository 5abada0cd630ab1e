"""A request whose statements are valid and completed, as it goes on to be looked up and written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from uuid import UUID

import msgspec

from access.credentials import Credential, Role
from ingest_api.attachments import NOTHING_RECEIVED
from ingest_api.submissions import Received, Submission
from ingest_api.tolerating import Toleration
from ingest_api.versions import ApiVersion
from schemas.events import SubmittedRequest, ToleratedStatement
from schemas.native_rules import NativePrepared


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A valid statement: its id, and how that is written; as it was sent (after tolerances), as it would be kept; its place in the
    request, whether its id came from outside, what it voids, what was tolerated."""

    statement_id: UUID
    name: str
    sent: bytes
    text: bytes
    index: int
    given: bool
    voids: UUID | None
    toleration: Toleration | None


@dataclass(frozen=True, slots=True)
class Posted:
    """A request to accept statements. `put_id` is the id that the URL of a PUT gives."""

    submission: Submission
    credential: Credential
    version: ApiVersion
    request_id: str
    put_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Fresh:
    """Statements of a request that are to be written: a JSON array of them, as they would be kept."""

    texts: bytes
    tolerated: tuple[ToleratedStatement, ...] = ()

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> Fresh:
        tolerated = tuple(
            ToleratedStatement(index, list(toleration.names), msgspec.Raw(toleration.received))
            for index, candidate in enumerate(candidates)
            if (toleration := candidate.toleration) is not None
        )
        return cls(b"[" + b",".join([candidate.text for candidate in candidates]) + b"]", tolerated)

    def request(self, posted: Posted) -> SubmittedRequest:
        """As it is written into the log."""
        credential = posted.credential
        return SubmittedRequest(
            request_id=posted.request_id,
            credential=credential.key,
            partner=credential.partner,
            may_void_any=credential.may(Role.VOID_ANY),
            statements=msgspec.Raw(self.texts),
            tolerated=list(self.tolerated),
        )


class Prepared(Protocol):
    """The statements of a request in the order of the body, each valid."""

    @property
    def posted(self) -> Posted: ...

    @property
    def candidates(self) -> Sequence[Candidate]: ...

    @property
    def pointers(self) -> str:
        """Makes the pointer to one of its index."""

    @property
    def received(self) -> Received: ...

    @property
    def ids(self) -> list[str]:
        """What the sender is told."""

    @property
    def count(self) -> int: ...

    @property
    def named(self) -> list[UUID]:
        """Ids that may be known: those that came from outside, and those of what is to be voided."""

    @property
    def voids(self) -> bool:
        """Whether any of them voids another."""

    @property
    def key(self) -> bytes | None:
        """What decides the partition. Requests for one id have to be recorded in the order in which they were acknowledged, also
        while none of them is recorded yet, and only a partition has an order: the first id given to a request leads them to the
        same one."""

    @property
    def tolerated(self) -> Iterator[Toleration]: ...

    def all(self) -> Fresh | None:
        """All of them as they are written; None where there are none."""


@dataclass(frozen=True, slots=True)
class PreparedSingly:
    """`Prepared`, statement by statement."""

    posted: Posted
    candidates: Sequence[Candidate]
    pointers: str
    received: Received

    @property
    def ids(self) -> list[str]:
        return [candidate.name for candidate in self.candidates]

    @property
    def count(self) -> int:
        return len(self.candidates)

    @property
    def named(self) -> list[UUID]:
        found = [candidate.statement_id for candidate in self.candidates if candidate.given]
        found += [candidate.voids for candidate in self.candidates if candidate.voids is not None]
        return found

    @property
    def voids(self) -> bool:
        return any(candidate.voids is not None for candidate in self.candidates)

    @property
    def key(self) -> bytes | None:
        for candidate in self.candidates:
            if candidate.given:
                return candidate.statement_id.bytes
        return None

    @property
    def tolerated(self) -> Iterator[Toleration]:
        return (candidate.toleration for candidate in self.candidates if candidate.toleration is not None)

    def all(self) -> Fresh | None:
        return Fresh.of(self.candidates) if self.candidates else None


class PreparedAtOnce:
    """`Prepared`, all statements in one call; each is looked at by itself only where something is known of one, or one voids."""

    received = NOTHING_RECEIVED
    tolerated: Iterator[Toleration] = iter(())

    def __init__(self, posted: Posted, prepared: NativePrepared) -> None:
        self.posted = posted
        self._prepared = prepared

    @property
    def pointers(self) -> str:
        return "/{}" if self._prepared.batch else ""

    @property
    def ids(self) -> list[str]:
        return self._prepared.names()

    @property
    def count(self) -> int:
        return len(self._prepared)

    @property
    def named(self) -> list[UUID]:
        return msgspec.convert(self._prepared.named(), list[UUID])

    @property
    def voids(self) -> bool:
        return self._prepared.voids

    @property
    def key(self) -> bytes | None:
        return self._prepared.key

    def all(self) -> Fresh | None:
        return Fresh(self._prepared.text)

    @cached_property
    def candidates(self) -> Sequence[Candidate]:
        return [
            Candidate(UUID(bytes=key), name, sent, text, index, given, None if voids is None else UUID(bytes=voids), None)
            for index, (name, key, sent, text, given, voids) in enumerate(self._prepared.each())
        ]
