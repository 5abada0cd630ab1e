"""Which differences make another statement and which do not (xAPI 1.0.3, Data, 2.3.1)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.unit.schemas.strategies import statements
from xapi.equality import same, same_texts

Json = dict[str, Any]
ID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"

STATEMENT: Json = {
    "id": ID,
    "actor": {
        "objectType": "Group",
        "name": "Angkatan I",
        "member": [{"mbox": "mailto:a@example.go.id"}, {"mbox_sha1sum": "a" * 40, "name": "B"}, {"openid": "http://x.y/c"}],
    },
    "verb": {"id": "http://x.y/v", "display": {"id": "selesai"}},
    "object": {"id": "http://x.y/o", "definition": {"name": {"id": "Pelatihan"}}},
    "result": {"score": {"raw": 5}, "success": True, "duration": "PT1H", "extensions": {"http://x.y/e": [1, {"a": None}, True]}},
    "context": {
        "registration": ID,
        "language": "id-ID",
        "instructor": {"mbox": "mailto:a@example.go.id"},
        "statement": {"objectType": "StatementRef", "id": ID},
        "contextActivities": {
            "parent": {"id": "http://x.y/p", "definition": {}},
            "other": [{"id": "http://x.y/1"}, {"id": "http://x.y/2"}],
        },
    },
    "timestamp": "2026-02-28T09:30:00.000Z",
    "version": "1.0.0",
}
SUB: Json = {
    "actor": {"mbox": "mailto:a@b.c"},
    "verb": {"id": "http://x.y/v"},
    "object": {
        "objectType": "SubStatement",
        "actor": {"mbox": "mailto:a@b.c"},
        "verb": {"id": "http://x.y/v", "display": {"id": "x"}},
        "object": {"objectType": "StatementRef", "id": ID},
        "timestamp": "2026-02-28T09:30:00Z",
    },
}


def at(*path: str | int) -> Callable[[Json, Any], None]:
    def put(statement: Json, value: Any) -> None:
        parent: Any = statement
        for step in path[:-1]:
            parent = parent[step]
        if value is ...:
            del parent[path[-1]]
        else:
            parent[path[-1]] = value

    return put


def variant(original: Json, path: tuple[str | int, ...], value: Any) -> Json:
    changed = copy.deepcopy(original)
    at(*path)(changed, value)
    return changed


CONTEXT = ("context", "contextActivities")
IGNORED: list[tuple[str, tuple[str | int, ...], Any]] = [
    ("id", ("id",), ...),
    ("stored", ("stored",), "2026-03-01T00:00:00.000Z"),
    ("authority", ("authority",), {"account": {"homePage": "http://x.y", "name": "lrs"}}),
    ("no version", ("version",), ...),
    ("the same version", ("version",), "1.0"),
    ("no timestamp", ("timestamp",), ...),
    ("zone of the timestamp", ("timestamp",), "2026-02-28T16:30:00+07:00"),
    ("precision of the timestamp", ("timestamp",), "2026-02-28T09:30Z"),
    ("attachments", ("attachments",), [{"sha2": "0" * 64}]),
    ("display of the verb", ("verb", "display"), {"en": "completed"}),
    ("definition of the activity", ("object", "definition"), ...),
    ("definition of a context activity", (*CONTEXT, "parent", "definition"), {"type": "http://x.y/t"}),
    ("default objectType of the object", ("object", "objectType"), "Activity"),
    ("default objectType of an agent", ("context", "instructor", "objectType"), "Agent"),
    ("order of members", ("actor", "member"), STATEMENT["actor"]["member"][::-1]),
    ("case of a UUID", ("context", "registration"), ID.upper()),
    ("case of a reference", ("context", "statement", "id"), ID.upper()),
    ("case of a language tag", ("context", "language"), "id-id"),
    ("case of a mail domain", ("actor", "member", 0, "mbox"), "mailto:a@EXAMPLE.go.id"),
    ("case of a hash", ("actor", "member", 1, "mbox_sha1sum"), "A" * 40),
    ("one context activity or an array of one", (*CONTEXT, "parent"), [{"id": "http://x.y/p", "objectType": "Activity"}]),
    ("spelling of a number", ("result", "score", "raw"), 5.0),
    ("spelling of a number in an extension", ("result", "extensions", "http://x.y/e", 0), 1.0),
]
COMPARED: list[tuple[str, tuple[str | int, ...], Any]] = [
    ("actor", ("actor",), {"mbox": "mailto:a@example.go.id"}),
    ("name of the actor", ("actor", "name"), "Angkatan II"),
    ("a member", ("actor", "member"), STATEMENT["actor"]["member"][:2]),
    ("a member twice", ("actor", "member", 2), {"mbox": "mailto:a@example.go.id"}),
    ("case of a mail box", ("actor", "member", 0, "mbox"), "mailto:A@example.go.id"),
    ("verb", ("verb", "id"), "http://x.y/w"),
    ("object", ("object", "id"), "http://x.y/O"),
    ("kind of object", ("object",), {"objectType": "StatementRef", "id": ID}),
    ("result", ("result",), ...),
    ("number", ("result", "score", "raw"), 5.000001),
    ("boolean", ("result", "success"), False),
    ("a boolean is no number", ("result", "extensions", "http://x.y/e", 2), 1),
    ("a number is no boolean", ("result", "extensions", "http://x.y/e", 0), True),
    ("null is not nothing", ("result", "extensions", "http://x.y/e", 1), {}),
    ("order in an extension", ("result", "extensions", "http://x.y/e"), [{"a": None}, 1, True]),
    ("a duration is a text", ("result", "duration"), "PT60M"),
    ("timestamp", ("timestamp",), "2026-02-28T09:30:00.001Z"),
    ("version", ("version",), "1.0.3"),
    ("registration", ("context", "registration"), ...),
    ("a kind of context activity", (*CONTEXT, "grouping"), {"id": "http://x.y/p"}),
    ("order of context activities", (*CONTEXT, "other"), [{"id": "http://x.y/2"}, {"id": "http://x.y/1"}]),
]
IN_SUB: list[tuple[str, tuple[str | int, ...], Any, bool]] = [
    ("display of the verb", ("object", "verb", "display"), ..., True),
    ("zone of the timestamp", ("object", "timestamp"), "2026-02-28T10:30:00+01:00", True),
    ("case of the reference", ("object", "object", "id"), ID.upper(), True),
    ("no timestamp", ("object", "timestamp"), ..., False),
    ("timestamp", ("object", "timestamp"), "2026-02-28T09:30:01Z", False),
    ("verb", ("object", "verb", "id"), "http://x.y/w", False),
    ("result", ("object", "result"), {}, False),
]


@pytest.mark.parametrize("row", IGNORED, ids=lambda row: row[0])
def test_what_makes_no_other_statement(row: tuple[str, tuple[str | int, ...], Any]) -> None:
    other = variant(STATEMENT, row[1], row[2])
    assert other != STATEMENT or row[2] in (1.0, 5.0)
    assert same(STATEMENT, other)
    assert same(other, STATEMENT)


@pytest.mark.parametrize("row", COMPARED, ids=lambda row: row[0])
def test_what_makes_another_statement(row: tuple[str, tuple[str | int, ...], Any]) -> None:
    other = variant(STATEMENT, row[1], row[2])
    assert not same(STATEMENT, other)
    assert not same(other, STATEMENT)


@pytest.mark.parametrize("row", IN_SUB, ids=lambda row: row[0])
def test_a_sub_statement_is_compared_by_the_same_rules(row: tuple[str, tuple[str | int, ...], Any, bool]) -> None:
    assert same(SUB, variant(SUB, row[1], row[2])) is row[3]


def test_numbers_past_64_bits_are_told_apart() -> None:
    big = variant(STATEMENT, ("result", "extensions"), {"http://x.y/e": 2**64})
    assert same(big, copy.deepcopy(big))
    assert not same(big, variant(big, ("result", "extensions"), {"http://x.y/e": 2**64 + 1}))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(statements())
def test_every_statement_is_the_same_as_itself_however_its_properties_are_ordered(statement: Json) -> None:
    before = copy.deepcopy(statement)
    assert same(statement, json.loads(json.dumps(statement, sort_keys=True)))
    assert statement == before, "comparing changed it"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("P1DT12H36M0.12S", "P1DT12H36M0.1237S", True),
        ("PT1.2S", "PT1.20S", True),
        ("PT1,239S", "PT1.23S", True),
        ("PT1S", "PT1.009S", True),
        ("PT1.239S", "PT1.24S", False),
        ("PT1.5H", "PT1.5M", False),
        ("PT0.001H", "PT0.002H", False),
    ],
)
def test_a_duration_counts_to_the_hundredth_of_a_second(one: str, other: str, equal: bool) -> None:
    """Data 4.6; IEEE 9274.1.1, 4.2.7: cut, not rounded."""
    first, second = (variant(STATEMENT, ("result", "duration"), duration) for duration in (one, other))
    assert same(first, second) is same(second, first) is equal


def test_context_agents_are_compared_like_other_agents() -> None:
    """IEEE 9274.1.1, 4.2.2.5; of members the order does not count, of context agents it does."""

    def having(*names: str) -> Json:
        members = [{"mbox": f"mailto:{name}@example.go.id"} for name in names]
        agents = [{"objectType": "contextAgent", "agent": {"objectType": "Agent", **members[0]}}]
        groups = [{"objectType": "contextGroup", "group": {"objectType": "Group", "member": members}}]
        return variant(STATEMENT, ("context",), {"contextAgents": agents, "contextGroups": groups})

    plain = copy.deepcopy(having("a", "b"))
    del plain["context"]["contextAgents"][0]["agent"]["objectType"]
    plain["context"]["contextGroups"][0]["group"]["member"].reverse()
    assert same(having("a", "b"), plain)
    assert not same(having("a", "b"), having("b", "a"))


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("1", "1.0", True),
        ("100", "1e2", True),
        ("-0", "0.0", True),
        ("1e400", "10E399", True),
        ("1", "1.00000000000000000001", False),
        ("9007199254740993.0", "9007199254740992", False),
        ("1e400", "1e401", False),
        ("1" * 5_000, "1" * 5_000 + ".0", True),
        ("1e999999999999", "1", False),
        ("1e99999999999999999999", "1e99999999999999999999", True),
        ("1e99999999999999999999", "1e99999999999999999998", False),
        ("1", "true", False),
        ("1", '"1"', False),
    ],
)
def test_texts_are_compared_with_their_numbers_exact(one: str, other: str, equal: bool) -> None:
    first, second = (json.dumps(STATEMENT).replace('"raw": 5', f'"raw": {number}').encode() for number in (one, other))
    assert same_texts(first, second) is same_texts(second, first) is equal
    assert same_texts(first, json.dumps(json.loads(first, parse_int=float), indent=1).encode()) or len(one) > 3
