"""Profiles: compare-and-set, so that nobody's work is lost, and which of them a day makes others of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest

from store.port import ProfileFigures, ProfileHead, ProfilePut, Store, StoredProfile, digest_of
from tests.contract.store.builders import facts
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once

TODAY = date(2026, 5, 4)


def test_a_profile_comes_back_byte_for_byte(store: Store) -> None:
    text = '{"jp": 12.50, "a.b": "é\\u0000"}'.encode()
    assert store.profiles.get("e1") is None
    assert store.profiles.put("e1", text, facts("dept", "biro"), expected_revision=0)
    assert store.profiles.get("e1") == StoredProfile("e1", 1, text, ("dept", "biro"))


def test_a_profile_says_whether_it_is_of_somebody_who_has_left(store: Store) -> None:
    for revision, active in enumerate((True, False, True)):
        store.profiles.put("e1", b"", facts(active=active), expected_revision=revision)
        (held,) = store.profile_queries.in_unit(None, include_left=True, after=None, limit=5)
        assert held == store.profiles.get("e1") == next(store.profiles.all())
        assert held.active is active


@pytest.mark.parametrize("unit_path", [("u",), ("a/b", "c~d", "~1", "e~0/"), ("dept", "é 😀", "$x.y")])
def test_unit_ids_of_any_letters_come_back(store: Store, unit_path: tuple[str, ...]) -> None:
    assert store.profiles.put("e1", b"", facts(*unit_path), expected_revision=0)
    held = store.profiles.get("e1")
    assert held is not None
    assert held.unit_path == unit_path
    assert store.profile_queries.in_unit(unit_path, direct=True, after=None, limit=2) == [held]


def test_the_revision_grows_by_one(store: Store) -> None:
    for revision in range(4):
        assert store.profiles.put("e1", b"%d" % revision, facts(f"u{revision}"), expected_revision=revision)
    assert store.profiles.get("e1") == StoredProfile("e1", 4, b"3", ("u3",))


def test_another_revision_than_expected_changes_nothing(store: Store) -> None:
    assert not store.profiles.put("e1", b"x", facts(), expected_revision=1)
    assert store.profiles.get("e1") is None
    store.profiles.put("e1", b"first", facts("u1"), expected_revision=0)
    for expected in (0, 2):
        assert not store.profiles.put("e1", b"x", facts("u2", next_change_on=TODAY), expected_revision=expected)
    held = StoredProfile("e1", 1, b"first", ("u1",))
    assert store.profiles.get("e1") == held
    assert store.profile_queries.in_unit(("u1",), after=None, limit=5) == [held]
    assert store.profile_queries.in_unit(("u2",), after=None, limit=5) == []
    assert store.profiles.due(TODAY, after_id=None, limit=5) == []
    assert store.profiles.get("e2") is None


def test_no_update_is_lost_under_eight_threads(store: Store) -> None:
    def add(number: int) -> None:
        while True:
            held = store.profiles.get("e1")
            text = b"" if held is None else held.text
            if store.profiles.put("e1", text + b"%02d," % number, facts(), expected_revision=held.revision if held else 0):
                return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(48)))
    held = store.profiles.get("e1")
    assert held is not None
    assert held.revision == 48
    assert sorted(held.text.split(b",")[:-1]) == [b"%02d" % number for number in range(48)]


def test_of_two_who_write_one_revision_one_does_with_text_and_facts_together(store: Store, store_url: str) -> None:
    with closing(open_store(store_url)) as other:
        for revision in range(10):
            done = at_once(
                lambda revision=revision: store.profiles.put("e1", b"one", facts("one"), expected_revision=revision),
                lambda revision=revision: other.profiles.put("e1", b"other", facts("other"), expected_revision=revision),
            )
            assert sorted(done) == [False, True]
            unit = "one" if done[0] else "other"
            held = StoredProfile("e1", revision + 1, unit.encode(), (unit,))
            assert store.profiles.get("e1") == held
            assert store.profile_queries.in_unit(None, after=None, limit=5) == [held]


def test_many_are_written_at_once_each_by_its_own_revision(store: Store) -> None:
    for n in range(3):
        store.profiles.put(f"e{n}", b"old", facts("old"), expected_revision=0)
    store.profiles.put("e1", b"newer", facts("old"), expected_revision=1)
    puts = [
        ProfilePut("e0", b"e0", facts("new", next_change_on=TODAY), 1),
        ProfilePut("e1", b"e1", facts("new", next_change_on=TODAY), 1),  # somebody else was there
        ProfilePut("e2", b"e2", facts("new", active=False), 0),  # there already
        ProfilePut("e3", b"e3", facts("new"), 0),
        ProfilePut("e4", b"e4", facts("new"), 1),  # never was there
    ]
    assert store.profiles.put_many(puts) == {"e0", "e3"}
    assert store.profiles.get_many(f"e{n}" for n in range(5)) == {
        "e0": StoredProfile("e0", 2, b"e0", ("new",)),
        "e1": StoredProfile("e1", 2, b"newer", ("old",)),
        "e2": StoredProfile("e2", 1, b"old", ("old",)),
        "e3": StoredProfile("e3", 1, b"e3", ("new",)),
    }
    in_unit = store.profile_queries.in_unit(("new",), after=None, limit=9)
    assert [one.employee_id for one in in_unit] == ["e0", "e3"]
    assert store.profiles.due(TODAY, after_id=None, limit=9) == ["e0"]
    assert store.profiles.put_many([]) == frozenset()


def test_however_many_are_written_at_once_all_are(store: Store) -> None:
    for revision in range(2):
        puts = [ProfilePut(f"e{n:03}", b"%d" % (n + revision), facts(f"u{n % 3}"), revision) for n in range(450)]
        assert store.profiles.put_many(puts) == {f"e{n:03}" for n in range(450)}
    assert [(one.revision, one.text) for one in store.profiles.all()] == [(2, b"%d" % (n + 1)) for n in range(450)]


def test_of_those_who_write_many_at_once_each_profile_is_written_by_one(store: Store, store_url: str) -> None:
    def puts(who: bytes, revision: int) -> list[ProfilePut]:
        return [ProfilePut(f"e{n:02}", who, facts(who.decode()), revision) for n in range(40)]

    with closing(open_store(store_url)) as other:
        for revision in range(6):
            one, another = at_once(
                lambda revision=revision: store.profiles.put_many(puts(b"one", revision)),
                lambda revision=revision: other.profiles.put_many(puts(b"another", revision)),
            )
            assert not one & another
            assert one | another == {f"e{n:02}" for n in range(40)}
            for held in store.profiles.all():
                unit = "one" if held.employee_id in one else "another"
                assert held == StoredProfile(held.employee_id, revision + 1, unit.encode(), (unit,))


def test_many_are_read_at_once(store: Store) -> None:
    for n in range(3):
        store.profiles.put(f"e{n}", b"%d" % n, facts("dept", active=n != 1), expected_revision=0)
    asked = [f"e{n}" for n in range(1, 3_000)]
    assert store.profiles.get_many(asked) == {
        "e1": StoredProfile("e1", 1, b"1", ("dept",), active=False),
        "e2": StoredProfile("e2", 1, b"2", ("dept",)),
    }
    assert store.profiles.get_many([]) == {}


def test_all_are_read_in_order_and_in_pages(store: Store) -> None:
    assert list(store.profiles.all()) == []

    def put(n: int) -> bool:
        return store.profiles.put(f"e{n:04}", b"%d" % n, facts(active=n % 2 == 0), expected_revision=0)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(put, range(1_050)))
    written = [StoredProfile(f"e{n:04}", 1, b"%d" % n, ("u1",), active=n % 2 == 0) for n in range(1_050)]
    assert list(store.profiles.all()) == written


def test_reading_all_may_be_given_up_and_lets_others_write(store: Store) -> None:
    for n in range(3):
        store.profiles.put(f"e{n}", b"", facts(), expected_revision=0)
    reading = store.profiles.all()
    assert next(reading).employee_id == "e0"
    assert store.profiles.put("e2", b"new", facts(), expected_revision=1)
    assert len(list(reading)) == 2


def test_a_profile_is_due_from_the_day_on_which_it_changes(store: Store) -> None:
    store.profiles.put("e1", b"", facts(next_change_on=TODAY), expected_revision=0)
    assert store.profiles.due(TODAY - timedelta(days=1), after_id=None, limit=5) == []
    assert store.profiles.due(TODAY, after_id=None, limit=5) == ["e1"]
    assert store.profiles.due(TODAY + timedelta(days=400), after_id=None, limit=5) == ["e1"]
    store.profiles.put("e1", b"", facts(next_change_on=TODAY + timedelta(days=1)), expected_revision=1)
    assert store.profiles.due(TODAY, after_id=None, limit=5) == []


def test_who_has_left_is_due_as_well(store: Store) -> None:
    store.profiles.put("e1", b"", facts(next_change_on=TODAY, active=False), expected_revision=0)
    assert store.profiles.due(TODAY, after_id=None, limit=5) == ["e1"]


def test_those_due_are_read_by_id_whatever_their_days(store: Store) -> None:
    for n in range(40):
        day = TODAY + timedelta(days=(n * 7) % 5 - 3)
        store.profiles.put(f"e{n:02}", b"", facts(next_change_on=day), expected_revision=0)
    expected = [f"e{n:02}" for n in range(40) if (n * 7) % 5 <= 3]
    for limit in (1, 3, 32, 100):
        seen: list[str] = []
        while page := store.profiles.due(TODAY, after_id=seen[-1] if seen else None, limit=limit):
            assert len(page) <= limit
            seen += page
        assert seen == expected


def test_a_head_is_the_profile_without_its_text(store: Store) -> None:
    assert store.profiles.put("e1", b'{"a":1}', facts("dept"), expected_revision=0)
    assert store.profiles.put("e2", b'{"a":2}', facts("dept", active=False), expected_revision=0)
    heads = store.profiles.heads(["e2", "e1", "nobody", "e1"])
    assert heads == {
        "e1": ProfileHead("e1", 1, digest_of(b'{"a":1}'), ("dept",), active=True),
        "e2": ProfileHead("e2", 1, digest_of(b'{"a":2}'), ("dept",), active=False),
    }
    assert store.profiles.put("e1", b'{"a":2}', facts("other"), expected_revision=1)
    assert store.profiles.heads(["e1"])["e1"] == ProfileHead("e1", 2, digest_of(b'{"a":2}'), ("other",), active=True)


def test_long_texts_come_back_byte_for_byte(store: Store) -> None:
    texts = {f"e{n}": b"{%s}" % (b'"k\x00\xff":%d,' % n * n) for n in (0, 1, 5_000)}
    for name, text in texts.items():
        assert store.profiles.put(name, text, facts(), expected_revision=0)
    assert {name: held.text for name, held in store.profiles.get_many(texts).items()} == texts
    assert {held.employee_id: held.text for held in store.profiles.all()} == texts


def test_figures_are_added_to_the_revision_they_are_of(store: Store) -> None:
    for name in ("e1", "e2"):
        assert store.profiles.put(name, b"{}", facts("u1"), expected_revision=0)
    assert store.profiles.put("e3", b"{}", replace(facts("u1"), figures=b"kept"), expected_revision=0)
    store.profiles.add_figures({"e1": (1, b"one"), "e2": (2, b"of another"), "e3": (1, b"other"), "nobody": (1, b"none")})
    found = store.profile_queries.figures_in_unit(("u1",), after=None, limit=5)
    assert [(one.employee_id, one.figures) for one in found] == [("e1", b"one"), ("e2", None), ("e3", b"kept")]
    assert {one.revision for one in store.profiles.heads(["e1", "e2", "e3"]).values()} == {1}
    assert store.profiles.heads(["nobody"]) == {}


def test_figures_are_of_a_units_own_people_in_pages(store: Store) -> None:
    for n in range(7):
        put = replace(facts("dept", "biro", active=n != 3), figures=b"%d" % n)
        assert store.profiles.put(f"e{n}", b"{}", put, expected_revision=0)
    assert store.profiles.put("above", b"{}", facts("dept"), expected_revision=0)
    assert store.profiles.put("below", b"{}", facts("dept", "biro", "tim"), expected_revision=0)
    found, after = list[bytes | None](), None
    while page := store.profile_queries.figures_in_unit(("dept", "biro"), after=after, limit=2):
        found += [one.figures for one in page]
        after = page[-1].place
    assert found == [b"0", b"1", b"2", b"4", b"5", b"6"]
    assert store.profile_queries.figures_in_unit(("dept",), after=None, limit=2) == [ProfileFigures("above", ("dept",), None)]
