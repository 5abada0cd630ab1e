"""Profiles: compare-and-set, so that nobody's work is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from store.port import Store, StoredProfile


def test_a_profile_comes_back_byte_for_byte(store: Store) -> None:
    text = '{"jp": 12.50, "a.b": "é\\u0000"}'.encode()
    assert store.profiles.get("e1") is None
    assert store.profiles.put("e1", text, expected_revision=0)
    assert store.profiles.get("e1") == StoredProfile("e1", 1, text)


def test_the_revision_grows_by_one(store: Store) -> None:
    for revision in range(4):
        assert store.profiles.put("e1", b"%d" % revision, expected_revision=revision)
    assert store.profiles.get("e1") == StoredProfile("e1", 4, b"3")


def test_another_revision_than_expected_changes_nothing(store: Store) -> None:
    assert not store.profiles.put("e1", b"x", expected_revision=1)
    assert store.profiles.get("e1") is None
    store.profiles.put("e1", b"first", expected_revision=0)
    for expected in (0, 2):
        assert not store.profiles.put("e1", b"x", expected_revision=expected)
    assert store.profiles.get("e1") == StoredProfile("e1", 1, b"first")
    assert store.profiles.get("e2") is None


def test_no_update_is_lost_under_eight_threads(store: Store) -> None:
    def add(number: int) -> None:
        while True:
            held = store.profiles.get("e1")
            text = b"" if held is None else held.text
            if store.profiles.put("e1", text + b"%02d," % number, expected_revision=held.revision if held else 0):
                return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(48)))
    held = store.profiles.get("e1")
    assert held is not None
    assert held.revision == 48
    assert sorted(held.text.split(b",")[:-1]) == [b"%02d" % number for number in range(48)]


def test_all_are_read_in_order_and_in_pages(store: Store) -> None:
    assert list(store.profiles.all()) == []
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.profiles.put(f"e{n:04}", b"%d" % n, expected_revision=0), range(1_050)))
    assert list(store.profiles.all()) == [StoredProfile(f"e{n:04}", 1, b"%d" % n) for n in range(1_050)]


def test_reading_all_may_be_given_up_and_lets_others_write(store: Store) -> None:
    for n in range(3):
        store.profiles.put(f"e{n}", b"", expected_revision=0)
    reading = store.profiles.all()
    assert next(reading).employee_id == "e0"
    assert store.profiles.put("e2", b"new", expected_revision=1)
    assert len(list(reading)) == 2
