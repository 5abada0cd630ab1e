"""What SQLite raises, in the words of the port."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from store.port import Rejected, Unavailable

_OUR_OWN_FAULT = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_INTERNAL})


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of the driver into Unavailable or Rejected. A mistake in our SQL passes as it is: it should crash.

    Rejected is only what the data themselves cause. A full disk, a missing folder or a damaged file is an outage: what waits in
    the log must not become a dead letter because of it.
    """
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DataError as error:
        raise Rejected(f"SQLite refuses a value: {error}") from error
    except sqlite3.DatabaseError as error:
        raise _translation(error) from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise Rejected(f"SQLite can't hold a value: {error}") from error


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another connection is in the way right now."""
    return _primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _primary_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _translation(error: sqlite3.DatabaseError) -> Exception:
    code = _primary_code(error)
    if code == sqlite3.SQLITE_TOOBIG:
        return Rejected(f"SQLite refuses a value: {error}")
    if code == sqlite3.SQLITE_ERROR and "no such table" in str(error):
        return Unavailable("the store is not prepared yet")
    if code in _OUR_OWN_FAULT:
        return error
    return Unavailable(f"SQLite: {error}")
