"""Employees, units and posts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from competency.directory import Assessment, Employee, Employment, Holding, Identifier, IdentifierSource
from store.port import DirectoryStore, OrderKind, Outdated, Rejected, Store, orders_for
from tests.contract.store.builders import employee, post, unit
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once

Days = tuple[str | None, str | None]


def named(key: str, *, since: str | None = None, through: str | None = None) -> Identifier:
    return Identifier(
        key, None if since is None else date.fromisoformat(since), None if through is None else date.fromisoformat(through)
    )


def test_what_was_put_comes_back(store: Store) -> None:
    assessed = Assessment("integritas", 4, date(2025, 2, 28), "Pusat Penilaian")
    linked = Identifier("account|https://h|1", date(2020, 1, 1), date(2024, 12, 31), IdentifierSource.HR)
    someone = employee("e1", "Ñi Wayan “Sri” Ütami", identifiers=["mbox|mailto:b@x.example", linked], assessments=[assessed])
    other = replace(
        employee("e2", left_on=date(2026, 7, 1)),
        employment=Employment.PPPK,
        contract_start=None,
        siasn_id="A8ACA7F2B3DA3912E040640A",
    )
    units = [replace(unit("u1"), siasn_id="x"), unit("u0", "Kementerian"), unit("u2", parent_id="u0")]
    posts = [post("p2", integritas=3, **{"kerja-sama": 2}), post("p1")]
    store.directory.put_units(units)
    store.directory.put_posts(posts)
    store.directory.put_employees([someone, other])
    assert store.directory.units() == [units[1], units[0], units[2]]
    assert store.directory.posts() == [posts[1], posts[0]]
    assert store.directory.employee("e1") == someone
    assert store.directory.employee("e2") == other
    assert store.directory.employee("e3") is None


def test_putting_again_replaces_the_whole(store: Store) -> None:
    store.directory.put_units([unit("u1", "Lama", "u0")])
    store.directory.put_units([unit("u1", "Baru")])
    assert store.directory.units() == [unit("u1", "Baru")]
    store.directory.put_employees([employee("e1", "Lama", nip="1" * 18, identifiers=["a", "b"])])
    store.directory.put_employees([employee("e1", "Baru", nip="2" * 18, identifiers=["b", "c"])])
    new = employee("e1", "Baru", nip="2" * 18, identifiers=["b", "c"])
    assert store.directory.employees() == [new]
    assert store.directory.by_nip("1" * 18) is None
    assert store.directory.by_nip("2" * 18) == new
    assert store.directory.by_identifiers(["a", "b", "c"]) == {"b": (new,), "c": (new,)}


def test_a_post_gets_a_version_whenever_it_changes(store: Store) -> None:
    assert store.directory.put_posts([replace(post("p1", integritas=3), version=8), post("p2")])
    assert not store.directory.put_posts([replace(post("p1", integritas=3), version=5)])
    assert store.directory.put_posts([post("p1", kepemimpinan=2), post("p2")])
    assert store.directory.posts() == [replace(post("p1", kepemimpinan=2), version=2), post("p2")]
    assert store.directory.put_posts([post("p1", integritas=3)])
    assert store.directory.posts()[0].version == 3


def test_every_version_of_a_post_is_kept(store: Store) -> None:
    directory = store.directory
    directory.put_posts([post("p1", integritas=3), post("p2")])
    directory.put_posts([post("p1", integritas=3), post("p2", kepemimpinan=1)])
    directory.put_posts([post("p1", kepemimpinan=2)])
    directory.put_posts([post("p1")])
    kept = [directory.post("p1", version) for version in range(5)]
    assert kept == [
        None,
        post("p1", integritas=3),
        replace(post("p1", kepemimpinan=2), version=2),
        replace(post("p1"), version=3),
        None,
    ]
    assert [directory.post("p2", version) for version in (1, 2)] == [post("p2"), replace(post("p2", kepemimpinan=1), version=2)]
    assert directory.post("p3", 1) is None


def test_only_the_expected_version_of_a_post_is_replaced(store: Store) -> None:
    directory, orders = store.directory, orders_for(OrderKind.EMPLOYEES, ["e1"])
    assert directory.put_posts([post("p1")], expected={"p1": 0})
    for wrong in (0, 2):
        for posts in ([post("p1", integritas=1), post("p2")], [post("p1")]):
            with pytest.raises(Outdated):
                directory.put_posts(posts, orders=orders, expected={"p1": wrong})
    with pytest.raises(Outdated):
        directory.put_posts([post("p2")], expected={"p2": 1})
    assert (directory.posts(), directory.version(), store.orders.waiting()) == ([post("p1")], 1, 0)
    assert directory.put_posts([post("p1", integritas=1), post("p2")], orders=orders, expected={"p1": 1})
    assert [one.version for one in directory.posts()] == [2, 1]
    assert store.orders.waiting() == 1


def test_of_several_who_replace_one_version_of_a_post_at_once_one_does(store: Store, store_url: str) -> None:
    def tried(directory: DirectoryStore, level: int) -> int:
        done = 0
        for version in range(6):
            try:
                done += directory.put_posts([post("p1", integritas=level, kepemimpinan=version)], expected={"p1": version})
            except Outdated:
                continue
        return done

    with closing(open_store(store_url)) as other:
        mine, theirs = at_once(lambda: tried(store.directory, 1), lambda: tried(other.directory, 2))
    (held,) = store.directory.posts()
    assert held.version == mine + theirs >= 1
    assert all(store.directory.post("p1", version) is not None for version in range(1, held.version + 1))


def test_putting_says_whether_it_changed_anything_and_each_change_is_one_version(store: Store) -> None:
    changes: list[Callable[[], bool]] = [
        lambda: store.directory.put_units([unit(), unit("u2")]),
        lambda: store.directory.put_posts([post()]),
        lambda: store.directory.put_employees([employee(), employee("e2")]),
        lambda: store.directory.put_employees([employee(identifiers=["a"])]),
        lambda: store.directory.put_units([unit(name="Lain")]),
    ]
    assert store.directory.version() == 0
    for number, change in enumerate(changes, start=1):
        assert change()
        assert not change()
        assert store.directory.version() == number
    assert not store.directory.put_units([])
    assert not store.directory.put_posts([])
    assert not store.directory.put_employees([])
    assert store.directory.version() == len(changes)
    assert store.catalogue.version() == 0


def test_the_structure_has_a_version_of_its_own_that_employees_leave_alone(store: Store) -> None:
    assert store.directory.structure_version() == 0
    store.directory.put_units([unit()])
    store.directory.put_posts([post()])
    assert store.directory.structure_version() == 2
    store.directory.put_employees([employee(), employee("e2")])
    store.directory.amend("e1", lambda held: replace(held, name="Lain"))
    store.directory.put_units([unit()])
    store.directory.put_posts([post()])
    assert (store.directory.structure_version(), store.directory.version()) == (2, 4)
    store.directory.put_posts([post(integritas=2)])
    assert (store.directory.structure_version(), store.directory.version()) == (3, 5)


def test_of_two_with_one_id_in_a_call_the_last_stays(store: Store) -> None:
    last = employee("e1", "Kedua", identifiers=["b"])
    store.directory.put_employees([employee("e1", "Pertama", identifiers=["a"]), last])
    assert store.directory.employees() == [last]
    assert store.directory.by_identifiers(["a", "b"]) == {"b": (last,)}
    store.directory.put_units([unit("u1", "Pertama"), unit("u1", "Kedua")])
    assert store.directory.units() == [unit("u1", "Kedua")]
    store.directory.put_posts([post("p1", integritas=3), post("p1", integritas=4)])
    assert store.directory.posts() == [post("p1", integritas=4)]


def test_an_identifier_names_one_employee_on_a_day(store: Store) -> None:
    first = employee("e1", identifiers=["mbox|mailto:a@x.example", "other"])
    store.directory.put_employees([first])
    version = store.directory.version()
    with pytest.raises(Rejected, match=r"e1.*e2") as refusal:
        store.directory.put_employees(
            [
                employee("e0", "Baru", identifiers=["new"]),
                employee("e2", identifiers=["mbox|mailto:a@x.example"]),
                employee("e3", "Lain", identifiers=["newer"]),
            ]
        )
    assert "mailto" not in str(refusal.value), "an address names a person"
    assert store.directory.employees() == [first]
    assert store.directory.version() == version
    assert store.directory.by_identifiers(["new", "newer", "mbox|mailto:a@x.example"]) == {"mbox|mailto:a@x.example": (first,)}


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ((None, "2024-12-31"), ("2025-01-01", None), False),
        ((None, "2025-01-01"), ("2025-01-01", None), True),
        (("2020-01-01", "2021-01-01"), ("2021-01-02", "2022-01-01"), False),
        (("2020-01-01", "2022-01-01"), ("2021-01-01", "2021-02-01"), True),
        ((None, None), ("2021-01-01", "2021-02-01"), True),
        ((None, "2019-12-31"), (None, "2019-01-01"), True),
        (("2020-01-01", None), ("2030-01-01", None), True),
    ],
)
def test_a_key_may_be_anothers_at_another_time(store: Store, one: Days, other: Days, clash: bool) -> None:
    first = employee("e1", identifiers=[named("k", since=one[0], through=one[1])])
    second = employee("e2", identifiers=[named("k", since=other[0], through=other[1])])

    def rejected(*people: Employee) -> bool:
        try:
            store.directory.put_employees(people)
        except Rejected:
            return True
        return False

    assert rejected(second, first) is clash
    store.directory.put_employees([first])
    assert rejected(second) is clash
    assert store.directory.by_identifiers(["k"]) == {"k": (first,) if clash else (first, second)}


def test_everyone_who_has_a_key_at_some_time_is_found_by_it(store: Store) -> None:
    people = [
        employee("e3", identifiers=[named("k", through="2019-12-31"), "own"]),
        employee("e1", identifiers=[named("k", since="2020-01-01", through="2020-12-31"), named("k", since="2025-01-01")]),
        employee("e2", identifiers=[named("k", since="2021-01-01", through="2024-12-31")]),
    ]
    store.directory.put_employees(people)
    found = store.directory.by_identifiers(["k", "own", "none"])
    assert found == {"k": (people[1], people[2], people[0]), "own": (people[0],)}
    assert store.directory.holders(["k", "own", "none"]) == {
        "k": (
            Holding("e1", date(2020, 1, 1), date(2020, 12, 31)),
            Holding("e1", date(2025, 1, 1)),
            Holding("e2", date(2021, 1, 1), date(2024, 12, 31)),
            Holding("e3", None, date(2019, 12, 31)),
        ),
        "own": (Holding("e3"),),
    }


def test_one_employee_may_have_a_key_twice(store: Store) -> None:
    twice = employee("e1", identifiers=[named("k"), named("k", since="2020-01-01"), Identifier("k", source=IdentifierSource.HR)])
    store.directory.put_employees([twice])
    assert store.directory.by_identifiers(["k"]) == {"k": (twice,)}
    store.directory.put_employees([employee("e1", identifiers=[named("k", since="2020-01-01")])])
    store.directory.put_employees([employee("e2", identifiers=[named("k", through="2019-12-31")])])
    assert [one.id for one in store.directory.by_identifiers(["k"])["k"]] == ["e1", "e2"]


def test_two_employees_of_one_call_do_not_share_an_identifier(store: Store) -> None:
    with pytest.raises(Rejected):
        store.directory.put_employees([employee("e1", identifiers=["same"]), employee("e2", identifiers=["same"])])
    assert store.directory.employees() == []
    assert store.directory.by_identifiers(["same"]) == {}


def test_an_identifier_given_up_can_be_taken_by_another(store: Store) -> None:
    store.directory.put_employees([employee("e1", identifiers=["shared", "own"])])
    store.directory.put_employees([employee("e1", identifiers=["own"])])
    other = employee("e2", identifiers=["shared"])
    store.directory.put_employees([other])
    assert store.directory.by_identifiers(["shared"]) == {"shared": (other,)}
    with pytest.raises(Rejected):
        store.directory.put_employees([employee("e1", identifiers=["own", "shared"])])


def test_an_identifier_can_move_from_one_employee_to_another_in_one_call(store: Store) -> None:
    store.directory.put_employees([employee("e1", identifiers=["a", "b"]), employee("e2", identifiers=["c"])])
    first, second = employee("e1", identifiers=["b", "c"]), employee("e2", identifiers=["a"])
    store.directory.put_employees([second, first])
    assert store.directory.by_identifiers(["a", "b", "c"]) == {"a": (second,), "b": (first,), "c": (first,)}


def test_identifiers_are_told_apart_exactly(store: Store) -> None:
    lower, upper = employee("e1", identifiers=["mbox|mailto:a@x"]), employee("e2", identifiers=["mbox|mailto:A@x"])
    store.directory.put_employees([lower, upper])
    assert store.directory.by_identifiers(["mbox|mailto:A@x", "mbox|mailto:b@x"]) == {"mbox|mailto:A@x": (upper,)}
    assert store.directory.by_identifiers([]) == {}


def test_thousands_at_once(store: Store) -> None:
    everyone = [employee(f"e{n:04}", identifiers=[f"key-{n}"]) for n in range(2_500)]
    store.directory.put_employees(everyone)
    known = store.directory.by_identifiers(f"key-{n}" for n in range(3_000))
    assert known == {f"key-{n}": (one,) for n, one in enumerate(everyone)}
    assert store.directory.get_many(f"e{n:04}" for n in range(3_000)) == {one.id: one for one in everyone}
    assert store.directory.get_many([]) == {}
    store.directory.put_employees([replace(one, name="Baru") for one in everyone])
    assert {one.name for one in store.directory.employees(limit=3_000)} == {"Baru"}


def test_employees_are_paged_by_id(store: Store) -> None:
    store.directory.put_employees([employee(f"e{n}", left_on=date(2020, 1, 1) if n == 3 else None) for n in (3, 1, 5, 2, 4)])
    assert [one.id for one in store.directory.employees()] == ["e1", "e2", "e3", "e4", "e5"]
    assert [one.id for one in store.directory.employees(limit=2)] == ["e1", "e2"]
    assert [one.id for one in store.directory.employees(after_id="e2", limit=2)] == ["e3", "e4"]
    assert store.directory.employees(after_id="e5") == []


def test_a_nip_finds_its_employee(store: Store) -> None:
    someone = employee("e2", nip="198609262015051001")
    store.directory.put_employees([replace(someone, id="e3"), someone, employee("e1")])
    assert store.directory.by_nip("198609262015051001") == someone
    assert store.directory.by_nip("198609262015051002") is None
