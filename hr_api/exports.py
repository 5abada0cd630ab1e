"""`/units/{unitId}/exports/{shape}.csv|xlsx`: tables about the people of a unit's subtree, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from flask import Response, stream_with_context

from access.credentials import Role
from competency.profile_json import read
from hr_api.auditing import audited
from hr_api.errors import Refusal
from hr_api.masking import masked_json
from hr_api.resource import Resource, asked, caller
from hr_api.services import HrServices
from hr_api.units import UNIT_ID, known_unit, path_of
from schemas.exports.people import Ground, Person, person
from schemas.exports.shapes import SHAPES, ShapeName
from schemas.exports.writing import MEDIA_TYPES, Form, write
from schemas.hr.document import Answer, Header, Operation, PathParameter
from schemas.hr.exports import ExportAsked, ExportParametersSchema
from store.port import ProfileAfter
from store.reference import Reference, References

PAGE = 500

_SHAPE = PathParameter(
    "shape",
    "Which table: " + "; ".join(f"`{name}` ({shape.says})" for name, shape in SHAPES.items()),
    ShapeName.RIWAYAT_KURSUS,
    {"type": "string", "enum": [name.value for name in ShapeName]},
)
_FORM = PathParameter("form", "Which kind of file", "csv", {"type": "string", "enum": [form.value for form in Form]})

EXPORT = Operation(
    id="exportUnit",
    method="GET",
    path="/units/{unitId}/exports/{shape}.{form}",
    tag="units",
    summary="A table about everybody in a unit and the units below it",
    description="Streamed, whatever its length; rows are by unit, then employee. Who has left is not in it. Everybody in it is "
    "noted in the audit trail. NIPs are masked, also within certificate numbers, unless `nip=clear` is asked by the role "
    "`hr:nip`. In CSV, cells that a spreadsheet would take for a formula begin with an apostrophe.",
    roles=(Role.HR,),
    path_parameters=(UNIT_ID, _SHAPE, _FORM),
    query=ExportParametersSchema(),
    answers=(
        Answer(
            200,
            "The table, as text/csv or as a workbook",
            headers=(Header("Content-Disposition", "A file name for it", {"type": "string"}),),
            media={media: {"type": "string", "contentEncoding": "binary"} for media in MEDIA_TYPES.values()},
        ),
    ),
    refusals=(404,),
)


def resource(services: HrServices, references: References) -> Resource:
    exports = Resource("exports", services)

    def export(unit_id: str, shape: str, form: str) -> Response:
        wanted: ExportAsked = asked()
        if shape not in SHAPES or form not in MEDIA_TYPES:
            raise Refusal(404, f"there is no such table; known are {', '.join(SHAPES)}, each as {' or '.join(Form)}")
        if wanted.nip == "clear" and not caller().may(Role.HR_NIP):
            raise Refusal(403, "NIPs in clear need the role `hr:nip`; ask for nip=masked")
        reference = references.current()
        prefix = path_of(reference, known_unit(reference, unit_id))
        name = f"{shape}-{unit_id}{'' if wanted.year is None else f'-{wanted.year}'}.{form}"
        table_shape = SHAPES[ShapeName(shape)]
        ground = Ground(reference.rules, reference.catalogue.by_id)
        rows = table_shape.rows(_people(reference, prefix, wanted), wanted.year, ground)
        table = write(Form(form), table_shape.headers, rows, shape)
        # What fails before the first piece is there is still answered with its status.
        first = next(table, b"")
        return Response(
            stream_with_context(chain((first,), table)),
            content_type=MEDIA_TYPES[Form(form)],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _people(reference: Reference, prefix: tuple[str, ...], wanted: ExportAsked) -> Iterator[Person]:
        after: ProfileAfter | None = None
        clear = wanted.nip == "clear"
        while page := services.profile_queries.in_unit(prefix, direct=wanted.direct, after=after, limit=PAGE):
            people = services.directory.get_many(held.employee_id for held in page)
            audited(services, "unit.export", people)
            for held in page:
                employee = people.get(held.employee_id)
                if employee is not None:
                    path, post = reference.unit_path(employee.unit_id), reference.posts.get(employee.post_id)
                    profile = read(held.text if clear else masked_json(held.text))
                    yield person(employee, profile, path, post, nip_in_clear=clear)
            after = page[-1].place

    exports.serve(EXPORT, export)
    return exports
