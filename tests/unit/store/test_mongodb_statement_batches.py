"""Statements read from the bytes of an answer are those that the driver would have read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import bson
import pytest
from bson.int64 import Int64
from bson.raw_bson import RawBSONDocument

from store.mongodb.client import BARE
from store.mongodb.statement_batches import statements_in
from store.mongodb.statement_document import bare_id, to_statement

STORED_MS = 1_780_000_000_000


def document(number: int, **members: Any) -> dict[str, Any]:
    plain = {
        "_id": bare_id(UUID(int=number)),
        "stored": Int64(STORED_MS + number),
        "partner": "univ-a",
        "timestamped": True,
        "voided": False,
        "text": b'{"id":"%d"}' % number,
    }
    return plain | members


def answer(*documents: dict[str, Any], cursor_id: int = 0) -> RawBSONDocument:
    cursor = {"firstBatch": list(documents), "id": Int64(cursor_id), "ns": "rekam.statements"}
    return RawBSONDocument(bson.encode({"cursor": cursor, "ok": 1.0}, codec_options=BARE))


TOLERATED = {"tolerated": ["durations"], "received": b"{}"}
REORDERED = dict(reversed(document(5).items()))


@pytest.mark.parametrize(
    "documents",
    [
        [],
        [document(1)],
        [document(number) for number in range(120)],
        [document(1, text=b""), document(2, text=b"{}\0" * 100_000)],
        [document(1, timestamped=False), document(2, voided=True), document(3)],
        [document(1, partner=partner) for partner in ("univ-a", "b", "Universitas Gadjah Mada é", "b", "n" * 500, "b")],
        [document(1), document(2, **TOLERATED), document(3)],
        [document(1), document(2, stored=7), document(3)],
        [document(4), REORDERED, document(6)],
    ],
)
def test_the_same_as_the_driver_reads(documents: list[dict[str, Any]]) -> None:
    assert statements_in(answer(*documents)) == [to_statement(one) for one in documents]


def test_an_answer_that_is_not_all_is_told_from_one_that_is() -> None:
    assert statements_in(answer(document(1), cursor_id=7)) is None
