"""What the compiled hot paths accept, Python accepts: for valid statements, every breakage, and statements changed at random."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.native_rules import native_rules
from tests.fuzz.breakages import breakages
from tests.fuzz.effort import examples
from tests.fuzz.oracle import Version
from tests.fuzz.places import places
from tests.fuzz.samples import SAMPLES
from tests.fuzz.test_verdicts import RULES, VERSIONS, _changed, own_verdict
from tests.fuzz.valid import statements
from xapi.native import compiled

pytestmark = pytest.mark.skipif(compiled is None, reason="the crate is not installed")


def test_the_rules_of_both_versions_are_compiled() -> None:
    """A keyword that is new in the schemas has to be taught to the crate, or everything goes the slow way."""
    assert all(native_rules(rules) is not None for rules in RULES.values())


def accepted(statement: Any, version: Version) -> bool:
    rules = native_rules(RULES[version])
    return rules is not None and rules.accept(json.dumps(statement).encode())


@pytest.mark.parametrize("version", VERSIONS)
def test_full_statements_are_accepted_and_no_breakage_of_the_catalogue(version: Version) -> None:
    """Each breakage at one of the places where it can be made."""
    tried: set[str] = set()
    for make in SAMPLES.values():
        sample = make(version)
        assert accepted(sample, version)
        for breakage in breakages(sample, version):
            if breakage.name not in tried:
                tried.add(breakage.name)
                assert not accepted(breakage.of(sample), version), f"{breakage.name} at {breakage.path}"
    assert len(tried) > 1_000


@pytest.mark.parametrize("version", VERSIONS)
@given(data=st.data())
@examples(60)
def test_a_valid_statement_is_accepted_and_one_with_one_thing_broken_not(version: Version, data: st.DataObject) -> None:
    statement = data.draw(statements(version))
    assert accepted(statement, version)
    found = list(breakages(statement, version))
    for index in data.draw(st.lists(st.integers(0, len(found) - 1), min_size=5, max_size=5)):
        assert not accepted(found[index].of(statement), version), found[index].name


@pytest.mark.parametrize("version", VERSIONS)
@given(data=st.data())
@examples(60)
def test_the_verdict_on_a_statement_changed_at_random_is_the_same(version: Version, data: st.DataObject) -> None:
    statement = data.draw(statements(version))
    spots = [path for path, _ in places(statement) if path]
    for path in data.draw(st.lists(st.sampled_from(spots), min_size=3, max_size=3)):
        changed = _changed(statement, path, data)
        if accepted(changed, version):
            assert own_verdict(changed, version) is None, json.dumps(changed)
