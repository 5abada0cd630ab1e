"""Tolerances for values whose meaning is plain and whose spelling is not that of the rules."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from schemas.core.activities import LanguageMap
from schemas.fields import Formatted, Number
from schemas.tolerances.places import Place, said
from schemas.tolerances.texts import members_of_object, object_of
from xapi.values import LANGUAGE_TAG, MAILTO

UNDETERMINED = "und"
"""ISO 639-2: the language of a text that nobody named."""

_MAILTO = "mailto:"
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def with_language_tags(place: Place) -> bytes | None:
    """Tags that are none become well-formed ones; a text without any gets "und"."""
    if isinstance(place.field, LanguageMap):
        if isinstance(place.value, str):
            return b'{"' + UNDETERMINED.encode() + b'":' + place.text + b"}"
        return _with_tags_as_names(place) if isinstance(place.value, dict) else place.text
    if _is_refused(place, LANGUAGE_TAG):
        return said(language_tag(place.value))
    return place.text


def language_tag(text: str) -> str:
    """The well-formed tag that was meant (`en_US.UTF-8` is `en-US`), "und" where none can be seen."""
    meant = re.split("[.@]", text.strip(), maxsplit=1)[0].replace("_", "-")
    return meant if LANGUAGE_TAG.matches(meant) else UNDETERMINED


def with_mailto(place: Place) -> bytes | None:
    """An e-mail address without "mailto:", or with it in another case, becomes a mailto IRI."""
    if not _is_refused(place, MAILTO):
        return place.text
    address = place.value.strip()
    if address[: len(_MAILTO)].lower() == _MAILTO:
        address = address[len(_MAILTO) :].strip()
    meant = _MAILTO + address
    return said(meant) if MAILTO.matches(meant) else place.text


def with_numbers_as_scores(place: Place) -> bytes | None:
    """Of a score, a number written as text becomes the number, and an empty text is left out."""
    if not isinstance(place.field, Number) or not isinstance(place.value, str):
        return place.text
    text = place.value.strip()
    if not text:
        return None
    return text.encode() if _JSON_NUMBER.fullmatch(text) and math.isfinite(float(text)) else place.text


def _with_tags_as_names(place: Place) -> bytes:
    """The map with all names well-formed. Two texts that would get the same tag are kept apart: then nothing is changed, and the
    map is refused as it is."""
    names = {name: name if LANGUAGE_TAG.matches(name) else language_tag(name) for name in place.value}
    if all(name == tag for name, tag in names.items()):
        return place.text
    texts: dict[str, object] = {name: place.value[name] for name, tag in names.items() if name == tag}
    members = members_of_object(place.text)
    for name, tag in names.items():
        if name == tag:
            continue
        if tag in texts:
            if texts[tag] != place.value[name]:
                return place.text
            del members[name]
        else:
            texts[tag] = place.value[name]
            members[name] = replace(members[name], name=said(tag))
    return object_of(members.values())


def _is_refused(place: Place, rule: object) -> bool:
    field = place.field
    return (
        isinstance(field, Formatted) and field.rule is rule and isinstance(place.value, str) and not field.rule.matches(place.value)
    )
