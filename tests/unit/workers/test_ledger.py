"""What an import owes the profiles, and who may say that it is paid."""

from __future__ import annotations

from workers.ledger import Ledger


class Aggregate:
    """`store.port.Refreshable` in memory."""

    def __init__(self, version: int = 0, refreshed: int | None = None) -> None:
        self._version = version
        self._refreshed = refreshed

    def put(self) -> bool:
        self._version += 1
        return True

    def version(self) -> int:
        return self._version

    def refreshed(self) -> int | None:
        return self._refreshed

    def mark_refreshed(self, version: int) -> None:
        self._refreshed = max(version, self._refreshed or 0)


def imported(of: Aggregate, writes: int) -> Ledger:
    ledger = Ledger(of)
    for _ in range(writes):
        ledger.wrote(of.put())
    ledger.close()
    return ledger


def test_what_was_put_before_there_was_an_account_is_nobody_s_debt() -> None:
    held = Aggregate(version=100_000)
    ledger = imported(held, 2)
    assert not ledger.interrupted
    ledger.settle(everything=False)
    assert not Ledger(held).interrupted


def test_the_very_first_import_can_be_interrupted() -> None:
    held = Aggregate()
    imported(held, 1)
    assert Ledger(held).interrupted


def test_an_import_that_changes_nothing_owes_nothing() -> None:
    held = Aggregate(7, 7)
    ledger = Ledger(held)
    ledger.wrote(False)
    ledger.close()
    assert not Ledger(held).interrupted


def test_only_a_settled_import_is_paid() -> None:
    held = Aggregate(7, 7)
    ledger = imported(held, 3)
    assert Ledger(held).interrupted
    ledger.settle(everything=False)
    assert (held.refreshed(), Ledger(held).interrupted) == (10, False)


def test_who_refreshed_only_its_own_does_not_pay_for_another() -> None:
    held = Aggregate(7, 7)
    one, other = Ledger(held), Ledger(held)
    other.wrote(held.put())
    one.wrote(held.put())
    one.close()
    one.settle(everything=False)
    # The other dies here.
    assert Ledger(held).interrupted


def test_who_refreshed_everything_pays_for_all_that_stood_there_and_no_more() -> None:
    held = Aggregate(9, 7)
    ledger = imported(held, 1)
    held.put()
    ledger.settle(everything=True)
    assert (held.refreshed(), Ledger(held).interrupted) == (10, True)
