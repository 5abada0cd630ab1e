"""What must hold once a store that the first release filled was prepared by this one."""

from __future__ import annotations

import pytest

from store.port import EmployeeSearch, Order, OrderKind, Rejected, Store
from tests.contract.store.builders import employee, entry, iri, post, unit
from tests.contract.store.older import EMPLOYEES_NOW, ENTRIES_NOW, FRAMEWORKS_NOW


def everything_is_there(store: Store) -> None:
    siti, budi = EMPLOYEES_NOW
    assert store.directory.employees() == [siti, budi]
    assert store.directory.by_identifiers(siti.keys) == dict.fromkeys(siti.keys, (siti,))
    assert store.directory.by_nip(siti.nip) == siti
    assert store.directory.search(EmployeeSearch("uta sit", frozenset({"u1"}), "p1")) == [siti]
    assert store.directory.units() == [unit()]
    assert store.directory.posts() == [post(integritas=3)]
    assert store.catalogue.entries() == ENTRIES_NOW
    assert [store.catalogue.entry("c1", number) for number in (1, 2)] == [ENTRIES_NOW[0], None]
    assert store.catalogue.frameworks() == FRAMEWORKS_NOW
    assert [store.catalogue.framework("teknis", number) for number in (1, 2)] == [FRAMEWORKS_NOW[1], None]
    (order,) = store.orders.of_kind(OrderKind.REBUILD)
    assert order == Order(order.id, OrderKind.REBUILD, ("e1", "e2"))
    assert store.orders.waiting() == 1


def what_was_there_stands_as_if_it_had_been_put(store: Store) -> None:
    assert not store.directory.put_employees(EMPLOYEES_NOW)
    assert not store.directory.put_units([unit()])
    assert not store.directory.put_posts([post(integritas=3)])
    assert not store.catalogue.put_entries(ENTRIES_NOW)
    assert not store.catalogue.put_framework(FRAMEWORKS_NOW[0])
    with pytest.raises(Rejected):
        store.directory.put_employees([employee("e3", identifiers=EMPLOYEES_NOW[0].keys)])
    with pytest.raises(Rejected):
        store.catalogue.put_entries([entry("c3", iri("c2"))])
    assert store.catalogue.put_entries([entry("c1", iri("other"))])
    assert store.catalogue.entries()[0].version == 2
    assert store.directory.put_employees([employee("e1", "Siti")])
    assert store.directory.put_employees([employee("e3", identifiers=EMPLOYEES_NOW[0].keys)])
