"""`/employees/lookup` and `/employees/{employeeId}`: who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Response

from access.credentials import Role
from competency.directory import Employee, Employment, Post
from competency.nip import NipError, mask, normalise
from competency.units import subtree
from hr_api.auditing import audited
from hr_api.errors import Refusal
from hr_api.resource import Resource, answer, body
from hr_api.services import HrServices
from schemas.hr.document import Answer, Operation, PathParameter
from schemas.hr.employees import (
    LOOKUP_BY_NAME,
    LOOKUP_BY_NIP,
    ByNip,
    EmployeeCardSchema,
    EmployeesAsked,
    EmployeesPageSchema,
    FoundEmployeesSchema,
    SearchEmployeesSchema,
    load_lookup,
)
from schemas.hr.payload import InvalidPayload, load
from store.port import EmployeeSearch, SearchAfter
from store.reference import Reference, References
from xapi.agents import agent_key

EMPLOYEE_ID = PathParameter("employeeId", "The internal id, as a lookup gives it; never a NIP", "emp-0042")

_CARD = EmployeeCardSchema()
_FOUND = FoundEmployeesSchema()
_SEARCH = SearchEmployeesSchema()
_PAGE = EmployeesPageSchema()
EXAMPLE = {
    "id": "emp-0042",
    "name": "Siti Rahmawati",
    "nipMasked": "19860926******1001",
    "employment": "PNS",
    "leftOn": None,
    "unit": {
        "id": "unit-0101",
        "name": "Bagian Kepegawaian",
        "path": ["Kementerian Contoh", "Sekretariat Jenderal", "Bagian Kepegawaian"],
    },
    "post": {"id": "post-17", "title": "Analis SDM Aparatur Ahli Muda", "kind": "fungsional", "tier": "pengawas"},
}

LOOKUP = Operation(
    id="lookupEmployees",
    method="POST",
    path="/employees/lookup",
    tag="employees",
    summary="Find employees by NIP or by name",
    description="A POST, because a NIP must not stand in a URL. A NIP finds whoever has "
    "it now first, then everyone who had it at another time.",
    roles=(Role.HR,),
    bodies=((LOOKUP_BY_NIP, {"nip": "19860926 201505 1 001"}), (LOOKUP_BY_NAME, {"name": "siti rahma", "limit": 10})),
    answers=(Answer(200, "Who was found: by NIP the present holder first, else by name", _FOUND, {"employees": [EXAMPLE]}),),
    refusals=(413, 415),
)
SEARCH = Operation(
    id="searchEmployees",
    method="POST",
    path="/employees/search",
    tag="employees",
    summary="Find employees by name, unit, post and employment",
    description="A POST, because a name must not stand in a URL. In pages: send `next` as `after` until it is null.",
    roles=(Role.HR,),
    bodies=((_SEARCH, {"name": "siti rahma", "unitId": "setjen"}),),
    answers=(Answer(200, "A page, ordered by name", _PAGE, {"employees": [EXAMPLE], "next": None}),),
    refusals=(404, 413, 415),
)
READ = Operation(
    id="readEmployee",
    method="GET",
    path="/employees/{employeeId}",
    tag="employees",
    summary="One employee's card",
    roles=(Role.HR,),
    path_parameters=(EMPLOYEE_ID,),
    answers=(Answer(200, "The card", _CARD, EXAMPLE),),
    refusals=(404,),
)


@dataclass(frozen=True, slots=True)
class UnitCard:
    id: str
    name: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmployeeCard:
    """What is shown of an employee; the NIP masked."""

    id: str
    name: str
    nip_masked: str
    employment: Employment
    unit: UnitCard | None
    post: Post | None
    left_on: date | None


def card_of(employee: Employee, reference: Reference) -> EmployeeCard:
    path = reference.unit_path(employee.unit_id)
    return EmployeeCard(
        id=employee.id,
        name=employee.name,
        nip_masked=mask(employee.nip),
        employment=employee.employment,
        unit=UnitCard(path[-1].id, path[-1].name, tuple(unit.name for unit in path)) if path else None,
        post=reference.posts.get(employee.post_id),
        left_on=employee.left_on,
    )


def known_employee(services: HrServices, employee_id: str) -> Employee:
    """Raises Refusal (404)."""
    employee = services.directory.employee(employee_id)
    if employee is None:
        raise Refusal(404, "there is no employee with this id; POST /api/v1/employees/lookup finds ids by NIP or name")
    return employee


def holders_of_nip(services: HrServices, nip: str) -> list[Employee]:
    """Everyone who has or had the number (18 digits), each once: whoever has it now, then the others, ordered by id."""
    now = services.directory.by_nip(nip)
    key = str(agent_key({"account": {"homePage": services.settings.nip_home_page, "name": nip}}))
    ever = services.directory.by_identifiers([key]).get(key, ())
    return list({one.id: one for one in (() if now is None else (now,)) + ever}.values())


def resource(services: HrServices, references: References) -> Resource:
    employees = Resource("employees", services)

    def lookup() -> Response:
        wanted = load_lookup(body())
        if isinstance(wanted, ByNip):
            nip = _nip(wanted.nip)
            audited(services, "employee.lookup", ["lookup by nip"])
            found = holders_of_nip(services, nip)
        else:
            audited(services, "employee.lookup", ["lookup by name"])
            found = services.directory.search(EmployeeSearch(words=wanted.name), limit=wanted.limit)
        audited(services, "employee.found", [employee.id for employee in found])
        reference = references.current()
        return answer(_FOUND, {"employees": [card_of(employee, reference) for employee in found]})

    def read(employee_id: str) -> Response:
        employee = known_employee(services, employee_id)
        audited(services, "employee.read", [employee.id])
        return answer(_CARD, card_of(employee, references.current()))

    def search() -> Response:
        wanted: EmployeesAsked = load(_SEARCH, body())
        reference = references.current()
        units = None if wanted.unit_id is None else _subtree(reference, wanted.unit_id)
        found = services.directory.search(
            EmployeeSearch(
                words=wanted.name,
                unit_ids=units,
                post_id=wanted.post_id,
                employment=wanted.employment,
                include_left=wanted.include_left,
                today=reference.rules.local_date(services.clock.now_ms()),
            ),
            after=None if wanted.after is None else SearchAfter(*wanted.after),
            limit=wanted.limit + 1,
        )
        page = found[: wanted.limit]
        audited(services, "employee.found", [employee.id for employee in page])
        following = [page[-1].name, page[-1].id] if len(found) > wanted.limit else None
        return answer(_PAGE, {"employees": [card_of(employee, reference) for employee in page], "next": following})

    employees.serve(LOOKUP, lookup)
    employees.serve(SEARCH, search)
    employees.serve(READ, read)
    return employees


def _subtree(reference: Reference, unit_id: str) -> frozenset[str]:
    """Raises Refusal (404)."""
    if unit_id not in reference.units:
        raise Refusal(404, "there is no unit with this id; GET /api/v1/units lists the agencies, and with parent= what is below")
    return subtree(unit_id, reference.units)


def _nip(written: str) -> str:
    try:
        return normalise(written)
    except NipError as error:
        raise InvalidPayload(f"must be 18 digits, spaces between them are allowed: {error}", "/nip") from error
