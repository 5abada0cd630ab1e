"""Dead letters are kept once, found again, and marked when they were sent back."""

from __future__ import annotations

from dataclasses import replace

from store.port import Store
from tests.contract.store.builders import T0, letter, uid


def test_a_letter_comes_back_as_it_was_buried(store: Store) -> None:
    letters = [letter("a", number=1), letter("b"), replace(letter("c", number=2), payload=b"", resubmitted_at_ms=T0 + 1)]
    store.dead_letters.bury(letters)
    assert [store.dead_letters.get(one.id) for one in letters] == letters
    assert store.dead_letters.get("d") is None


def test_burying_again_changes_nothing(store: Store) -> None:
    store.dead_letters.bury([letter("a")])
    store.dead_letters.mark_resubmitted("a", T0 + 5)
    store.dead_letters.bury([letter("a", reason="other"), letter("b"), letter("b", reason="other")])
    kept = store.dead_letters.get("a")
    assert kept == replace(letter("a"), resubmitted_at_ms=T0 + 5)
    assert store.dead_letters.get("b") == letter("b")
    store.dead_letters.bury([])


def test_pages_are_ordered_by_id(store: Store) -> None:
    store.dead_letters.bury([letter(f"{n:03}", reason="conflict" if n % 3 else "undecodable") for n in (5, 1, 9, 3, 7, 0)])
    assert [one.id for one in store.dead_letters.page()] == ["000", "001", "003", "005", "007", "009"]
    assert [one.id for one in store.dead_letters.page(limit=2)] == ["000", "001"]
    assert [one.id for one in store.dead_letters.page(after_id="001", limit=2)] == ["003", "005"]
    assert [one.id for one in store.dead_letters.page(after_id="004", limit=2)] == ["005", "007"]
    assert [one.id for one in store.dead_letters.page(reason="undecodable")] == ["000", "003", "009"]
    assert [one.id for one in store.dead_letters.page(reason="undecodable", after_id="000", limit=1)] == ["003"]
    assert store.dead_letters.page(reason="nothing of the kind") == []


def test_letters_of_a_statement(store: Store) -> None:
    store.dead_letters.bury([letter("b", number=1), letter("a", number=1), letter("c", number=2), letter("d")])
    assert [one.id for one in store.dead_letters.of_statement(uid(1))] == ["a", "b"]
    assert store.dead_letters.of_statement(uid(3)) == []


def test_only_those_never_resubmitted_are_counted(store: Store) -> None:
    assert store.dead_letters.count() == 0
    store.dead_letters.bury([letter("a"), letter("b"), letter("c")])
    store.dead_letters.mark_resubmitted("b", T0)
    store.dead_letters.mark_resubmitted("unknown", T0)
    assert store.dead_letters.count() == 2
    marked = store.dead_letters.get("b")
    assert marked is not None
    assert marked.resubmitted_at_ms == T0
