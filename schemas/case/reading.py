"""A CFPackage of CASE (1.0 or 1.1) as a framework. What `schemas.case.making` says goes where is read from there; whatever else a
package says is kept with the framework, so that it comes out again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from competency.frameworks import Competency, Framework
from schemas.case.item_types import item_types
from schemas.case.making import Json
from schemas.case.names import ID, framework_id_of, plain_text, slug
from schemas.case.publication import MAX_DEPTH, publication_of, too_deep
from schemas.case.shapes import Association, Document, Item, Package, Rubric, Wrapped
from schemas.case.telling import says_no_more
from schemas.imports.outcome import ImportResult, Problem

_MAX_NAME = 500
_MAX_TEXT = 5000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ReadPackage:
    """What was read: the framework, without its publication; which item each competency was (`identifiers`, by competency id); and
    the package without the parts that were left out because they are none."""

    framework: Framework
    identifiers: Mapping[str, str]
    package: Json


def is_case(data: bytes) -> bool:
    """Whether it is meant to be a CFPackage, as JSON."""
    return b'"CFDocument"' in data


def read_case(data: bytes) -> ImportResult[Framework]:
    """One framework, ordered by competency id, or none where the file is no CFPackage. Never raises.

    Problems name what is not used and what was changed: types of items that are not known (they count as technical competencies),
    associations other than isChildOf, criteria and levels of rubrics that are no levels 1 to 5 of an item. An item's id is its
    humanCodingScheme where that will do for one, else its identifier. `published` is there where the package says more than
    `schemas.case.making` would say of the framework.
    """
    try:
        package, value = _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a CFPackage of CASE 1.1: {error}" if isinstance(error, msgspec.ValidationError) else "not JSON"
        return _none(message, "a CFPackage with CFDocument, CFItems and CFAssociations")
    if too_deep(value):
        return _none("it is nested too deeply", f"at most {MAX_DEPTH} levels of objects and lists")
    reading = _Reading(package, value)
    read = reading.result()
    if read is None:
        return ImportResult(problems=tuple(reading.problems))
    framework = read.framework
    if not says_no_more(read.package, framework):
        framework = replace(framework, published=publication_of(read.package))
    return ImportResult((framework,), tuple(reading.problems))


def read_publication(text: bytes) -> ReadPackage:
    """What `read_case` took, once more. Raises ValueError for what it would not have taken."""
    read = _Reading(*_decode(text)).result()
    if read is None:
        raise ValueError("a package that was taken once says nothing now")
    return read


def _none(message: str, would_be_right: str) -> ImportResult[Framework]:
    return ImportResult(problems=(Problem("case", 0, "", "", message, would_be_right),))


def _decode(data: bytes) -> tuple[Package, Json]:
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        package = msgspec.json.decode(data, type=Package)
    except msgspec.ValidationError:
        if b'"CFPackage"' not in data:
            raise
        wrapped = msgspec.json.decode(data, type=Wrapped)
        return wrapped.package, msgspec.json.decode(data)["CFPackage"]
    return package, msgspec.json.decode(data)


class _Reading:
    def __init__(self, package: Package, value: Json) -> None:
        self._package = package
        self._value = value
        self._left_out: dict[str, set[int]] = {"CFItems": set(), "CFAssociations": set(), "CFRubrics": set()}
        self._types: Counter[str] = Counter()
        self.problems: list[Problem] = []

    def result(self) -> ReadPackage | None:
        """None, and a problem, where it is of no framework."""
        document = self._package.document
        framework_id = framework_id_of(document)
        if framework_id is None or not plain_text(document.title):
            self._report(0, "CFDocument", "it has no title that says something", "a title")
            return None
        items = self._once(self._each("CFItems", self._package.items, Item))
        ids = self._ids([item for _, item in items])
        parents = self._parents(self._each("CFAssociations", self._package.associations, Association), ids, document)
        levels = self._levels([rubric for _, rubric in self._each("CFRubrics", self._package.rubrics, Rubric)], ids)
        competencies = [
            self._competency(item, place, ids[item.identifier], framework_id, parents, levels)
            for place, item in items
            if plain_text(item.full_statement) or plain_text(item.name)
        ]
        if len(competencies) < len(items):
            self._report(
                0, "fullStatement", f"{len(items) - len(competencies)} items say nothing and are left out", "a fullStatement"
            )
        self._say_types()
        title, creator = plain_text(document.title), plain_text(document.creator)
        framework = Framework(
            id=framework_id,
            title=title,
            competencies=tuple(sorted(_rooted(competencies), key=lambda one: one.id)),
            publisher=plain_text(document.publisher) or ("" if creator == title else creator),
            language=plain_text(document.language),
            description=plain_text(document.description),
            edition=plain_text(document.version),
            uri=document.uri or "",
        )
        return ReadPackage(framework, {own_id: identifier for identifier, own_id in ids.items()}, self._whole())

    def _whole(self) -> Json:
        """The package without what was left out because it is no item, association or rubric."""
        parts: dict[str, Any] = {}
        for name, places in self._left_out.items():
            held = self._value.get(name)
            if isinstance(held, list):
                parts[name] = [one for place, one in enumerate(held, start=1) if place not in places]
        return {name: parts.get(name, value) for name, value in self._value.items() if name in parts or name not in self._left_out}

    def _each(self, column: str, parts: Sequence[msgspec.Raw] | None, wanted: type[_T]) -> Iterator[tuple[int, _T]]:
        """Each part that has the members it needs, with its place from 1."""
        for place, raw in enumerate(parts or (), start=1):
            try:
                yield place, msgspec.json.decode(raw, type=wanted)
            except msgspec.ValidationError as error:
                self._left_out[column].add(place)
                self._report(place, column, f"it is left out: {error}", "the members that CASE 1.1 requires")

    def _once(self, items: Iterable[tuple[int, Item]]) -> list[tuple[int, Item]]:
        found: dict[str, tuple[int, Item]] = {}
        for place, item in items:
            if item.identifier in found or not ID.fullmatch(item.identifier):
                self._left_out["CFItems"].add(place)
                self._report(
                    place, "identifier", "it is no UUID, or another item has it; the item is left out", "a UUID of its own"
                )
            else:
                found[item.identifier] = place, item
        return list(found.values())

    def _ids(self, items: list[Item]) -> dict[str, str]:
        """Identifier -> competency id."""
        codes = {item.identifier: slug(item.code or "") for item in items}
        times = Counter(codes.values())
        return {one: code if code and times[code] == 1 and code not in codes else one for one, code in codes.items()}

    def _competency(
        self, item: Item, place: int, own_id: str, framework_id: str, parents: dict[str, str], levels: dict[str, dict[int, str]]
    ) -> Competency:
        types = item_types()
        item_type = plain_text(item.item_type)
        kind = types.kind(item_type)
        if kind is None:
            self._types[item_type] += 1
        statement, name = plain_text(item.full_statement), plain_text(item.name)
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
            message = f"{times} associations of the type {name[:60]} are kept for exports and not used otherwise"
            self._report(0, "CFAssociations", message, "isChildOf", note=True)
        return parents

    def _levels(self, rubrics: list[Rubric], ids: dict[str, str]) -> dict[str, dict[int, str]]:
        levels: dict[str, dict[int, str]] = {}
        criteria = [criterion for rubric in rubrics for criterion in rubric.criteria or []]
        for place, criterion in enumerate(criteria, start=1):
            own_id = ids.get(criterion.item.identifier) if criterion.item is not None else None
            if own_id is None:
                self._report(
                    place,
                    "CFRubrics",
                    "the criterion is of no item of the package and is kept for exports only",
                    "a CFItemURI",
                    note=True,
                )
                continue
            held = levels.setdefault(own_id, {})
            for one in criterion.levels or []:
                number, text = one.score if one.score is not None else one.position, plain_text(one.description)[:_MAX_TEXT]
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
        self.problems.append(Problem("case", place, column, "", message, would_be_right, note))


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
