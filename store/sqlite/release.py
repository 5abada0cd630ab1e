"""Of which release the file is, by the number of steps that were taken."""

from __future__ import annotations

from store.port import Release
from store.sqlite.database import Database
from store.sqlite.schema import MIGRATIONS


def release(database: Database, of_this: int = len(MIGRATIONS)) -> Release:
    """Opens no file that isn't there: that would make one. Raises Unavailable."""
    if not database.exists():
        return Release.NONE
    with database.read_once() as connection:
        (steps,) = connection.execute("PRAGMA user_version").fetchone()
    if steps == 0:
        return Release.NONE
    return Release.THIS if steps == of_this else Release.EARLIER if steps < of_this else Release.LATER
