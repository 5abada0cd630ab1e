"""Employees, units and posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from competency.directory import Assessment, Employment
from store.port import Rejected, Store
from tests.contract.store.builders import employee, post, unit


def test_what_was_put_comes_back(store: Store) -> None:
    assessed = Assessment("integritas", 4, date(2025, 2, 28), "Pusat Penilaian")
    someone = employee(
        "e1", "Ñi Wayan “Sri” Ütami", identifiers=["mbox|mailto:b@x.example", "account|https://h|1"], assessments=[assessed]
    )
    other = replace(employee("e2"), employment=Employment.PPPK, contract_start=None)
    units = [unit("u1"), unit("u0", "Kementerian"), unit("u2", parent_id="u0")]
    posts = [post("p2", integritas=3, **{"kerja-sama": 2}), post("p1")]
    store.directory.put_units(units)
    store.directory.put_posts(posts)
    store.directory.put_employees([someone, other])
    assert sorted(store.directory.units(), key=lambda one: one.id) == sorted(units, key=lambda one: one.id)
    assert sorted(store.directory.posts(), key=lambda one: one.id) == sorted(posts, key=lambda one: one.id)
    assert store.directory.employee("e1") == someone
    assert store.directory.employee("e2") == other
    assert store.directory.employee("e3") is None


def test_putting_again_replaces_the_whole(store: Store) -> None:
    store.directory.put_units([unit("u1", "Lama", "u0")])
    store.directory.put_units([unit("u1", "Baru")])
    assert store.directory.units() == [unit("u1", "Baru")]
    store.directory.put_posts([post("p1", integritas=3)])
    store.directory.put_posts([post("p1", kepemimpinan=2)])
    assert store.directory.posts() == [post("p1", kepemimpinan=2)]
    store.directory.put_employees([employee("e1", "Lama", nip="1" * 18, identifiers=["a", "b"])])
    store.directory.put_employees([employee("e1", "Baru", nip="2" * 18, identifiers=["b", "c"])])
    new = employee("e1", "Baru", nip="2" * 18, identifiers=["b", "c"])
    assert store.directory.employees() == [new]
    assert store.directory.by_nip("1" * 18) is None
    assert store.directory.by_nip("2" * 18) == new
    assert store.directory.by_identifiers(["a", "b", "c"]) == {"b": new, "c": new}
    assert store.directory.search("lama") == []
    assert store.directory.search("baru") == [new]


def test_the_version_grows_with_every_change(store: Store) -> None:
    versions = [store.directory.version()]
    for change in (
        lambda: store.directory.put_units([unit()]),
        lambda: store.directory.put_posts([post()]),
        lambda: store.directory.put_employees([employee()]),
        lambda: store.directory.put_employees([employee(identifiers=["a"])]),
        lambda: store.directory.put_units([unit(name="Lain")]),
    ):
        change()
        versions.append(store.directory.version())
    assert versions == sorted(set(versions))


def test_a_read_leaves_the_version(store: Store) -> None:
    store.directory.put_employees([employee()])
    before = store.directory.version()
    store.directory.employees()
    store.directory.search("siti")
    assert store.directory.version() == before


def test_an_identifier_belongs_to_one_employee(store: Store) -> None:
    first = employee("e1", identifiers=["mbox|mailto:a@x.example", "other"])
    store.directory.put_employees([first])
    version = store.directory.version()
    with pytest.raises(Rejected):
        store.directory.put_employees(
            [
                employee("e0", "Baru", identifiers=["new"]),
                employee("e2", identifiers=["mbox|mailto:a@x.example"]),
                employee("e3", "Lain", identifiers=["newer"]),
            ]
        )
    assert store.directory.employees() == [first]
    assert store.directory.version() == version
    assert store.directory.by_identifiers(["new", "newer", "mbox|mailto:a@x.example"]) == {"mbox|mailto:a@x.example": first}
    assert store.directory.search("baru") == []


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
    assert store.directory.by_identifiers(["shared"]) == {"shared": other}


def test_an_identifier_can_move_from_one_employee_to_another_in_one_call(store: Store) -> None:
    store.directory.put_employees([employee("e1", identifiers=["a", "b"]), employee("e2", identifiers=["c"])])
    first, second = employee("e1", identifiers=["b", "c"]), employee("e2", identifiers=["a"])
    store.directory.put_employees([second, first])
    assert store.directory.by_identifiers(["a", "b", "c"]) == {"a": second, "b": first, "c": first}


def test_identifiers_are_told_apart_exactly(store: Store) -> None:
    lower, upper = employee("e1", identifiers=["mbox|mailto:a@x"]), employee("e2", identifiers=["mbox|mailto:A@x"])
    store.directory.put_employees([lower, upper])
    assert store.directory.by_identifiers(["mbox|mailto:A@x", "mbox|mailto:b@x"]) == {"mbox|mailto:A@x": upper}
    assert store.directory.by_identifiers([]) == {}


def test_thousands_of_identifiers_at_once(store: Store) -> None:
    everyone = [employee(f"e{n:04}", identifiers=[f"key-{n}"]) for n in range(1_500)]
    store.directory.put_employees(everyone)
    known = store.directory.by_identifiers(f"key-{n}" for n in range(2_000))
    assert known == {f"key-{n}": one for n, one in enumerate(everyone)}


def test_employees_are_paged_by_id(store: Store) -> None:
    store.directory.put_employees([employee(f"e{n}") for n in (3, 1, 5, 2, 4)])
    assert [one.id for one in store.directory.employees()] == ["e1", "e2", "e3", "e4", "e5"]
    assert [one.id for one in store.directory.employees(limit=2)] == ["e1", "e2"]
    assert [one.id for one in store.directory.employees(after_id="e2", limit=2)] == ["e3", "e4"]
    assert store.directory.employees(after_id="e5") == []


def test_a_nip_finds_its_employee(store: Store) -> None:
    someone = employee("e1", nip="198609262015051001")
    store.directory.put_employees([someone, employee("e2")])
    assert store.directory.by_nip("198609262015051001") == someone
    assert store.directory.by_nip("198609262015051002") is None


def test_search_by_words_of_the_name(store: Store) -> None:
    names = {
        "e1": "Siti Rahmawati",
        "e2": "Ahmad Siti",
        "e3": "Budi Santoso",
        "e4": "SITI RAHAYU, S.Kom.",
        "e5": "Budi Santoso",
        "e6": "100% Wärm",
    }
    store.directory.put_employees([employee(one, name) for one, name in names.items()])

    def ids(words: str, limit: int = 20) -> list[str]:
        return [one.id for one in store.directory.search(words, limit=limit)]

    assert ids("siti") == ["e2", "e4", "e1"]
    assert ids("RAH siti") == ["e4", "e1"]
    assert ids("siti rah wati") == ["e1"]
    assert ids("budi") == ["e3", "e5"]
    assert ids("budi", limit=1) == ["e3"]
    assert ids("s.kom.") == ["e4"]
    assert ids("sxkom") == []
    assert ids("wÄrm") == ["e6"]
    assert ids("%") == ["e6"]
    assert ids("_") == []
    assert ids("(") == []
    assert ids("siti budi") == []


def test_of_two_with_one_id_in_a_call_the_last_stays(store: Store) -> None:
    last = employee("e1", "Kedua", identifiers=["b"])
    store.directory.put_employees([employee("e1", "Pertama", identifiers=["a"]), last])
    assert store.directory.employees() == [last]
    assert store.directory.by_identifiers(["a", "b"]) == {"b": last}


def test_putting_says_whether_it_changed_anything_and_each_change_is_one_version(store: Store) -> None:
    start = store.directory.version()
    assert store.directory.put_units([unit()])
    assert not store.directory.put_units([unit()])
    assert store.directory.put_employees([employee()])
    assert not store.directory.put_employees([employee()])
    assert store.directory.put_posts([post()])
    assert not store.directory.put_posts([post()])
    assert store.directory.version() == start + 3


def test_what_profiles_have_followed_is_kept_and_never_goes_back(store: Store) -> None:
    assert store.directory.refreshed() is None
    store.directory.mark_refreshed(0)
    assert store.directory.refreshed() == 0
    store.directory.put_units([unit()])
    version = store.directory.version()
    assert store.directory.refreshed() == 0
    store.directory.mark_refreshed(version)
    store.directory.mark_refreshed(version - 1)
    assert (store.directory.refreshed(), store.directory.version()) == (version, version)
    assert store.catalogue.refreshed() is None
