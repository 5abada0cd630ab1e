"""The rules of a version as the compiled hot paths judge them: derived from the same schemas, and exact or silent.

Where they say nothing, `schemas.statements` decides and explains.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Protocol

import msgspec

from schemas.rulesets import RuleSet
from xapi.native import compiled

Told = tuple[str, bytes, bytes, bytes, bool, bytes | None]
"""Of a statement its name, its id, its text as it was sent and as it is completed, whether the id was given, what it voids."""


class NativePrepared(Protocol):
    """The statements of a body, at least one, valid and completed. Ids are of 16 bytes."""

    @property
    def batch(self) -> bool:
        """Whether the body is an array."""

    @property
    def text(self) -> bytes:
        """All of them as a JSON array."""

    @property
    def voids(self) -> bool:
        """Whether any of them voids another."""

    @property
    def key(self) -> bytes | None:
        """The first id that came with them."""

    def __len__(self) -> int: ...

    def names(self) -> list[str]:
        """Their ids as they are written, in the order of the body."""

    def named(self) -> list[bytes]:
        """The ids that came with them, and then those of what is to be voided."""

    def each(self) -> list[Told]: ...


class NativeRules(Protocol):
    """Thread-safe; works without the interpreter's lock."""

    def accept(self, text: bytes) -> bool:
        """Whether a text is JSON that keeps the rules; False where it does not, and where Python has to look."""

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
    ) -> NativePrepared | None:
        """The statements of a body; None unless all are plainly valid, without attachments, and of different ids.

        `authority` is JSON, `voided` the verb that voids. `new_names` is called once at most, for so many UUIDs.
        """


@cache
def native_rules(rules: RuleSet) -> NativeRules | None:
    """None where the crate is not installed, or does not know a keyword that the rules have. Some ten milliseconds at first."""
    if compiled is None:
        return None
    try:
        made: NativeRules = compiled.Rules(msgspec.json.encode(rules.document).decode())
    except ValueError:
        return None
    return made
