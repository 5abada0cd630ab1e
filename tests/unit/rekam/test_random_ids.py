"""Ids are random UUIDs, each given once: to many threads, and to a process and its child."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from rekam.random_ids import RandomIds


def test_ids_are_random_uuids_of_version_4() -> None:
    ids = [RandomIds()() for _ in range(20)]
    assert {one.version for one in ids} == {4}
    assert {one.variant for one in ids} == {"specified in RFC 4122"}
    assert len({one.int >> 100 for one in ids}) == len(ids)


def test_no_id_is_given_twice_to_many_threads() -> None:
    new_id = RandomIds()
    with ThreadPoolExecutor(8) as threads:
        taken = [one for part in threads.map(lambda _: [new_id() for _ in range(2_000)], range(8)) for one in part]
    assert len(set(taken)) == 16_000


def test_a_child_has_ids_of_its_own() -> None:
    new_id = RandomIds()
    new_id()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"".join(new_id().bytes for _ in range(100)))
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reading, 1_600)
    os.close(reading)
    os.close(writing)
    assert not {theirs[at : at + 16] for at in range(0, 1_600, 16)} & {new_id().bytes for _ in range(300)}
