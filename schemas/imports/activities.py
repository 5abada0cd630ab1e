"""The catalogue's own cells: which activities an entry matches, what it is evidence of, and its certificate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from competency.catalogue import Alignment, Certificate, DefinitionMatch
from schemas.imports.cells import ID, IRI_CELL, several, split
from schemas.imports.columns import Kind, amount, of_text, simplified, text_of, whole
from schemas.imports.outcome import CellRefused
from xapi.values import IRI

_ALIGNMENTS_EXPECTED = "like integritas:3; kerja-sama:2*0.5, with levels 1 to 5 and weights above 0 and at most 1"
_PATTERN_EXPECTED = "an IRI with * for anything, like https://webinar.example/activities/*"
_DEFINITION_EXPECTED = "conditions like type=http://adlnet.gov/expapi/activities/meeting & name=Webinar*"
_CERTIFICATE_EXPECTED = "yes, no, or for how many months it is valid, 1 to 600"

_CONDITION = re.compile(r"\s+&\s+")
_YES = frozenset(map(simplified, ("yes", "ya", "ada", "selamanya", "endless")))
_NO = frozenset(map(simplified, ("no", "tidak", "tidak ada", "-")))
_LEVEL = whole(1, 5)
_WEIGHT = amount(1, 3)
_MONTHS = whole(1, 600)


def _alignment(text: str) -> Alignment:
    competency, _, rest = text.rpartition(":")
    level, star, weight = rest.partition("*")
    try:
        found = Alignment(ID.parse(competency.strip()), _LEVEL.parse(level.strip()))
        return Alignment(found.competency_id, found.level, _WEIGHT.parse(weight.strip())) if star else found
    except CellRefused as refusal:
        raise CellRefused("it is not competency:level or competency:level*weight", _ALIGNMENTS_EXPECTED) from refusal


def _alignment_of(competency: str, value: Any) -> Alignment:
    try:
        if isinstance(value, dict):
            if not {"level"} <= set(value) <= {"level", "weight"}:
                raise CellRefused("a member is missing or unknown", "level and weight")
            weight = _WEIGHT.from_json(value["weight"]) if "weight" in value else Decimal(1)
            return Alignment(ID.parse(competency), _LEVEL.from_json(value["level"]), weight)
        return Alignment(ID.parse(competency), _LEVEL.from_json(value))
    except CellRefused as refusal:
        raise CellRefused(f"it is no object of levels: {refusal.message}", _ALIGNMENTS_JSON) from refusal


_ALIGNMENTS_JSON = 'an object like {"integritas": 3, "kerja-sama": {"level": 2, "weight": 0.5}}'


def _each_once(found: Iterable[Alignment]) -> tuple[Alignment, ...]:
    alignments = sorted(found, key=lambda one: one.competency_id)
    if len({one.competency_id for one in alignments}) < len(alignments):
        raise CellRefused("it names a competency twice", "each competency once")
    return tuple(alignments)


def _alignments_cell(cell: object) -> tuple[Alignment, ...]:
    if not isinstance(cell, str):
        raise CellRefused("it is not text", _ALIGNMENTS_EXPECTED)
    return _each_once(_alignment(part) for part in split(cell))


def _alignments_json(value: Any) -> tuple[Alignment, ...]:
    if not isinstance(value, dict):
        raise CellRefused("it is not an object of levels", _ALIGNMENTS_JSON)
    return _each_once(_alignment_of(competency, one) for competency, one in value.items())


def _pattern(text: str) -> str:
    if "*" not in text:
        raise CellRefused("it has no *, so it is the id of one activity", f"{_PATTERN_EXPECTED}; one activity goes to activity_ids")
    scheme, colon, rest = text.partition(":")
    if not colon or "*" in scheme or not rest.strip("/*") or not IRI.matches(text.replace("*", "x")):
        raise CellRefused("it is no absolute IRI that says more than its scheme", _PATTERN_EXPECTED)
    return text


def _definition_cell(cell: object) -> DefinitionMatch:
    given: dict[str, str] = {}
    for condition in _CONDITION.split(text_of(cell)):
        name, equals, value = (part.strip() for part in condition.rpartition("="))
        name = name.casefold() if name.casefold() in ("type", "name") else name
        if not equals or not value or name in given:
            raise CellRefused("it is no list of conditions, each once", _DEFINITION_EXPECTED)
        given[name] = value
    type_, label = given.pop("type", None), given.pop("name", None)
    return _definition(type_, label, given)


def _definition(type_: str | None, name: str | None, extensions: dict[str, str]) -> DefinitionMatch:
    if type_ is None and name is None and not extensions:
        raise CellRefused("it says nothing", _DEFINITION_EXPECTED)
    if not all(IRI.matches(iri) for iri in (*extensions, *([] if type_ is None else [type_]))):
        raise CellRefused("what is neither a type's IRI nor a name has to be an extension's IRI", _DEFINITION_EXPECTED)
    if name is not None and not name.strip("* "):
        raise CellRefused("its name is met by anything", "a name with some letters, like Webinar*")
    return DefinitionMatch(type_, name, tuple(sorted(extensions.items())))


def _definition_json(value: Any) -> DefinitionMatch:
    expected = 'an object like {"type": "http://…", "name": "Webinar*", "extensions": {"http://…": "seri-1"}}'
    if not isinstance(value, dict) or not set(value) <= {"type", "name", "extensions"}:
        raise CellRefused("it is no object of type, name and extensions", expected)
    extensions = value.get("extensions", {})
    texts = [value[name] for name in ("type", "name") if name in value]
    if not isinstance(extensions, dict) or not all(isinstance(text, str) for text in texts):
        raise CellRefused("its members are no strings and no object of extensions", expected)
    return _definition(value.get("type"), value.get("name"), {iri: _written(one, expected) for iri, one in extensions.items()})


def _written(value: Any, expected: str) -> str:
    """Text as it is, a number or a boolean as JSON writes it, 4.0 as 4."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else repr(value)
    if not isinstance(value, str):
        raise CellRefused("an extension's value is no string, number or boolean", expected)
    return value


