"""Frameworks of competencies as HR reads and writes them. A body means what the rows of an import mean, but says all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from competency.frameworks import Competency, CompetencyKind, Framework
from schemas.case import as_held, is_case, read_case
from schemas.case.shapes import FRAMEWORK_ID
from schemas.hr.columns import ColumnField, advice, column_of, read_id
from schemas.hr.payload import Answered, Asked, Choice, InvalidPayload, load, parse_object
from schemas.imports.frameworks import COMPETENCIES, LEVELS, CompetencyRow, frameworks_of
from schemas.imports.outcome import CellRefused, Problem
from xapi.values import format_timestamp

_TEXT = {"type": "string"}
_URI = {"type": "string", "format": "uri"}
_HELD = {"description": "As GET gives it; it is not looked at"}
_SAID = ("title", "publisher", "edition", "language", "description", "uri")


@dataclass(frozen=True, slots=True)
class FrameworkPutAsked:
    apply: bool = True


class FrameworkPutParametersSchema(Asked):
    apply = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=True,
        error_messages={"invalid": "must be true or false"},
        metadata={"description": "`false`: only say what it would change"},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> FrameworkPutAsked:
        return FrameworkPutAsked(**data)


class LevelsField(fields.Field[Any]):
    """What each level means, as the columns `level_1` to `level_5` read it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> dict[int, str]:
        if not isinstance(value, dict) or not set(value) <= {str(level) for level in LEVELS}:
            raise ValidationError('must be an object of texts by level, like {"1": "…", "2": "…"}')
        found = {}
        for level, text in sorted(value.items()):
            try:
                found[int(level)] = column_of(COMPETENCIES, f"level_{level}").kind.from_json(text)
            except CellRefused as refusal:
                raise ValidationError(f"level {level}: {advice(refusal)}") from refusal
        return found


def _column(name: str, shape: Mapping[str, Any], *, required: bool | None = None) -> ColumnField:
    return ColumnField(COMPETENCIES, name, shape, required=required)


_LEVELS_SHAPE = {"type": "object", "additionalProperties": _TEXT, "description": "What each level means, by its number 1 to 5"}


class CompetencyBodySchema(Asked):
    id = _column("id", _TEXT)
    name = _column("name", _TEXT)
    kind = _column("kind", {"type": "string", "enum": [kind.value for kind in CompetencyKind]})
    description = _column("description", _TEXT)
    parent_id = _column("parent", _TEXT)
    levels = LevelsField(metadata=_LEVELS_SHAPE)
    uri = _column("uri", _URI)


class FrameworkBodySchema(Asked):
    id = fields.String(metadata={"description": "That of the path, if it is given"})
    version = fields.Raw(metadata={"type": "integer", **_HELD})
    changed_at = fields.Raw(allow_none=True, metadata={"type": "string", **_HELD})
    title = _column("framework_title", _TEXT, required=True)
    publisher = _column("framework_publisher", _TEXT)
    edition = _column("framework_edition", _TEXT)
    language = _column("framework_language", _TEXT)
    description = _column("framework_description", _TEXT)
    uri = _column("framework_uri", _URI)
    competencies = fields.List(
        fields.Nested(CompetencyBodySchema),
        required=True,
        validate=validate.Length(min=1, error="must name at least one competency"),
        error_messages={"required": "is missing: a framework is what its competencies are"},
    )


CASE_PACKAGE: Mapping[str, Any] = {
    "title": "CFPackage",
    "description": "A package of 1EdTech CASE 1.1",
    "type": "object",
    "required": ["CFDocument", "CFItems"],
    "properties": {
        "CFDocument": {"type": "object", "required": ["identifier", "title"]},
        "CFItems": {"type": "array", "items": {"type": "object", "required": ["identifier", "fullStatement"]}},
        "CFAssociations": {"type": "array", "items": {"type": "object"}},
    },
}
_BODY = FrameworkBodySchema()


@dataclass(frozen=True, slots=True)
class ReadFramework:
    """What a body says, and of a package what of it is not used."""

    framework: Framework
    problems: tuple[Problem, ...] = ()


def read_framework(framework_id: str, raw: bytes, known: Mapping[str, Framework]) -> ReadFramework:
    """The framework that is to stand under the id of the path, of a package of CASE or of our own JSON; what it says nothing of is
    empty, but a URI that is known stays, and so does what the publisher of a package said beside. `known` are all frameworks, by
    id. Raises InvalidPayload."""
    own_id = read_id(COMPETENCIES, framework_id, "/frameworkId")
    value = parse_object(raw)
    read = (
        _of_case(own_id, raw, value, known.get(own_id)) if is_case(raw) else ReadFramework(_own(own_id, load(_BODY, value), known))
    )
    homes = {one.id: other.id for other in known.values() if other.id != own_id for one in other.competencies}
    for one in read.framework.competencies:
        if one.id in homes:
            raise InvalidPayload(
                f"the competency {one.id} belongs to the framework {homes[one.id]}; give it an id of its own", "/CFItems"
            )
    return read


