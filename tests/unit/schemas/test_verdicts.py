"""The compiled rules and the explaining ones give the same verdict; valid is valid, and real statements are too."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from schemas.objects import StrictSchema
from schemas.statements import V1_0_3, V2_0, Disagreement, RuleSet, parse_statements, validate
from tests.unit.schemas.strategies import mutated, newer_statements, statements
from xapi.errors import InvalidRequest

SAMPLE = Path(__file__).parents[2] / "data" / "mooc-statements-sample.ndjson"

thorough = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def agreed_verdict(statement: dict[str, Any], rules: RuleSet = V1_0_3) -> bool:
    compiled = rules.is_valid(statement)
    messages = rules.schema.validate(statement)
    assert compiled == (not messages), (statement, messages)
    return compiled


@thorough
@given(statements())
def test_a_statement_that_follows_the_rules_is_accepted(statement: dict[str, Any]) -> None:
    assert agreed_verdict(statement)
    validate(statement, V1_0_3)


@thorough
@given(newer_statements())
def test_a_statement_that_follows_the_newer_rules_is_accepted_by_them(statement: dict[str, Any]) -> None:
    assert agreed_verdict(statement, V2_0)
    validate(statement, V2_0)


@settings(thorough, max_examples=300)
@given(mutated(statements()))
def test_both_verdicts_agree_on_anything_changed(statement: dict[str, Any]) -> None:
    check_agreement(statement, V1_0_3)


@settings(thorough, max_examples=300)
@given(mutated(newer_statements()))
def test_both_verdicts_agree_on_anything_changed_by_the_newer_rules(statement: dict[str, Any]) -> None:
    check_agreement(statement, V2_0)


def check_agreement(statement: dict[str, Any], rules: RuleSet) -> None:
    disagreements: list[Disagreement] = []
    if agreed_verdict(statement, rules):
        validate(statement, rules)
    else:
        with pytest.raises(InvalidRequest) as refused:
            validate(statement, rules, on_disagreement=disagreements.append)
        assert refused.value.status == 400
    assert not disagreements


@thorough
@given(statements())
def test_a_statement_is_the_same_after_its_way_as_text(statement: dict[str, Any]) -> None:
    body = json.dumps(statement).encode()
    (parsed,) = parse_statements(body, max_statement_bytes=10**6).statements
    assert parsed.raw == body
    assert parsed.value == statement


def test_statements_of_a_real_platform_are_accepted_and_cut_out_exactly() -> None:
    lines = SAMPLE.read_bytes().splitlines()
    assert len(lines) > 40
    request = parse_statements(b"[\n " + b" ,\n".join(lines) + b"]\n", max_statement_bytes=10**5)
    assert request.batch
    assert [statement.raw for statement in request.statements] == lines
    for statement in request.statements:
        assert agreed_verdict(statement.value)
    validate([statement.value for statement in request.statements], V1_0_3)


class Lenient(StrictSchema):
    """Explains nothing, because it finds nothing wrong."""

    name = "Statement"

    def validate(self, data: Any, **kwargs: Any) -> dict[str, Any]:
        return {}


def test_when_only_the_compiled_rules_refuse_it_is_refused_and_reported(caplog: pytest.LogCaptureFixture) -> None:
    disagreeing = replace(V1_0_3, schema=Lenient())
    good = json.loads(SAMPLE.read_text().splitlines()[0])
    wrong = {**good, "actor": {"mbox": "sari@example.go.id"}}
    reports: list[Disagreement] = []
    with pytest.raises(InvalidRequest) as refused:
        validate([good, wrong], disagreeing, on_disagreement=reports.append)
    assert refused.value.pointer.startswith("/1/actor")
    assert [(report.version, report.pointer) for report in reports] == [("1.0.3", refused.value.pointer)]
    assert not caplog.records

    with pytest.raises(InvalidRequest):
        validate(wrong, disagreeing)
    assert "disagree" in caplog.text
    assert "sari" not in caplog.text


def test_a_hostile_statement_is_explained_without_explaining_all_of_it() -> None:
    statement = json.loads(SAMPLE.read_text().splitlines()[0]) | {"attachments": [{"display": None}] * 20_000}
    with pytest.raises(InvalidRequest) as refused:
        validate(statement, V1_0_3)
    assert refused.value.pointer == "/attachments/0/display"
    assert len(refused.value.message) < 300


def test_verdicts_are_the_same_from_many_threads() -> None:
    good = json.loads(SAMPLE.read_text().splitlines()[0])
    wrong = {**good, "verb": {"id": "x"}}

    def pointers(turn: int) -> list[str]:
        found = []
        for statement in [good, wrong] * 20:
            try:
                validate(statement, V1_0_3)
            except InvalidRequest as error:
                found.append(error.pointer)
        return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(pointers, range(8))) == [["/verb/id"] * 20] * 8
