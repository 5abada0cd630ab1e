"""Documents in memory; as the other ports here, with the port's own promises."""

from __future__ import annotations

import threading
from dataclasses import replace

from store.port import Document, DocumentScope


class MemoryDocuments:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[tuple[DocumentScope, str], Document] = {}

    def get(self, scope: DocumentScope, document_id: str) -> Document | None:
        return self._held.get((scope, document_id))

    def put(self, document: Document, *, expected_etag: str | None) -> bool:
        with self._lock:
            place = (document.scope, document.document_id)
            held = self._held.get(place)
            if (held.etag if held else None) != expected_etag:
                return False
            least = held.updated_ms + 1 if held else 0
            self._held[place] = replace(document, updated_ms=max(document.updated_ms, least))
            return True

    def delete(self, scope: DocumentScope, document_id: str, *, expected_etag: str) -> bool:
        with self._lock:
            held = self._held.get((scope, document_id))
            if held is None or held.etag != expected_etag:
                return False
            del self._held[scope, document_id]
            return True

    def ids(self, scope: DocumentScope, *, since_ms: int | None = None, any_registration: bool = False) -> list[str]:
        found = self._of(scope, any_registration)
        return sorted({held.document_id for held in found if since_ms is None or held.updated_ms > since_ms})

    def delete_all(self, scope: DocumentScope, *, any_registration: bool = False) -> int:
        with self._lock:
            found = self._of(scope, any_registration)
            for held in found:
                del self._held[held.scope, held.document_id]
            return len(found)

    def _of(self, scope: DocumentScope, any_registration: bool) -> list[Document]:
        def same(other: DocumentScope) -> bool:
            return (replace(other, registration=scope.registration) if any_registration else other) == scope

        return [held for held in list(self._held.values()) if same(held.scope)]
