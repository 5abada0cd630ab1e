"""Attendance lists that wait: kept as they are, changed by one at a time, emptied when their time is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from store.port import MAX_BODY_BYTES, ImportStatus, PendingImport, Rejected, Store
from tests.contract.store.builders import T0

DAY_MS = 86_400_000


def pending(name: str = "a", *, days: int = 7, body: bytes = b'{"rows": []}') -> PendingImport:
    return PendingImport(name, "biro-sdm-1", T0, T0 + days * DAY_MS, "daftar hadir.xlsx", ImportStatus.PREVIEWED, body)


def test_an_import_comes_back_as_it_was_added(store: Store) -> None:
    added = replace(pending(body=b"\x00\xff\x01" * 1000), file_name="Daftar Hadir “Bimtek” ~ 1.xlsx", status=ImportStatus.CONFIRMED)
    store.pending_imports.add(added)
    assert store.pending_imports.get("a") == added
    assert store.pending_imports.get("b") is None
    assert store.pending_imports.get("") is None


def test_a_change_needs_the_revision_that_was_read(store: Store) -> None:
    store.pending_imports.add(pending())
    assert not store.pending_imports.change("a", ImportStatus.DONE, b"x", expected_revision=2)
    assert not store.pending_imports.change("b", ImportStatus.DONE, b"x", expected_revision=1)
    assert store.pending_imports.get("a") == pending()
    assert store.pending_imports.change("a", ImportStatus.CONFIRMED, b"x", expected_revision=1)
    assert not store.pending_imports.change("a", ImportStatus.DONE, b"y", expected_revision=1)
    assert store.pending_imports.get("a") == replace(pending(body=b"x"), status=ImportStatus.CONFIRMED, revision=2)


def test_of_many_changes_at_once_one_is_made(store: Store) -> None:
    store.pending_imports.add(pending())

    def change(number: int) -> bool:
        return store.pending_imports.change("a", ImportStatus.DONE, b"%d" % number, expected_revision=1)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(change, range(12))) == 1
    held = store.pending_imports.get("a")
    assert held is not None
    assert held.revision == 2


def test_what_is_over_is_emptied_and_the_rest_stays(store: Store) -> None:
    for name, days in (("a", 1), ("b", 7), ("c", 8)):
        store.pending_imports.add(pending(name, days=days))
    store.pending_imports.change("a", ImportStatus.DONE, b"names", expected_revision=1)
    assert store.pending_imports.expire(T0) == 0
    assert store.pending_imports.expire(T0 + 7 * DAY_MS) == 2
    for name in ("a", "b"):
        held = store.pending_imports.get(name)
        assert held is not None
        assert (held.status, held.body) == (ImportStatus.EXPIRED, b"")
        assert held.credential == "biro-sdm-1"
    assert store.pending_imports.get("c") == pending("c", days=8)
    assert store.pending_imports.expire(T0 + 7 * DAY_MS) == 0


def test_an_expired_import_can_not_be_filled_again_by_who_read_it_before(store: Store) -> None:
    store.pending_imports.add(pending())
    store.pending_imports.expire(T0 + 7 * DAY_MS)
    assert not store.pending_imports.change("a", ImportStatus.DONE, b"names", expected_revision=1)
    held = store.pending_imports.get("a")
    assert held is not None
    assert held.body == b""


def test_a_body_may_be_large_and_not_larger(store: Store) -> None:
    store.pending_imports.add(pending(body=b"x" * MAX_BODY_BYTES))
    held = store.pending_imports.get("a")
    assert held is not None
    assert len(held.body) == MAX_BODY_BYTES
    with pytest.raises(Rejected):
        store.pending_imports.add(pending("b", body=b"x" * (MAX_BODY_BYTES + 1)))
    with pytest.raises(Rejected):
        store.pending_imports.change("a", ImportStatus.DONE, b"x" * (MAX_BODY_BYTES + 1), expected_revision=1)
    assert store.pending_imports.get("b") is None
