"""Reading, writing, merging and deleting one document: a loop around the store's compare-and-set.

What a request found is what it changes: if another came in between, it looks again, and its preconditions are checked anew.
Source: xAPI 1.0.3, Communication 2.2 and 3.1.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from ingest_api.services import IngestServices
from store.port import Document, Documents, DocumentScope, Unavailable
from xapi.documents import DocumentRules, Preconditions, check_posted, etag, merged
from xapi.errors import TooLarge

_PATIENCE_S = 8.0
_LONGEST_PAUSE_S = 0.02


@dataclass(frozen=True, slots=True)
class Place:
    """One document, whether it is there or not."""

    scope: DocumentScope
    document_id: str


class DocumentWriting:
    """Thread-safe. Raises XapiError, and the store's Unavailable."""

    def __init__(self, services: IngestServices) -> None:
        self._documents: Documents = services.documents
        self._clock = services.clock
        self._max_bytes = services.settings.max_document_bytes

    def put(self, place: Place, content: bytes, content_type: str, conditions: Preconditions, rules: DocumentRules) -> None:
        """Replace the document, or make it."""
        for held in self._tries(place):
            conditions.check(held.etag if held else None)
            if not conditions.given:
                rules.check_unconditional_put(place.scope.kind, exists=held is not None)
            if self._write(place, content, content_type, held):
                return

    def post(self, place: Place, content: bytes, content_type: str, conditions: Preconditions) -> None:
        """Merge into the document that is there, or make it."""
        check_posted(content, content_type)
        for held in self._tries(place):
            conditions.check(held.etag if held else None)
            written, written_type = content, content_type
            if held is not None:
                written, written_type = merged(held.content, held.content_type, content, content_type), held.content_type
                if len(written) > self._max_bytes:
                    raise TooLarge(f"together with what is there the document has more than {self._max_bytes} bytes")
            if self._write(place, written, written_type, held):
                return

    def delete(self, place: Place, conditions: Preconditions) -> None:
        """Delete the document; one that is not there is deleted already."""
        for held in self._tries(place):
            conditions.check(held.etag if held else None)
            if held is None or self._documents.delete(place.scope, place.document_id, expected_etag=held.etag):
                return

    def _write(self, place: Place, content: bytes, content_type: str, held: Document | None) -> bool:
        written = Document(place.scope, place.document_id, content, content_type, etag(content), self._clock.now_ms())
        return self._documents.put(written, expected_etag=held.etag if held else None)

    def _tries(self, place: Place) -> Iterator[Document | None]:
        """What is there, again and again: each failure means that somebody else's write came first."""
        give_up_at = self._clock.monotonic() + _PATIENCE_S
        while self._clock.monotonic() < give_up_at:
            yield self._documents.get(place.scope, place.document_id)
            self._clock.sleep(random.uniform(0, _LONGEST_PAUSE_S))  # noqa: S311 (spreads those who collided)
        raise Unavailable("too many write to this document at once")
