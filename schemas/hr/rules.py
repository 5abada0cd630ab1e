"""The rules: a file of data, shown with its marks, and read strictly before it may come into force."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jiter
from marshmallow import fields

from competency.regulation import Mark, Rules
from competency.rules import RulesFileError, read_rules
from schemas.hr.payload import Answered, InvalidPayload, parse_object

_MSGSPEC_PLACE = re.compile(r" - at `(?:key in )?\$([^`]*)`$")
_OWN_PLACE = re.compile(r"^([a-z_]+(?:\[\d+\]|\.[a-z_]+)*): ")
_STEP = re.compile(r"\[(\d+)\]|\.?([A-Za-z_][\w-]*)")

RULES_FILE: Mapping[str, Any] = {
    "title": "RulesFile",
    "description": "A rules file, as docs/rules.md describes it and GET /rules shows it",
    "type": "object",
    "required": ["version"],
    "properties": {"version": {"type": "string", "minLength": 1}},
}


class UnverifiedSchema(Answered):
    pointer = fields.String(required=True, metadata={"description": "Where in the file it stands (RFC 6901)"})
    source = fields.String(required=True, metadata={"description": "Where the item says it comes from"})


class RulesSchema(Answered):
    number = fields.Integer(required=True, metadata={"description": "Of the file here; 0 is the one that comes with Rekam"})
    version = fields.String(required=True, metadata={"description": "What the file calls itself", "examples": ["2026.3"]})
    in_force = fields.Boolean(required=True)
    unverified = fields.List(
        fields.Nested(UnverifiedSchema),
        required=True,
        metadata={"description": "Items whose source nobody has read yet: check them before relying on them"},
    )
    verified = fields.Integer(required=True, metadata={"description": "How many items have a source that was read"})
    file = fields.Dict(required=True, metadata={"description": "The file as it is"})


class RulesWrittenSchema(Answered):
    number = fields.Integer(required=True, metadata={"description": "Of the file in force now"})
    version = fields.String(required=True)
    changed = fields.Boolean(
        required=True, metadata={"description": "False when it says what was in force; what follows is computed within moments"}
    )


def rules_shown(number: int, text: bytes, *, in_force: bool) -> dict[str, Any]:
    """A rules file as `RulesSchema` wants it."""
    file = jiter.from_json(text)
    marks = list(marked(file))
    return {
        "number": number,
        "version": file["version"],
        "in_force": in_force,
        "unverified": [{"pointer": pointer, "source": source} for pointer, source, mark in marks if mark != Mark.VERIFIED],
        "verified": sum(mark == Mark.VERIFIED for _, _, mark in marks),
        "file": file,
    }


def marked(value: Any, pointer: str = "") -> Iterator[tuple[str, str, str]]:
    """(pointer, source, mark) of every item of a rules file, as they stand in it."""
    if isinstance(value, dict):
        if isinstance(value.get("mark"), str):
            yield pointer, str(value.get("source", "")), value["mark"]
        for name, inner in value.items():
            yield from marked(inner, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from marked(inner, f"{pointer}/{place}")


def read_rules_file(text: bytes) -> Rules:
    """Raises InvalidPayload with the place of the first thing that is wrong."""
    parse_object(text)
    try:
        return read_rules(text)
    except RulesFileError as error:
        message, pointer = _placed(str(error))
        raise InvalidPayload(message, pointer) from error


def _placed(message: str) -> tuple[str, str]:
    """The message without the place it names, and that as a pointer, as far as it is known."""
    if (found := _MSGSPEC_PLACE.search(message)) is not None:
        return message[: found.start()], _pointer(found[1])
    if (found := _OWN_PLACE.match(message)) is not None:
        return message[found.end() :], _pointer(found[1])
    return message, ""


def _pointer(path: str) -> str:
    steps = []
    for step in _STEP.finditer(path.partition("[...]")[0]):
        steps.append(step[1] or step[2])
    return "".join(f"/{step}" for step in steps)
