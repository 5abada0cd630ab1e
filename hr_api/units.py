"""`/units`: the tree of units (unit kerja)."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

from access.credentials import Role
from competency.directory import Unit
from hr_api.errors import Refusal
from hr_api.resource import Resource, answer, asked
from hr_api.services import HrServices
from schemas.hr.document import Answer, Operation, PathParameter
from schemas.hr.units import UnitListSchema, UnitSchema, UnitsParametersSchema
from store.reference import Reference, References

UNIT_ID = PathParameter("unitId", "The id of the unit, as GET /units gives it", "setjen")
_UNIT = UnitSchema()
_UNITS = UnitListSchema()
EXAMPLE = {
    "id": "setjen",
    "name": "Sekretariat Jenderal",
    "parentId": "kpn",
    "path": ["Kementerian Pembelajaran Nusantara", "Sekretariat Jenderal"],
    "unitsBelow": 3,
}

LIST = Operation(
    id="listUnits",
    method="GET",
    path="/units",
    tag="units",
    summary="The agencies, or the units directly below one",
    roles=(Role.HR,),
    query=UnitsParametersSchema(),
    answers=(Answer(200, "By name", _UNITS, {"units": [EXAMPLE]}),),
    refusals=(404,),
)
READ = Operation(
    id="readUnit",
    method="GET",
    path="/units/{unitId}",
    tag="units",
    summary="One unit",
    roles=(Role.HR,),
    path_parameters=(UNIT_ID,),
    answers=(Answer(200, "The unit", _UNIT, EXAMPLE),),
    refusals=(404,),
)


def known_unit(reference: Reference, unit_id: str) -> Unit:
    """Raises Refusal (404)."""
    unit = reference.units.get(unit_id)
    if unit is None:
        raise Refusal(404, "there is no unit with this id; GET /api/v1/units lists the agencies, and with parent= what is below")
    return unit


def path_of(reference: Reference, unit: Unit) -> tuple[str, ...]:
    """The ids from the agency down to the unit: the prefix of the paths of everybody in its subtree."""
    return tuple(one.id for one in reference.unit_path(unit.id))


def resource(services: HrServices, references: References) -> Resource:
    units = Resource("units", services)

    def list_units() -> Response:
        wanted: dict[str, str] = asked()
        reference = references.current()
        parent = wanted.get("parent")
        if parent is not None:
            known_unit(reference, parent)
        found = [unit for unit in reference.units.values() if _above(unit, reference) == parent]
        return answer(_UNITS, {"units": [_shown(unit, reference) for unit in _by_name(found)]})

    def read(unit_id: str) -> Response:
        reference = references.current()
        return answer(_UNIT, _shown(known_unit(reference, unit_id), reference))

    units.serve(LIST, list_units)
    units.serve(READ, read)
    return units


def _above(unit: Unit, reference: Reference) -> str | None:
    """The unit above; a unit whose parent the directory does not have stands at the top, or nobody would find it."""
    return unit.parent_id if unit.parent_id in reference.units else None


def _shown(unit: Unit, reference: Reference) -> dict[str, object]:
    return {
        "id": unit.id,
        "name": unit.name,
        "parent_id": _above(unit, reference),
        "path": [one.name for one in reference.unit_path(unit.id)],
        "units_below": sum(1 for other in reference.units.values() if other.parent_id == unit.id),
    }


def _by_name(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (unit.name.casefold(), unit.id))
