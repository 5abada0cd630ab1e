"""The embedded store: one SQLite file."""

from store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
