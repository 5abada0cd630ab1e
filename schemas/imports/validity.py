"""When identifiers are whose: what stays of those that are known, what rows add, and where two people would have one at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from competency.directory import Employee, Identifier, IdentifierSource
from competency.nip import DIGITS, mask
from schemas.imports.outcome import ImportResult, Problem
from schemas.imports.people import EmployeeRow, IdentifierRow, in_order

ByNip = Callable[[str], Employee | None]
ByIdentifiers = Callable[[Iterable[str]], Mapping[str, Sequence[Employee]]]

_CHUNK = 500


def holders_of(
    identifiers: Iterable[Identifier],
    known: Mapping[str, Sequence[Employee]],
    anew: Collection[tuple[str, str]] = (),
) -> dict[str, Employee]:
    """Whoever has one of the identifiers on a day on which it is said to be valid, by id.

    Of the pairs of NIP and key that are `anew`, what the directory knows so far does not count.
    """
    return {
        employee.id: employee
        for one in identifiers
        for employee in known.get(one.key, ())
        if any(
            other.key == one.key
            and other.overlaps(one)
            and (other.source is IdentifierSource.HR or (employee.nip, one.key) not in anew)
            for other in employee.identifiers
        )
    }


def identifiers_upon(row: EmployeeRow, held: Employee, nip_home_page: str) -> tuple[Identifier, ...]:
    """The identifiers of somebody known from now on: what HR linked, the accounts named by former NIPs and what has a validity
    stay; every other is what the row says. Where row and directory both give the validity of a key, the row's counts."""
    prefix = f"account|{nip_home_page}|"
    dated = {one.key for one in row.identifiers if _is_dated(one)}
    kept = tuple(
        one
        for one in held.identifiers
        if one.source is IdentifierSource.HR
        or (one.key not in dated and (_is_dated(one) or (one.key.startswith(prefix) and _is_number(one.key.removeprefix(prefix)))))
    )
    keys = {one.key for one in kept}
    return _together(kept, [one for one in row.identifiers if one.key not in keys])


def attach_identifiers(rows: Sequence[IdentifierRow], *, by_nip: ByNip, by_identifiers: ByIdentifiers) -> ImportResult[Employee]:
    """The employees whose identifiers change; those that would stay as they are are left out.

    Of an identifier that a row names for somebody, the rows say all validity the directory knows; what HR linked stays. A row is a
    problem when nobody has its NIP, or when somebody else has the identifier on some day of its validity.
    """
    problems: list[Problem] = []
    before: dict[str, Employee] = {}
    said: dict[str, list[Identifier]] = {}
    anew = {(row.nip, one.key) for row in rows for one in row.identifiers}
    named: dict[str, list[tuple[Identifier, Employee]]] = {}
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        known = by_identifiers({one.key for row in chunk for one in row.identifiers})
        for row in chunk:
            employee = by_nip(row.nip)
            if employee is None:
                message = "no employee of the directory has this number"
                problems.append(_of_identifier(row, message, "the current number of somebody known"))
                continue
            others = set(holders_of(row.identifiers, known, anew)) - {employee.id}
            others |= {
                owner.id
                for one in row.identifiers
                for other, owner in named.get(one.key, ())
                if owner.id != employee.id and one.overlaps(other)
            }
            if others:
                message = f"it is also that of {', '.join(sorted(others))} on some of these days"
                problems.append(_of_identifier(row, message, "days on which nobody else has it"))
                continue
            before[employee.id] = employee
            said.setdefault(employee.id, []).extend(row.identifiers)
            for one in row.identifiers:
                named.setdefault(one.key, []).append((one, employee))
    changed = []
    for employee_id, identifiers in said.items():
        held = before[employee_id]
        keys = {one.key for one in identifiers}
        kept = tuple(one for one in held.identifiers if one.key not in keys or one.source is IdentifierSource.HR)
        now = replace(held, identifiers=_together(kept, identifiers))
        if now != held:
            changed.append(now)
    return ImportResult(tuple(changed), tuple(problems))


def _together(kept: Sequence[Identifier], said: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Each once, in order; an officer's link to the same key on the same days stands alone."""
    linked = {replace(one, source=IdentifierSource.DIRECTORY) for one in kept if one.source is IdentifierSource.HR}
    return tuple(sorted({*kept, *(one for one in said if one not in linked)}, key=lambda one: (*in_order(one), one.source)))


def _is_dated(identifier: Identifier) -> bool:
    return identifier.valid_from is not None or identifier.valid_through is not None


def _of_identifier(row: IdentifierRow, message: str, would_be_right: str) -> Problem:
    return Problem("identifiers", row.line, "nip", mask(row.nip), message, would_be_right)


def _is_number(text: str) -> bool:
    return len(text) == DIGITS and text.isdigit()