def _certificate_cell(cell: object) -> Certificate | None:
    if isinstance(cell, bool):
        return Certificate() if cell else None
    text = text_of(cell)
    if simplified(text) in _YES:
        return Certificate()
    if text in _NO or simplified(text) in _NO:
        return None
    return Certificate(_MONTHS.parse(text.removesuffix("bulan").strip()))


def _certificate_json(value: Any) -> Certificate | None:
    if isinstance(value, bool):
        return Certificate() if value else None
    return None if value is None else Certificate(_MONTHS.from_json(value))


def _ids_json(value: Any) -> tuple[str, ...]:
    return _IDS.from_json([value] if isinstance(value, str) else value)


_IDS = several(IRI_CELL, "IRIs of activities", "IRIs like https://lms.example/courses/7")
ACTIVITY_IDS: Kind[tuple[str, ...]] = Kind(_IDS.says, _IDS.expected, _IDS.parse, _ids_json)
PATTERNS = several(of_text("", "", _pattern), "IRIs in which `*` stands for anything", _PATTERN_EXPECTED)
DEFINITIONS: Kind[tuple[DefinitionMatch, ...]] = several(
    Kind("", "", _definition_cell, _definition_json),
    "conditions `type=IRI`, `name=pattern` and `IRI of an extension=value` with ` & ` between them",
    _DEFINITION_EXPECTED,
)
ALIGNMENTS: Kind[tuple[Alignment, ...]] = Kind(
    "`competency:level` or `competency:level*weight`, with `;` between them; in JSON an object of levels, or of objects "
    "with `level` and `weight`",
    _ALIGNMENTS_EXPECTED,
    _alignments_cell,
    _alignments_json,
)
CERTIFICATE: Kind[Certificate | None] = Kind(
    "yes, no, or a number of months; in JSON a boolean or a number", _CERTIFICATE_EXPECTED, _certificate_cell, _certificate_json
)
