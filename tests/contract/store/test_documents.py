"""Documents: every write is one compare-and-set, and what is one document's is no other's."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest

from store.port import Document, DocumentScope, Store
from tests.contract.store.racing import at_once
from xapi.documents import DocumentKind, etag

ACTIVITY = "http://example.com/course"
ANI = "mbox|mailto:ani@example.com"
FIRST, SECOND = UUID(int=1), UUID(int=2)
STATE = DocumentScope("univ-a", DocumentKind.STATE, ACTIVITY, ANI)
AGENT = DocumentScope("univ-a", DocumentKind.AGENT_PROFILE, agent=ANI)
PROFILE = DocumentScope("univ-a", DocumentKind.ACTIVITY_PROFILE, ACTIVITY)
SCOPES = [
    STATE,
    replace(STATE, registration=FIRST),
    replace(STATE, registration=SECOND),
    replace(STATE, agent="mbox|mailto:budi@example.com"),
    replace(STATE, activity_id=ACTIVITY + "/2"),
    replace(STATE, owner="univ-b"),
    AGENT,
    replace(AGENT, owner="univ-b"),
    PROFILE,
    replace(PROFILE, owner="univ-b"),
]


def document(
    content: bytes = b"{}",
    *,
    scope: DocumentScope = STATE,
    of: str = "bookmark",
    kind: str = "application/json",
    at_ms: int = 1_000,
) -> Document:
    return Document(scope, of, content, kind, etag(content), at_ms)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_document_comes_back_as_it_was_put(store: Store, scope: DocumentScope) -> None:
    sent = document(b"hello", scope=scope, kind="text/plain; charset=utf-8")
    assert store.documents.get(scope, "bookmark") is None
    assert store.documents.put(sent, expected_etag=None)
    assert store.documents.get(scope, "bookmark") == sent


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/octet-stream"),
        (bytes(range(256)), "image/png"),
        (b'{"n": 1.50, "n": 12345678901234567890}', "application/json"),
        (b"$set", "$literal"),
        (b"\xff\xfe", "text/\xe9"),
    ],
)
def test_content_and_type_survive_whatever_they_are(store: Store, content: bytes, kind: str) -> None:
    for expected in (None, etag(b"before")):
        assert store.documents.put(document(content, kind=kind), expected_etag=expected)
        held = store.documents.get(STATE, "bookmark")
        assert held is not None
        assert (held.content, held.content_type) == (content, kind)
        assert store.documents.delete(STATE, "bookmark", expected_etag=etag(content))
        store.documents.put(document(b"before"), expected_etag=None)


def test_ten_megabytes(store: Store) -> None:
    for seed in (b"\x00\xff\x80$", b"other"):
        content = (seed * (10 * 1024 * 1024))[: 10 * 1024 * 1024]
        held = store.documents.get(STATE, "large")
        assert store.documents.put(document(content, of="large"), expected_etag=held.etag if held else None)
        held = store.documents.get(STATE, "large")
        assert held is not None
        assert held.content == content


@pytest.mark.parametrize("document_id", ["a.b", "$id", "a\0b", "é", "a/b c", "0" * 3_000])
def test_any_text_is_an_id(store: Store, document_id: str) -> None:
    sent = document(of=document_id)
    assert store.documents.put(sent, expected_etag=None)
    assert store.documents.get(STATE, document_id) == sent
    assert store.documents.ids(STATE) == [document_id]


def test_another_etag_than_expected_changes_nothing(store: Store) -> None:
    assert not store.documents.put(document(b"x"), expected_etag=etag(b"nothing"))
    assert store.documents.get(STATE, "bookmark") is None
    first = document(b"first")
    assert store.documents.put(first, expected_etag=None)
    for expected in (None, etag(b"other")):
        assert not store.documents.put(document(b"x"), expected_etag=expected)
    assert not store.documents.delete(STATE, "bookmark", expected_etag=etag(b"other"))
    assert store.documents.get(STATE, "bookmark") == first
    assert store.documents.put(document(b"second", at_ms=2_000), expected_etag=first.etag)
    assert not store.documents.put(document(b"third"), expected_etag=first.etag)
    assert store.documents.get(STATE, "bookmark") == document(b"second", at_ms=2_000)


def test_deleting(store: Store) -> None:
    assert not store.documents.delete(STATE, "bookmark", expected_etag=etag(b"{}"))
    store.documents.put(document(), expected_etag=None)
    store.documents.put(document(of="other"), expected_etag=None)
    assert store.documents.delete(STATE, "bookmark", expected_etag=etag(b"{}"))
    assert store.documents.get(STATE, "bookmark") is None
    assert store.documents.ids(STATE) == ["other"]
    assert store.documents.put(document(b"again"), expected_etag=None)


def test_the_time_of_a_document_grows_with_every_change_whatever_the_clock_says(store: Store) -> None:
    content, times = None, []
    for at_ms, text in ((5_000, b"1"), (5_000, b"2"), (4_000, b"3"), (9_000, b"4"), (9_000, b"4")):
        assert store.documents.put(document(text, at_ms=at_ms), expected_etag=None if content is None else etag(content))
        content = text
        held = store.documents.get(STATE, "bookmark")
        assert held is not None
        times.append(held.updated_ms)
    assert times == [5_000, 5_001, 5_002, 9_000, 9_001]


def test_scopes_are_kept_apart(store: Store) -> None:
    for number, scope in enumerate(SCOPES):
        assert store.documents.put(document(b"%d" % number, scope=scope), expected_etag=None)
    for number, scope in enumerate(SCOPES):
        held = store.documents.get(scope, "bookmark")
        assert held is not None
        assert held.content == b"%d" % number
        assert store.documents.ids(scope) == ["bookmark"]
    assert store.documents.delete(STATE, "bookmark", expected_etag=etag(b"0"))
    assert all(store.documents.get(scope, "bookmark") for scope in SCOPES[1:])


def test_no_registration_is_a_registration_of_its_own_unless_any_will_do(store: Store) -> None:
    for of, registration in (("b", None), ("a", FIRST), ("c", SECOND), ("b", SECOND)):
        store.documents.put(document(of=of, scope=replace(STATE, registration=registration)), expected_etag=None)
    assert store.documents.ids(STATE) == ["b"]
    assert store.documents.ids(replace(STATE, registration=FIRST)) == ["a"]
    assert store.documents.ids(replace(STATE, registration=SECOND)) == ["b", "c"]
    assert store.documents.ids(STATE, any_registration=True) == ["a", "b", "c"]
    assert store.documents.get(STATE, "a") is None


def test_ids_since_a_time(store: Store) -> None:
    for at_ms, of in ((3_000, "z"), (1_000, "y"), (2_000, "é"), (2_000, "a")):
        store.documents.put(document(of=of, at_ms=at_ms), expected_etag=None)
    assert store.documents.ids(STATE) == ["a", "y", "z", "é"]
    assert store.documents.ids(STATE, since_ms=999) == ["a", "y", "z", "é"]
    assert store.documents.ids(STATE, since_ms=1_000) == ["a", "z", "é"]
    assert store.documents.ids(STATE, since_ms=3_000, any_registration=True) == []
    store.documents.put(document(b"new", of="y", at_ms=4_000), expected_etag=etag(b"{}"))
    assert store.documents.ids(STATE, since_ms=3_000) == ["y"]


def test_deleting_all_of_a_scope(store: Store) -> None:
    for scope in SCOPES:
        for of in ("one", "two"):
            store.documents.put(document(scope=scope, of=of), expected_etag=None)
    assert store.documents.delete_all(replace(STATE, registration=FIRST)) == 2
    assert store.documents.delete_all(replace(STATE, registration=FIRST)) == 0
    assert store.documents.delete_all(STATE) == 2
    assert store.documents.ids(STATE, any_registration=True) == ["one", "two"]
    assert store.documents.delete_all(STATE, any_registration=True) == 2
    assert [scope for scope in SCOPES if not store.documents.ids(scope)] == SCOPES[:3]


def test_fifty_merges_at_once_lose_none(store: Store) -> None:
    def add(name: str) -> None:
        while True:
            held = store.documents.get(STATE, "shared")
            members = json.loads(held.content) if held else {}
            written = document(json.dumps(members | {name: 1}).encode(), of="shared")
            if store.documents.put(written, expected_etag=held.etag if held else None):
                return

    at_once(*(lambda name=f"k{number}": add(name) for number in range(50)))
    held = store.documents.get(STATE, "shared")
    assert held is not None
    assert set(json.loads(held.content)) == {f"k{number}" for number in range(50)}
    assert held.updated_ms == 1_000 + 49


@pytest.mark.parametrize("expected", [None, etag(b"{}")])
def test_of_fifty_puts_with_the_same_expectation_one_wins(store: Store, expected: str | None) -> None:
    if expected is not None:
        store.documents.put(document(b"{}"), expected_etag=None)
    rivals = [document(b"%d" % number) for number in range(50)]
    won = at_once(*(lambda rival=rival: store.documents.put(rival, expected_etag=expected) for rival in rivals))
    assert won.count(True) == 1
    held = store.documents.get(STATE, "bookmark")
    assert held is not None
    assert held.content == rivals[won.index(True)].content


def test_of_fifty_deletes_one_wins(store: Store) -> None:
    store.documents.put(document(), expected_etag=None)
    won = at_once(*[lambda: store.documents.delete(STATE, "bookmark", expected_etag=etag(b"{}"))] * 50)
    assert won.count(True) == 1
