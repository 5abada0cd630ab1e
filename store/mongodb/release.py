"""Of which release the database is, by the marks that its conversions leave."""

from __future__ import annotations

from pymongo.database import Database

from store.mongodb import conversions, statement_conversion
from store.mongodb.client import Document
from store.port import Release

_MARKS = conversions.MARKS | {statement_conversion.MARK}


def release(database: Database[Document]) -> Release:
    """Never LATER: a later release leaves marks that this one doesn't look for."""
    if database["versions"].count_documents({"_id": {"$in": sorted(_MARKS)}}) == len(_MARKS):
        return Release.THIS
    return Release.EARLIER if database.list_collection_names() else Release.NONE
