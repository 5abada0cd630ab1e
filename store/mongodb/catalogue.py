"""The catalogue of learning activities, and the competencies they are aligned to."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.client_session import ClientSession
from pymongo.database import Database

from competency.catalogue import CatalogueEntry
from competency.frameworks import Competency
from store.mongodb.client import Connection, Document, Duplicate
from store.mongodb.values import mark_refreshed, of_body, refreshed_of, replace_changed, to_body, version_of
from store.port import Rejected

_VERSION = "catalogue"


class MongoCatalogueStore:
    """`store.port.CatalogueStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_entries(self, entries: Sequence[CatalogueEntry]) -> bool:
        documents: dict[str, Document] = {
            one.id: {"_id": one.id, "activity_id": one.activity_id, "body": to_body(one)} for one in entries
        }
        try:
            return self._put("catalogue", documents)
        except Duplicate as error:
            raise Rejected("an activity id belongs to another catalogue entry; none of these entries was written") from error

    def version(self) -> int:
        with self._connection.database() as database:
            return version_of(database, _VERSION)

    def refreshed(self) -> int | None:
        with self._connection.database() as database:
            return refreshed_of(database, _VERSION)

    def mark_refreshed(self, version: int) -> None:
        with self._connection.database() as database:
            mark_refreshed(database, _VERSION, version)

    def entries(self) -> list[CatalogueEntry]:
        with self._connection.database() as database:
            return [of_body(one["body"], CatalogueEntry) for one in database["catalogue"].find().sort("_id", 1)]

    def put_competencies(self, competencies: Sequence[Competency]) -> bool:
        documents: dict[str, Document] = {one.id: {"_id": one.id, "body": to_body(one)} for one in competencies}
        return self._put("competencies", documents)

    def competencies(self) -> list[Competency]:
        with self._connection.database() as database:
            return [of_body(one["body"], Competency) for one in database["competencies"].find().sort("_id", 1)]

    def _put(self, collection: str, documents: dict[str, Document]) -> bool:
        def put(database: Database[Document], session: ClientSession) -> bool:
            return replace_changed(database, session, collection, documents, version=_VERSION)

        return bool(documents) and self._connection.transaction(put)
