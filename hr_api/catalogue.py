"""`/catalogue`: which trainings, workshops, seminars and courses count, and for what."""

from __future__ import annotations

from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import Response

from access.credentials import Role
from competency.catalogue import CatalogueEntry
from hr_api.auditing import audited
from hr_api.changes import Changes, Put
from hr_api.errors import Refusal
from hr_api.preconditions import ETAG, PRECONDITIONS, etag, precondition
from hr_api.resource import Resource, answer, asked, body
from hr_api.services import HrServices
from schemas.hr.catalogue import (
    CatalogueEntrySchema,
    CataloguePageSchema,
    CatalogueParametersSchema,
    EntriesAsked,
    EntryBodySchema,
    WrittenSchema,
    entry_shown,
    read_entry,
)
from schemas.hr.cursors import write_cursor
from schemas.hr.document import BASE_PATH, Answer, Header, Operation, PathParameter
from schemas.hr.payload import Answered
from store.reference import References

READERS = (Role.HR, Role.CATALOGUE)
WRITTEN = WrittenSchema()
LOCATION = Header("Location", "Where it is read", {"type": "string"})
VERSION = PathParameter("version", "A version of it", "1", {"type": "integer", "minimum": 1})
_PAGE = CataloguePageSchema()
_ENTRY = CatalogueEntrySchema()
_ENTRY_ID = PathParameter("entryId", "The entry's id: letters, digits, dots, hyphens and underscores, at most 100", "ela-07")
_BODY_EXAMPLE: dict[str, Any] = {
    "activityIds": ["https://lms.example/courses/komunikasi-efektif"],
    "title": "Komunikasi Efektif",
    "kind": "16",
    "provider": "Portal Pembelajaran ASN",
    "jp": 6,
    "finish": "passed",
    "minScore": 0.7,
    "certificate": 36,
    "alignments": {"komunikasi": 3},
}
_EXAMPLE = {
    **_BODY_EXAMPLE,
    "id": "ela-07",
    "version": 2,
    "patterns": [],
    "definitions": [],
    "fromYear": None,
    "throughYear": None,
    "repeats": "never",
    "countsPer": "entry",
    "alignments": {"komunikasi": {"level": 3, "weight": 1.0}},
    "siasnTraining": None,
}

LIST = Operation(
    id="listCatalogue",
    method="GET",
    path="/catalogue",
    tag="catalogue",
    summary="The entries of the catalogue",
    description="By id, in pages: follow `next` until it is null. Every filter that is given must hold.",
    roles=READERS,
    query=CatalogueParametersSchema(),
    answers=(Answer(200, "A page", _PAGE, {"items": [_EXAMPLE], "next": None}),),
)
READ = Operation(
    id="readCatalogueEntry",
    method="GET",
    path="/catalogue/{entryId}",
    tag="catalogue",
    summary="One entry, as it is now",
    roles=READERS,
    path_parameters=(_ENTRY_ID,),
    answers=(Answer(200, "The entry", _ENTRY, _EXAMPLE, (ETAG,)),),
    refusals=(404,),
)
READ_VERSION = Operation(
    id="readCatalogueVersion",
    method="GET",
    path="/catalogue/{entryId}/versions/{version}",
    tag="catalogue",
    summary="One entry, as it was in a version that a profile names",
    roles=READERS,
    path_parameters=(_ENTRY_ID, VERSION),
    answers=(Answer(200, "The entry", _ENTRY, _EXAMPLE, (ETAG,)),),
    refusals=(404,),
)
WRITE = Operation(
    id="writeCatalogueEntry",
    method="PUT",
    path="/catalogue/{entryId}",
    tag="catalogue",
    summary="Make an entry, or say all of it anew",
    description="The properties mean what the columns of the table `catalogue` of an import mean; what is left out is empty. What "
    "the entry matches, or matched before, counts accordingly within moments, whenever it was sent.",
    roles=(Role.CATALOGUE,),
    path_parameters=(_ENTRY_ID,),
    request_headers=PRECONDITIONS,
    bodies=((EntryBodySchema(), _BODY_EXAMPLE),),
    answers=(
        Answer(200, "It stands", WRITTEN, {"id": "ela-07", "version": 2, "changed": True}, (ETAG,)),
        Answer(201, "It is new", WRITTEN, {"id": "ela-07", "version": 1, "changed": True}, (ETAG, LOCATION)),
    ),
    refusals=(409, 412, 413, 415),
)


def resource(services: HrServices, references: References, changes: Changes) -> Resource:
    catalogue = Resource("catalogue", services)

    def list_page() -> Response:
        wanted: EntriesAsked = asked()
        entries = references.current().catalogue.by_id.values()
        after = wanted.after or ""
        page = list(islice((one for one in entries if one.id > after and _meets(one, wanted)), wanted.limit + 1))
        following = _next(wanted, page[wanted.limit - 1].id) if len(page) > wanted.limit else None
        return answer(_PAGE, {"items": [entry_shown(one) for one in page[: wanted.limit]], "next": following})

    def read(entry_id: str) -> Response:
        return _answered(references.current().catalogue.by_id.get(entry_id))

    def read_version(entry_id: str, version: str) -> Response:
        return _answered(services.catalogue.entry(entry_id, number_of(version)))

    def write(entry_id: str) -> Response:
        entry = read_entry(entry_id, body())
        audited(services, "catalogue.write", [f"catalogue {entry.id}"])
        return written(WRITTEN, entry.id, changes.put_entry(entry, precondition().check), f"/catalogue/{entry.id}")

    catalogue.serve(LIST, list_page)
    catalogue.serve(READ, read)
    catalogue.serve(READ_VERSION, read_version)
    catalogue.serve(WRITE, write)
    return catalogue


def number_of(text: str) -> int:
    """A version as it stands in a path; 0, which there never is, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def written(schema: Answered, own_id: str, put: Put, path: str, **more: Any) -> Response:
    """What a change answers: 201 with its place where it made something new, else 200."""
    headers = etag(put.version) | ({"Location": BASE_PATH + path} if put.created else {})
    response = answer(schema, {"id": own_id, "version": put.version, "changed": put.changed, **more}, headers)
    response.status_code = 201 if put.created else 200
    return response


def _answered(entry: CatalogueEntry | None) -> Response:
    if entry is None:
        raise Refusal(404, "the catalogue has no such entry; GET /api/v1/catalogue lists them")
    return answer(_ENTRY, entry_shown(entry), etag(entry.version))


def _meets(entry: CatalogueEntry, wanted: EntriesAsked) -> bool:
    return (
        wanted.kind in (None, entry.kind_id)
        and wanted.provider in (None, entry.provider)
        and (wanted.competency is None or any(one.competency_id == wanted.competency for one in entry.alignments))
    )


def _next(wanted: EntriesAsked, last: str) -> str:
    filters = {"kind": wanted.kind, "provider": wanted.provider, "competency": wanted.competency}
    query = {name: value for name, value in filters.items() if value is not None}
    return f"{BASE_PATH}/catalogue?{urlencode({**query, 'limit': wanted.limit, 'after': write_cursor(last)})}"
