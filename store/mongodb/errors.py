"""What a driver's error means to those who call a store.

Only what is wrong with the data itself is `Rejected`. Everything else (no connection, no primary, a timeout, a full disk, a refused
login, a missing index) is for an operator to mend, so it is `Unavailable`: an outage never turns data into dead letters.
"""

from __future__ import annotations

from bson.errors import BSONError
from pymongo.errors import BulkWriteError, DocumentTooLarge, DuplicateKeyError, OperationFailure, PyMongoError

from store.port import Rejected, StoreError, Unavailable

DUPLICATE_KEY = 11000
TOO_LARGE = frozenset({10334, 17419, 17420})
"""A document, as sent or as an update would make it, over 16 MB."""

_DATA = frozenset({DUPLICATE_KEY, 22, 121, 17280}) | TOO_LARGE
"""Further: InvalidBSON, DocumentValidationFailure, KeyTooLong."""

DRIVER_ERRORS = (PyMongoError, BSONError, OverflowError, UnicodeEncodeError)
"""All that PyMongo raises while it encodes, sends and waits."""


def translated(error: Exception) -> StoreError:
    """The port's error for a driver's. The message names the kind of failure and never the data."""
    if _is_of_the_data(error):
        return Rejected(f"MongoDB refuses this: {_kind(error)}")
    return Unavailable(f"MongoDB does not answer as it should: {_kind(error)}")


def write_error_codes(error: BulkWriteError) -> list[int]:
    return [int(one["code"]) for one in error.details["writeErrors"]] if error.details else []


def is_duplicate(error: Exception) -> bool:
    """Whether a unique key is taken, and nothing else is wrong."""
    if isinstance(error, BulkWriteError):
        return is_only(error, frozenset({DUPLICATE_KEY}))
    return isinstance(error, DuplicateKeyError)


def duplicate_fields(error: Exception) -> set[str]:
    """The fields whose unique values are taken; none when that is not what is wrong."""
    if not is_duplicate(error):
        return set()
    details = getattr(error, "details", None) or {}
    failed = details["writeErrors"] if isinstance(error, BulkWriteError) else [details]
    return {field for one in failed for field in one.get("keyPattern", {"_id": 1})}


def is_only(error: BulkWriteError, codes: frozenset[int]) -> bool:
    """Whether every write that failed did so for one of `codes`, and those that did not are durable."""
    details = error.details or {}
    return not details.get("writeConcernErrors") and all(code in codes for code in write_error_codes(error))


def _is_of_the_data(error: Exception) -> bool:
    if isinstance(error, BulkWriteError):
        return is_only(error, _DATA)
    if isinstance(error, OperationFailure):
        return error.code in _DATA
    return isinstance(error, DocumentTooLarge | BSONError | OverflowError | UnicodeEncodeError)


def _kind(error: Exception) -> str:
    if isinstance(error, BulkWriteError):
        return f"{type(error).__name__} {sorted(set(write_error_codes(error)))}"
    if isinstance(error, OperationFailure):
        return f"{type(error).__name__} {error.code}"
    return type(error).__name__
