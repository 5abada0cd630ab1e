"""Reading statements: from a query to the bytes of an answer.

Stored texts are joined, not parsed; only the formats `ids` and `canonical` look inside. Source: xAPI 1.0.3, Communication 2.1.3 to
2.1.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from access.credentials import Credential, Role
from ingest_api.cursors import Continuation
from ingest_api.mixed_answers import Enclosure, enclosures_of
from ingest_api.services import IngestServices
from schemas.query import ById, Listing
from store.port import StoredStatement
from xapi.errors import Forbidden, NotFound
from xapi.formats import Canonical, activity_ids, ids
from xapi.languages import Languages
from xapi.query import Format
from xapi.statement import finish

RESOURCE = "/xapi/statements"


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

    def one(self, query: ById, credential: Credential, languages: Languages) -> Found:
        """A voided statement is found by voidedStatementId only, one that is not by statementId only."""
        owner = owner_filter(credential)
        held = self._statements.get_many([query.statement_id]).get(query.statement_id)
        if held is None or held.voided is not query.voided or (owner is not None and held.partner != owner):
            raise NotFound("there is no voided statement with this id" if query.voided else "there is no statement with this id")
        (text,) = self._shown([held], query.format, languages)
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
        more = b""
        if page.next_after is not None:
            token = self._cursors.seal(replace(begun, after=page.next_after))
            more = f"{RESOURCE}?more={token}".encode()
        texts = self._shown(page.statements, begun.format, languages)
        enclosures = self._enclosures(page.statements, begun.attachments)
        newest_ms = max((held.stored_ms for held in page.statements), default=None)
        return Found(b'{"statements":[' + b",".join(texts) + b'],"more":"' + more + b'"}', newest_ms, enclosures)

    def _enclosures(self, statements: Iterable[StoredStatement], asked: bool) -> tuple[Enclosure, ...] | None:
        return enclosures_of(statements, self._attachments) if asked else None

    def _shown(self, statements: Iterable[StoredStatement], chosen: Format, languages: Languages) -> list[bytes]:
        texts = [finish(held.text, held.stored_ms, timestamped=held.timestamped) for held in statements]
        match chosen:
            case Format.EXACT:
                return texts
            case Format.IDS:
                return [ids(text) for text in texts]
            case Format.CANONICAL:
                states = self._activities.activities(activity_ids(texts))
                canonical = Canonical({name: state.definition() for name, state in states.items()}, languages)
                return [canonical(text) for text in texts]


def owner_filter(credential: Credential) -> str | None:
    """Whose statements the credential may read: None for everyone's. Raises Forbidden when it may read none."""
    if credential.may(Role.READ_ALL):
        return None
    if credential.may(Role.READ_MINE):
        return credential.partner
    raise Forbidden("this credential may not read statements")
