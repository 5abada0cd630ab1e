"""Searching employees: by words, units, post, employment; in order, page by page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from competency.directory import Employee, Employment
from store.names import words_of
from store.port import EmployeeSearch, SearchAfter, Store
from tests.contract.store.builders import employee

TODAY = date(2026, 6, 1)


def ids(store: Store, words: str = "", *, after: SearchAfter | None = None, limit: int = 20, **wanted: Any) -> list[str]:
    return [one.id for one in store.directory.search(EmployeeSearch(words, **wanted), after=after, limit=limit)]


def test_by_the_beginnings_of_words(store: Store) -> None:
    names = {
        "e1": "Siti Rahmawati",
        "e2": "Ahmad Siti",
        "e3": "Budi Santoso",
        "e4": "SITI RAHAYU, S.Kom.",
        "e5": "Budi Santoso",
        "e6": "100% Wärm_Ma'ruf",
        "e7": "Muhammadiyah Muhammad",
    }
    store.directory.put_employees([employee(one, name) for one, name in names.items()])
    assert ids(store, "siti") == ["e2", "e4", "e1"]
    assert ids(store, "RAH siti") == ["e4", "e1"]
    assert ids(store, "siti, rahm") == ["e1"]
    assert ids(store, "siti wati") == [], "not the beginning of a word"
    assert ids(store, "sit sit") == ["e2", "e4", "e1"]
    assert ids(store, "budi") == ["e3", "e5"]
    assert ids(store, "s.kom.") == ["e4"]
    assert ids(store, "skom") == []
    assert ids(store, "WÄRM") == ids(store, "warm") == ["e6"]
    assert ids(store, "maruf") == ids(store, "Ma’ruf") == ["e6"]
    assert ids(store, "100") == ["e6"]
    assert ids(store, "siti budi") == []
    assert ids(store, "muhammad") == ids(store, "muh muhammadiyah") == ids(store, "muhammadiyah muhammad") == ["e7"]
    assert ids(store, "muhammadan") == []
    assert ids(store, "m.*") == ["e6", "e7"]
    assert ids(store, "zzz") == []


def test_without_a_word_everyone_is_found(store: Store) -> None:
    store.directory.put_employees([employee("e1", "B"), employee("e2", "A"), employee("e3", "%")])
    assert ids(store) == ids(store, " % ") == ["e3", "e2", "e1"]
    assert ids(store, limit=0) == []


def test_the_order_is_by_name_then_id_and_goes_on_after_a_place(store: Store) -> None:
    store.directory.put_employees(
        [employee(one, name) for one, name in (("e3", "Ani"), ("e1", "Ani"), ("e2", "ani"), ("e4", "Adi"))]
    )
    assert ids(store) == ids(store, "a") == ["e4", "e1", "e3", "e2"]
    for words in ("", "a"):
        found: list[Employee] = []
        while page := store.directory.search(
            EmployeeSearch(words), after=SearchAfter(found[-1].name, found[-1].id) if found else None, limit=1
        ):
            found += page
        assert [one.id for one in found] == ["e4", "e1", "e3", "e2"]
    assert ids(store, after=SearchAfter("Ani", "e2"), limit=2) == ["e3", "e2"], "a place need not be somebody's"
    assert ids(store, "a", after=SearchAfter("Ani", ""), limit=2) == ["e1", "e3"]
    assert ids(store, after=SearchAfter("ani", "e2")) == []


def test_by_unit_post_and_employment(store: Store) -> None:
    store.directory.put_employees(
        [
            employee("e1", "Ani", unit_id="u1", post_id="p1"),
            employee("e2", "Budi", unit_id="u2", post_id="p1", employment=Employment.PPPK),
            employee("e3", "Ani", unit_id="u3", post_id="p2", employment=Employment.PPPK),
        ]
    )
    assert ids(store, unit_ids=frozenset({"u3", "u1", "u9"})) == ["e1", "e3"]
    assert ids(store, unit_ids=frozenset()) == []
    assert ids(store, post_id="p1") == ["e1", "e2"]
    assert ids(store, post_id="") == []
    assert ids(store, employment=Employment.PPPK) == ["e3", "e2"]
    assert ids(store, "ani", unit_ids=frozenset({"u2", "u3"}), post_id="p2", employment=Employment.PPPK) == ["e3"]
    assert ids(store, "ani", unit_ids=frozenset({"u2"})) == []


def test_who_has_left_is_left_out_unless_asked_for(store: Store) -> None:
    days = {"e1": None, "e2": date(2026, 6, 1), "e3": date(2026, 6, 2), "e4": date(2020, 1, 1)}
    store.directory.put_employees([employee(one, one, left_on=day) for one, day in days.items()])
    assert ids(store) == ["e1"]
    assert ids(store, today=TODAY) == ["e1", "e3"]
    assert ids(store, today=date.max) == ["e1"]
    assert ids(store, include_left=True) == ids(store, include_left=True, today=TODAY) == ["e1", "e2", "e3", "e4"]
    assert ids(store, "e", unit_ids=frozenset({"u1"}), today=TODAY) == ["e1", "e3"]


def test_a_change_is_found_as_it_is_now(store: Store) -> None:
    store.directory.put_employees([employee("e1", "Siti Aminah"), employee("e2", "Siti")])
    moved = replace(employee("e1", "Siti Nurhaliza"), unit_id="u2", post_id="p2", employment=Employment.PPPK)
    store.directory.put_employees([moved])
    assert ids(store, "aminah") == []
    assert ids(store, "siti") == ["e2", "e1"]
    assert ids(store, unit_ids=frozenset({"u1"})) == ids(store, post_id="p1") == ["e2"]
    assert ids(store, unit_ids=frozenset({"u2"})) == ids(store, post_id="p2") == ids(store, employment=Employment.PPPK) == ["e1"]


@pytest.fixture
def crowd(store: Store) -> list[Employee]:
    """12,000 people, more than any search reads before it decides how to go about it."""
    first, last = ("Siti", "Budi", "Ahmad", "Sri", "Zulkifli"), ("Santoso", "Rahayu", "Siregar", "Wati", "Putra", "Saragih")
    people = [
        employee(
            f"e{n:05}",
            f"{first[n % 5]} {last[n % 6]} {n % 71}",
            unit_id=f"u{n % 400}",
            post_id=f"p{n % 7}",
            employment=Employment.PPPK if n % 3 else Employment.PNS,
            left_on=TODAY if n % 11 == 0 else None,
        )
        for n in range(12_000)
    ]
    for start in range(0, len(people), 3_000):
        store.directory.put_employees(people[start : start + 3_000])
    return people


def test_among_many_the_same_are_found_as_by_looking_at_everyone(store: Store, crowd: list[Employee]) -> None:
    everyone = frozenset(f"u{n}" for n in range(400))
    searches = [
        EmployeeSearch(),
        EmployeeSearch("s"),
        EmployeeSearch("siti s"),
        EmployeeSearch("zulkifli 70"),
        EmployeeSearch("siti budi"),
        EmployeeSearch("", everyone, include_left=True),
        EmployeeSearch("s", everyone, "p3", Employment.PPPK),
        EmployeeSearch("", frozenset({"u5", "u6"}), "p5"),
        EmployeeSearch("", frozenset(list(everyone)[:300]), None, Employment.PNS),
        EmployeeSearch("s", frozenset({"u7"}), include_left=True),
    ]
    for wanted in searches:
        expected = sorted((one for one in crowd if _meets(one, wanted)), key=lambda one: (one.name, one.id))
        assert [one.id for one in store.directory.search(wanted, limit=300)] == [one.id for one in expected[:300]], wanted
        middle = expected[len(expected) // 2 :]
        if middle:
            after = SearchAfter(middle[0].name, middle[0].id)
            assert store.directory.search(wanted, after=after, limit=50) == middle[1:51], wanted


def _meets(one: Employee, wanted: EmployeeSearch) -> bool:
    names = words_of(one.name)
    return (
        all(any(name.startswith(word) for name in names) for word in words_of(wanted.words))
        and (wanted.unit_ids is None or one.unit_id in wanted.unit_ids)
        and wanted.post_id in (None, one.post_id)
        and wanted.employment in (None, one.employment)
        and (wanted.include_left or one.left_on is None)
    )
