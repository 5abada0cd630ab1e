"""Documents: what identifies their content, when a write may happen, how two are merged. Pure.

The content is bytes of any type and is never interpreted, except to merge JSON. Source: xAPI 1.0.3, Communication 2.2 (Document
Resources) and 3.1 (Concurrency), RFC 9110, 8.8.3 (ETag) and 13.1 (preconditions).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from xapi.errors import Conflict, InvalidRequest, PreconditionFailed

JSON = "application/json"
OCTETS = "application/octet-stream"
"""What content is whose sender did not say what it is (RFC 9110, 8.3)."""

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_value = msgspec.json.Decoder(msgspec.Raw)
_TAG = re.compile(r'\s*(?:(W/)?"([\x21\x23-\x7e\x80-\xff]*)"|([0-9a-fA-F]{40}))\s*(?:,|$)')
_EMPTY = re.compile(r"\s*,")


class DocumentKind(StrEnum):
    STATE = "state"
    AGENT_PROFILE = "agent profile"
    ACTIVITY_PROFILE = "activity profile"


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """How one version treats a PUT that names neither If-Match nor If-None-Match, by kind of document."""

    may_overwrite: frozenset[DocumentKind]
    """Such a PUT replaces what is there; where it may not, that is a Conflict (409)."""
    may_create: frozenset[DocumentKind]
    """Such a PUT makes a document that is not there; where it may not, that is an InvalidRequest (400)."""

    def check_unconditional_put(self, kind: DocumentKind, *, exists: bool) -> None:
        """Raises Conflict or InvalidRequest where the version wants the sender to say what it expects to find."""
        if exists and kind not in self.may_overwrite:
            raise Conflict(
                f"a PUT of a document of the kind {kind} must say with If-Match which one it replaces: there is one with this id"
            )
        if not exists and kind not in self.may_create:
            raise InvalidRequest(
                f"a PUT of a document of the kind {kind} needs If-None-Match: * to make a new one, or If-Match to replace one"
            )


RULES_1_0_3 = DocumentRules(
    # Communication 3.1: the rule of the two headers is for profiles; a state is written by the one activity it belongs to.
    may_overwrite=frozenset({DocumentKind.STATE}),
    # Communication 3.1, client requirements: a PUT of a profile must include one of the two headers.
    may_create=frozenset({DocumentKind.STATE}),
)
"""xAPI 1.0.3, Communication 3.1."""

RULES_2_0 = DocumentRules(
    # 4.1.4: concurrency control is for all three resources.
    may_overwrite=frozenset(),
    may_create=frozenset(DocumentKind),
)
"""IEEE 9274.1.1, 4.1.4."""


def etag(content: bytes) -> str:
    """SHA-1 of the content, in hexadecimal, without the quotes of the header (Communication 3.1)."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


# ── preconditions ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Tags:
    """What If-Match or If-None-Match names. `any` is the asterisk: whatever there is."""

    any: bool
    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()

    @staticmethod
    def parse(header: str, name: str) -> Tags:
        """Raises InvalidRequest for what is neither `*` nor a list of entity tags.

        A bare SHA-1 counts as a strong tag: ours has no other meaning, and clients are known that leave the quotes out.
        """
        if header.strip() == "*":
            return Tags(any=True)
        strong: set[str] = set()
        weak: set[str] = set()
        at = 0
        while at < len(header):
            if empty := _EMPTY.match(header, at):
                at = empty.end()
                continue
            found = _TAG.match(header, at)
            if found is None:
                break
            (weak if found[1] else strong).add(found[2] if found[3] is None else found[3].lower())
            at = found.end()
        if header[at:].strip() or not (strong or weak):
            raise InvalidRequest(f'the header {name} must be * or a list of entity tags in double quotes, such as "{etag(b"")}"')
        return Tags(any=False, strong=frozenset(strong), weak=frozenset(weak))


@dataclass(frozen=True, slots=True)
class Preconditions:
    """If-Match and If-None-Match of a request, None where it has none."""

    match: Tags | None = None
    none_match: Tags | None = None

    @staticmethod
    def parse(if_match: str | None, if_none_match: str | None) -> Preconditions:
        """Raises InvalidRequest."""
        return Preconditions(
            None if if_match is None else Tags.parse(if_match, "If-Match"),
            None if if_none_match is None else Tags.parse(if_none_match, "If-None-Match"),
        )

    @property
    def given(self) -> bool:
        return self.match is not None or self.none_match is not None

    def check_match(self, held: str | None) -> None:
        """Raises PreconditionFailed unless If-Match, where given, holds; `held` is the ETag of what is there, None for nothing.

        Strong comparison: a weak tag never matches (RFC 9110, 13.1.1).
        """
        if self.match is None or (held is not None and (self.match.any or held in self.match.strong)):
            return
        raise PreconditionFailed(
            "If-Match does not hold: there is no document with this id"
            if held is None
            else "If-Match does not hold: the document was changed; get it again, with its new ETag"
        )

    def is_known(self, held: str | None) -> bool:
        """Whether If-None-Match names what is there, by weak comparison (RFC 9110, 13.1.2)."""
        tags = self.none_match
        return tags is not None and held is not None and (tags.any or held in tags.strong or held in tags.weak)

    def check(self, held: str | None) -> None:
        """For a write: raises PreconditionFailed unless both hold, in the order of RFC 9110, 13.2.2."""
        self.check_match(held)
        if self.is_known(held):
            raise PreconditionFailed("If-None-Match does not hold: there is such a document already; it is unchanged")


# ── content ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_json(content_type: str) -> bool:
    """Whether the type is application/json, whatever its parameters."""
    return content_type.partition(";")[0].strip().lower() == JSON


def check_posted(content: bytes, content_type: str) -> None:
    """Raises InvalidRequest for a POST that says it is JSON and is not, even where there is nothing to merge it with."""
    if is_json(content_type):
        try:
            content.decode()
            _value.decode(content)
        except (UnicodeDecodeError, msgspec.MsgspecError, RecursionError):
            raise InvalidRequest("the document is not valid JSON in UTF-8, as its Content-Type says") from None


def merged(held: bytes, held_type: str, posted: bytes, posted_type: str) -> bytes:
    """The members of `held` with those of `posted` put over them, one level deep (Communication 2.2).

    Values are copied as text, so nothing is lost of numbers, escapes or key order. Raises InvalidRequest unless both are
    JSON objects by type and content.
    """
    members = _object(held, held_type, "the document that is there")
    members.update(_object(posted, posted_type, "the document that was posted"))
    return _joined(members)


def _object(content: bytes, content_type: str, which: str) -> dict[str, msgspec.Raw]:
    if not is_json(content_type):
        raise InvalidRequest(f"{which} is not of type {JSON}: only JSON objects can be merged; replace it with PUT")
    try:
        content.decode()  # slices are taken as they are, and would be wrong in the answer to others
        return _members.decode(content)
    except (UnicodeDecodeError, msgspec.MsgspecError, RecursionError):
        raise InvalidRequest(f"{which} is not a JSON object in UTF-8: only JSON objects can be merged") from None


def _joined(members: Mapping[str, msgspec.Raw]) -> bytes:
    return b"{" + b",".join(msgspec.json.encode(name) + b":" + bytes(raw) for name, raw in members.items()) + b"}"
