"""The hot paths of Rekam, compiled. Each function gives what the Python it stands for gives, or None: then Python decides."""

from collections.abc import Callable, Sequence

INTERFACE: int
"""Raised whenever a function here comes, goes or means something else; `xapi.native` has the same number."""

def joined(statements: Sequence[tuple[object, ...]]) -> bytes | None:
    """What `xapi.statement.finish` makes of each `StoredStatement`, joined by commas; None where one was stored outside the years 1
    to 9999. TypeError for what is none."""

class Rules:
    """`schemas.native_rules.NativeRules`."""

    def __init__(self, document: str) -> None:
        """Of a JSON Schema as `schemas.json_schema.derive` makes it. Raises ValueError for a keyword that is not known here."""

    def accept(self, text: bytes) -> bool: ...
    def prepare(
        self,
        body: bytes,
        *,
        authority: bytes,
        version: str,
        times_in_utc: bool,
        voided: str,
        max_depth: int,
        max_bytes: int,
        new_names: Callable[[int], list[str]],
    ) -> Prepared | None: ...

class Prepared:
    """`schemas.native_rules.NativePrepared`."""

    @property
    def batch(self) -> bool: ...
    @property
    def text(self) -> bytes: ...
    @property
    def voids(self) -> bool: ...
    @property
    def key(self) -> bytes | None: ...
    def __len__(self) -> int: ...
    def names(self) -> list[str]: ...
    def named(self) -> list[bytes]: ...
    def each(self) -> list[tuple[str, bytes, bytes, bytes, bool, bytes | None]]: ...
