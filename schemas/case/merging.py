"""A framework that was read from a package, as a package: everything its publisher said stays, but for what is otherwise now.

Titles, texts, kinds, parents and levels that are as they were read leave their part of the package alone. A competency that the
framework no longer has is gone with its associations and criteria; one that it did not have is made. A part that is not as it was
published has a new `lastChangeDateTime`, and so has the document then. What the standard requires and the publisher left out
(identifiers, URIs, times) is filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from competency.frameworks import Competency, CompetencyKind, Framework
from schemas.case.making import Json, Making
from schemas.case.names import framework_id_of
from schemas.case.reading import ReadPackage
from schemas.case.rubrics import Rubrics
from schemas.case.shapes import FRAMEWORK_ID, Document


class Merging:
    """`read` is the framework's publication; `package` may be asked for once, and is made of it."""

    def __init__(self, framework: Framework, read: ReadPackage, base: str, changed_at: datetime) -> None:
        self._framework = framework
        self._was = read.framework
        self._package = read.package
        self._base = base
        self._identifiers = read.identifiers
        self._published = {one["identifier"]: one for one in _objects(self._package, "CFItems")}
        self._before = {one.id: one for one in self._was.competencies}
        self._now = {one.id: one for one in framework.competencies}
        links = {one.id: self._link_of(one) for one in framework.competencies if one.id in self._before}
        self._making = Making(framework, base, changed_at, document=self._document_link(), items=links)
        self._changed = self._making.changed

    def package(self) -> Json:
        package = self._package
        new = [one for own_id, one in self._now.items() if own_id not in self._before]
        gone = {self._identifiers[own_id] for own_id in self._before.keys() - self._now.keys()}
        links = self._new_links()
        package["CFItems"] = [*self._items(gone), *(self._making.item(one) for one in new)]
        associations = self._associations(gone, links)
        if associations or "CFAssociations" in package:
            package["CFAssociations"] = associations
        Rubrics(package, self._making, links).merge(
            gone, ((self._identifiers.get(one.id, ""), self._before.get(one.id), one) for one in self._framework.competencies)
        )
        self._define({one.kind for one in (*new, *self._of_another_kind())})
        self._document(differs=self._differs())
        self._fill_in()
        return package

    # ── the document ──

    def _document(self, *, differs: bool) -> None:
        document, was, now = self._package["CFDocument"], self._was, self._framework
        for name, before, text in (
            ("title", was.title, now.title),
            ("publisher", was.publisher, now.publisher),
            ("description", was.description, now.description),
            ("language", was.language, now.language),
            ("version", was.edition, now.edition),
        ):
            if text != before:
                _say(document, name, text)
        if self._making.document["uri"] != document.get("uri"):
            document["identifier"], document["uri"] = self._making.document["identifier"], self._making.document["uri"]
        if framework_id_of(msgspec.convert(document, Document)) != now.id:
            document["extensions"] = {**(document.get("extensions") or {}), FRAMEWORK_ID: now.id}
        if differs:
            document |= self._changed

    def _document_link(self) -> dict[str, str]:
        document, framework = self._package["CFDocument"], self._framework
        if framework.uri and framework.uri != self._was.uri:
            return Making(framework, self._base, framework.changed_at).document
        identifier = document["identifier"]
        uri = document.get("uri") or f"{self._base}/CFDocuments/{identifier}"
        return {"title": framework.title, "identifier": identifier, "uri": uri}

    def _differs(self) -> bool:
        """Whether anything that Rekam knows is not as it was read, an URI that it does not know apart."""
        now = replace(
            self._framework, id=self._was.id, version=self._was.version, published=None, uri=self._framework.uri or self._was.uri
        )
        uris = {one.id: one.uri for one in self._was.competencies}
        competencies = tuple(
            replace(one, uri=one.uri or uris.get(one.id, ""), framework=self._was.id) for one in self._framework.competencies
        )
        return replace(now, competencies=competencies) != self._was

    # ── items and associations ──

    def _items(self, gone: set[str]) -> Iterator[Json]:
        now = {self._identifiers[own_id]: one for own_id, one in self._now.items() if own_id in self._before}
        for item in _objects(self._package, "CFItems"):
            one = now.get(item["identifier"])
            if one is not None:
                self._item(item, self._before[one.id], one)
            if item["identifier"] not in gone:
                yield item

    def _item(self, item: Json, before: Competency, now: Competency) -> None:
        before = replace(before, framework=now.framework, levels=now.levels, parent_id=now.parent_id)
        if replace(now, uri=now.uri or before.uri) == before:
            return
        if (now.name, now.description) != (before.name, before.description):
            item["fullStatement"] = now.description or now.name
            _say(item, "abbreviatedStatement", now.name if now.description else "")
        if now.kind is not before.kind:
            item |= self._making.item_type(now.kind)
        link = self._making.items[now.id]
        item |= {"identifier": link["identifier"], "uri": link["uri"], **self._changed}

    def _link_of(self, one: Competency) -> dict[str, str]:
        if one.uri and one.uri != self._before[one.id].uri:
            return Making(replace(self._framework, competencies=(one,)), self._base, self._framework.changed_at).items[one.id]
        identifier = self._identifiers[one.id]
        uri = self._published[identifier].get("uri") or f"{self._base}/CFItems/{identifier}"
        return {"title": one.name, "identifier": identifier, "uri": uri}

    def _new_links(self) -> dict[str, dict[str, str]]:
        """By the identifier that was published, links to what is called or found otherwise now."""
        links = {}
        for own_id, before in self._before.items():
            now = self._now.get(own_id)
            if now is not None and (now.name != before.name or now.uri not in ("", before.uri)):
                links[self._identifiers[own_id]] = self._making.items[own_id]
        if self._framework.title != self._was.title or self._framework.uri not in ("", self._was.uri):
            links[self._package["CFDocument"]["identifier"]] = self._making.document
        return links

    def _associations(self, gone: set[str], links: Mapping[str, Mapping[str, str]]) -> list[Json]:
        moved = {
            self._identifiers[own_id]
            for own_id, one in self._now.items()
            if own_id in self._before and one.parent_id != self._before[own_id].parent_id
        }
        within = {*self._published, self._package["CFDocument"]["identifier"]}
        kept = []
        for one in _objects(self._package, "CFAssociations"):
            origin, destination = (one[end]["identifier"] for end in ("originNodeURI", "destinationNodeURI"))
            if gone & {origin, destination}:
                continue
            if one["associationType"] == "isChildOf" and origin in moved and destination in within:
                continue
            for end, identifier in (("originNodeURI", origin), ("destinationNodeURI", destination)):
                if identifier in links:
                    one[end] = {**one[end], **links[identifier]}
            kept.append(one)
        made = (one for own_id, one in self._now.items() if own_id not in self._before or self._identifiers[own_id] in moved)
        return [*kept, *self._below(made, kept)]

    def _below(self, competencies: Iterable[Competency], kept: Iterable[Json]) -> Iterator[Json]:
        """Their associations with what they are parts of, each after the children that are there."""
        places: dict[str, int] = {}
        for one in kept:
            place, above = one.get("sequenceNumber"), one["destinationNodeURI"]["identifier"]
            if one["associationType"] == "isChildOf" and isinstance(place, int):
                places[above] = max(places.get(above, 0), place)
        for child in competencies:
            above = (self._making.document if child.parent_id is None else self._making.items[child.parent_id])["identifier"]
            places[above] = places.get(above, 0) + 1
            yield self._making.association(child, places[above])

    # ── definitions, and what is left out ──

    def _of_another_kind(self) -> Iterator[Competency]:
        return (one for own_id, one in self._now.items() if own_id in self._before and one.kind is not self._before[own_id].kind)

    def _define(self, kinds: set[CompetencyKind]) -> None:
        if not kinds:
            return
        held = self._package.get("CFDefinitions")
        definitions: Json = held if isinstance(held, dict) else {}
        types = _objects(definitions, "CFItemTypes")
        known = {one.get("identifier") for one in types}
        made = [one for one in self._making.item_types(kinds) if one["identifier"] not in known]
        self._package["CFDefinitions"] = {**definitions, "CFItemTypes": [*types, *made]}

    def _fill_in(self) -> None:
        package, framework = self._package, self._framework
        document = package["CFDocument"]
        self._whole(document, "CFDocuments")
        if not isinstance(document.get("creator"), str):
            document["creator"] = framework.publisher or framework.title
        for name in ("CFItems", "CFAssociations", "CFRubrics"):
            for place, part in enumerate(_objects(package, name)):
                self._whole(part, name, str(place))
        for number, rubric in enumerate(_objects(package, "CFRubrics")):
            for place, criterion in enumerate(_objects(rubric, "CFRubricCriteria")):
                self._whole(criterion, "CFRubricCriteria", str(number), str(place))
                for step, level in enumerate(_objects(criterion, "CFRubricCriterionLevels")):
                    self._whole(level, "CFRubricCriterionLevels", str(number), str(place), str(step))

    def _whole(self, part: Json, of: str, *places: str) -> None:
        uri = part.get("uri")
        if not isinstance(part.get("identifier"), str):
            link = self._making.link(of, "", uri if isinstance(uri, str) else "", "at", *places)
            part["identifier"] = link["identifier"]
        if not isinstance(uri, str):
            part["uri"] = f"{self._base}/{of}/{part['identifier']}"
        if not isinstance(part.get("lastChangeDateTime"), str):
            part |= self._changed


def _objects(within: Json, name: str) -> list[Json]:
    held: Any = within.get(name)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _say(part: Json, name: str, text: str) -> None:
    """Let the member be this text, or not be there."""
    if text:
        part[name] = text
    else:
        part.pop(name, None)
