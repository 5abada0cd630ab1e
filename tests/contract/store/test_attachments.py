"""Attachments are kept whole or not at all, once, and never held whole in memory."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from store.port import Store
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once

MIB = 1024 * 1024
PIECE = 256 * 1024
OWNER = "univ-a"


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
    assert store.attachments.put(OWNER, sha2, noise(length, cut=64 * 1024) if cut == PIECE else cuts(content, cut)) == length
    pieces = list(store.attachments.read(OWNER, sha2))
    assert b"".join(pieces) == content
    assert all(0 < len(piece) <= PIECE for piece in pieces)
    assert store.attachments.lengths(OWNER, [sha2]) == {sha2: length}


def cuts(content: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]
        yield b""


def test_what_is_not_there(store: Store) -> None:
    assert store.attachments.lengths(OWNER, []) == {}
    assert store.attachments.lengths(OWNER, ["ab" * 32]) == {}
    with pytest.raises(KeyError):
        store.attachments.read(OWNER, "ab" * 32)


def test_lengths_of_many(store: Store) -> None:
    kept = {named(b"%d" % n): len(b"%d" % n) for n in range(8, 13)}
    for n in range(8, 13):
        store.attachments.put(OWNER, named(b"%d" % n), [b"%d" % n])
    asked = [*kept, *kept, *(named(b"unknown %d" % n) for n in range(2_500))]
    assert store.attachments.lengths(OWNER, iter(asked)) == kept


def test_content_that_is_there_is_not_asked_for_again(store: Store) -> None:
    store.attachments.put(OWNER, named(b"abc"), [b"a", b"bc"])

    def never() -> Iterator[bytes]:
        raise AssertionError("the content was read again")
        yield b""

    assert store.attachments.put(OWNER, named(b"abc"), never()) == 3


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
            store.attachments.put(OWNER, sha2, interrupted(broken_at))
        assert store.attachments.lengths(OWNER, [sha2]) == {}
        with pytest.raises(KeyError):
            store.attachments.read(OWNER, sha2)
    assert store.attachments.put(OWNER, sha2, noise(whole)) == whole
    with closing(open_store(store_url)) as other:
        assert b"".join(other.attachments.read(OWNER, sha2)) == content


def test_writers_of_the_same_content_do_not_disturb_each_other(store: Store, store_url: str) -> None:
    length = 6 * MIB + 1
    sha2 = named(b"".join(noise(length)))

    def put() -> int:
        with closing(open_store(store_url)) as mine:
            return mine.attachments.put(OWNER, sha2, noise(length))

    def put_here() -> int:
        return store.attachments.put(OWNER, sha2, noise(length))

    assert at_once(put, put_here, put_here, put) == [length] * 4
    assert named(b"".join(store.attachments.read(OWNER, sha2))) == sha2


def test_writers_of_different_contents(store: Store) -> None:
    lengths = {seed: 3 * MIB + seed for seed in range(4)}
    names = {seed: named(b"".join(noise(length, seed))) for seed, length in lengths.items()}
    at_once(*[lambda seed=seed: store.attachments.put(OWNER, names[seed], noise(lengths[seed], seed)) for seed in lengths])  # type: ignore[misc]
    assert store.attachments.lengths(OWNER, names.values()) == {names[seed]: length for seed, length in lengths.items()}
    for sha2 in names.values():
        assert named(b"".join(store.attachments.read(OWNER, sha2))) == sha2


LARGE = 30 * MIB


def traced_and_resident_bytes(url: str) -> tuple[int, int]:
    """Put and read LARGE bytes; how far Python's own memory grew, and that of the whole process with the driver's."""
    digest = hashlib.sha512()
    for piece in noise(LARGE):
        digest.update(piece)
    with closing(open_store(url)) as opened:
        opened.attachments.put(OWNER, named(b"small"), [b"small"])  # what is set up on first use does not count
        resident = most_resident_bytes()
        tracemalloc.start()
        assert opened.attachments.put(OWNER, digest.hexdigest(), noise(LARGE)) == LARGE
        read = hashlib.sha512()
        for piece in opened.attachments.read(OWNER, digest.hexdigest()):
            read.update(piece)
        assert read.digest() == digest.digest()
        return tracemalloc.get_traced_memory()[1], most_resident_bytes() - resident


def most_resident_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="says how much memory a process has had at most")
def test_large_content_is_never_held_whole(store: Store, store_url: str) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        traced, resident = process.submit(traced_and_resident_bytes, store_url).result()
    assert traced < 12 * MIB
    assert resident < 20 * MIB


def test_a_reader_that_pauses_holds_nobody_up(store: Store) -> None:
    content = b"".join(noise(4 * PIECE))
    store.attachments.put(OWNER, named(content), [content])
    reading = store.attachments.read(OWNER, named(content))
    first = next(reading)
    store.attachments.put(OWNER, named(b"other"), [b"other"])
    assert first + b"".join(reading) == content


def test_each_owner_has_its_own(store: Store) -> None:
    sha2 = named(b"abc")
    assert store.attachments.put("univ-a", sha2, [b"abc"]) == 3
    assert store.attachments.lengths("univ-b", [sha2]) == {}
    with pytest.raises(KeyError):
        store.attachments.read("univ-b", sha2)
    assert store.attachments.put("univ-b", sha2, [b"abc"]) == 3
    assert list(store.attachments.read("univ-b", sha2)) == [b"abc"]
