"""What follows from a change of directory, catalogue, frameworks or rules: the orders that are written with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import uuid4

from competency.catalogue import CatalogueEntry
from competency.directory import Employee
from store.port import Order, OrderKind, orders_for

ALL_UNMATCHED: Final = "*"
"""The pattern of an order that means every activity which no entry names by its id."""


def everyone() -> list[Order]:
    """Units, frameworks or rules changed: they stand in every profile. What evidence says does not depend on them (of the rules
    it takes the time zone, which is a setting): only what it is worth does."""
    return [Order(uuid4().hex, OrderKind.EVERYONE)]


def of_posts(post_ids: Iterable[str]) -> list[Order]:
    """These posts changed: they stand in the profiles of their holders and in nobody else's."""
    return orders_for(OrderKind.POSTS, post_ids)


def of_entries(entries: Iterable[CatalogueEntry], former: Mapping[str, CatalogueEntry]) -> list[Order]:
    """These entries are what they are from now on, and were `former`: what either of the two matches counts differently now."""
    both = [version for entry in entries for version in (entry, former.get(entry.id)) if version is not None]
    patterns = [pattern for version in both for pattern in version.patterns]
    if any(version.definitions for version in both):
        # Nobody keeps which activities a definition matches.
        patterns = [ALL_UNMATCHED, *patterns]
    return [
        *orders_for(OrderKind.ACTIVITIES, (activity_id for version in both for activity_id in version.activity_ids)),
        *orders_for(OrderKind.PATTERNS, patterns),
    ]


def of_employees(employees: Iterable[Employee], former: Mapping[str, Employee]) -> list[Order]:
    """These employees are what they are from now on, and were `former`: what names somebody else now, and their own profiles."""
    changed = list(employees)
    keys: dict[str, None] = {}
    for employee in changed:
        before = former[employee.id].identifiers if employee.id in former else ()
        moved = {(one.key, one.valid_from, one.valid_through) for one in employee.identifiers}
        moved ^= {(one.key, one.valid_from, one.valid_through) for one in before}
        keys |= dict.fromkeys(sorted(key for key, _, _ in moved))
    return [
        *orders_for(OrderKind.AGENTS, keys),
        *orders_for(OrderKind.EMPLOYEES, (employee.id for employee in changed)),
    ]
