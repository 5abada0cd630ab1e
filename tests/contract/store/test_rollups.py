"""Rollups: marked by whoever changes a profile, computed by whoever comes first, never left behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from store.port import Store, StoredRollup
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once


def stale(store: Store, limit: int = 100) -> list[str]:
    return [one.unit_id for one in store.rollups.stale(limit)]


def seq_of(store: Store, unit_id: str = "u1") -> int:
    return next(one.seq for one in store.rollups.stale(100) if one.unit_id == unit_id)


def test_a_unit_that_was_never_computed_is_stale_once_it_is_marked(store: Store) -> None:
    assert store.rollups.stale(5) == []
    store.rollups.mark([])
    store.rollups.mark(["u1"])
    assert stale(store) == ["u1"]
    assert store.rollups.get_many(["u1"]) == {}


def test_what_was_computed_comes_back_byte_for_byte_and_is_not_stale(store: Store) -> None:
    text = '{"$set": "é\\u0000", "n": 1e400}'.encode()
    store.rollups.mark(["u1", "u2"])
    assert store.rollups.put("u1", text, seq_of(store))
    assert store.rollups.get_many(["u1", "u2", "u3"]) == {"u1": StoredRollup("u1", text, stale=False)}
    assert stale(store) == ["u2"]


def test_a_mark_makes_it_stale_again_and_keeps_the_text(store: Store) -> None:
    store.rollups.mark(["u1"])
    store.rollups.put("u1", b"old", seq_of(store))
    store.rollups.mark(["u1", "u1"])
    assert store.rollups.get_many(["u1"]) == {"u1": StoredRollup("u1", b"old", stale=True)}
    assert store.rollups.put("u1", b"new", seq_of(store))
    assert store.rollups.get_many(["u1"]) == {"u1": StoredRollup("u1", b"new", stale=False)}
    assert store.rollups.stale(5) == []


def test_a_mark_after_the_members_were_read_keeps_it_stale(store: Store) -> None:
    store.rollups.mark(["u1"])
    seq = seq_of(store)
    store.rollups.mark(["u1"])
    assert store.rollups.put("u1", b"of before", seq)
    assert store.rollups.get_many(["u1"]) == {"u1": StoredRollup("u1", b"of before", stale=True)}
    assert store.rollups.put("u1", b"of now", seq_of(store))
    assert store.rollups.get_many(["u1"]) == {"u1": StoredRollup("u1", b"of now", stale=False)}


def test_who_read_earlier_does_not_undo_who_read_later(store: Store) -> None:
    store.rollups.mark(["u1"])
    earlier = seq_of(store)
    store.rollups.mark(["u1"])
    later = seq_of(store)
    assert store.rollups.put("u1", b"later", later)
    assert not store.rollups.put("u1", b"earlier", earlier)
    assert store.rollups.get_many(["u1"]) == {"u1": StoredRollup("u1", b"later", stale=False)}
    assert store.rollups.put("u1", b"once more", later), "to compute it twice does no harm"
    assert store.rollups.get_many(["u1"])["u1"].text == b"once more"


def test_what_nobody_marked_may_be_computed_too(store: Store) -> None:
    assert store.rollups.put("u1", b"x", 0)
    assert store.rollups.get_many(["u1"]) == {"u1": StoredRollup("u1", b"x", stale=False)}
    store.rollups.mark(["u1"])
    assert stale(store) == ["u1"]


def test_the_longest_stale_come_first_and_one_that_is_always_marked_keeps_none_from_its_turn(store: Store) -> None:
    for unit_id in ("u3", "u1", "u2"):
        store.rollups.mark([unit_id])
    assert stale(store) == ["u3", "u1", "u2"]
    store.rollups.mark(["u3"])
    assert stale(store, 1) == ["u3"], "a mark more does not put it off"
    (first,) = store.rollups.stale(1)
    store.rollups.mark(["u3"])
    store.rollups.put("u3", b"", first.seq)
    assert stale(store) == ["u1", "u2", "u3"]


def test_thousands_are_marked_and_read_at_once(store: Store) -> None:
    units = [f"u{n}" for n in range(2_500)]
    store.rollups.mark(units)
    marked = store.rollups.stale(3_000)
    assert sorted(one.unit_id for one in marked) == sorted(units)
    for one in marked[:3]:
        store.rollups.put(one.unit_id, b"", one.seq)
    assert set(store.rollups.get_many(units)) == {one.unit_id for one in marked[:3]}
    assert len(store.rollups.stale(3_000)) == 2_497


def test_marks_made_at_once_are_all_counted(store: Store, store_url: str) -> None:
    with closing(open_store(store_url)) as other:
        at_once(*(lambda handle=handle: handle.rollups.mark(["u1", "u2"]) for handle in (store, other) * 4))
    # A store may count one twice, where it was marked for the first time in the same moment.
    stale = {one.unit_id: one.seq for one in store.rollups.stale(5)}
    assert stale.keys() == {"u1", "u2"}
    assert min(stale.values()) >= 8


def test_no_change_is_missed_by_those_who_compute_while_others_change(store: Store, store_url: str) -> None:
    """Whatever the order of marks and puts: where nothing is stale any more, what is held has seen the last change."""
    members = 0

    def change() -> None:
        nonlocal members
        for _ in range(40):
            members += 1
            store.rollups.mark(["u1"])

    def compute() -> None:
        with closing(open_store(store_url)) as own:
            for _ in range(40):
                for one in own.rollups.stale(1):
                    own.rollups.put(one.unit_id, b"%d" % members, one.seq)

    with ThreadPoolExecutor(3) as pool:
        for running in [pool.submit(change), pool.submit(compute), pool.submit(compute)]:
            running.result()
    for one in store.rollups.stale(1):
        assert store.rollups.put(one.unit_id, b"%d" % members, one.seq)
    assert store.rollups.get_many(["u1"]) == {"u1": StoredRollup("u1", b"40", stale=False)}
