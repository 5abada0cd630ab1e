"""The catalogue: its entries as HR reads and writes them. A body means what the same row of an import means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from competency.catalogue import CatalogueEntry, CountsPer, FinishRule, Repeats
from schemas.hr.columns import ColumnField, advice, read_id
from schemas.hr.cursors import CursorField
from schemas.hr.payload import Answered, Asked, Choice, InvalidPayload, load
from schemas.hr.units import NEXT, page_limit
from schemas.imports.catalogue import CATALOGUE
from schemas.imports.outcome import CellRefused

_STRINGS = {"type": "array", "items": {"type": "string"}}
_DEFINITION = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "name": {"type": "string"},
        "extensions": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
    },
    "additionalProperties": False,
}
_ALIGNMENT = {
    "type": "object",
    "required": ["level"],
    "properties": {
        "level": {"type": "integer", "minimum": 1, "maximum": 5},
        "weight": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    },
    "additionalProperties": False,
}
_CERTIFICATE = {"type": ["boolean", "integer"]}
_HELD = {"description": "As GET gives it; it is not looked at"}


@dataclass(frozen=True, slots=True)
class EntriesAsked:
    limit: int
    kind: str | None = None
    provider: str | None = None
    competency: str | None = None
    after: str | None = None


class CatalogueParametersSchema(Asked):
    kind = fields.String(metadata={"description": "Only this kind: an id of BKN's jenis diklat", "examples": ["9"]})
    provider = fields.String(
        metadata={"description": "Only what this provider holds, written as in the catalogue", "examples": ["Universitas Contoh"]}
    )
    competency = fields.String(metadata={"description": "Only what is evidence for this competency", "examples": ["komunikasi"]})
    limit = page_limit()
    after = CursorField(str)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> EntriesAsked:
        return EntriesAsked(**data)


def _column(name: str, shape: Mapping[str, Any]) -> ColumnField:
    return ColumnField(CATALOGUE, name, shape)


class EntryBodySchema(Asked):
    """The columns of the table `catalogue`; `id` is in the path."""

    id = fields.String(metadata={"description": "That of the path, if it is given"})
    version = fields.Raw(metadata={"type": "integer", **_HELD})
    activity_ids = _column("activity_ids", _STRINGS)
    patterns = _column("patterns", _STRINGS)
    definitions = _column("definitions", {"type": "array", "items": _DEFINITION})
    title = _column("title", {"type": "string"})
    kind = _column("kind", {"type": "string"})
    provider = _column("provider", {"type": "string"})
    jp = _column("jp", {"type": "number"})
    finish = _column("finish", {"type": "string", "enum": [one.value for one in FinishRule]})
    min_score = _column("min_score", {"type": "number"})
    certificate = _column("certificate", _CERTIFICATE)
    from_year = _column("from_year", {"type": "integer"})
    through_year = _column("through_year", {"type": "integer"})
    repeats = _column("repeats", {"type": "string"})
    counts_per = _column("counts_per", {"type": "string"})
    alignments = _column(
        "alignments",
        {"type": "object", "additionalProperties": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 5}, _ALIGNMENT]}},
    )
    siasn_training = _column("siasn_training", {"type": "string", "minLength": 1, "maxLength": 64})


_BODY = EntryBodySchema()


def read_entry(entry_id: str, body: Mapping[str, Any]) -> CatalogueEntry:
    """The entry that is to stand under the id of the path. Raises InvalidPayload."""
    own_id = read_id(CATALOGUE, entry_id, "/entryId")
    values: dict[str, Any] = load(_BODY, body)
    if values.get("id", own_id) != own_id:
        raise InvalidPayload("must be the id that stands in the path", "/id")
    try:
        return CATALOGUE.build({**values, "id": own_id}, 1)
    except CellRefused as refusal:
        raise InvalidPayload(advice(refusal), f"/{_BODY.fields[refusal.column].data_key}") from refusal


class DefinitionMatchSchema(Answered):
    type = fields.String(metadata={"description": "The definition's type, exactly", "format": "uri"})
    name = fields.String(metadata={"description": "A pattern that its name in some language meets"})
    extensions = fields.Dict(
        fields.String(), fields.String(), metadata={"description": "Values of its extensions, by the extension's IRI"}
    )


class AlignmentSchema(Answered):
    level = fields.Integer(required=True)
    weight = fields.Float(required=True, metadata={"description": "How much it weighs, above 0 and at most 1"})


class CatalogueEntrySchema(Answered):
    """It may be sent back as it is."""

    id = fields.String(required=True, metadata={"examples": ["ela-07"]})
    version = fields.Integer(required=True, metadata={"description": "Grows by one whenever the entry changes"})
    activity_ids = fields.List(fields.String(), required=True)
    patterns = fields.List(fields.String(), required=True)
    definitions = fields.List(fields.Nested(DefinitionMatchSchema), required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": "The id of BKN's jenis diklat", "examples": ["16"]})
    provider = fields.String(required=True)
    jp = fields.Float(required=True, allow_none=True, metadata={"description": "null where only statements say how long it took"})
    finish = Choice(FinishRule, required=True)
    min_score = fields.Float(required=True, allow_none=True)
    certificate = fields.Raw(
        required=True, metadata={**_CERTIFICATE, "description": "Whether it gives one, or for how many months that is valid"}
    )
    from_year = fields.Integer(required=True, allow_none=True)
    through_year = fields.Integer(required=True, allow_none=True)
    repeats = Choice(Repeats, required=True)
    counts_per = Choice(CountsPer, required=True)
    alignments = fields.Dict(
        fields.String(), fields.Nested(AlignmentSchema), required=True, metadata={"description": "By the competency's id"}
    )
    siasn_training = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "BKN's id of a structural training (latihanStrukturalId), which SIASN's riwayat diklat needs"},
    )


def entry_shown(entry: CatalogueEntry) -> dict[str, Any]:
    """An entry as `CatalogueEntrySchema` wants it."""
    certificate = entry.certificate
    return {
        "id": entry.id,
        "version": entry.version,
        "activity_ids": entry.activity_ids,
        "patterns": entry.patterns,
        "definitions": [
            {name: value for name, value in (("type", one.type), ("name", one.name), ("extensions", dict(one.extensions))) if value}
            for one in entry.definitions
        ],
        "title": entry.title,
        "kind": entry.kind_id,
        "provider": entry.provider,
        "jp": entry.jp,
        "finish": entry.finish,
        "min_score": entry.min_score,
        "certificate": certificate is not None
        if certificate is None or certificate.valid_months is None
        else certificate.valid_months,
        "from_year": entry.from_year,
        "through_year": entry.through_year,
        "repeats": entry.repeats,
        "counts_per": entry.counts_per,
        "alignments": {one.competency_id: {"level": one.level, "weight": one.weight} for one in entry.alignments},
        "siasn_training": entry.siasn_training or None,
    }


class CataloguePageSchema(Answered):
    items = fields.List(fields.Nested(CatalogueEntrySchema), required=True, metadata={"description": "By id"})
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


class WrittenSchema(Answered):
    id = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "The version that stands now"})
    changed = fields.Boolean(
        required=True, metadata={"description": "False when it was so already; what follows is computed within moments"}
    )
