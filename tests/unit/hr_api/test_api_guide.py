"""`docs/api.md` speaks of paths, parameters and states that exist, and leaves no operation out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.hr.receipts import ProfileState, ReceiptState
from tests.unit.hr_api.test_description import document

GUIDE = (Path(__file__).parents[3] / "docs" / "api.md").read_text()


def _operations(path: str) -> Mapping[str, Any] | None:
    """What the document says of a path as it is written in an example; a written path wins over one with parameters."""
    for template in sorted(document()["paths"], key=lambda one: one.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            found: Mapping[str, Any] = document()["paths"][template]
            return found
    return None


def _mentioned() -> list[tuple[str, str]]:
    """(path, query) of everything under /api/v1."""
    return re.findall(r"/api/v1(/[^\s`\"'?)]+)(?:\?([^\s`\"']+))?", GUIDE)


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
