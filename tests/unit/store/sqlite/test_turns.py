"""The lock of the writers."""

from __future__ import annotations

import threading
import time

from store.sqlite.turns import Turns


def test_turns_come_in_the_order_they_were_asked_for() -> None:
    turns = Turns()
    assert turns.take(0)
    order: list[int] = []

    def work(number: int) -> None:
        assert turns.take(5)
        order.append(number)
        turns.give()

    threads = []
    for number in range(6):
        thread = threading.Thread(target=work, args=(number,))
        thread.start()
        threads.append(thread)
        while len(turns._waiting) <= number:
            time.sleep(0.0002)
    turns.give()
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_who_gives_up_waiting_is_passed_over() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.005)
    turns.give()
    assert turns.take(0)
    assert not turns.take(0)
    turns.give()


def test_there_is_never_more_than_one_holder() -> None:
    turns, inside, most = Turns(), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(200):
            if turns.take(0.001):
                inside += 1
                most = max(most, inside)
                inside -= 1
                turns.give()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert turns.take(0)
