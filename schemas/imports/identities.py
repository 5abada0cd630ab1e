"""Who the rows of an employees' file are: people the directory knows already, or new ones who get an internal id.

An internal id is never made of the NIP: the number changes with a contract, and the id stands in URLs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from competency.directory import Assessment, Employee, Identifier, Post, Unit
from competency.nip import mask
from schemas.imports.directory import AssessmentRow, EmployeeRow, StandardRow, UnitRow
from schemas.imports.outcome import ImportResult, Problem
from schemas.imports.validity import ByIdentifiers, ByNip, holders_of, identifiers_upon

_CHUNK = 500


def assign_ids(
    rows: Sequence[EmployeeRow],
    *,
    by_nip: ByNip,
    by_identifiers: ByIdentifiers,
    new_id: Callable[[], str],
    nip_home_page: str,
    unit_ids: Collection[str] | None = None,
    post_ids: Collection[str] | None = None,
) -> ImportResult[Employee]:
    """The employees as they should be from now on, in the order of the rows.

    A row is the person who has its NIP, else who has one of its identifiers on some day on which the row has it (so a PPPK with a
    new number and the same e-mail stays the same person), else somebody new. Who is known keeps the internal id, the assessments,
    the id in SIASN and the former contracts where the row has none, and some
    identifiers (`schemas.imports.validity.identifiers_upon`). A row that is two people,
    or whose identifier another row has on some same day, is a problem. So is a unit or a post outside `unit_ids` and
    `post_ids`, where those are given.
    """
    employees: list[Employee] = []
    problems: list[Problem] = []
    taken: dict[str, list[tuple[Identifier, EmployeeRow]]] = {}
    rows_by_id: dict[str, EmployeeRow] = {}
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        known = by_identifiers({one.key for row in chunk for one in row.identifiers})
        for row in chunk:
            holders = holders_of(row.identifiers, known)
            if all(one.nip != row.nip for one in holders.values()) and (holder := by_nip(row.nip)) is not None:
                holders[holder.id] = holder
            problem = (
                _strange(row, unit_ids, post_ids)
                or _two_people(row, holders)
                or _taken(row, taken)
                or _same_person(row, holders, rows_by_id)
            )
            if problem is not None:
                problems.append(problem)
                continue
            held = next(iter(holders.values()), None)
            employee = _employee(row, held, nip_home_page, new_id)
            for one in row.identifiers:
                taken.setdefault(one.key, []).append((one, row))
            rows_by_id[employee.id] = row
            employees.append(employee)
    return ImportResult(tuple(employees), tuple(problems))


def attach_assessments(rows: Iterable[AssessmentRow], by_nip: ByNip) -> ImportResult[Employee]:
    """The employees whose assessments grow, with what they had and what is new; those that would stay as they are are left out."""
    problems: list[Problem] = []
    before: dict[str, Employee] = {}
    found: dict[str, set[Assessment]] = {}
    for row in rows:
        employee = by_nip(row.nip)
        if employee is None:
            message = "no employee of the directory has this number"
            problems.append(Problem("assessments", row.line, "nip", mask(row.nip), message, "the current number of somebody known"))
            continue
        before[employee.id] = employee
        found.setdefault(employee.id, set(employee.assessments)).add(row.assessment)
    changed = (
        replace(before[one], assessments=tuple(sorted(all_of_one, key=_when)))
        for one, all_of_one in found.items()
        if all_of_one != set(before[one].assessments)
    )
    return ImportResult(tuple(changed), tuple(problems))


def apply_standards(rows: Iterable[StandardRow], posts: Mapping[str, Post]) -> ImportResult[Post]:
    """The posts that change, with the standards they had and those of the rows, which win."""
    problems: list[Problem] = []
    changed: dict[str, Post] = {}
    for row in rows:
        post = changed.get(row.post_id) or posts.get(row.post_id)
        if post is None:
            problems.append(Problem("standards", row.line, "post", row.post_id, "no such post is known", "the id of a post"))
            continue
        changed[post.id] = replace(post, standards={**post.standards, row.competency_id: row.level})
    return ImportResult(tuple(post for post in changed.values() if post != posts.get(post.id)), tuple(problems))


def check_units(rows: Sequence[UnitRow], known: Mapping[str, Unit]) -> ImportResult[Unit]:
    """The units whose way up ends at an agency, through the rows or what is `known`; the others are problems.

    A unit keeps the id in SIASN that is `known` of it where its row has none.
    """
    everything = {**known, **{row.unit.id: row.unit for row in rows}}
    good: list[Unit] = []
    problems: list[Problem] = []
    for row in rows:
        seen = {row.unit.id}
        parent_id = row.unit.parent_id
        while parent_id is not None and parent_id in everything and parent_id not in seen:
            seen.add(parent_id)
            parent_id = everything[parent_id].parent_id
        if parent_id is None:
            good.append(row.upon(known.get(row.unit.id)))
        else:
            message = "its units above form a circle" if parent_id in seen else f"the unit {parent_id} above it is not known"
            advice = "the id of a unit that leads up to an agency"
            problems.append(Problem("units", row.line, "parent", row.unit.parent_id or "", message, advice))
    return ImportResult(tuple(good), tuple(problems))


def _employee(row: EmployeeRow, held: Employee | None, nip_home_page: str, new_id: Callable[[], str]) -> Employee:
    return Employee(
        id=new_id() if held is None else held.id,
        name=row.name,
        nip=row.nip,
        employment=row.employment,
        unit_id=row.unit_id,
        post_id=row.post_id,
        identifiers=row.identifiers if held is None else identifiers_upon(row, held, nip_home_page),
        contract_start=row.contract_start,
        assessments=() if held is None else held.assessments,
        left_on=row.left_on,
        siasn_id=row.siasn_id or ("" if held is None else held.siasn_id),
        former_contracts=_former_contracts(row, held),
    )


def _former_contracts(row: EmployeeRow, held: Employee | None) -> tuple[date, ...]:
    """As the row says; where it does not, those that are known, with the present one where the row has a later."""
    if row.former_contracts is not None or held is None:
        return row.former_contracts or ()
    start = row.contract_start
    if start is None:
        return held.former_contracts
    known = held.former_contracts if held.contract_start is None else (*held.former_contracts, held.contract_start)
    return tuple(sorted({one for one in known if one < start}))


def _strange(row: EmployeeRow, unit_ids: Collection[str] | None, post_ids: Collection[str] | None) -> Problem | None:
    if unit_ids is not None and row.unit_id not in unit_ids:
        return Problem("employees", row.line, "unit", row.unit_id, "no such unit is known", "the id of a unit")
    if post_ids is not None and row.post_id not in post_ids:
        return Problem("employees", row.line, "post", row.post_id, "no such post is known", "the id of a post")
    return None


def _two_people(row: EmployeeRow, holders: Mapping[str, Employee]) -> Problem | None:
    if len(holders) < 2:
        return None
    message = f"its numbers, addresses and accounts belong to different employees: {', '.join(sorted(holders))}"
    advice = "identifiers of one person only; give what was another's before its days in the table identifiers"
    return Problem("employees", row.line, "", mask(row.nip), message, advice)


def _taken(row: EmployeeRow, taken: Mapping[str, Sequence[tuple[Identifier, EmployeeRow]]]) -> Problem | None:
    for one in row.identifiers:
        for other, holder in taken.get(one.key, ()):
            if one.overlaps(other):
                message = f"line {holder.line} has the same {_what(one.key)}"
                return Problem("employees", row.line, "", mask(row.nip), message, "each identifier with one person only on any day")
    return None


def _what(key: str) -> str:
    words = {"mbox": "e-mail address", "mbox_sha1sum": "e-mail address", "openid": "OpenID"}
    return words.get(key.partition("|")[0], "account or number")


def _same_person(row: EmployeeRow, holders: Mapping[str, Employee], rows_by_id: Mapping[str, EmployeeRow]) -> Problem | None:
    other = next((rows_by_id[one] for one in holders if one in rows_by_id), None)
    if other is None:
        return None
    message = f"line {other.line} is the same employee of the directory"
    return Problem("employees", row.line, "", mask(row.nip), message, "each person once")


def _when(assessment: Assessment) -> tuple[object, ...]:
    return assessment.assessed_on, assessment.competency_id, assessment.level, assessment.source