def _of_case(own_id: str, raw: bytes, value: Mapping[str, Any], held: Framework | None) -> ReadFramework:
    found = read_case(raw)
    if not found.rows:
        raise InvalidPayload("; ".join(f"{one.message}; right would be: {one.would_be_right}" for one in found.problems[:1]))
    (framework,) = found.rows
    package = value.get("CFPackage", value)
    said = (package["CFDocument"].get("extensions") or {}).get(FRAMEWORK_ID)
    if said not in (None, own_id):
        raise InvalidPayload("the package is of another framework than the path", f"/CFDocument/extensions/{FRAMEWORK_ID}")
    competencies = tuple(replace(one, framework=own_id) for one in framework.competencies)
    read = replace(framework, id=own_id, competencies=competencies)
    # As an import does, so that an export that is sent back changes nothing.
    return ReadFramework(read if held is None else as_held(read, held), found.problems)


def _own(own_id: str, body: dict[str, Any], known: Mapping[str, Framework]) -> Framework:
    if body.get("id", own_id) != own_id:
        raise InvalidPayload("must be the id that stands in the path", "/id")
    before = known.get(own_id)
    of_framework = {f"framework_{name}": body.get(name) for name in _SAID}
    if before is not None:
        of_framework["framework_uri"] = body.get("uri") or before.uri
    rows = [
        COMPETENCIES.build(_values(one, own_id) | of_framework, place) for place, one in enumerate(body["competencies"], start=1)
    ]
    _refuse_repeats(rows)
    others = {other.id: other for other in known.values() if other.id != own_id}
    found = frameworks_of(rows, others)
    for problem in found.problems:
        raise InvalidPayload(
            f"{problem.message}; right would be: {problem.would_be_right}",
            f"/competencies/{problem.line - 1}/{'parentId' if problem.column == 'parent' else 'id'}",
        )
    (framework,) = found.rows
    uris = {} if before is None else {one.id: one.uri for one in before.competencies}
    competencies = (replace(one, uri=one.uri or uris.get(one.id, "")) for one in framework.competencies)
    # Without the property it is that of an import without the column; null says that it has none.
    language = (body["language"] or "") if "language" in body else framework.language
    published = None if before is None else before.published
    return replace(framework, competencies=tuple(competencies), language=language, published=published)


def _values(one: Mapping[str, Any], framework_id: str) -> dict[str, Any]:
    levels = {f"level_{level}": text for level, text in (one.get("levels") or {}).items()}
    named = {name: one.get(name) for name in ("id", "name", "kind", "description", "uri")}
    return {**named, **levels, "parent": one.get("parent_id"), "framework": framework_id}


def _refuse_repeats(rows: Sequence[CompetencyRow]) -> None:
    seen: set[str] = set()
    for place, row in enumerate(rows):
        if row.competency.id in seen:
            raise InvalidPayload("another competency of the framework has this id", f"/competencies/{place}/id")
        seen.add(row.competency.id)


# ── shown ──


class CompetencySchema(Answered):
    id = fields.String(required=True, metadata={"examples": ["komunikasi"]})
    name = fields.String(required=True)
    kind = Choice(CompetencyKind, required=True)
    description = fields.String(required=True, allow_none=True)
    parent_id = fields.String(required=True, allow_none=True)
    levels = fields.Dict(fields.String(), fields.String(), required=True, metadata={"description": "By the number, 1 to 5"})
    uri = fields.String(required=True, allow_none=True, metadata={"description": "In CASE"})


class FrameworkHeadSchema(Answered):
    id = fields.String(required=True, metadata={"examples": ["permenpan-rb-38-2017"]})
    version = fields.Integer(required=True, metadata={"description": "Grows by one whenever anything in it changes"})
    changed_at = fields.String(
        required=True,
        allow_none=True,
        metadata={"format": "date-time", "description": "When this version came to be; null for what came with Rekam"},
    )
    title = fields.String(required=True)
    publisher = fields.String(required=True, allow_none=True)
    edition = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    uri = fields.String(required=True, allow_none=True, metadata={"description": "Of the CASE document"})


class FrameworkSchema(FrameworkHeadSchema):
    """It may be sent back as it is."""

    competencies = fields.List(fields.Nested(CompetencySchema), required=True, metadata={"description": "By id"})


class ListedFrameworkSchema(FrameworkHeadSchema):
    competencies = fields.Integer(required=True, metadata={"description": "How many it has"})


class FrameworkListSchema(Answered):
    frameworks = fields.List(fields.Nested(ListedFrameworkSchema), required=True, metadata={"description": "By id"})


def head_shown(framework: Framework) -> dict[str, Any]:
    changed = framework.changed_at_ms
    return {
        "id": framework.id,
        "version": framework.version,
        "changed_at": None if changed is None else format_timestamp(changed),
        **{name: getattr(framework, name) or None for name in _SAID},
    }


def competency_shown(one: Competency) -> dict[str, Any]:
    named = {"id": one.id, "name": one.name, "kind": one.kind, "parent_id": one.parent_id}
    return {
        **named,
        "description": one.description or None,
        "levels": {str(level): text for level, text in one.levels.items()},
        "uri": one.uri or None,
    }
