"""Which of the driver's errors are the data's fault: only those may ever make a dead letter."""

from __future__ import annotations

import pytest
from bson.errors import InvalidDocument
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    CursorNotFound,
    DocumentTooLarge,
    DuplicateKeyError,
    ExecutionTimeout,
    NotPrimaryError,
    OperationFailure,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
    WTimeoutError,
)

from store.mongodb.errors import duplicate_fields, is_duplicate, translated
from store.port import Rejected, Unavailable


def _bulk(*codes: int, write_concern_error: bool = False) -> BulkWriteError:
    failed = [{"index": index, "code": code, "errmsg": "ani@example.com"} for index, code in enumerate(codes)]
    concern = [{"code": 64, "errmsg": "timed out"}] if write_concern_error else []
    return BulkWriteError({"writeErrors": failed, "writeConcernErrors": concern})


@pytest.mark.parametrize(
    "error",
    [
        AutoReconnect("gone"),
        NotPrimaryError("stepped down"),
        ServerSelectionTimeoutError("nobody"),
        WaitQueueTimeoutError("busy"),
        ExecutionTimeout("slow", 50),
        CursorNotFound("lost", 43),
        WriteConcernError("majority?", 100),
        WTimeoutError("majority?", 64),
        ConfigurationError("wrong option"),
        OperationFailure("not authorised", 13),
        OperationFailure("hint names no index", 2),
        OperationFailure("out of disk space", 14031),
        _bulk(91),
        _bulk(10334, 91),
        _bulk(11000, write_concern_error=True),
    ],
    ids=lambda error: f"{type(error).__name__} {getattr(error, 'code', '')}",
)
def test_what_is_not_the_datas_fault_is_an_outage(error: Exception) -> None:
    assert isinstance(translated(error), Unavailable)


@pytest.mark.parametrize(
    "error",
    [
        DocumentTooLarge("17 MB"),
        InvalidDocument("what is this"),
        OverflowError("MongoDB can only handle up to 8-byte ints"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
        OperationFailure("too large", 10334),
        OperationFailure("resulting document too large", 17419),
        DuplicateKeyError("taken", 11000),
        _bulk(10334),
    ],
    ids=lambda error: f"{type(error).__name__} {getattr(error, 'code', '')}",
)
def test_what_is_the_datas_fault_is_rejected(error: Exception) -> None:
    assert isinstance(translated(error), Rejected)


def test_the_message_does_not_repeat_data() -> None:
    for error in (_bulk(11000), OperationFailure("dup key: ani@example.com", 11000), DuplicateKeyError("ani@example.com", 11000)):
        assert "ani" not in str(translated(error))


def test_the_taken_fields_are_named() -> None:
    taken = DuplicateKeyError("taken", 11000, {"keyPattern": {"identifiers": 1}})
    assert duplicate_fields(taken) == {"identifiers"}
    assert duplicate_fields(_bulk(11000)) == {"_id"}
    assert duplicate_fields(AutoReconnect("gone")) == set()
    assert not is_duplicate(_bulk(11000, 91))
