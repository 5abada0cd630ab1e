"""Large bodies take turns, so that what is held of them at once is bounded."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest

from ingest_api.room import SMALL_BYTES, NoRoom, Room
from tests.unit.ingest_api.conftest import SETTINGS, running, statement

MIB = 1024 * 1024
LONG_S = 30.0


def test_what_fits_is_worked_on_at_once() -> None:
    room = Room(20 * MIB, patience_s=0.0)
    with room.of(12 * MIB), room.of(8 * MIB):
        pass


def test_who_does_not_fit_is_told_to_come_again() -> None:
    room = Room(20 * MIB, patience_s=0.01)
    with room.of(12 * MIB), pytest.raises(NoRoom), room.of(9 * MIB):
        pass
    with room.of(20 * MIB):
        pass


def test_small_bodies_are_not_counted() -> None:
    room = Room(SMALL_BYTES + 1, patience_s=0.0)
    with ExitStack() as held:
        held.enter_context(room.of(SMALL_BYTES + 1))
        for _ in range(100):
            held.enter_context(room.of(SMALL_BYTES))


def test_a_body_larger_than_the_room_has_it_alone() -> None:
    room = Room(MIB, patience_s=0.01)
    with room.of(200 * MIB), pytest.raises(NoRoom), room.of(SMALL_BYTES + 1):
        pass
    with room.of(SMALL_BYTES + 1):
        pass


def test_room_is_given_in_the_order_of_coming() -> None:
    room = Room(10 * MIB, patience_s=LONG_S)
    order: list[str] = []

    def enter(name: str, size: int) -> None:
        with room.of(size):
            order.append(name)

    with room.of(6 * MIB):
        # The second would fit beside the one inside, but the first came before it.
        large = threading.Thread(target=enter, args=("large", 10 * MIB))
        large.start()
        _until_waiting(room, 1)
        small = threading.Thread(target=enter, args=("small", MIB))
        small.start()
        _until_waiting(room, 2)
        assert order == []
    large.join(LONG_S)
    small.join(LONG_S)
    assert order == ["large", "small"]


def test_what_goes_wrong_inside_gives_the_room_back() -> None:
    room = Room(MIB, patience_s=0.0)
    with pytest.raises(ValueError, match="inside"), room.of(MIB):
        raise ValueError("inside")
    with room.of(MIB):
        pass


def _until_waiting(room: Room, count: int) -> None:
    waiting = threading.Event()
    for _ in range(int(LONG_S / 0.005)):
        if len(room._waiting) == count:
            return
        waiting.wait(0.005)
    raise AssertionError(f"{len(room._waiting)} wait instead of {count}")


def test_a_large_request_without_room_is_told_to_come_again_and_nothing_of_it_is_kept() -> None:
    body = [statement(result={"response": "x" * 1000}) for _ in range(300)]
    for endpoint in running(replace(SETTINGS, max_body_bytes=MIB, append_wait_ms=1)):
        caller = endpoint.caller()
        room = endpoint.app.wsgi_app._statements._room  # type: ignore[attr-defined]
        with room.of(MIB):
            refused = caller.post(body)
            assert caller.post(statement()).status_code == 200
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert "too many large requests" in refused.json["error"]["message"]
        assert len(endpoint.log.records) == 1
