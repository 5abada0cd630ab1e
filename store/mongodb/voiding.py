"""Voiding: the target of a voiding statement is marked, whichever of the two came first.

Source: xAPI 1.0.3, Data 2.3.2. A voiding statement can't be voided; one partner can't void what is another's, unless it may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pymongo import UpdateOne
from pymongo.collection import Collection

from store.mongodb import crowds
from store.mongodb.client import Document
from store.mongodb.references import Settled, Voider
from store.mongodb.statement_document import READABLE, to_statement
from store.port import StoredStatement


def apply(statements: Collection[Document], settled: Mapping[UUID, Settled], earlier: Sequence[Voider]) -> list[StoredStatement]:
    """Mark what the batch's voiding statements void, and what `earlier` ones void of the batch.

    Returns what the batch's voiding statements void, as it is now.
    """
    voiders = [
        Voider(one.extract.voids, one.partner, one.may_void_any) for one in settled.values() if one.extract.voids is not None
    ]
    marks = {_mark(voider): voider for voider in (*voiders, *earlier)}
    if marks:
        crowds.thin(statements, map(_voidable, marks.values()))
        statements.bulk_write(
            [UpdateOne(_voidable(voider) | {"voided": False}, {"$set": {"voided": True}}) for voider in marks.values()],
            ordered=False,
        )
    return _voided_by(statements, voiders) if voiders else []


def _mark(voider: Voider) -> tuple[UUID, str | None]:
    return voider.target, None if voider.may_void_any else voider.partner


def _voidable(voider: Voider) -> dict[str, Any]:
    condition: dict[str, Any] = {"_id": voider.target, "voids": {"$exists": False}}
    if not voider.may_void_any:
        condition["partner"] = voider.partner
    return condition


def _voided_by(statements: Collection[Document], voiders: Sequence[Voider]) -> list[StoredStatement]:
    by_anyone = {voider.target for voider in voiders if voider.may_void_any}
    by_owner = {(voider.target, voider.partner) for voider in voiders}
    targets = list({voider.target for voider in voiders})
    found = statements.find({"_id": {"$in": targets}, "voided": True}, READABLE).sort("_id", 1)
    return [
        to_statement(one | {"_id": one["_id"].bytes})
        for one in found
        if one["_id"] in by_anyone or (one["_id"], one["partner"]) in by_owner
    ]
