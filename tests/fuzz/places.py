"""Every place of a statement and what stands there, by the tables of the data model: where something can be broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]

_EVENT = {"actor": "actor", "verb": "verb", "object": "object", "result": "result", "context": "context", "timestamp": "timestamp"}
_EVENT |= {"attachments": "attachment*"}
_AGENT = {"objectType": "word", "name": "text", "mbox": "mailto", "mbox_sha1sum": "sha1", "openid": "iri", "account": "account"}
_LISTS = dict.fromkeys(("choices", "scale", "source", "target", "steps"), "component*")

# A star: an array of these. A plus: one of these or an array of them. "map": language tags to texts.
MEMBERS: dict[str, dict[str, str]] = {
    "statement": {**_EVENT, "id": "uuid", "stored": "timestamp", "authority": "authority", "version": "version"},
    "substatement": {**_EVENT, "objectType": "word"},
    "reference": {"objectType": "word", "id": "uuid"},
    "agent": _AGENT,
    "group": {**_AGENT, "member": "agent*"},
    "authority group": {**_AGENT, "member": "agent*"},
    "account": {"homePage": "iri", "name": "text"},
    "verb": {"id": "iri", "display": "map"},
    "activity": {"objectType": "word", "id": "iri", "definition": "definition"},
    "definition": {
        **{"name": "map", "description": "map", "type": "iri", "moreInfo": "iri", "extensions": "extensions"},
        **{"interactionType": "word", "correctResponsesPattern": "text*", **_LISTS},
    },
    "component": {"id": "text", "description": "map"},
    "result": {
        **{"score": "score", "success": "boolean", "completion": "boolean", "response": "text", "duration": "duration"},
        **{"extensions": "extensions"},
    },
    "score": dict.fromkeys(("scaled", "raw", "min", "max"), "number"),
    "context": {
        **{"registration": "uuid", "instructor": "actor", "team": "group", "contextActivities": "context activities"},
        **{"revision": "text", "platform": "text", "language": "language", "statement": "reference", "extensions": "extensions"},
        **{"contextAgents": "context agent*", "contextGroups": "context group*"},
    },
    "context activities": dict.fromkeys(("parent", "grouping", "category", "other"), "activity+"),
    "context agent": {"objectType": "word", "agent": "agent", "relevantTypes": "iri*"},
    "context group": {"objectType": "word", "group": "group", "relevantTypes": "iri*"},
    "attachment": {
        **{"usageType": "iri", "display": "map", "description": "map", "contentType": "media type", "length": "length"},
        **{"sha2": "sha2", "fileUrl": "iri"},
    },
}
_OBJECTS = {"Agent": "agent", "Group": "group", "StatementRef": "reference", "SubStatement": "substatement"}


def places(statement: Json) -> Iterator[tuple[Path, str]]:
    """The path of every node that the data model names, and its kind. The statement must be a valid one."""
    yield from _below((), "statement", statement)


def _below(path: Path, kind: str, value: Any) -> Iterator[tuple[Path, str]]:
    kind = _resolved(kind, value)
    yield path, kind
    if kind.endswith("*"):
        for index, element in enumerate(value):
            yield from _below((*path, index), kind[:-1], element)
    elif kind == "map":
        for tag, text in value.items():
            yield from _below((*path, tag), "text", text)
    else:
        for name, inner in MEMBERS.get(kind, {}).items():
            if name in value:
                yield from _below((*path, name), inner, value[name])


def _resolved(kind: str, value: Any) -> str:
    if kind.endswith("+"):
        return f"{kind[:-1]}*" if isinstance(value, list) else kind[:-1]
    if kind in ("actor", "authority"):
        is_group = value.get("objectType") == "Group"
        return ("authority group" if kind == "authority" else "group") if is_group else "agent"
    if kind == "object":
        return _OBJECTS.get(value.get("objectType", "Activity"), "activity")
    return kind
