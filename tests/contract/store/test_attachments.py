"""Attachments are kept whole or not at all, once, and never held whole in memory."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from contextlib import closing

import pytest

from store.port import Store
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once

MIB = 1024 * 1024
PIECE = 256 * 1024


def noise(length: int, seed: int = 0, cut: int = 64 * 1024) -> Iterator[bytes]:
    """`length` bytes that compress badly and differ by `seed`, in pieces of `cut`."""
    at = 0
    while at < length:
        block = hashlib.shake_128(b"%d.%d" % (seed, at)).digest(min(cut, length - at))
        yield block
        at += len(block)


def named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE, 20 * PIECE + 7])
@pytest.mark.parametrize("cut", [1000, PIECE, 3 * PIECE])
def test_content_comes_back_as_it_was_kept(store: Store, length: int, cut: int) -> None:
    content = b"".join(noise(length))
    sha2 = named(content)
    assert store.attachments.put(sha2, noise(length, cut=64 * 1024) if cut == PIECE else cuts(content, cut)) == length
    pieces = list(store.attachments.read(sha2))
    assert b"".join(pieces) == content
    assert all(0 < len(piece) <= PIECE for piece in pieces)
    assert store.attachments.lengths([sha2]) == {sha2: length}


def cuts(content: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]
        yield b""


def test_what_is_not_there(store: Store) -> None:
    assert store.attachments.lengths([]) == {}
    assert store.attachments.lengths(["ab" * 32]) == {}
    with pytest.raises(KeyError):
        store.attachments.read("ab" * 32)


def test_lengths_of_many(store: Store) -> None:
    kept = {named(b"%d" % n): len(b"%d" % n) for n in range(8, 13)}
    for n in range(8, 13):
        store.attachments.put(named(b"%d" % n), [b"%d" % n])
    asked = [*kept, *kept, *(named(b"unknown %d" % n) for n in range(2_500))]
    assert store.attachments.lengths(iter(asked)) == kept


def test_content_that_is_there_is_not_asked_for_again(store: Store) -> None:
    store.attachments.put(named(b"abc"), [b"a", b"bc"])

    def never() -> Iterator[bytes]:
        raise AssertionError("the content was read again")
        yield b""

    assert store.attachments.put(named(b"abc"), never()) == 3


class Interrupted(Exception):
    pass


def interrupted(length: int) -> Iterator[bytes]:
    yield from noise(length)
    raise Interrupted


def test_a_put_that_breaks_off_leaves_nothing_readable_and_can_be_repeated(store: Store, store_url: str) -> None:
    whole = 9 * MIB + 3
    content = b"".join(noise(whole))
    sha2 = named(content)
    for broken_at in (0, 64 * 1024, 5 * MIB, whole):
        with pytest.raises(Interrupted):
            store.attachments.put(sha2, interrupted(broken_at))
        assert store.attachments.lengths([sha2]) == {}
        with pytest.raises(KeyError):
            store.attachments.read(sha2)
    assert store.attachments.put(sha2, noise(whole)) == whole
    with closing(open_store(store_url)) as other:
        assert b"".join(other.attachments.read(sha2)) == content


def test_writers_of_the_same_content_do_not_disturb_each_other(store: Store, store_url: str) -> None:
    length = 6 * MIB + 1
    sha2 = named(b"".join(noise(length)))

    def put() -> int:
        with closing(open_store(store_url)) as mine:
            return mine.attachments.put(sha2, noise(length))

    def put_here() -> int:
        return store.attachments.put(sha2, noise(length))

    assert at_once(put, put_here, put_here, put) == [length] * 4
    assert named(b"".join(store.attachments.read(sha2))) == sha2


def test_writers_of_different_contents(store: Store) -> None:
    lengths = {seed: 3 * MIB + seed for seed in range(4)}
    names = {seed: named(b"".join(noise(length, seed))) for seed, length in lengths.items()}
    at_once(*[lambda seed=seed: store.attachments.put(names[seed], noise(lengths[seed], seed)) for seed in lengths])  # type: ignore[misc]
    assert store.attachments.lengths(names.values()) == {names[seed]: length for seed, length in lengths.items()}
    for sha2 in names.values():
        assert named(b"".join(store.attachments.read(sha2))) == sha2


def test_large_content_is_never_held_whole(store: Store) -> None:
    length = 30 * MIB
    digest = hashlib.sha512()
    for piece in noise(length):
        digest.update(piece)
    store.attachments.lengths([digest.hexdigest()])  # what is set up on first use does not count
    tracemalloc.start()
    try:
        assert store.attachments.put(digest.hexdigest(), noise(length)) == length
        read = hashlib.sha512()
        for piece in store.attachments.read(digest.hexdigest()):
            read.update(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read.digest() == digest.digest()
    assert peak < 12 * MIB


def test_a_reader_that_pauses_holds_nobody_up(store: Store) -> None:
    content = b"".join(noise(4 * PIECE))
    store.attachments.put(named(content), [content])
    reading = store.attachments.read(named(content))
    first = next(reading)
    store.attachments.put(named(b"other"), [b"other"])
    assert first + b"".join(reading) == content
