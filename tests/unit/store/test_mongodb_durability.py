"""What makes a write of MongoDB survive a failover is asked for by settings of its client. With one member, a missing one shows in
no other test."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.errors import ServerSelectionTimeoutError

import store.mongodb.client as connecting
from store.mongodb import MongoStore
from store.port import Unavailable


def test_writes_wait_for_the_majority(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def client(url: str, **settings: Any) -> object:
        asked.update(settings)
        raise ServerSelectionTimeoutError

    monkeypatch.setattr(connecting, "MongoClient", client)
    store = MongoStore("mongodb://127.0.0.1:1/rekam")
    with pytest.raises(Unavailable):
        store.ping()
    store.close()
    assert (asked["w"], asked.get("journal", True), asked["retryWrites"]) == ("majority", True, True)
