"""What can be asked of frameworks, as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Any

from access.credentials import Role
from hr_api.catalogue import LOCATION, READERS, VERSION
from hr_api.preconditions import ETAG, PRECONDITIONS
from schemas.hr.document import Answer, Header, Operation, PathParameter
from schemas.hr.framework_changes import FrameworkChangeSchema
from schemas.hr.frameworks import (
    CASE_PACKAGE,
    FrameworkBodySchema,
    FrameworkListSchema,
    FrameworkPutParametersSchema,
    FrameworkSchema,
)

FRAMEWORKS = FrameworkListSchema()
FRAMEWORK = FrameworkSchema()
CHANGE = FrameworkChangeSchema()
FRAMEWORK_ID = PathParameter(
    "frameworkId", "The framework's id: letters, digits, dots, hyphens and underscores, at most 100", "kamus-teknis-ti"
)
_ATTACHED = Header("Content-Disposition", "A file name for it", {"type": "string"})
_BODY: dict[str, Any] = {
    "title": "Kamus Kompetensi Teknis TI",
    "publisher": "Kementerian Contoh",
    "edition": "2026",
    "language": "id",
    "competencies": [
        {
            "id": "ti-keamanan",
            "name": "Keamanan Informasi",
            "kind": "teknis",
            "description": "Menjaga kerahasiaan, keutuhan dan ketersediaan informasi.",
            "levels": {"1": "Memahami dasar keamanan", "2": "Menerapkan kendali dasar"},
        }
    ],
}
_HEAD = {
    "id": "kamus-teknis-ti",
    "version": 2,
    "changedAt": "2026-03-17T04:05:06.000Z",
    "title": "Kamus Kompetensi Teknis TI",
    "publisher": "Kementerian Contoh",
    "edition": "2026",
    "language": "id",
    "description": None,
    "uri": None,
}
_FRAMEWORK = {**_HEAD, "competencies": [{**_BODY["competencies"][0], "parentId": None, "uri": None}]}
_ITEM = "b2f4b9b2-5f0e-4b57-9d3a-6a5d3c1f2b11"
_PACKAGE: dict[str, Any] = {
    "CFDocument": {"identifier": "0f3c7ad0-5f0e-4b57-9d3a-6a5d3c1f2b11", "title": "Kamus Kompetensi Teknis TI"},
    "CFItems": [{"identifier": _ITEM, "fullStatement": "Keamanan Informasi", "humanCodingScheme": "ti-keamanan"}],
}
_CHANGE = {
    "id": "kamus-teknis-ti",
    "version": 2,
    "applied": True,
    "changed": True,
    "properties": ["edition"],
    "new": ["ti-awan"],
    "changedCompetencies": [{"id": "ti-keamanan", "properties": ["levels"]}],
    "left": [{"id": "ti-faks", "posts": 0, "entries": 1}],
    "problems": [],
}

LIST = Operation(
    id="listFrameworks",
    method="GET",
    path="/frameworks",
    tag="catalogue",
    summary="The frameworks of competencies (kamus kompetensi)",
    description="Also that of Permenpan-RB 38/2017, which comes with Rekam.",
    roles=READERS,
    answers=(Answer(200, "All of them", FRAMEWORKS, {"frameworks": [{**_HEAD, "competencies": 14}]}),),
)
READ = Operation(
    id="readFramework",
    method="GET",
    path="/frameworks/{frameworkId}",
    tag="catalogue",
    summary="One framework, as it is now",
    roles=READERS,
    path_parameters=(FRAMEWORK_ID,),
    answers=(Answer(200, "The framework with its competencies", FRAMEWORK, _FRAMEWORK, (ETAG,)),),
    refusals=(404,),
)
READ_VERSION = Operation(
    id="readFrameworkVersion",
    method="GET",
    path="/frameworks/{frameworkId}/versions/{version}",
    tag="catalogue",
    summary="One framework, as it was in a version that a profile names",
    roles=READERS,
    path_parameters=(FRAMEWORK_ID, VERSION),
    answers=(Answer(200, "The framework with its competencies", FRAMEWORK, _FRAMEWORK, (ETAG,)),),
    refusals=(404,),
)
READ_CASE = Operation(
    id="readFrameworkAsCase",
    method="GET",
    path="/frameworks/{frameworkId}/case",
    tag="catalogue",
    summary="One framework as a package of 1EdTech CASE 1.1",
    description="The same version gives the same bytes. URIs that a framework has none of begin with the setting "
    "`REKAM_CASE_BASE_URI`. `lastChangeDateTime` is `changedAt` of the framework, 1970 for what came with Rekam.",
    roles=READERS,
    path_parameters=(FRAMEWORK_ID,),
    answers=(Answer(200, "A CFPackage", CASE_PACKAGE, _PACKAGE, (ETAG,)),),
    refusals=(404,),
)
READ_CSV = Operation(
    id="readFrameworkAsCsv",
    method="GET",
    path="/frameworks/{frameworkId}/csv",
    tag="catalogue",
    summary="One framework as the table `competencies` of an import",
    roles=READERS,
    path_parameters=(FRAMEWORK_ID,),
    answers=(Answer(200, "CSV", headers=(ETAG, _ATTACHED), media={"text/csv": {"type": "string"}}),),
    refusals=(404,),
)
WRITE = Operation(
    id="writeFramework",
    method="PUT",
    path="/frameworks/{frameworkId}",
    tag="catalogue",
    summary="Make a framework, or say all of it anew",
    description="As JSON like GET answers it, or as a package of 1EdTech CASE 1.0 or 1.1. With `apply=false` nothing is written "
    "and the answer says what would be. Competencies that it no longer has are gone from profiles; versions before stay readable.",
    roles=(Role.CATALOGUE,),
    path_parameters=(FRAMEWORK_ID,),
    query=FrameworkPutParametersSchema(),
    request_headers=PRECONDITIONS,
    bodies=((FrameworkBodySchema(), _BODY), (CASE_PACKAGE, _PACKAGE)),
    answers=(
        Answer(200, "It stands, or would", CHANGE, _CHANGE, (ETAG,)),
        Answer(
            201,
            "It is new",
            CHANGE,
            {**_CHANGE, "version": 1, "properties": [], "changedCompetencies": [], "left": []},
            (ETAG, LOCATION),
        ),
    ),
    refusals=(412, 413, 415),
)
