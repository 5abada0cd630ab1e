"""What an officer linked stays with the employee until it is taken away by name."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from competency.directory import Employee, Identifier, IdentifierSource
from store.port import Order, OrderKind, Rejected, Store
from tests.contract.store.builders import employee
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once


def linked(key: str, *, since: date | None = None, through: date | None = None) -> Identifier:
    return Identifier(key, since, through, IdentifierSource.HR)


def identifiers(store: Store, employee_id: str = "e1") -> tuple[Identifier, ...]:
    held = store.directory.employee(employee_id)
    assert held is not None
    return held.identifiers


def with_link(person: Employee, link: Identifier) -> Employee:
    return replace(person, identifiers=(*person.identifiers, link))


def test_who_writes_a_whole_employee_takes_no_link_away(store: Store) -> None:
    store.directory.put_employees([employee("e1", identifiers=["b"])])
    store.directory.amend("e1", lambda person: with_link(person, linked("c")))
    store.directory.put_employees([employee("e1", "Baru", identifiers=["a", "d"])])
    assert identifiers(store) == (Identifier("a"), linked("c"), Identifier("d"))
    assert [one.name for one in store.directory.by_identifiers(["c"])["c"]] == ["Baru"]
    assert store.directory.by_identifiers(["b"]) == {}, "what the directory itself gave goes"


def test_writing_the_same_again_is_no_change_though_it_does_not_name_the_link(store: Store) -> None:
    store.directory.put_employees([employee("e1", identifiers=["a"])])
    store.directory.amend("e1", lambda person: with_link(person, linked("c")))
    version = store.directory.version()
    assert not store.directory.put_employees([employee("e1", identifiers=["a"])], orders=[Order("o", OrderKind.EVERYONE)])
    assert (store.directory.version(), store.orders.waiting()) == (version, 0)


JUNE, JULY = date(2025, 6, 30), date(2025, 7, 1)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (Identifier("k"), False),
        (Identifier("k", None, JUNE), False),
        (Identifier("k", JULY, None), True),
        (linked("k", since=date(2020, 1, 1)), False),
        (Identifier("other"), True),
    ],
)
def test_only_who_names_the_same_key_on_some_same_day_says_it_anew(store: Store, said: Identifier, kept: bool) -> None:
    link = linked("k", through=JUNE)
    store.directory.put_employees([employee("e1", identifiers=[link])])
    store.directory.put_employees([employee("e1", identifiers=[said])])
    assert set(identifiers(store)) == ({said, link} if kept else {said})


def test_amending_takes_a_link_away(store: Store) -> None:
    store.directory.put_employees([employee("e1", identifiers=["a", linked("c")])])
    store.directory.amend("e1", lambda person: replace(person, identifiers=(Identifier("a"),)))
    assert identifiers(store) == (Identifier("a"),)
    assert store.directory.by_identifiers(["c"]) == {}
    store.directory.put_employees([employee("e2", identifiers=["c"])])
    assert identifiers(store, "e2") == (Identifier("c"),)


def test_a_link_that_stays_is_nobody_elses(store: Store) -> None:
    store.directory.put_employees([employee("e1", identifiers=[linked("c")])])
    with pytest.raises(Rejected):
        store.directory.put_employees([employee("e1", identifiers=[]), employee("e2", identifiers=["c"])])
    assert identifiers(store) == (linked("c"),)
    assert store.directory.employee("e2") is None


def test_of_links_and_whole_employees_written_at_once_no_link_is_lost(store: Store, store_url: str) -> None:
    def link(handle: Store) -> None:
        for turn in range(10):
            handle.directory.amend("e1", lambda person, key=f"k{turn}": with_link(person, linked(key)))  # type: ignore[misc]

    def write(handle: Store) -> None:
        for turn in range(10):
            handle.directory.put_employees([employee("e1", f"Nama {turn}", identifiers=["a"])])

    store.directory.put_employees([employee("e1", identifiers=["a"])])
    with closing(open_store(store_url)) as other:
        at_once(lambda: link(store), lambda: write(other))
    assert set(identifiers(store)) == {Identifier("a"), *(linked(f"k{turn}") for turn in range(10))}
