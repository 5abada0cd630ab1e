"""Asking for many rows by their keys."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

_AT_ONCE = 500


def chunks(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """`keys` in lists as long as one command takes."""
    rest = iter(keys)
    while chunk := list(islice(rest, _AT_ONCE)):
        yield chunk


def where_in(
    connection: sqlite3.Connection,
    select: str,
    keys: Iterable[bytes] | Iterable[str],
    *,
    given: Sequence[Any] = (),
    end: str = "",
) -> Iterator[tuple[Any, ...]]:
    """The rows of `select`, which ends with the column that has to be one of `keys`; `given` are its own parameters, and `end` is
    what stands behind the keys."""
    for chunk in chunks(dict.fromkeys(keys)):
        yield from connection.execute(f"{select} IN ({','.join('?' * len(chunk))}) {end}", [*given, *chunk])
