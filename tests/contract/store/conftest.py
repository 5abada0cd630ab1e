"""The stores under test. Every test of this folder runs unchanged on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store.port import Store
from tests.contract.store.opening import open_store


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongo)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store, as a URL for `open_store`."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    server = request.getfixturevalue("mongo_server")
    return str(server.database_url(request.getfixturevalue("mongo_database")))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty, prepared store."""
    with closing(open_store(store_url)) as opened:
        opened.prepare()
        yield opened
