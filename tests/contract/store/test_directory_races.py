"""One employee, one identifier, several who change it at once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from competency.directory import Employee, Identifier, Unit
from store.port import Order, OrderKind, Rejected, Store
from tests.contract.store.builders import employee, post
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once


def named(key: str, *, since: str | None = None, through: str | None = None) -> Identifier:
    return Identifier(
        key, None if since is None else date.fromisoformat(since), None if through is None else date.fromisoformat(through)
    )


def test_of_two_that_claim_an_identifier_at_once_one_gets_it(store: Store, store_url: str) -> None:
    """Also when neither is new, and the days overlap without being the same."""

    def claim(handle: Store, employee_id: str, identifier: Identifier) -> bool:
        try:
            handle.directory.put_employees([employee(employee_id, identifiers=[identifier])])
        except Rejected:
            return False
        return True

    store.directory.put_employees([employee("a"), employee("b")])
    with closing(open_store(store_url)) as other:
        for turn in range(10):
            key = f"mbox|mailto:{turn}@example.com"
            got = at_once(
                lambda key=key: claim(store, "a", named(key, through="2025-06-30")),
                lambda key=key: claim(other, "b", named(key, since="2025-06-30")),
            )
            assert sorted(got) == [False, True]
            assert [one.id for one in store.directory.by_identifiers([key])[key]] == ["a" if got[0] else "b"]


def test_a_key_shared_in_time_by_two_at_once_is_both_theirs(store: Store, store_url: str) -> None:
    with closing(open_store(store_url)) as other:
        for turn in range(8):
            key = f"openid|https://id.example/{turn}"
            earlier = employee(f"a{turn}", identifiers=[named(key, through="2024-12-31")])
            later = employee(f"b{turn}", identifiers=[named(key, since="2025-01-01")])
            at_once(
                lambda one=earlier: store.directory.put_employees([one]),
                lambda one=later: other.directory.put_employees([one]),
            )
            assert store.directory.by_identifiers([key]) == {key: (earlier, later)}


def with_key(person: Employee, key: str) -> Employee:
    return replace(person, identifiers=(*person.identifiers, Identifier(key)))


def test_amending_changes_the_employee_as_held(store: Store) -> None:
    order = Order("o", OrderKind.EVERYONE)
    assert store.directory.amend("e1", lambda person: person, orders=[order]) is None
    store.directory.put_employees([employee("e1", identifiers=["a"])])
    assert store.directory.amend("e1", lambda person: person, orders=[order]) is False
    assert (store.orders.waiting(), store.directory.version()) == (0, 1)
    assert store.directory.amend("e1", lambda person: with_key(person, "b"), orders=[order]) is True
    assert store.directory.employee("e1") == employee("e1", identifiers=["a", "b"])
    assert set(store.directory.by_identifiers(["a", "b"])) == {"a", "b"}
    assert (store.orders.waiting(), store.directory.version()) == (1, 2)


def test_amending_takes_nothing_of_another(store: Store) -> None:
    people = [employee("e1", identifiers=["a"]), employee("e2")]
    store.directory.put_employees(people)
    with pytest.raises(Rejected):
        store.directory.amend("e2", lambda person: with_key(person, "a"), orders=[Order("o", OrderKind.EVERYONE)])
    assert store.directory.employees() == people
    assert store.orders.waiting() == 0


def test_no_amendment_of_several_at_once_is_lost(store: Store, store_url: str) -> None:
    def amend(handle: Store, mark: str) -> None:
        for turn in range(8):
            handle.directory.amend("e1", lambda person, key=f"{mark}{turn}": with_key(person, key))  # type: ignore[misc]

    store.directory.put_employees([employee("e1")])
    with closing(open_store(store_url)) as other:
        at_once(lambda: amend(store, "a"), lambda: amend(other, "b"))
    kept = store.directory.employee("e1")
    assert kept is not None
    assert set(kept.keys) == {f"{mark}{turn}" for mark in "ab" for turn in range(8)}


def test_puts_at_once_are_each_one_version(store: Store, store_url: str) -> None:
    def change(handle: Store, mark: str) -> None:
        for turn in range(6):
            handle.directory.put_units([Unit(f"{mark}{turn}", "Biro")])
            handle.directory.put_posts([post("p1", **{mark: turn % 5 + 1})])

    with closing(open_store(store_url)) as other:
        at_once(lambda: change(store, "a"), lambda: change(other, "b"))
    assert store.directory.version() == 24
    assert store.directory.posts()[0].version == 12
    assert len(store.directory.units()) == 12
