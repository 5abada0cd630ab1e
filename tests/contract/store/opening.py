"""A store by its URL: what a test that needs a second handle, or another process, on the same store opens."""

from __future__ import annotations

from pathlib import Path

from store.port import Store


def open_store(url: str) -> Store:
    """A new, unprepared handle on the store at `url` (`sqlite:///path` or `mongodb://…/database`); the caller closes it."""
    if url.startswith("sqlite:///"):
        from store.sqlite import SqliteStore

        return SqliteStore(Path(url.removeprefix("sqlite:///")))
    from store.mongodb import MongoStore

    return MongoStore(url)
