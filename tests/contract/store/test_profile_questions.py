"""Questions over all profiles: who is in the answer, in which order, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from competency.hours import Standing
from store.port import ProfileAfter, Store, StoredProfile
from tests.contract.store.builders import facts

MET, MISSING, EXCEEDED = Standing.MET, Standing.MISSING, Standing.EXCEEDED

Ask = Callable[[ProfileAfter | None, int], list[StoredProfile]]


def answer(ask: Ask, limit: int = 3) -> list[str]:
    """The employee ids of all pages."""
    found: list[str] = []
    after: ProfileAfter | None = None
    while page := ask(after, limit):
        assert len(page) <= limit
        found += [one.employee_id for one in page]
        assert len(found) <= 1_000, "the answer does not end"
        after = page[-1].place
    return found


def members(store: Store, *prefix: str, direct: bool = False, include_left: bool = False, limit: int = 3) -> list[str]:
    return answer(
        lambda after, limit: store.profile_queries.in_unit(
            prefix or None, direct=direct, include_left=include_left, after=after, limit=limit
        ),
        limit,
    )


def standing(store: Store, year: int, wanted: Standing, *prefix: str, limit: int = 3) -> list[str]:
    return answer(
        lambda after, limit: store.profile_queries.of_standing(prefix or None, year, wanted, after=after, limit=limit), limit
    )


def below(store: Store, competency_id: str, *prefix: str, limit: int = 3) -> list[str]:
    return answer(
        lambda after, limit: store.profile_queries.below_standard(prefix or None, competency_id, after=after, limit=limit), limit
    )


def over(store: Store, *prefix: str, limit: int = 3) -> list[str]:
    return answer(lambda after, limit: store.profile_queries.over_ceiling(prefix or None, after=after, limit=limit), limit)


@pytest.fixture
def units(store: Store) -> Store:
    """People in `dept` and units below it, in a unit whose name begins the same, and two whose unit is not known."""
    places = {
        "e5": ("dept",),
        "e1": ("dept",),
        "e3": ("dept", "biro"),
        "e9": ("dept", "biro", "tim"),
        "e2": ("dept", "biro"),
        "e7": ("dept", "biro-2"),
        "e4": ("dept-2",),
        "e8": ("badan",),
    }
    for employee_id, path in places.items():
        assert store.profiles.put(employee_id, employee_id.encode(), facts(*path), expected_revision=0)
    for employee_id in ("e6", "e0"):
        assert store.profiles.put(employee_id, b"", replace(facts(), unit_path=()), expected_revision=0)
    return store


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_a_unit_is_answered_with_its_subtree_by_path_and_then_by_id(units: Store, limit: int) -> None:
    assert members(units, limit=limit) == ["e0", "e6", "e8", "e4", "e1", "e5", "e7", "e2", "e3", "e9"]
    assert members(units, "dept", limit=limit) == ["e1", "e5", "e7", "e2", "e3", "e9"]
    assert members(units, "dept", "biro", limit=limit) == ["e2", "e3", "e9"]
    assert members(units, "dept", "biro", "tim", limit=limit) == ["e9"]
    assert members(units, "biro", limit=limit) == []
    assert members(units, "dept-3", limit=limit) == []


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_directly_in_a_unit_are_those_of_no_unit_below_it(units: Store, limit: int) -> None:
    assert members(units, "dept", direct=True, limit=limit) == ["e1", "e5"]
    assert members(units, "dept", "biro", direct=True, limit=limit) == ["e2", "e3"]
    assert members(units, direct=True, limit=limit) == ["e0", "e6"]
    assert members(units, "dept-3", direct=True, limit=limit) == []


def test_an_answer_holds_the_profiles_as_they_are(units: Store) -> None:
    assert units.profile_queries.in_unit(("dept", "biro", "tim"), after=None, limit=5) == [
        StoredProfile("e9", 1, b"e9", ("dept", "biro", "tim"))
    ]


def test_a_page_may_begin_after_anyone_also_outside_of_the_unit(units: Store) -> None:
    def after(*path: str) -> list[str]:
        page = units.profile_queries.in_unit(("dept", "biro"), after=ProfileAfter(path, "e2"), limit=50)
        return [one.employee_id for one in page]

    assert after("badan") == ["e2", "e3", "e9"]
    assert after() == ["e2", "e3", "e9"]
    assert after("dept", "biro") == ["e3", "e9"]
    assert after("dept", "biro", "tim") == ["e9"]
    assert after("dept", "biro", "tim-2") == ["e9"], "its path comes before that of tim"
    assert after("dept", "keu") == []
    assert after("zz") == []
    beyond = ProfileAfter(("dept", "biro", "tim"), "e2")
    assert units.profile_queries.in_unit(("dept", "biro"), direct=True, after=beyond, limit=50) == []


def test_who_moves_is_in_the_answer_of_the_new_unit_only(units: Store) -> None:
    units.profiles.put("e2", b"", facts("badan"), expected_revision=1)
    assert members(units, "badan") == ["e2", "e8"]
    assert members(units, "dept", "biro") == ["e3", "e9"]


def test_who_has_left_is_in_no_answer_unless_asked_for(store: Store) -> None:
    said = facts("dept", standings={2026: MISSING}, gaps={"integritas": -1}, contract=EXCEEDED)
    gone = facts("dept", active=False, standings={2026: MISSING}, gaps={"integritas": -1}, contract=EXCEEDED)
    store.profiles.put("e1", b"", said, expected_revision=0)
    store.profiles.put("e2", b"", said, expected_revision=0)
    store.profiles.put("e2", b"", gone, expected_revision=1)
    assert members(store, "dept") == members(store, "dept", direct=True) == ["e1"]
    assert standing(store, 2026, MISSING) == ["e1"]
    assert below(store, "integritas") == over(store) == ["e1"]
    assert members(store, "dept", include_left=True) == ["e1", "e2"]
    store.profiles.put("e2", b"", said, expected_revision=2)
    assert members(store, "dept") == standing(store, 2026, MISSING) == below(store, "integritas") == over(store) == ["e1", "e2"]


@pytest.mark.parametrize("limit", [1, 4, 100])
def test_a_standing_is_that_of_the_year_asked_for(store: Store, limit: int) -> None:
    by_turn = (MET, MISSING, EXCEEDED, None)
    for n in range(40):
        path = ("dept", f"u{n % 5}")
        standings = {2025: by_turn[n % 4], 2026: by_turn[n % 3]}
        store.profiles.put(f"e{n:02}", b"", facts(*path, standings=standings), expected_revision=0)
    in_order = sorted(range(40), key=lambda n: (n % 5, n))
    for index, wanted in enumerate((MET, MISSING, EXCEEDED)):
        assert standing(store, 2025, wanted, limit=limit) == [f"e{n:02}" for n in in_order if n % 4 == index]
        assert standing(store, 2026, wanted, limit=limit) == [f"e{n:02}" for n in in_order if n % 3 == index]
        assert standing(store, 2024, wanted, limit=limit) == []
    assert standing(store, 2026, MET, "dept", "u3", limit=limit) == [f"e{n:02}" for n in in_order if n % 3 == 0 and n % 5 == 3]
    assert standing(store, 2026, MET, "dept", limit=limit) == standing(store, 2026, MET, limit=limit)


def test_a_standing_that_changes_changes_the_answers(store: Store) -> None:
    store.profiles.put("e1", b"", facts(standings={2025: MET, 2026: MISSING}), expected_revision=0)
    store.profiles.put("e1", b"", facts(standings={2025: MET, 2026: MET, 2027: MISSING}), expected_revision=1)
    assert standing(store, 2026, MISSING) == []
    assert standing(store, 2026, MET) == standing(store, 2025, MET) == standing(store, 2027, MISSING) == ["e1"]


@pytest.mark.parametrize("limit", [1, 4, 100])
def test_below_the_standard_is_who_lacks_a_level(store: Store, limit: int) -> None:
    for n in range(30):
        gaps = {"integritas": n % 4 - 2, "kerja|sama": -(n % 2)} if n % 5 else {}
        store.profiles.put(f"e{n:02}", b"", facts("dept", f"u{n % 3}", gaps=gaps), expected_revision=0)
    in_order = sorted(range(30), key=lambda n: (n % 3, n))
    assert below(store, "integritas", limit=limit) == [f"e{n:02}" for n in in_order if n % 5 and n % 4 < 2]
    assert below(store, "kerja|sama", limit=limit) == [f"e{n:02}" for n in in_order if n % 5 and n % 2]
    assert below(store, "kerja|sama", "dept", "u1", limit=limit) == [f"e{n:02}" for n in in_order if n % 5 and n % 2 and n % 3 == 1]
    assert below(store, "kerja", limit=limit) == []


def test_a_gap_that_is_closed_leaves_the_answer(store: Store) -> None:
    store.profiles.put("e1", b"", facts(gaps={"integritas": -1, "kerja-sama": -2}), expected_revision=0)
    store.profiles.put("e1", b"", facts(gaps={"integritas": 0, "kerja-sama": -1}), expected_revision=1)
    assert below(store, "integritas") == []
    assert below(store, "kerja-sama") == ["e1"]


@pytest.mark.parametrize("limit", [1, 4, 100])
def test_over_the_ceiling_is_who_has_gone_over_it_in_the_contract_year_that_runs(store: Store, limit: int) -> None:
    by_turn = (EXCEEDED, MET, None, EXCEEDED, MISSING)
    for n in range(30):
        # Over a ceiling of a calendar year is another question.
        told = facts("dept", f"u{n % 3}", standings={2026: EXCEEDED}, contract=by_turn[n % 5])
        store.profiles.put(f"e{n:02}", b"", told, expected_revision=0)
    in_order = [n for n in sorted(range(30), key=lambda n: (n % 3, n)) if n % 5 in (0, 3)]
    assert over(store, limit=limit) == over(store, "dept", limit=limit) == [f"e{n:02}" for n in in_order]
    assert over(store, "dept", "u1", limit=limit) == [f"e{n:02}" for n in in_order if n % 3 == 1]
    assert over(store, "dept-2", limit=limit) == []


def test_a_contract_year_that_begins_ends_the_last_ones_answer(store: Store) -> None:
    store.profiles.put("e1", b"", facts(contract=EXCEEDED), expected_revision=0)
    assert over(store) == ["e1"]
    store.profiles.put("e1", b"", facts(contract=MET), expected_revision=1)
    assert over(store) == []
    store.profiles.put("e1", b"", facts(contract=EXCEEDED), expected_revision=2)
    store.profiles.put("e1", b"", facts(), expected_revision=3)
    assert over(store) == [], "whoever has no contract any more"
