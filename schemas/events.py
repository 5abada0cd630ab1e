"""The records on the log. JSON, versioned, with statements embedded as the exact text that was accepted.

Decoding raises `msgspec.MsgspecError` for anything that is not such a record.
"""

from __future__ import annotations

from uuid import UUID

import msgspec


class ToleratedStatement(msgspec.Struct, frozen=True):
    """Of a statement that needed tolerances: its place among those of its request, their names, and the text as it was sent."""

    index: int
    tolerances: list[str]
    received: msgspec.Raw


class AcceptedRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """One accepted request. Its statements have id, authority and version, and no `stored` yet."""

    request_id: str
    credential: str
    partner: str
    may_void_any: bool
    statements: list[msgspec.Raw]
    tolerated: list[ToleratedStatement] = []
    """Those that needed tolerances; `statements` has what was made of them."""


class Accepted(msgspec.Struct, frozen=True):
    """A record of `statements.accepted`: whole requests, never a part of one."""

    requests: list[AcceptedRequest]
    v: int = 1


class SubmittedRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """An `AcceptedRequest` as it is written: its statements are one JSON array."""

    request_id: str
    credential: str
    partner: str
    may_void_any: bool
    statements: msgspec.Raw
    tolerated: list[ToleratedStatement] = []


class Submitted(msgspec.Struct, frozen=True):
    """An `Accepted` as it is written."""

    requests: list[SubmittedRequest]
    v: int = 1


class Recorded(msgspec.Struct, frozen=True):
    """A record of `statements.recorded`: statements to derive evidence from (again), all of people of one bucket.

    The bucket is the partition that the keyed hash of the person gives; only ids travel, no personal data.
    """

    statements: list[UUID]
    v: int = 1


class ProfileUpdated(msgspec.Struct, frozen=True):
    """A record of `profiles.updated`, keyed by the employee's internal id."""

    employee_id: str
    revision: int
    v: int = 1


_encoder = msgspec.json.Encoder()
_accepted = msgspec.json.Decoder(Accepted)
_recorded = msgspec.json.Decoder(Recorded)
_updated = msgspec.json.Decoder(ProfileUpdated)


def encode(event: Accepted | Submitted | Recorded | ProfileUpdated) -> bytes:
    return _encoder.encode(event)


def decode_accepted(value: bytes) -> Accepted:
    return _accepted.decode(value)


def decode_recorded(value: bytes) -> Recorded:
    return _recorded.decode(value)


def decode_updated(value: bytes) -> ProfileUpdated:
    return _updated.decode(value)
