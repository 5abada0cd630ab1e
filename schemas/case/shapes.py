"""The members of a CFPackage that are read. Publishers leave out more than the standard allows, so little is required; members
that are not here are passed over."""

from __future__ import annotations

import msgspec

FRAMEWORK_ID = "rekamFrameworkId"
"""The member of the document's extensions that holds the framework's id."""


class Link(msgspec.Struct, frozen=True):
    identifier: str
    uri: str | None = None
    title: str | None = None


class Document(msgspec.Struct, frozen=True):
    identifier: str
    title: str
    uri: str | None = None
    creator: str | None = None
    publisher: str | None = None
    description: str | None = None
    language: str | None = None
    version: str | None = None
    extensions: dict[str, object] | None = None


class Item(msgspec.Struct, frozen=True):
    identifier: str
    full_statement: str = msgspec.field(name="fullStatement")
    uri: str | None = None
    code: str | None = msgspec.field(name="humanCodingScheme", default=None)
    name: str | None = msgspec.field(name="abbreviatedStatement", default=None)
    item_type: str | None = msgspec.field(name="CFItemType", default=None)


class Association(msgspec.Struct, frozen=True):
    type: str = msgspec.field(name="associationType")
    origin: Link = msgspec.field(name="originNodeURI")
    destination: Link = msgspec.field(name="destinationNodeURI")


class Level(msgspec.Struct, frozen=True):
    description: str | None = None
    score: float | None = None
    position: int | None = None


class Criterion(msgspec.Struct, frozen=True):
    item: Link | None = msgspec.field(name="CFItemURI", default=None)
    levels: list[Level] | None = msgspec.field(name="CFRubricCriterionLevels", default=None)


class Rubric(msgspec.Struct, frozen=True):
    criteria: list[Criterion] | None = msgspec.field(name="CFRubricCriteria", default=None)


class Package(msgspec.Struct, frozen=True):
    """Its parts are read one by one: a bad one does not sink the others."""

    document: Document = msgspec.field(name="CFDocument")
    items: list[msgspec.Raw] | None = msgspec.field(name="CFItems", default=None)
    associations: list[msgspec.Raw] | None = msgspec.field(name="CFAssociations", default=None)
    rubrics: list[msgspec.Raw] | None = msgspec.field(name="CFRubrics", default=None)


class Wrapped(msgspec.Struct, frozen=True):
    """As some services answer."""

    package: Package = msgspec.field(name="CFPackage")
