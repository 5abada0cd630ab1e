"""What putting a framework changes: said before it is done, and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marshmallow import fields

from competency.frameworks import Competency, Framework
from schemas.hr.payload import Answered

_MEMBERS = {
    "name": "name",
    "kind": "kind",
    "description": "description",
    "parent_id": "parentId",
    "levels": "levels",
    "uri": "uri",
}
_OF_THE_WHOLE = ("title", "publisher", "edition", "language", "description", "uri")

PUBLISHED = "case"
"""What the framework's CASE package says beside all the others."""


@dataclass(frozen=True, slots=True)
class ChangedCompetency:
    id: str
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrameworkDifference:
    """Ids, and the names of properties as JSON has them."""

    properties: tuple[str, ...]
    new: tuple[str, ...]
    changed: tuple[ChangedCompetency, ...]
    left: tuple[str, ...]

    @property
    def any(self) -> bool:
        return bool(self.properties or self.new or self.changed or self.left)


def framework_difference(before: Framework | None, now: Framework) -> FrameworkDifference:
    held: Mapping[str, Competency] = {} if before is None else {one.id: one for one in before.competencies}
    whole = () if before is None else tuple(one for one in _OF_THE_WHOLE if getattr(before, one) != getattr(now, one))
    if before is not None and before.published != now.published:
        whole = (*whole, PUBLISHED)
    changed = []
    for one in now.competencies:
        if one.id in held and one != held[one.id]:
            properties = tuple(shown for name, shown in _MEMBERS.items() if getattr(one, name) != getattr(held[one.id], name))
            changed.append(ChangedCompetency(one.id, properties))
    return FrameworkDifference(
        properties=whole,
        new=tuple(one.id for one in now.competencies if one.id not in held),
        changed=tuple(changed),
        left=tuple(sorted(set(held) - {one.id for one in now.competencies})),
    )


class ChangedCompetencySchema(Answered):
    id = fields.String(required=True)
    properties = fields.List(fields.String(), required=True, metadata={"examples": [["name", "levels"]]})


class LeftCompetencySchema(Answered):
    id = fields.String(required=True)
    posts = fields.Integer(
        required=True, metadata={"description": "How many posts have a standard in it, which then means nothing"}
    )
    entries = fields.Integer(required=True, metadata={"description": "How many entries of the catalogue are evidence for it"})


class FrameworkChangeSchema(Answered):
    id = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "The version that stands now, or would stand"})
    applied = fields.Boolean(required=True, metadata={"description": "False where `apply=false` was asked"})
    changed = fields.Boolean(required=True, metadata={"description": "Whether anything is not as it was"})
    properties = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "Of the framework itself, those that are not as they were; `case`: what its CASE package says beside"
        },
    )
    new = fields.List(fields.String(), required=True, metadata={"description": "Competencies that it did not have"})
    changed_competencies = fields.List(fields.Nested(ChangedCompetencySchema), required=True)
    left = fields.List(fields.Nested(LeftCompetencySchema), required=True, metadata={"description": "Those that it has no more"})
    problems = fields.List(
        fields.String(), required=True, metadata={"description": "What of a CASE package is not used or was made to fit"}
    )
