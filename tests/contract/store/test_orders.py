"""Orders: the work that changes leave, taken by one at a time, and by another when a lease is over."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest

from store.port import KEYS_AT_ONCE, Order, OrderKind, Rejected, Store, orders_for
from tests.contract.store.builders import T0, employee, entry, framework, post, unit
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once

LEASE_MS = 1_000


def order(order_id: str, kind: OrderKind = OrderKind.EMPLOYEES, *keys: str, cursor: str = "") -> Order:
    return Order(order_id, kind, keys or ("e1",), cursor)


def taken(store: Store, now_ms: int = T0, kinds: frozenset[OrderKind] | None = None) -> list[str]:
    """The ids of all that can be taken at a moment, one after the other."""
    found = []
    while (one := store.orders.take(now_ms, LEASE_MS, kinds)) is not None:
        found.append(one.id)
    return found


@pytest.fixture
def handles(store: Store, store_url: str) -> Iterator[list[Store]]:
    """Four handles on the store, as several processes would have them."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(open_store(store_url))) for _ in range(4)]


def test_an_order_comes_back_as_it_was_placed(store: Store) -> None:
    placed = [
        order("one", OrderKind.AGENTS, "mbox|mailto:é@x.example", "account|https://h|1", cursor="2026-01-01 17"),
        Order("two", OrderKind.EVERYONE),
    ]
    store.orders.place(placed)
    assert [store.orders.take(T0, LEASE_MS), store.orders.take(T0, LEASE_MS)] == placed


def test_orders_are_taken_as_they_were_placed(store: Store) -> None:
    store.orders.place([order("b"), order("a"), order("d")])
    store.orders.place([order("c")])
    assert taken(store) == ["b", "a", "d", "c"]


def test_what_is_taken_is_nobody_elses_until_its_lease_is_over(store: Store) -> None:
    store.orders.place([order("a")])
    assert taken(store, T0) == ["a"]
    assert taken(store, T0 + LEASE_MS - 1) == []
    assert taken(store, T0 + LEASE_MS) == ["a"]


def test_an_order_whose_lease_is_over_comes_before_those_placed_later(store: Store) -> None:
    store.orders.place([order("a"), order("b"), order("c")])
    assert store.orders.take(T0, LEASE_MS) == order("a")
    assert taken(store, T0 + LEASE_MS) == ["a", "b", "c"]


def test_progress_is_kept_and_prolongs_the_lease(store: Store) -> None:
    store.orders.place([order("a")])
    store.orders.take(T0, LEASE_MS)
    assert store.orders.progress("a", "e7", T0 + 5 * LEASE_MS)
    assert taken(store, T0 + 5 * LEASE_MS - 1) == []
    assert store.orders.take(T0 + 5 * LEASE_MS, LEASE_MS) == order("a", cursor="e7")


def test_progress_may_end_the_lease_at_once(store: Store) -> None:
    store.orders.place([order("a")])
    store.orders.take(T0, LEASE_MS)
    store.orders.progress("a", "e7", T0)
    assert store.orders.take(T0, LEASE_MS) == order("a", cursor="e7")


def test_what_is_done_is_forgotten(store: Store) -> None:
    store.orders.place([order("a"), order("b")])
    store.orders.take(T0, LEASE_MS)
    store.orders.done("a")
    store.orders.done("a")
    store.orders.done("unknown")
    assert not store.orders.progress("a", "e7", T0)
    assert taken(store, T0 + LEASE_MS) == ["b"]
    assert store.orders.waiting() == 1


def test_only_the_wanted_kinds_are_taken(store: Store) -> None:
    store.orders.place([order("a", OrderKind.REBUILD, "e1", "e9"), order("b", OrderKind.AGENTS), order("c", OrderKind.REBUILD)])
    assert taken(store, T0, frozenset()) == []
    assert taken(store, T0, frozenset({OrderKind.ACTIVITIES})) == []
    assert taken(store, T0, frozenset({OrderKind.AGENTS, OrderKind.ACTIVITIES})) == ["b"]
    assert taken(store, T0, frozenset({OrderKind.REBUILD})) == ["a", "c"]


