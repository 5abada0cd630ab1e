"""Unit tests talk to nobody."""

import socket
from typing import NoReturn

import pytest


@pytest.fixture(autouse=True)
def _no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting fails the test, in words that no `except Exception` of the code under test can swallow."""

    def refuse(_self: socket.socket, address: object) -> NoReturn:
        pytest.fail(f"a unit test may not open a connection, this one tried {address!r}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
