"""Documents of the state and profile resources, changed by compare-and-set on their ETag."""

from __future__ import annotations

from store.port import Document, DocumentScope
from store.sqlite.database import Database

_CONTEXT = "owner = ? AND kind = ? AND activity_id = ? AND agent = ?"
_SCOPE = _CONTEXT + " AND registration = ?"
_ONE = _SCOPE + " AND id = ?"


class SqliteDocuments:
    """`store.port.Documents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, scope: DocumentScope, document_id: str) -> Document | None:
        with self._database.read() as connection:
            row = connection.execute(
                f"SELECT content, content_type, etag, updated_ms FROM document WHERE {_ONE}",  # noqa: S608
                (*_scope(scope), document_id),
            ).fetchone()
        return None if row is None else Document(scope, document_id, *row)

    def put(self, document: Document, *, expected_etag: str | None) -> bool:
        place = (*_scope(document.scope), document.document_id)
        content = (document.content, document.content_type, document.etag)
        with self._database.write() as connection:
            if expected_etag is None:
                done = connection.execute(
                    """
                    INSERT INTO document
                        (owner, kind, activity_id, agent, registration, id, content, content_type, etag, updated_ms)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                    (*place, *content, document.updated_ms),
                )
            else:
                done = connection.execute(
                    f"""
                    UPDATE document SET content = ?, content_type = ?, etag = ?, updated_ms = max(?, updated_ms + 1)
                    WHERE {_ONE} AND etag = ?
                    """,  # noqa: S608
                    (*content, document.updated_ms, *place, expected_etag),
                )
            return done.rowcount == 1

    def delete(self, scope: DocumentScope, document_id: str, *, expected_etag: str) -> bool:
        with self._database.write() as connection:
            done = connection.execute(
                f"DELETE FROM document WHERE {_ONE} AND etag = ?",  # noqa: S608
                (*_scope(scope), document_id, expected_etag),
            )
            return done.rowcount == 1

    def ids(self, scope: DocumentScope, *, since_ms: int | None = None, any_registration: bool = False) -> list[str]:
        where, values = _several(scope, any_registration)
        since: tuple[int, ...] = ()
        if since_ms is not None:
            where, since = where + " AND updated_ms > ?", (since_ms,)
        with self._database.read() as connection:
            rows = connection.execute(f"SELECT DISTINCT id FROM document WHERE {where} ORDER BY id", (*values, *since))  # noqa: S608
            return [document_id for (document_id,) in rows]

    def delete_all(self, scope: DocumentScope, *, any_registration: bool = False) -> int:
        where, values = _several(scope, any_registration)
        with self._database.write() as connection:
            return connection.execute(f"DELETE FROM document WHERE {where}", values).rowcount  # noqa: S608


def _context(scope: DocumentScope) -> tuple[str, ...]:
    return (scope.owner, scope.kind, scope.activity_id or "", scope.agent or "")


def _scope(scope: DocumentScope) -> tuple[str | bytes, ...]:
    """What a scope does not have is empty: in a unique key, NULL is different from every other NULL."""
    return (*_context(scope), scope.registration.bytes if scope.registration else b"")


def _several(scope: DocumentScope, any_registration: bool) -> tuple[str, tuple[str | bytes, ...]]:
    return (_CONTEXT, _context(scope)) if any_registration else (_SCOPE, _scope(scope))
