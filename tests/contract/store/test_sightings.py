"""Sightings: what statements name, heaviest first, until HR has said what it is."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from store.port import Sighting, SightingAfter, SightingKind, Store
from tests.contract.store.builders import T0, agent_key_of, iri
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once

ACTOR, ACTIVITY = SightingKind.ACTOR, SightingKind.ACTIVITY


def seen(key: str, times: int = 1, *, kind: SightingKind = ACTIVITY, matched: bool = False, label: str = "") -> Sighting:
    return Sighting(kind, key, "univ-a", label, "", matched, times)


def noted(store: Store, *sightings: Sighting) -> list[str]:
    """Note them; the id of each."""
    store.sightings.note(sightings)
    return [store.sightings.by_keys(one.kind, [one.key])[one.key].id for one in sightings]


def pages(
    store: Store, kind: SightingKind = ACTIVITY, *, matched: bool | None = False, rejected: bool = False, limit: int = 3
) -> list[str]:
    """The keys on all pages."""
    found: list[str] = []
    after: SightingAfter | None = None
    while page := store.sightings.page(kind, matched=matched, rejected=rejected, after=after, limit=limit):
        assert len(page) <= limit
        found += [one.key for one in page]
        assert len(found) <= 1_000, "the pages do not end"
        after = page[-1].place
    return found


def test_what_was_noted_comes_back(store: Store) -> None:
    said = Sighting(ACTOR, agent_key_of("ani"), "univ-a", "Ani “A.” é", "univ-a.example", matched=True, times=7)
    store.sightings.note([])
    (made,) = noted(store, said)
    held = store.sightings.get(made)
    assert held is not None
    assert (held.kind, held.key, held.partner, held.label, held.detail) == (ACTOR, said.key, "univ-a", said.label, said.detail)
    assert (held.matched, held.weight, held.rejected_at_ms, held.rejected_employees) == (True, 7, None, ())
    assert store.sightings.by_keys(ACTOR, [said.key, "nobody"]) == {said.key: held}
    assert store.sightings.by_keys(ACTIVITY, [said.key]) == {}
    assert store.sightings.get("0" * 24) is None


def test_an_id_says_nothing_of_what_it_is_and_stays(store: Store) -> None:
    keys = [agent_key_of("ani"), agent_key_of("budi")]
    ids = noted(store, *(seen(key, kind=ACTOR) for key in keys))
    assert len({*ids}) == 2
    assert all(set(one) <= set("0123456789abcdef") and len(one) == 24 for one in ids)
    assert noted(store, *(seen(key, kind=ACTOR) for key in keys)) == ids


def test_noting_again_adds_the_times_and_keeps_the_latest_words(store: Store) -> None:
    first = Sighting(ACTIVITY, iri("a"), "univ-a", "Satu", "x", matched=False, times=2)
    noted(store, first)
    noted(store, replace(first, partner="univ-b", label="Dua", detail="y", matched=True, times=3))
    held = store.sightings.by_keys(ACTIVITY, [iri("a")])[iri("a")]
    assert (held.partner, held.label, held.detail, held.matched, held.weight) == ("univ-b", "Dua", "y", True, 5)
    noted(store, replace(first, times=1), replace(first, label="Tiga", times=10))
    held = store.sightings.by_keys(ACTIVITY, [iri("a")])[iri("a")]
    assert (held.label, held.matched, held.weight) == ("Tiga", False, 16)


def test_an_actor_and_an_activity_of_the_same_key_are_two(store: Store) -> None:
    one, other = noted(store, seen("x", 1, kind=ACTOR), seen("x", 2))
    assert one != other
    assert [store.sightings.by_keys(kind, ["x"])["x"].weight for kind in (ACTOR, ACTIVITY)] == [1, 2]
    assert pages(store, ACTOR) == pages(store, ACTIVITY) == ["x"]


def test_the_heaviest_come_first_and_of_equal_ones_the_smaller_id(store: Store) -> None:
    for n in range(30):
        noted(store, seen(f"a{n}", n % 4 + 1, matched=n % 3 == 0))
    held = store.sightings.by_keys(ACTIVITY, [f"a{n}" for n in range(30)])
    in_order = [one.key for one in sorted(held.values(), key=lambda one: (-one.weight, one.id))]
    for limit in (1, 4, 100):
        assert pages(store, matched=None, limit=limit) == in_order
        assert pages(store, matched=True, limit=limit) == [key for key in in_order if int(key[1:]) % 3 == 0]
        assert pages(store, matched=False, limit=limit) == [key for key in in_order if int(key[1:]) % 3]
        assert pages(store, ACTOR, matched=None, limit=limit) == []


def test_a_page_shows_all_that_is_held(store: Store) -> None:
    (made,) = noted(store, seen("a", 3, label="Satu"))
    assert store.sightings.page(ACTIVITY, matched=False, after=None, limit=5) == [store.sightings.get(made)]


def test_what_is_matched_later_leaves_the_page_of_the_unmatched(store: Store) -> None:
    noted(store, seen("a", 3), seen("b", 2))
    noted(store, seen("a", matched=True))
    assert pages(store, matched=False) == ["b"]
    assert pages(store, matched=True) == ["a"]


def test_what_hr_rejected_is_listed_apart_also_when_it_is_seen_again(store: Store) -> None:
    rejected, _ = noted(store, seen("a", 3), seen("b", 2))
    assert store.sightings.reject(rejected, employee_id=None, at_ms=T0)
    assert store.sightings.reject(rejected, employee_id=None, at_ms=T0 + 1), "again changes nothing"
    noted(store, seen("a", 4))
    held = store.sightings.get(rejected)
    assert held is not None
    assert (held.rejected_at_ms, held.weight) == (T0, 7)
    assert pages(store) == ["b"]
    assert pages(store, rejected=True) == pages(store, matched=None, rejected=True) == ["a"]


def test_that_it_is_not_somebodys_is_kept_and_leaves_it_in_the_list(store: Store) -> None:
    (made,) = noted(store, seen("x", kind=ACTOR))
    for employee_id in ("e2", "e1", "e2"):
        assert store.sightings.reject(made, employee_id=employee_id, at_ms=T0)
    noted(store, seen("x", kind=ACTOR))
    held = store.sightings.get(made)
    assert held is not None
    assert (held.rejected_employees, held.rejected_at_ms) == (("e2", "e1"), None)
    assert pages(store, ACTOR) == ["x"]


def test_a_rejection_is_taken_back(store: Store) -> None:
    first, second = noted(store, seen("a", 3), seen("b", 2))
    for employee_id in (None, "e1", "e2"):
        store.sightings.reject(first, employee_id=employee_id, at_ms=T0)
    assert store.sightings.take_back(first, employee_id="e1")
    assert store.sightings.take_back(first, employee_id="e9"), "what was never rejected is no error"
    held = store.sightings.get(first)
    assert held is not None
    assert (held.rejected_employees, held.rejected_at_ms) == (("e2",), T0)
    assert store.sightings.take_back(first, employee_id=None)
    held = store.sightings.get(first)
    assert held is not None
    assert (held.rejected_employees, held.rejected_at_ms) == (("e2",), None)
    assert pages(store) == ["a", "b"]
    assert store.sightings.reject(first, employee_id=None, at_ms=T0 + 5)
    held = store.sightings.get(first)
    assert held is not None
    assert held.rejected_at_ms == T0 + 5
    assert pages(store) == ["b"]
    assert second


def test_what_is_not_there_can_not_be_rejected(store: Store) -> None:
    assert not store.sightings.reject("0" * 24, employee_id=None, at_ms=T0)
    assert not store.sightings.reject("0" * 24, employee_id="e1", at_ms=T0)
    assert pages(store, matched=None, rejected=True) == []
    assert not store.sightings.take_back("0" * 24, employee_id=None)
    assert not store.sightings.take_back("0" * 24, employee_id="e1")


def test_keys_are_read_in_order_in_pages_and_by_what_they_begin_with(store: Store) -> None:
    of_a = ["https://a.example/1", "https://a.example/10", "https://a.example/é"]
    names = [of_a[2], of_a[0], "https://b.example/2", of_a[1], "https://a.example", "x:1"]
    noted(store, *(seen(name, matched=number % 2 == 0) for number, name in enumerate(names)))
    noted(store, seen("https://a.example/", kind=ACTOR))

    def keys(prefix: str, limit: int) -> list[str]:
        found: list[str] = []
        while page := store.sightings.keys(ACTIVITY, prefix=prefix, after=found[-1] if found else None, limit=limit):
            assert len(page) <= limit
            found += page
        return found

    for limit in (1, 2, 10):
        assert keys("", limit) == sorted(names)
        assert keys("https://a.example/", limit) == of_a
        assert keys("https://c", limit) == []
    assert store.sightings.keys(ACTIVITY, prefix="https://b", after="https://a", limit=5) == ["https://b.example/2"]
    assert store.sightings.keys(ACTIVITY, prefix="https://a", after="https://b", limit=5) == []


def test_thousands_are_noted_and_asked_for_at_once(store: Store) -> None:
    store.sightings.note([seen(f"a{n % 2_500}") for n in range(5_000)])
    held = store.sightings.by_keys(ACTIVITY, [f"a{n}" for n in range(3_000)])
    assert len(held) == 2_500
    assert {one.weight for one in held.values()} == {2}


def test_what_several_note_at_once_is_all_added_to_one(store: Store, store_url: str) -> None:
    keys = [f"a{n}" for n in range(50)]
    with closing(open_store(store_url)) as other:
        at_once(*(lambda handle=handle: handle.sightings.note([seen(key) for key in keys]) for handle in (store, other) * 4))
    assert {one.key: one.weight for one in store.sightings.page(ACTIVITY, matched=None, after=None, limit=100)} == dict.fromkeys(
        keys, 8
    )


def test_rejections_made_at_once_are_all_kept(store: Store) -> None:
    (made,) = noted(store, seen("x", kind=ACTOR))
    employees = [f"e{n}" for n in range(8)]
    at_once(*(lambda one=one: store.sightings.reject(made, employee_id=one, at_ms=T0) for one in employees))
    held = store.sightings.get(made)
    assert held is not None
    assert sorted(held.rejected_employees) == employees