def test_those_taken_are_counted_and_listed_too(store: Store) -> None:
    assert (store.orders.waiting(), store.orders.of_kind(OrderKind.REBUILD)) == (0, [])
    store.orders.place([order("c", OrderKind.REBUILD), order("b", OrderKind.AGENTS), order("a", OrderKind.REBUILD)])
    store.orders.take(T0, LEASE_MS)
    store.orders.progress("c", "e5", T0 + LEASE_MS)
    assert store.orders.waiting() == 3
    assert store.orders.of_kind(OrderKind.REBUILD) == [order("c", OrderKind.REBUILD, cursor="e5"), order("a", OrderKind.REBUILD)]


def test_placing_again_changes_nothing(store: Store) -> None:
    store.orders.place([order("a", OrderKind.AGENTS, "first"), order("a", OrderKind.AGENTS, "second")])
    store.orders.take(T0, LEASE_MS)
    store.orders.place([order("a", OrderKind.AGENTS, "third"), order("b")])
    store.orders.place([])
    assert taken(store) == ["b"]
    assert store.orders.of_kind(OrderKind.AGENTS) == [order("a", OrderKind.AGENTS, "first")]


def test_a_change_and_its_orders_are_one(store: Store) -> None:
    changes = [
        lambda orders: store.directory.put_units([unit()], orders=orders),
        lambda orders: store.directory.put_posts([post()], orders=orders),
        lambda orders: store.directory.put_employees([employee(identifiers=["a"])], orders=orders),
        lambda orders: store.catalogue.put_entries([entry()], orders=orders),
        lambda orders: store.catalogue.put_framework(framework("f", "x"), orders=orders),
        lambda orders: store.catalogue.put_rules(b"{}", orders=orders),
    ]
    for number, change in enumerate(changes):
        change([order(f"{number} a"), order(f"{number} b")])
        assert taken(store) == [f"{number} a", f"{number} b"]
        change([order(f"{number} again")])
        assert taken(store) == [], "nothing changed, so nothing is to be done"


def test_a_change_that_is_rejected_places_nothing(store: Store) -> None:
    store.directory.put_employees([employee("e1", identifiers=["a"])])
    store.catalogue.put_entries([entry("c1")])
    with pytest.raises(Rejected):
        store.directory.put_employees([employee("e2", identifiers=["a"])], orders=[order("x")])
    with pytest.raises(Rejected):
        store.catalogue.put_entries([entry("c2", entry("c1").activity_ids[0])], orders=[order("y")])
    assert store.orders.waiting() == 0


def test_each_order_has_one_taker_however_many_take(handles: list[Store]) -> None:
    ids = [f"{number:03}" for number in range(60)]
    handles[0].orders.place([order(one) for one in ids])
    takers = [lambda handle=handle: taken(handle) for handle in handles]
    got = at_once(*takers)
    assert sorted(one for mine in got for one in mine) == ids


def test_a_lease_that_ends_has_one_heir(handles: list[Store]) -> None:
    for turn in range(10):
        handles[0].orders.place([order(str(turn))])
        assert handles[0].orders.take(T0, LEASE_MS) is not None
        heirs = at_once(*(lambda handle=handle: handle.orders.take(T0 + LEASE_MS, LEASE_MS) for handle in handles))
        assert [one for one in heirs if one is not None] == [order(str(turn))]
        handles[0].orders.done(str(turn))


def test_orders_placed_by_several_at_once_are_all_there(handles: list[Store]) -> None:
    def place(number: int) -> None:
        for turn in range(10):
            handles[number].orders.place([order(f"{number} {turn}"), order("shared")])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(place, range(4)))
    assert handles[0].orders.waiting() == 41


def test_many_keys_become_several_orders() -> None:
    keys = [f"e{number}" for number in range(2 * KEYS_AT_ONCE + 1)]
    orders = orders_for(OrderKind.EMPLOYEES, [*keys, *keys])
    assert [key for one in orders for key in one.keys] == keys
    assert [len(one.keys) for one in orders] == [KEYS_AT_ONCE, KEYS_AT_ONCE, 1]
    assert len({one.id for one in orders}) == 3
    assert {one.kind for one in orders} == {OrderKind.EMPLOYEES}
    assert orders_for(OrderKind.AGENTS, []) == []
