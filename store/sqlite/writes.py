"""Several commands as one write: one transaction."""

from __future__ import annotations

from contextlib import AbstractContextManager

from store.sqlite.database import Database


class SqliteWrites:
    """`store.port.Writes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def together(self) -> AbstractContextManager[None]:
        return self._database.together()
