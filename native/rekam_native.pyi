"""The hot paths of Rekam, compiled. Each function gives what the Python it stands for gives, or None: then Python decides."""

from collections.abc import Callable, Sequence

INTERFACE: int
"""Raised whenever a function here comes, goes or means something else; `xapi.native` has the same number."""

def joined(statements: Sequence[tuple[object, ...]]) -> bytes | None:
    """What `xapi.statement.finish` makes of each `StoredStatement`, joined by commas; None where one was stored outside the years 1
    to 9999. TypeError for what is none."""

class Acceptor:
    """Accepts the statements of one version of xAPI. Thread-safe."""

    def __new__(cls, document: bytes, version: str, times_in_utc: bool, max_depth: int, max_statement_bytes: int) -> Acceptor:
        """`document` is the JSON Schema that `schemas.json_schema.derive` gives; `version` and `times_in_utc` are those of
        `xapi.statement.Completion`. ValueError where the schema has a keyword that is not known."""

    def accept(
        self, body: bytes, authority: bytes, new_ids: Callable[[int], list[str]]
    ) -> tuple[bool, list[tuple[str, bytes, int, int, bytes | None]]] | None:
        """Whether the body is a batch, and of each of its statements: its id as it is written, or as `new_ids(how many)` gives it
        in turn; its text as `xapi.statement.complete` gives it; where in the body it begins and ends; the 16 bytes of the id of
        what it voids. None where Python has to look: for whatever is wrong, and for attachments."""
