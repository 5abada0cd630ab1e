"""A framework as a CFPackage of CASE 1.1.

Framework    CFDocument: title, publisher, description, language, version (the edition), uri; its id in `extensions`
Competency   CFItem: humanCodingScheme (the id), abbreviatedStatement (the name), fullStatement (what it means; the name where
             nothing says more), CFItemType (the kind)
parent       CFAssociation isChildOf, of the document for those at the top
levels       one CFRubric; a CFRubricCriterion for each competency; a CFRubricCriterionLevel with score 1 to 5 for each level
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from competency.frameworks import Competency, Framework
from schemas.case.item_types import item_types

FRAMEWORK_ID = "rekamFrameworkId"
"""The member of the document's extensions that holds the framework's id."""

Json = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def write_case(framework: Framework, base_uri: str, *, changed_at: datetime) -> bytes:
    """The package as JSON; the same arguments give the same bytes.

    `base_uri` begins the URIs of what has none yet, like `https://rekam.example/ims/case/v1p1`; identifiers of those are UUIDs made
    of it and of their ids, so they stay while both do. `changed_at` (aware) is every `lastChangeDateTime`.
    """
    return (
        json.dumps(_Writing(framework, base_uri.rstrip("/"), changed_at).package(), ensure_ascii=False, indent=1) + "\n"
    ).encode()


def without_made_uris(read: Framework, held: Framework) -> Framework:
    """`read` from a package, beside `held`, which is known of it: where `held` has no URI and `write_case` made the one
    that was read, there still is none. So an export that comes back changes nothing."""
    known = {one.id: one.uri for one in held.competencies}
    competencies = tuple(
        replace(one, uri="") if known.get(one.id) == "" and _is_made(one.uri, "CFItems", read.id, one.id) else one
        for one in read.competencies
    )
    made = not held.uri and _is_made(read.uri, "CFDocuments", read.id)
    return replace(read, uri="" if made else read.uri, competencies=competencies)


def _is_made(uri: str, of: str, *ids: str) -> bool:
    base, _, identifier = uri.rpartition(f"/{of}/")
    return bool(base) and identifier == str(uuid5(NAMESPACE_URL, "/".join((base, of, *ids))))


class _Writing:
    def __init__(self, framework: Framework, base: str, changed_at: datetime) -> None:
        self._framework = framework
        self._base = base
        self._changed = {"lastChangeDateTime": changed_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")}
        self._document = self._link("CFDocuments", framework.title, framework.uri)
        self._items = {one.id: self._link("CFItems", one.name, one.uri, one.id) for one in framework.competencies}
        self._types = {
            kind: self._link("CFItemTypes", title, "", kind)
            for kind, title in item_types().titles.items()
            if any(one.kind is kind for one in framework.competencies)
        }

    def package(self) -> Json:
        framework = self._framework
        package: Json = {
            "CFDocument": self._cf_document(),
            "CFItems": [self._item(one) for one in framework.competencies],
            "CFAssociations": self._associations(),
            "CFDefinitions": {
                "CFItemTypes": [
                    {**link, "description": link["title"], "hierarchyCode": str(place), **self._changed}
                    for place, link in enumerate(self._types.values(), start=1)
                ]
            },
        }
        criteria = [one for one in framework.competencies if one.levels]
        if criteria:
            package["CFRubrics"] = [self._rubric(criteria)]
        return package

    def _cf_document(self) -> Json:
        framework = self._framework
        said = {
            "publisher": framework.publisher,
            "description": framework.description,
            "language": framework.language,
            "version": framework.edition,
        }
        return {
            "identifier": self._document["identifier"],
            "uri": self._document["uri"],
            "caseVersion": "1.1",
            "creator": framework.publisher or framework.title,
            "title": framework.title,
            **self._changed,
            **{name: text for name, text in said.items() if text},
            "adoptionStatus": "Adopted",
            "extensions": {FRAMEWORK_ID: framework.id},
        }

    def _item(self, one: Competency) -> Json:
        link = self._items[one.id]
        item: Json = {"identifier": link["identifier"], "uri": link["uri"], "fullStatement": one.description or one.name}
        if one.description:
            item["abbreviatedStatement"] = one.name
        item |= {
            "humanCodingScheme": one.id,
            "CFItemType": self._types[one.kind]["title"],
            "CFItemTypeURI": self._types[one.kind],
        }
        if self._framework.language:
            item["language"] = self._framework.language
        return item | self._changed

    def _associations(self) -> list[Json]:
        places: dict[str | None, int] = {}
        found = []
        for one in self._framework.competencies:
            places[one.parent_id] = places.get(one.parent_id, 0) + 1
            link = self._link("CFAssociations", "", "", one.id)
            found.append(
                {
                    "identifier": link["identifier"],
                    "uri": link["uri"],
                    "associationType": "isChildOf",
                    "sequenceNumber": places[one.parent_id],
                    "originNodeURI": self._items[one.id],
                    "destinationNodeURI": self._document if one.parent_id is None else self._items[one.parent_id],
                    **self._changed,
                }
            )
        return found

    def _rubric(self, criteria: list[Competency]) -> Json:
        rubric = self._link("CFRubrics", "Tingkat kompetensi", "")
        return {
            **rubric,
            **self._changed,
            "CFRubricCriteria": [self._criterion(one, rubric, place) for place, one in enumerate(criteria, start=1)],
        }

    def _criterion(self, one: Competency, rubric: Mapping[str, str], place: int) -> Json:
        criterion = self._link("CFRubricCriteria", "", "", one.id)
        levels = []
        for level, text in sorted(one.levels.items()):
            link = self._link("CFRubricCriterionLevels", "", "", one.id, str(level))
            levels.append(
                {
                    "identifier": link["identifier"],
                    "uri": link["uri"],
                    "description": text,
                    "quality": f"Level {level}",
                    "score": level,
                    "position": level,
                    "rubricCriterionId": criterion["identifier"],
                    **self._changed,
                }
            )
        return {
            "identifier": criterion["identifier"],
            "uri": criterion["uri"],
            "description": one.name,
            "CFItemURI": self._items[one.id],
            "position": place,
            "rubricId": rubric["identifier"],
            **self._changed,
            "CFRubricCriterionLevels": levels,
        }

    def _link(self, of: str, title: str, uri: str, *ids: str) -> dict[str, str]:
        """A LinkURI; one that has a URI keeps it, and the UUID in it."""
        if uri:
            found = _UUID.findall(uri)
            identifier = str(UUID(found[-1])) if found else str(uuid5(NAMESPACE_URL, uri))
        else:
            identifier = str(uuid5(NAMESPACE_URL, "/".join((self._base, of, self._framework.id, *ids))))
        return {"title": title, "identifier": identifier, "uri": uri or f"{self._base}/{of}/{identifier}"}
