"""What is kept of an employee beside the body, to find the person by."""

from __future__ import annotations

from datetime import date

import msgspec

from competency.directory import Employee, Holding
from store.names import words_of

STAYS = date.max.isoformat()
"""In the column `left_on` of whoever has not left."""

_EVER_SINCE, _FOR_EVER = date.min.isoformat(), date.max.isoformat()


def row_of(employee: Employee) -> tuple[str, str, str, str, str, str, str, str, bytes]:
    return (
        employee.id,
        employee.nip,
        employee.name,
        spaced(employee.name),
        employee.unit_id,
        employee.post_id,
        employee.employment.value,
        STAYS if employee.left_on is None else employee.left_on.isoformat(),
        msgspec.json.encode(employee),
    )


def spaced(name: str) -> str:
    """The words of a name, each after a space."""
    return "".join(f" {word}" for word in words_of(name))


def word_rows(employee: Employee) -> list[tuple[str, str, str]]:
    return [(word, employee.name, employee.id) for word in dict.fromkeys(words_of(employee.name))]


def identifier_rows(employee: Employee) -> list[tuple[str, str, str, str]]:
    """Each validity of a key, in days as ISO dates, so that they can be compared."""
    return [
        (
            one.key,
            employee.id,
            _EVER_SINCE if one.valid_from is None else one.valid_from.isoformat(),
            _FOR_EVER if one.valid_through is None else one.valid_through.isoformat(),
        )
        for one in employee.identifiers
    ]


def holding_of(employee_id: str, valid_from: str, valid_through: str) -> Holding:
    """What such a row says."""
    return Holding(
        employee_id,
        None if valid_from == _EVER_SINCE else date.fromisoformat(valid_from),
        None if valid_through == _FOR_EVER else date.fromisoformat(valid_through),
    )
