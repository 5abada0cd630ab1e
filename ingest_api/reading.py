"""Reading statements: from a query to the bytes of an answer.

Stored texts are joined, not parsed; only the formats `ids` and `canonical` look inside. Source: xAPI 1.0.3, Communication 2.1.3 to
2.1.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from access.credentials import Credential, Role
from ingest_api.cursors import Continuation
from ingest_api.mixed_answers import Enclosure, enclosures_of
from ingest_api.services import MIB, IngestServices
from schemas.query import ById, Listing
from store.port import PAGE_BYTES, StoredStatement
from xapi.errors import Forbidden, NotFound
from xapi.formats import Canonical, activity_ids, ids
from xapi.languages import Languages
from xapi.native import compiled
from xapi.query import Format
from xapi.statement import finish

RESOURCE = "/xapi/statements"
DEFINITIONS_AT_ONCE = 64
"""Activities whose definitions are held in memory together; each is bounded (`xapi.activities`)."""
DEFINITIONS_BYTES = 4 * MIB
"""Added to one statement in canonical format, at most. A page of several ends by PAGE_BYTES."""


@dataclass(frozen=True, slots=True)
class Found:
    """The JSON of an answer; `stored_ms` of the newest statement in it, if there is one; what comes with it as multipart/mixed
    (which may be nothing), None where it is to come as plain JSON."""

    json: bytes
    stored_ms: int | None
    enclosures: tuple[Enclosure, ...] | None


class Reading:
    """Answers queries. Thread-safe. Raises XapiError, and the store's Unavailable."""

    def __init__(self, services: IngestServices) -> None:
        self._statements = services.statement_queries
        self._activities = services.activity_queries
        self._attachments = services.attachments
        self._cursors = services.cursors
        self._settings = services.settings

    def one(self, query: ById, held: StoredStatement | None, credential: Credential, languages: Languages) -> Found:
        """`held` is what has the id. A voided statement is found by voidedStatementId only, one that is not by statementId only."""
        owner = owner_filter(credential)
        if held is None or held.voided is not query.voided or (owner is not None and held.partner != owner):
            raise NotFound("there is no voided statement with this id" if query.voided else "there is no statement with this id")
        (text,) = self._shown([held], query.format, owner, languages)
        return Found(text, held.stored_ms, self._enclosures([held], query.attachments))

    def first_page(self, query: Listing, credential: Credential, languages: Languages) -> Found:
        limit = self._settings.page_limit if query.limit is None else query.limit or self._settings.max_page_limit
        limit = min(limit, self._settings.max_page_limit)
        begun = Continuation(query.wanted, limit, query.format, query.attachments)
        return self._page(begun, credential, languages)

    def next_page(self, token: str, credential: Credential, languages: Languages) -> Found:
        """`token` says what is wanted; what the asker may see is decided anew."""
        return self._page(self._cursors.open(token), credential, languages)

    def _page(self, begun: Continuation, credential: Credential, languages: Languages) -> Found:
        wanted = replace(begun.wanted, owner=owner_filter(credential))
        page = self._statements.find(wanted, after=begun.after, limit=begun.limit)
        statements, next_after = page.statements, page.next_after
        if begun.format is Format.EXACT:
            listed = _exact(statements)
        else:
            texts = self._shown(statements, begun.format, wanted.owner, languages)
            if len(texts) < len(statements):
                statements = statements[: len(texts)]
                next_after = statements[-1].at
            listed = b",".join(texts)
        more = b""
        if next_after is not None:
            token = self._cursors.seal(replace(begun, after=next_after))
            more = f"{RESOURCE}?more={token}".encode()
        enclosures = self._enclosures(statements, begun.attachments)
        newest_ms = max(statements[0].stored_ms, statements[-1].stored_ms) if statements else None
        return Found(b'{"statements":[%b],"more":"%b"}' % (listed, more), newest_ms, enclosures)

    def _enclosures(self, statements: Iterable[StoredStatement], asked: bool) -> tuple[Enclosure, ...] | None:
        return enclosures_of(statements, self._attachments) if asked else None

    def _shown(self, statements: Iterable[StoredStatement], chosen: Format, owner: str | None, languages: Languages) -> list[bytes]:
        """In canonical format perhaps only the first of them."""
        texts = _finished(statements)
        match chosen:
            case Format.EXACT:
                return texts
            case Format.IDS:
                return [ids(text) for text in texts]
            case Format.CANONICAL:
                return self._canonical(texts, owner, languages)

    def _canonical(self, texts: Iterable[bytes], owner: str | None, languages: Languages) -> list[bytes]:
        """The first of them, at least one, that come to no more than PAGE_BYTES with the definitions in them."""
        canonical = Canonical(languages, DEFINITIONS_BYTES)
        shown: list[bytes] = []
        size = 0
        for portion in _portions(texts, canonical):
            self._learn(canonical, sorted(portion.activity_ids), owner)
            for text in portion.texts:
                one = canonical(text)
                size += len(one)
                if shown and size > PAGE_BYTES:
                    return shown
                shown.append(one)
        return shown

    def _learn(self, canonical: Canonical, wanted: Iterable[str], owner: str | None) -> None:
        """Definitions of these activities: of one statement's, which may be very many, no more than can be shown."""
        remaining = iter(wanted)
        begun_bytes = canonical.learnt_bytes
        while canonical.learnt_bytes - begun_bytes <= DEFINITIONS_BYTES and (ids := list(islice(remaining, DEFINITIONS_AT_ONCE))):
            for activity_id, state in self._activities.activities(ids, owner=owner).items():
                canonical.learn(activity_id, state.definition())


def _finished(statements: Iterable[StoredStatement]) -> list[bytes]:
    return [finish(held.text, held.stored_ms, timestamped=held.timestamped) for held in statements]


def _exact(statements: Sequence[StoredStatement]) -> bytes:
    """As they are given out, joined by commas."""
    listed: bytes | None = None if compiled is None else compiled.joined(statements)
    return b",".join(_finished(statements)) if listed is None else listed


@dataclass(slots=True)
class _Portion:
    """Texts with the ids of their activities whose definitions are to be looked up for them."""

    texts: list[bytes] = field(default_factory=list)
    activity_ids: set[str] = field(default_factory=set)


def _portions(texts: Iterable[bytes], canonical: Canonical) -> Iterator[_Portion]:
    """As many texts at once as name no more than DEFINITIONS_AT_ONCE activities that `canonical` does not know, at least one."""
    portion = _Portion()
    for text in texts:
        wanted = {name for name in activity_ids([text]) if not canonical.knows(name)}
        if portion.texts and len(portion.activity_ids | wanted) > DEFINITIONS_AT_ONCE:
            yield portion
            portion = _Portion()
            wanted = {name for name in wanted if not canonical.knows(name)}
        portion.texts.append(text)
        portion.activity_ids |= wanted
    if portion.texts:
        yield portion


def owner_filter(credential: Credential) -> str | None:
    """Whose statements the credential may read: None for everyone's. Raises Forbidden when it may read none."""
    if credential.may(Role.READ_ALL):
        return None
    if credential.may(Role.READ_MINE):
        return credential.partner
    raise Forbidden("this credential may not read statements")
