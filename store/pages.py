"""Cutting a page from statements in order."""

from __future__ import annotations

from collections.abc import Iterable

from store.port import PAGE_BYTES, Page, StoredStatement


def first_page(statements: Iterable[StoredStatement], limit: int) -> Page:
    """The first `limit` statements, fewer where their texts come to more than PAGE_BYTES; reads one statement more than it
    returns, to know whether there is one."""
    found: list[StoredStatement] = []
    size = 0
    for statement in statements:
        size += len(statement.text)
        if len(found) == limit or (found and size > PAGE_BYTES):
            return Page(tuple(found), found[-1].at if found else None)
        found.append(statement)
    return Page(tuple(found), None)
