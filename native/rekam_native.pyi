"""The hot paths of Rekam, compiled. Each function gives what the Python it stands for gives, or None: then Python decides."""

from collections.abc import Sequence

INTERFACE: int
"""Raised whenever a function here comes, goes or means something else; `xapi.native` has the same number."""

def is_plain_json(text: bytes) -> bool:
    """Whether a text is JSON as `schemas.statements.parse_statements` takes it; False where that has to look."""

def joined(statements: Sequence[tuple[object, ...]]) -> bytes | None:
    """What `xapi.statement.finish` makes of each `StoredStatement`, joined by commas; None where one was stored outside the years 1
    to 9999. TypeError for what is none."""
