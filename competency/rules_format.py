"""What every part of a rules file is made of.

RulesFileError   the file is not what it has to be; the message says where and what would be right
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from competency.regulation import Mark

Level = Annotated[int, Meta(ge=1, le=5)]
Year = Annotated[int, Meta(ge=1945, le=9999)]
Text = Annotated[str, Meta(min_length=1)]


class RulesFileError(ValueError):
    """A file of rules is not what it has to be."""


class Sourced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item that names its source and whether that was read."""

    source: Text
    mark: Mark


class Dated(Sourced, frozen=True, forbid_unknown_fields=True):
    """An item that holds from a year on."""

    from_year: Year = msgspec.field(name="from")


def refuse_repeats(where: str, keys: Sequence[Any]) -> None:
    """Raises RulesFileError where a key is there twice."""
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise RulesFileError(f"{where}[{place}]: {key} is there already; say each once")
