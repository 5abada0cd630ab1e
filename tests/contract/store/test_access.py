"""Credentials, secrets, and who read what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

from access.credentials import Role
from store.port import Store
from tests.contract.store.builders import T0, audit_entry, credential
from tests.contract.store.opening import open_store


def test_a_credential_comes_back_as_it_was_put(store: Store) -> None:
    put = replace(credential("k", roles=(Role.HR, Role.READ_ALL), label="SDM: “Biro”"), revoked_at_ms=T0 + 1)
    store.credentials.put(put)
    assert store.credentials.get("k") == put
    assert store.credentials.get("K") is None
    assert store.credentials.get("") is None


def test_putting_again_replaces(store: Store) -> None:
    store.credentials.put(credential("k"))
    store.credentials.put(replace(credential("k"), revoked_at_ms=T0))
    assert store.credentials.all() == [replace(credential("k"), revoked_at_ms=T0)]


def test_all_are_ordered_by_key(store: Store) -> None:
    assert store.credentials.all() == []
    for key in ("b", "c", "a"):
        store.credentials.put(credential(key))
    assert [one.key for one in store.credentials.all()] == ["a", "b", "c"]


def test_a_secret_is_made_once_and_stays(store: Store, store_url: str) -> None:
    made = store.secrets.secret("cursor")
    assert len(made) == 32
    assert store.secrets.secret("cursor") == made
    assert store.secrets.secret("person") != made
    with closing(open_store(store_url)) as again:
        assert again.secrets.secret("cursor") == made


def test_a_secret_is_the_same_for_all_who_ask_first_at_once(store: Store, store_url: str) -> None:
    def ask(number: int) -> bytes:
        if number % 2:
            return store.secrets.secret("cursor")
        with closing(open_store(store_url)) as other:
            return other.secrets.secret("cursor")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1


def test_the_audit_is_read_newest_first(store: Store) -> None:
    notes = [audit_entry(T0 + at, subject) for at, subject in ((1, "e1"), (3, "e2"), (2, "e1"), (3, "e1"))]
    for one in notes:
        store.audit.note(one)
    assert [one.at_ms - T0 for one in store.audit.entries()] == [3, 3, 2, 1]
    assert store.audit.entries(subject="e1") == [notes[3], notes[2], notes[0]]
    assert store.audit.entries(subject="e1", limit=2) == [notes[3], notes[2]]
    assert store.audit.entries(subject="e3") == []


def test_many_are_noted_in_order(store: Store) -> None:
    store.audit.note_many([])
    assert store.audit.entries() == []
    notes = [audit_entry(T0 + n // 3, f"e{n}") for n in range(1_500)]
    store.audit.note_many(notes)
    assert store.audit.entries(limit=2_000) == notes[::-1]
    assert store.audit.entries(subject="e7") == [notes[7]]


def test_the_same_reading_twice_is_noted_twice(store: Store) -> None:
    store.audit.note(audit_entry())
    store.audit.note(audit_entry())
    assert store.audit.entries() == [audit_entry(), audit_entry()]
