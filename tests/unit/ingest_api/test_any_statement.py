"""Whatever valid or almost valid statement is sent: accepted and given out in every format, or refused with the reason."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from tests.unit.ingest_api.conftest import Caller
from tests.unit.schemas.strategies import mutated, newer_statements, statements

NEWER: dict[str, str | None] = {"X-Experience-API-Version": "2.0.0"}
_MANAGED = {"id", "authority", "stored", "timestamp", "version", "context", "object"}


@settings(max_examples=60)
@given(sent=statements())
def test_a_valid_one_is_given_out_in_every_format(shared_caller: Caller, sent: dict[str, Any]) -> None:
    check_every_format(shared_caller, sent)


@settings(max_examples=60)
@given(sent=newer_statements())
def test_a_valid_one_of_the_newer_version_is_too(shared_caller: Caller, sent: dict[str, Any]) -> None:
    check_every_format(replace(shared_caller, headers=NEWER), sent)


def check_every_format(shared_caller: Caller, sent: dict[str, Any]) -> None:
    sent = _sendable(sent)
    answer = shared_caller.post(sent)
    assert answer.status_code == 200, answer.data
    (statement_id,) = answer.json
    exact, only_ids, canonical = (_read(shared_caller, statement_id, chosen) for chosen in ("exact", "ids", "canonical"))
    assert {name: exact[name] for name in sent.keys() - _MANAGED} == {name: sent[name] for name in sent.keys() - _MANAGED}
    assert exact.keys() == only_ids.keys() == canonical.keys()
    assert only_ids["verb"] == {"id": sent["verb"]["id"]}
    assert canonical["actor"] == exact["actor"]
    assert canonical.get("result") == only_ids.get("result") == exact.get("result")
    assert shared_caller.post(exact).status_code == 200, "what was given out is not the same as what was sent"


@settings(max_examples=60)
@given(sent=mutated(statements()))
def test_an_almost_valid_one_is_accepted_or_refused(shared_caller: Caller, sent: dict[str, Any]) -> None:
    check_verdict(shared_caller, sent)


@settings(max_examples=60)
@given(sent=mutated(newer_statements()))
def test_an_almost_valid_one_of_the_newer_version_is_too(shared_caller: Caller, sent: dict[str, Any]) -> None:
    check_verdict(replace(shared_caller, headers=NEWER), sent)


def check_verdict(shared_caller: Caller, sent: dict[str, Any]) -> None:
    answer = shared_caller.post([sent])
    assert answer.status_code in (200, 400, 409), answer.data
    if answer.status_code == 400:
        assert answer.json["error"]["message"]


def _sendable(sent: dict[str, Any]) -> dict[str, Any]:
    """Without an id, for examples may share one, and without what only application/json refuses."""
    sent.pop("id", None)
    for event in (sent, sent["object"]):
        if isinstance(event.get("attachments"), list):
            for attachment in event["attachments"]:
                attachment["fileUrl"] = "http://files.example.com/x"
    return sent


def _read(target: Caller, statement_id: str, chosen: str) -> dict[str, Any]:
    for parameter in ("statementId", "voidedStatementId"):
        answer = target.get(**{parameter: statement_id, "format": chosen})
        if answer.status_code == 200:
            found: dict[str, Any] = json.loads(answer.data)
            return found
    raise AssertionError(answer.data)
