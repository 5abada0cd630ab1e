"""Rekam's verdict on a statement is that of an oracle written independently of it, for valid ones and for every breakage.

More, and other, examples than here: `pytest tests/fuzz --hypothesis-profile explore`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.statements import V1_0_3, V2_0, Disagreement, parse_statements, validate
from tests.fuzz.breakages import Breakage, breakages
from tests.fuzz.effort import examples, exploring
from tests.fuzz.oracle import Version, verdict
from tests.fuzz.oracle.decisions import refused_by_decision
from tests.fuzz.places import Json, places
from tests.fuzz.samples import SAMPLES
from tests.fuzz.valid import statements
from tests.fuzz.values import json_values
from xapi.errors import XapiError

RULES = {"1.0.3": V1_0_3, "2.0": V2_0}
VERSIONS: list[Version] = ["1.0.3", "2.0"]
ODDITIES: list[Any] = [
    *(None, True, 0, 1, -1, 1.5, 27.0, 10**30, "", "x", "Agent", "Group", "Activity", "StatementRef", "SubStatement", "choice"),
    "1.0",
    *("PT1H", "2015-02-28T00:00:00Z", "2015-02-28T00:00", "mailto:a@b.c", "http://example.com/x", "id-ID", [], [1], {}),
    {"x": None},
    *({"id": "http://example.com/x"}, {"mbox": "mailto:a@b.c"}, {"en": "x"}, {"http://example.com/x": None}, "\x00"),
    *({"objectType": "Group", "member": []}, {"objectType": "Group", "openid": "a:b", "member": []}, "2.0.0", "P1W", "a" * 56),
]


def own_verdict(statement: Any, version: Version) -> str | None:
    """Why Rekam refuses the statement, as text and parsed; None when it takes it."""

    def disagree(found: Disagreement) -> None:
        raise AssertionError(f"the compiled rules refuse alone: {found}")

    body = json.dumps([statement]).encode()
    try:
        (parsed,) = parse_statements(body, max_statement_bytes=10**6).statements
        validate(parsed.value, RULES[version], on_disagreement=disagree)
    except XapiError as error:
        return f"{error.pointer}: {error.message}"
    return None


def agreed_verdict(statement: Any, version: Version) -> str | None:
    expected = verdict(statement, version) or refused_by_decision(statement)
    found = own_verdict(statement, version)
    assert (found is None) == (expected is None), f"\nRekam:  {found}\noracle: {expected}\n{json.dumps(statement)}"
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_full_statement_is_accepted(name: str, version: Version) -> None:
    assert agreed_verdict(SAMPLES[name](version), version) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_every_breakage_of_the_catalogue_is_refused(version: Version) -> None:
    """Each at one of the places where it can be made, another one for each; at all places (20,000) when exploring."""
    everywhere = exploring()
    found: dict[str, list[tuple[Json, Breakage]]] = defaultdict(list)
    for make in SAMPLES.values():
        sample = make(version)
        for breakage in breakages(sample, version):
            found[breakage.name].append((sample, breakage))
    assert len(found) > 1_000
    for number, places_of_one in enumerate(found.values()):
        chosen = places_of_one if everywhere else [places_of_one[number % len(places_of_one)]]
        for sample, breakage in chosen:
            assert agreed_verdict(breakage.of(sample), version) is not None, f"{breakage.name} at {breakage.path}"


@pytest.mark.parametrize("version", VERSIONS)
def test_every_way_to_be_broken_is_among_those_tried(version: Version) -> None:
    """All kinds of things that the data model has stand somewhere in the full statements."""
    kinds = {kind for make in SAMPLES.values() for _, kind in places(make(version))}
    missing = {"context agent", "context agent*", "context group", "context group*", "iri*"} if version == "1.0.3" else set()
    assert kinds == _ALL_KINDS - missing


@pytest.mark.parametrize("version", VERSIONS)
@given(data=st.data())
@examples(60)
def test_a_valid_statement_is_accepted_and_one_with_one_thing_broken_refused(version: Version, data: st.DataObject) -> None:
    statement = data.draw(statements(version))
    assert agreed_verdict(statement, version) is None
    found = list(breakages(statement, version))
    for index in data.draw(st.lists(st.integers(0, len(found) - 1), min_size=5, max_size=5)):
        assert agreed_verdict(found[index].of(statement), version) is not None, found[index].name


@pytest.mark.parametrize("version", VERSIONS)
@given(data=st.data())
@examples(60)
def test_the_verdict_on_a_statement_changed_at_random_is_the_same(version: Version, data: st.DataObject) -> None:
    statement = data.draw(statements(version))
    spots = [path for path, _ in places(statement) if path]
    for path in data.draw(st.lists(st.sampled_from(spots), min_size=3, max_size=3)):
        agreed_verdict(_changed(statement, path, data), version)


def _changed(statement: Json, path: tuple[str | int, ...], data: st.DataObject) -> Json:
    changed: Json = json.loads(json.dumps(statement))
    *way, last = path
    parent: Any = changed
    for step in way:
        parent = parent[step]
    new = data.draw(st.sampled_from(ODDITIES) | json_values)
    match data.draw(st.sampled_from(["replace", "remove", "add", "swap"])):
        case "remove":
            del parent[last]
        case "add" if isinstance(parent[last], dict):
            parent[last][
                data.draw(st.sampled_from(["objectType", "id", "name", "mbox", "member", "definition", "account", "x"]))
            ] = new
        case "add" if isinstance(parent[last], list):
            parent[last].append(new)
        case "swap" if isinstance(parent, dict):
            other = data.draw(st.sampled_from(sorted(parent)))
            parent[last], parent[other] = parent[other], parent[last]
        case _:
            parent[last] = new
    return changed


_ALL_KINDS = {
    *("statement", "substatement", "reference", "agent", "agent*", "group", "authority group", "account", "verb", "activity"),
    *("activity*", "definition", "component", "component*", "result", "score", "context", "context activities", "attachment"),
    *("attachment*", "context agent", "context agent*", "context group", "context group*", "map", "extensions", "iri", "iri*"),
    *("text", "text*", "uuid", "mailto", "sha1", "sha2", "timestamp", "duration", "language", "media type", "version", "length"),
    *("word", "number", "boolean"),
}
