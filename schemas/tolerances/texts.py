"""The text of a JSON object or array cut into its members, so that one can be changed and the others stay as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

_SPACE = rb"[ \t\r\n]*"
_NAME = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_head = re.compile(rb"(" + _SPACE + rb")(" + _NAME + rb")(" + _SPACE + rb":" + _SPACE + rb")")
_space = re.compile(_SPACE)
_values = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Member:
    """What stands between two commas: of an array only space and a value, of an object a name, too."""

    before: bytes
    name: bytes
    colon: bytes
    value: bytes
    after: bytes

    def __bytes__(self) -> bytes:
        return self.before + self.name + self.colon + self.value + self.after


def members_of_object(text: bytes) -> dict[str, Member]:
    """By name, in order. `text` is a valid JSON object with no name twice."""
    found: dict[str, Member] = {}
    position = 1
    for name, raw in _values.decode(text).items():
        head = _head.match(text, position)
        if head is None:
            raise ValueError("not a JSON object without space around it and with no name twice")
        member, position = _member(text, head.end(), bytes(raw), head[1], head[2], head[3])
        found[name] = member
    return found


def members_of_array(text: bytes) -> list[Member]:
    """In order. `text` is a valid JSON array."""
    found: list[Member] = []
    position = 1
    for raw in _items.decode(text):
        value_at = _skip(text, position)
        member, position = _member(text, value_at, bytes(raw), text[position:value_at])
        found.append(member)
    return found


def object_of(members: Iterable[Member]) -> bytes:
    return b"{" + b",".join(map(bytes, members)) + b"}"


def array_of(members: Iterable[Member]) -> bytes:
    return b"[" + b",".join(map(bytes, members)) + b"]"


def _member(text: bytes, value_at: int, value: bytes, before: bytes, name: bytes = b"", colon: bytes = b"") -> tuple[Member, int]:
    """The member, and where the next begins."""
    value_end = value_at + len(value)
    end = _skip(text, value_end)
    return Member(before, name, colon, value, text[value_end:end]), end + 1


def _skip(text: bytes, position: int) -> int:
    space = _space.match(text, position)
    return position if space is None else space.end()
