"""A framework of which nobody published more than Rekam knows, as a CFPackage of CASE 1.1.

Framework    CFDocument: title, publisher, description, language, version (the edition), uri; its id in `extensions`
Competency   CFItem: humanCodingScheme (the id), abbreviatedStatement (the name), fullStatement (what it means; the name where
             nothing says more), CFItemType (the kind)
parent       CFAssociation isChildOf, of the document for those at the top
levels       one CFRubric; a CFRubricCriterion for each competency; a CFRubricCriterionLevel with score 1 to 5 for each level
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from competency.frameworks import Competency, CompetencyKind, Framework
from schemas.case.item_types import item_types
from schemas.case.shapes import FRAMEWORK_ID

Json = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Making:
    """The parts of a package. What has no URI yet gets one that begins with `base`, and a UUID made of that and of its ids, so
    that it stays while both do. `changed_at` (aware) is every `lastChangeDateTime`. `document` and `items` (by competency id) are
    the links of those that are published already."""

    def __init__(
        self,
        framework: Framework,
        base: str,
        changed_at: datetime,
        *,
        document: Mapping[str, str] | None = None,
        items: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._framework = framework
        self._base = base
        self.changed = {"lastChangeDateTime": changed_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")}
        published = items or {}
        self.document = dict(document or self.link("CFDocuments", framework.title, framework.uri))
        self.items = {
            one.id: dict(published.get(one.id) or self.link("CFItems", one.name, one.uri, one.id)) for one in framework.competencies
        }
        self._types = {
            kind: self.link("CFItemTypes", title, "", kind)
            for kind, title in item_types().titles.items()
            if any(one.kind is kind for one in framework.competencies)
        }

    def package(self) -> Json:
        framework = self._framework
        package: Json = {
            "CFDocument": self._cf_document(),
            "CFItems": [self.item(one) for one in framework.competencies],
            "CFAssociations": self._associations(),
            "CFDefinitions": {"CFItemTypes": self.item_types(self._types)},
        }
        criteria = [one for one in framework.competencies if one.levels]
        if criteria:
            package["CFRubrics"] = [self.rubric(criteria)]
        return package

    def item_types(self, kinds: Container[CompetencyKind]) -> list[Json]:
        """The definitions of these kinds, of those that the framework has."""
        return [
            {**link, "description": link["title"], "hierarchyCode": str(place), **self.changed}
            for place, (kind, link) in enumerate(self._types.items(), start=1)
            if kind in kinds
        ]

    def _cf_document(self) -> Json:
        framework = self._framework
        said = {
            "publisher": framework.publisher,
            "description": framework.description,
            "language": framework.language,
            "version": framework.edition,
        }
        return {
            "identifier": self.document["identifier"],
            "uri": self.document["uri"],
            "caseVersion": "1.1",
            "creator": framework.publisher or framework.title,
            "title": framework.title,
            **self.changed,
            **{name: text for name, text in said.items() if text},
            "adoptionStatus": "Adopted",
            "extensions": {FRAMEWORK_ID: framework.id},
        }

    def item(self, one: Competency) -> Json:
        link = self.items[one.id]
        item: Json = {"identifier": link["identifier"], "uri": link["uri"], "fullStatement": one.description or one.name}
        if one.description:
            item["abbreviatedStatement"] = one.name
        item |= {"humanCodingScheme": one.id, **self.item_type(one.kind)}
        if self._framework.language:
            item["language"] = self._framework.language
        return item | self.changed

    def item_type(self, kind: CompetencyKind) -> Json:
        return {"CFItemType": self._types[kind]["title"], "CFItemTypeURI": self._types[kind]}

    def _associations(self) -> list[Json]:
        places: dict[str | None, int] = {}
        found = []
        for one in self._framework.competencies:
            places[one.parent_id] = places.get(one.parent_id, 0) + 1
            found.append(self.association(one, places[one.parent_id]))
        return found

    def association(self, one: Competency, place: int) -> Json:
        """Of what it is a part of, as the child at this place."""
        link = self.link("CFAssociations", "", "", one.id)
        return {
            "identifier": link["identifier"],
            "uri": link["uri"],
            "associationType": "isChildOf",
            "sequenceNumber": place,
            "originNodeURI": self.items[one.id],
            "destinationNodeURI": self.document if one.parent_id is None else self.items[one.parent_id],
            **self.changed,
        }

    def rubric(self, criteria: list[Competency]) -> Json:
        rubric = self.link("CFRubrics", "Tingkat kompetensi", "")
        return {
            **rubric,
            **self.changed,
            "CFRubricCriteria": [self.criterion(one, rubric, place) for place, one in enumerate(criteria, start=1)],
        }

    def criterion(self, one: Competency, rubric: Mapping[str, str], place: int) -> Json:
        criterion = self.link("CFRubricCriteria", "", "", one.id)
        return {
            "identifier": criterion["identifier"],
            "uri": criterion["uri"],
            "description": one.name,
            "CFItemURI": self.items[one.id],
            "position": place,
            "rubricId": rubric["identifier"],
            **self.changed,
            "CFRubricCriterionLevels": [self.level(one, level, criterion["identifier"]) for level in sorted(one.levels)],
        }

    def level(self, one: Competency, level: int, criterion_id: str) -> Json:
        link = self.link("CFRubricCriterionLevels", "", "", one.id, str(level))
        return {
            "identifier": link["identifier"],
            "uri": link["uri"],
            "description": one.levels[level],
            "quality": f"Level {level}",
            "score": level,
            "position": level,
            "rubricCriterionId": criterion_id,
            **self.changed,
        }

    def link(self, of: str, title: str, uri: str, *ids: str) -> dict[str, str]:
        """A LinkURI; one that has a URI keeps it, and the UUID in it."""
        if uri:
            found = _UUID.findall(uri)
            identifier = str(UUID(found[-1])) if found else str(uuid5(NAMESPACE_URL, uri))
        else:
            identifier = str(uuid5(NAMESPACE_URL, "/".join((self._base, of, self._framework.id, *ids))))
        return {"title": title, "identifier": identifier, "uri": uri or f"{self._base}/{of}/{identifier}"}
