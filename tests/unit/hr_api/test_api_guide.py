"""`docs/api.md` and `docs/identity.md` name what exists (paths, parameters, bodies, reasons, states) and leave no operation out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator

from schemas.hr.identity import SuggestionReason
from schemas.hr.receipts import ProfileState, ReceiptState
from tests.unit.hr_api.test_description import document

DOCS = Path(__file__).parents[3] / "docs"
GUIDE, IDENTITY = ((DOCS / name).read_text() for name in ("api.md", "identity.md"))


def _operations(path: str) -> Mapping[str, Any] | None:
    """What the document says of a path as it is written in an example; a written path wins over one with parameters."""
    for template in sorted(document()["paths"], key=lambda one: one.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            found: Mapping[str, Any] = document()["paths"][template]
            return found
    return None


def _mentioned() -> list[tuple[str, str]]:
    """(path, query) of everything under /api/v1."""
    return re.findall(r"/api/v1(/[^\s`\"'?)]+)(?:\?([^\s`\"']+))?", GUIDE + IDENTITY)


def _bodies() -> list[tuple[str, str, Any]]:
    """(method, path, body) of every call that sends JSON."""
    calls = (GUIDE + IDENTITY).replace("\\\n", " ")
    found = re.findall(r"^curl ([^\n]*?)\$REKAM/api/v1(/[^\s`\"'?)]+)[^\n]*? -d '([^']+)'", calls, re.MULTILINE)
    return [(re.findall(r"-X (\w+)", options + " -X POST")[0].lower(), path, json.loads(body)) for options, path, body in found]


def test_every_path_and_parameter_exists() -> None:
    assert len(_mentioned()) >= 10
    for path, query in _mentioned():
        operations = _operations(path)
        assert operations is not None, path
        for pair in filter(None, query.split("&")):
            known = {part["name"] for part in operations["get"]["parameters"] if part["in"] == "query"}
            assert pair.partition("=")[0] in known, f"{path}?{query}"


def test_no_operation_is_left_out() -> None:
    mentioned = [_operations(path) for path, _ in _mentioned()]
    for path, operations in document()["paths"].items():
        assert operations in mentioned, path


def test_the_states_of_a_receipt_are_the_real_ones() -> None:
    _, *rows = re.findall(r"^\| `([^`]+)` \|(?: `([^`]+)`)? \|", GUIDE, re.MULTILINE)
    assert {state for state, _ in rows} == {one.value for one in ReceiptState}
    assert {state for _, state in rows if state} == {one.value for one in ProfileState}


def test_the_bodies_in_the_examples_are_accepted_ones() -> None:
    assert len(_bodies()) >= 6
    for method, path, body in _bodies():
        operations = _operations(path)
        assert operations is not None, path
        schema = operations[method]["requestBody"]["content"]["application/json"]["schema"]
        OAS31Validator({**schema, "components": document()["components"]}).validate(body)


def test_the_answer_in_the_page_about_identity_is_one() -> None:
    (written,) = re.findall(r"```json\n(.*?)```", IDENTITY, re.DOTALL)
    answer = document()["paths"]["/unlinked-actors"]["get"]["responses"]["200"]["content"]["application/json"]
    assert json.loads(written) == answer["example"]


def test_the_reasons_of_suggestions_are_the_real_ones() -> None:
    _, *rows = re.findall(r"^\| (.+?) \|", IDENTITY, re.MULTILINE)
    assert rows == [reason.value for reason in SuggestionReason]
