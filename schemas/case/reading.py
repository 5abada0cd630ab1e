"""A CFPackage of CASE (1.0 or 1.1) as a framework. What `schemas.case.writing` says goes where is read from there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec

from competency.frameworks import Competency, Framework
from schemas.case.item_types import item_types
from schemas.case.shapes import Association, Document, Item, Package, Rubric, Wrapped
from schemas.case.writing import FRAMEWORK_ID
from schemas.imports.outcome import ImportResult, Problem

_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_MAX_NAME = 500
_MAX_TEXT = 5000
_T = TypeVar("_T")


def is_case(data: bytes) -> bool:
    """Whether it is meant to be a CFPackage, as JSON."""
    return b'"CFDocument"' in data


def read_case(data: bytes) -> ImportResult[Framework]:
    """One framework, ordered by competency id, or none where the file is no CFPackage. Never raises.

    Problems name what is not used and what was changed: types of items that are not known (they count as technical competencies),
    associations other than isChildOf, criteria and levels of rubrics that are no levels 1 to 5 of an item. An item's id is its
    humanCodingScheme where that will do for one, else its identifier.
    """
    try:
        package = _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a CFPackage of CASE 1.1: {error}" if isinstance(error, msgspec.ValidationError) else "not JSON"
        return ImportResult(
            problems=(Problem("case", 0, "", "", message, "a CFPackage with CFDocument, CFItems and CFAssociations"),)
        )
    return _Reading(package).result()


def _decode(data: bytes) -> Package:
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return msgspec.json.decode(data, type=Package)
    except msgspec.ValidationError:
        if b'"CFPackage"' not in data:
            raise
        return msgspec.json.decode(data, type=Wrapped).package


class _Reading:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._problems: list[Problem] = []
        self._types: Counter[str] = Counter()

    def result(self) -> ImportResult[Framework]:
        document = self._package.document
        framework_id = _framework_id(document)
        if framework_id is None or not _text(document.title):
            self._report(0, "CFDocument", "it has no title that says something", "a title")
            return ImportResult(problems=tuple(self._problems))
        items = self._once(self._each("CFItems", self._package.items, Item))
        ids = self._ids([item for _, item in items])
        parents = self._parents(self._each("CFAssociations", self._package.associations, Association), ids, document)
        levels = self._levels([rubric for _, rubric in self._each("CFRubrics", self._package.rubrics, Rubric)], ids)
        competencies = [
            self._competency(item, place, ids[item.identifier], framework_id, parents, levels)
            for place, item in items
            if _text(item.full_statement) or _text(item.name)
        ]
        if len(competencies) < len(items):
            self._report(
                0, "fullStatement", f"{len(items) - len(competencies)} items say nothing and are left out", "a fullStatement"
            )
        self._say_types()
        title, creator = _text(document.title), _text(document.creator)
        framework = Framework(
            id=framework_id,
            title=title,
            competencies=tuple(sorted(_rooted(competencies), key=lambda one: one.id)),
            publisher=_text(document.publisher) or ("" if creator == title else creator),
            language=_text(document.language),
            description=_text(document.description),
            edition=_text(document.version),
            uri=document.uri or "",
        )
        return ImportResult((framework,), tuple(self._problems))

    def _each(self, column: str, parts: Sequence[msgspec.Raw] | None, wanted: type[_T]) -> Iterator[tuple[int, _T]]:
        """Each part that has the members it needs, with its place from 1."""
        for place, raw in enumerate(parts or (), start=1):
            try:
                yield place, msgspec.json.decode(raw, type=wanted)
            except msgspec.ValidationError as error:
                self._report(place, column, f"it is left out: {error}", "the members that CASE 1.1 requires")

    def _once(self, items: Iterable[tuple[int, Item]]) -> list[tuple[int, Item]]:
        found: dict[str, tuple[int, Item]] = {}
        for place, item in items:
            if item.identifier in found or not _ID.fullmatch(item.identifier):
                self._report(
                    place, "identifier", "it is no UUID, or another item has it; the item is left out", "a UUID of its own"
                )
            else:
                found[item.identifier] = place, item
        return list(found.values())

    def _ids(self, items: list[Item]) -> dict[str, str]:
        """Identifier -> competency id."""
        codes = {item.identifier: _slug(item.code or "") for item in items}
        times = Counter(codes.values())
        return {one: code if code and times[code] == 1 and code not in codes else one for one, code in codes.items()}

    def _competency(
        self, item: Item, place: int, own_id: str, framework_id: str, parents: dict[str, str], levels: dict[str, dict[int, str]]
    ) -> Competency:
        types = item_types()
        item_type = _text(item.item_type)
        kind = types.kind(item_type)
        if kind is None:
            self._types[item_type] += 1
        statement, name = _text(item.full_statement), _text(item.name)
        if len(statement) > _MAX_TEXT:
            self._report(place, "fullStatement", f"it is longer than {_MAX_TEXT} characters and is cut", "a shorter text")
            statement = statement[:_MAX_TEXT].rstrip()
        name, description = (name, statement) if name else (statement, "")
        if len(name) > _MAX_NAME:
            name, description = f"{name[: _MAX_NAME - 1].rstrip()}…", description or statement
            self._report(place, "abbreviatedStatement", "its name is long and is cut", f"a name of at most {_MAX_NAME} characters")
        return Competency(
            id=own_id,
            name=name,
            kind=kind or types.default,
            framework=framework_id,
            description=description,
            levels=levels.get(own_id, {}),
            parent_id=parents.get(own_id),
            uri=item.uri or "",
        )

    def _parents(self, associations: Iterable[tuple[int, Association]], ids: dict[str, str], document: Document) -> dict[str, str]:
        """Competency id -> that of its parent; the first association of each item counts."""
        parents: dict[str, str] = {}
        unused: Counter[str] = Counter()
        for place, one in associations:
            child, above = ids.get(one.origin.identifier), one.destination.identifier
            if one.type != "isChildOf":
                unused[one.type] += 1
            elif child is None or (above not in ids and above != document.identifier):
                self._report(place, "CFAssociations", "it leads to an item that is not in the package", "an item or the document")
            elif above in ids:
                parent = parents.setdefault(child, ids[above])
                if parent != ids[above]:
                    self._report(place, "CFAssociations", "the item has a parent already; the first is used", "one parent")
                elif _leads_to(child, parents):
                    del parents[child]
                    self._report(place, "CFAssociations", "the items above form a circle", "a parent that is no child of the item")
        for name, times in sorted(unused.items()):
            self._report(0, "CFAssociations", f"{times} associations of the type {name[:60]} are not used", "isChildOf", note=True)
        return parents

    def _levels(self, rubrics: list[Rubric], ids: dict[str, str]) -> dict[str, dict[int, str]]:
        levels: dict[str, dict[int, str]] = {}
        criteria = [criterion for rubric in rubrics for criterion in rubric.criteria or []]
        for place, criterion in enumerate(criteria, start=1):
            own_id = ids.get(criterion.item.identifier) if criterion.item is not None else None
            if own_id is None:
                self._report(place, "CFRubrics", "the criterion is of no item of the package and is not used", "a CFItemURI")
                continue
            held = levels.setdefault(own_id, {})
            for one in criterion.levels or []:
                number, text = one.score if one.score is not None else one.position, _text(one.description)[:_MAX_TEXT]
                if number not in (1, 2, 3, 4, 5) or not text or int(number) in held:
                    self._report(place, "CFRubrics", "a level is not used", "a description and a score from 1 to 5, each once")
                else:
                    held[int(number)] = text
        return {own_id: dict(sorted(held.items())) for own_id, held in levels.items()}

    def _say_types(self) -> None:
        default = item_types().default
        for name, times in sorted(self._types.items()):
            what = f"of the type {name[:60]}" if name else "without a type"
            message = f"{times} items {what} are taken as {default} competencies"
            self._report(0, "CFItemType", message, ", ".join(item_types().titles.values()), note=True)

    def _report(self, place: int, column: str, message: str, would_be_right: str, *, note: bool = False) -> None:
        self._problems.append(Problem("case", place, column, "", message, would_be_right, note))


def _framework_id(document: Document) -> str | None:
    said = (document.extensions or {}).get(FRAMEWORK_ID)
    if isinstance(said, str) and _ID.fullmatch(said):
        return said
    return _slug(document.title.casefold()) or (document.identifier if _ID.fullmatch(document.identifier) else None)


def _slug(text: str) -> str:
    """The text where it will do as an id, else what of it does; empty when nothing does."""
    if _ID.fullmatch(text):
        return text
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-._")[:100].rstrip("-._")


def _text(text: str | None) -> str:
    """Without the characters that can't be printed, and with single blanks."""
    return " ".join("".join(char for char in text or "" if ord(char) >= 32 or char.isspace()).split())


def _leads_to(start: str, parents: dict[str, str]) -> bool:
    """Whether the way up from `start` comes back to it."""
    above = parents.get(start)
    while above is not None and above != start:
        above = parents.get(above)
    return above == start


def _rooted(competencies: list[Competency]) -> list[Competency]:
    """Without parents that were left out."""
    known = {one.id for one in competencies}
    return [one if one.parent_id in known else replace(one, parent_id=None) for one in competencies]
