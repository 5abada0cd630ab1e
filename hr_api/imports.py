"""`/imports`: attendance lists, read and judged, then sent as statements once somebody says yes."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from access.credentials import Role
from hr_api.attendance import Attendance, Choices, Held, NoEvent, Over
from hr_api.auditing import audited
from hr_api.errors import Refusal
from hr_api.front_door import DoorClosed
from hr_api.import_answers import shown
from hr_api.resource import Resource, answer, asked, body, caller
from hr_api.services import HrServices
from schemas.attendance.grids import LIMITS
from schemas.attendance.sheets_out import CSV, XLSX, rejected_workbook, template_csv, template_workbook
from schemas.hr.document import BASE_PATH, Answer, Header, Operation, PathParameter
from schemas.hr.imports import (
    ConfirmSchema,
    ImportSchema,
    ListAsked,
    ListFormSchema,
    ListParametersSchema,
    clean_name,
    form_document,
)
from schemas.hr.payload import InvalidPayload, dump, load, load_parameters
from schemas.imports.sheets import FileRefused
from store.reference import References

_IMPORT = ImportSchema()
_CONFIRM = ConfirmSchema()
_FORM = ListFormSchema()
_FORM_OVERHEAD_BYTES = 256 * 1024
_BINARY = {"type": "string", "contentEncoding": "binary"}
_ID = PathParameter("importId", "As the preview gives it", "0f3c7ad0-5f0e-4b57-9d3a-6a5d3c1f2b11")
_ATTACHED = Header("Content-Disposition", "A file name for it", {"type": "string"})
_EXAMPLE: dict[str, Any] = {
    "id": "0f3c7ad0-5f0e-4b57-9d3a-6a5d3c1f2b11",
    "status": "previewed",
    "fileName": "daftar-hadir.xlsx",
    "createdAt": "2026-03-23T02:00:00.000Z",
    "expiresAt": "2026-03-30T02:00:00.000Z",
    "event": {
        "title": "Bimtek Manajemen Risiko",
        "firstDay": "2026-03-17",
        "lastDay": "2026-03-19",
        "jp": 24,
        "provider": "Pusat Pengembangan SDM",
        "place": "Aula Lantai 3",
        "instructor": None,
        "activity": "https://lms.example/bimtek/1",
        "catalogued": True,
        "verb": "attended",
    },
    "sheet": "Daftar Hadir",
    "otherSheets": [],
    "headerRow": 7,
    "columns": [{"column": "C", "heading": "NIP/NRP", "role": "nip", "confidence": 1.0}],
    "counts": {"ok": 1, "warning": 0, "question": 0, "unknown": 0, "bad": 0},
    "rows": [
        {
            "row": 1,
            "line": 9,
            "verdict": "ok",
            "remarks": [],
            "name": "SITI RAHMAWATI, S.Kom.",
            "employeeId": "emp-0042",
            "knownName": "Siti Rahmawati",
            "likeness": 1.0,
            "nipMasked": "19860926******1001",
            "email": None,
            "firstDay": "2026-03-17",
            "lastDay": "2026-03-19",
            "jp": 24,
            "jpCounted": 24,
            "durationMinutes": None,
            "certificate": None,
            "result": None,
        }
    ],
    "skipped": [{"line": 8, "why": "it numbers the columns"}],
    "result": None,
}

PREVIEW = Operation(
    id="previewImport",
    method="POST",
    path="/imports",
    tag="imports",
    summary="Read an attendance list and judge each row; nothing is sent yet",
    description="The list is an xlsx workbook or CSV of any dialect, as the body or as `file` of a form. Columns and the event are "
    "guessed from the list; what the parameters say wins. "
    f"At most {LIMITS.file_bytes // 1024 // 1024} MiB and {LIMITS.rows} rows. The preview waits seven days to be confirmed.",
    roles=(Role.HR,),
    query=ListParametersSchema(),
    media_bodies={
        "multipart/form-data": form_document(),
        XLSX: _BINARY,
        "text/csv": {"type": "string"},
        "application/octet-stream": _BINARY,
    },
    answers=(Answer(201, "The preview", _IMPORT, _EXAMPLE, (Header("Location", "Where it is read again", {"type": "string"}),)),),
    refusals=(413, 415),
)
READ = Operation(
    id="readImport",
    method="GET",
    path="/imports/{importId}",
    tag="imports",
    summary="A preview again, or what became of it",
    roles=(Role.HR,),
    path_parameters=(_ID,),
    answers=(Answer(200, "The import", _IMPORT, _EXAMPLE),),
    refusals=(404,),
)
CONFIRM = Operation(
    id="confirmImport",
    method="POST",
    path="/imports/{importId}/confirm",
    tag="imports",
    summary="Send the rows as statements",
    description="Through the same endpoint as every partner's. Ids are made of event, person and day, so a row that was "
    "imported before adds nothing. After a 503 confirm again: what was sent is not sent twice.",
    roles=(Role.HR,),
    path_parameters=(_ID,),
    bodies=((_CONFIRM, {"accept": [12], "takeUnknown": False}),),
    answers=(
        Answer(
            200,
            "What was sent",
            _IMPORT,
            {**_EXAMPLE, "status": "done", "result": {"sent": 1, "duplicates": 0, "refused": [], "left": 0}},
        ),
    ),
    refusals=(404, 413, 415),
)
REJECTED = Operation(
    id="readRejectedRows",
    method="GET",
    path="/imports/{importId}/rejected.xlsx",
    tag="imports",
    summary="The rows that are not sent, as they stood in the list, with the reason in the last column",
    roles=(Role.HR,),
    path_parameters=(_ID,),
    answers=(Answer(200, "A workbook", headers=(_ATTACHED,), media={XLSX: _BINARY}),),
    refusals=(404,),
)
TEMPLATE_XLSX = Operation(
    id="readAttendanceTemplate",
    method="GET",
    path="/imports/templates/attendance.xlsx",
    tag="imports",
    summary="An empty attendance list",
    description="Its NIP column is text, so that no digit is lost.",
    roles=(Role.HR,),
    answers=(Answer(200, "A workbook", headers=(_ATTACHED,), media={XLSX: _BINARY}),),
)
TEMPLATE_CSV = Operation(
    id="readAttendanceTemplateCsv",
    method="GET",
    path="/imports/templates/attendance.csv",
    tag="imports",
    summary="An empty attendance list as CSV",
    roles=(Role.HR,),
    answers=(Answer(200, "CSV with semicolons", headers=(_ATTACHED,), media={"text/csv": {"type": "string"}}),),
)


def resource(services: HrServices, references: References) -> Resource:
    imports = Resource("imports", services)
    attendance = Attendance(services, references)

    def preview() -> Response:
        data, wanted = _list()
        try:
            held = attendance.preview(
                data,
                file_name=clean_name(wanted.file_name),
                said=wanted.said,
                wishes=wanted.wishes,
                credential=caller().key,
            )
        except FileRefused as refusal:
            where = f"line {refusal.line}: " if refusal.line else ""
            raise InvalidPayload(f"{where}{refusal.message}; right would be: {refusal.would_be_right}") from refusal
        _note(services, "import.previewed", held)
        location = f"{BASE_PATH}/imports/{held.pending.id}"
        return Response(dump(_IMPORT, shown(held)), 201, {"Location": location}, content_type="application/json")

    def read(import_id: str) -> Response:
        held = _held(attendance, import_id)
        _note(services, "import.read", held)
        return answer(_IMPORT, shown(held))

    def confirm(import_id: str) -> Response:
        wanted = load(_CONFIRM, body())
        choices = Choices(
            frozenset(wanted.get("accept", ())), frozenset(wanted.get("leave_out", ())), wanted.get("take_unknown", False)
        )
        _note(services, "import.confirmed", _held(attendance, import_id))
        try:
            return answer(_IMPORT, shown(attendance.confirm(import_id, choices)))
        except Over:
            raise _gone() from None
        except DoorClosed as closed:
            raise Refusal(503, f"statements can't be sent: {closed}", {"Retry-After": "60"}) from None
        except NoEvent:
            raise InvalidPayload(
                "nothing says which event this is: send the list again with title and date, or with activity"
            ) from None

    def rejected(import_id: str) -> Response:
        held = _held(attendance, import_id)
        if held.listed is None:
            raise _gone()
        _note(services, "import.rejected.read", held)
        return _file(rejected_workbook(held.listed), XLSX, "rejected.xlsx")

    imports.serve(PREVIEW, preview)
    imports.serve(READ, read)
    imports.serve(CONFIRM, confirm)
    imports.serve(REJECTED, rejected)
    imports.serve(TEMPLATE_XLSX, lambda: _file(template_workbook(), XLSX, "attendance.xlsx"))
    imports.serve(TEMPLATE_CSV, lambda: _file(template_csv(), CSV, "attendance.csv"))
    return imports


def _list() -> tuple[bytes, ListAsked]:
    """The file that was sent and what is said of it. Raises InvalidPayload, Refusal (415), or 413 of werkzeug."""
    in_url: ListAsked = asked()
    request.max_content_length = LIMITS.file_bytes + _FORM_OVERHEAD_BYTES
    if request.mimetype == "multipart/form-data":
        file = request.files.get("file")
        if file is None or len(list(request.files.items(multi=True))) != 1:
            raise InvalidPayload("the form must have one file, named file", "/file")
        fields = [(name, value) for name, value in request.form.items(multi=True) if value.strip()]
        said: ListAsked = load_parameters(_FORM, [*request.args.items(multi=True), *fields])
        data = file.stream.read(LIMITS.file_bytes + 1)
        return data, ListAsked(said.said, said.wishes, said.file_name or file.filename)
    if request.mimetype not in (XLSX, "text/csv", "application/octet-stream", "application/vnd.ms-excel"):
        raise Refusal(415, f"send the list as multipart/form-data, {XLSX}, text/csv or application/octet-stream")
    return request.get_data(cache=False), in_url


def _held(attendance: Attendance, import_id: str) -> Held:
    try:
        return attendance.read(import_id)
    except Over:
        raise Refusal(404, "there is no import with this id") from None


def _gone() -> Refusal:
    return Refusal(404, "the time of this import is over; send the list again")


def _note(services: HrServices, action: str, held: Held) -> None:
    people = {row.employee_id for row in held.listed.rows if row.employee_id is not None} if held.listed is not None else set()
    audited(services, action, [f"attendance list {held.pending.id}", *sorted(people)])


def _file(content: bytes, content_type: str, name: str) -> Response:
    return Response(content, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, content_type=content_type)
