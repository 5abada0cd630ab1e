"""Which kind of competency an item's type (CFItemType) is: data, because CASE leaves the words to each publisher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from competency.frameworks import CompetencyKind


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    also: list[str]


class _File(msgspec.Struct, frozen=True):
    default: CompetencyKind
    kinds: dict[CompetencyKind, _Kind]


@dataclass(frozen=True, slots=True)
class ItemTypes:
    """`titles` are what kinds are exported as; a type that is none of the words is `default`."""

    titles: Mapping[CompetencyKind, str]
    words: Mapping[str, CompetencyKind]
    default: CompetencyKind

    def kind(self, item_type: str) -> CompetencyKind | None:
        """None for a type that is not known."""
        return self.words.get(plain(item_type))


def plain(word: str) -> str:
    return "".join(char for char in word.casefold() if char.isalnum())


@cache
def item_types() -> ItemTypes:
    read = msgspec.json.decode(files("competency").joinpath("data", "case-item-types.json").read_bytes(), type=_File)
    words = {plain(word): kind for kind, one in read.kinds.items() for word in (one.title, *one.also)}
    return ItemTypes({kind: one.title for kind, one in read.kinds.items()}, words, read.default)
