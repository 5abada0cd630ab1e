"""Every answer to a wide table of requests is the one that was written down: status, headers, body, and the line in the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.ingest_api import playing

WRITTEN: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "answers.json").read_text())


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    return playing.answers()


@pytest.mark.parametrize("name", WRITTEN)
def test_an_answer(answers: dict[str, dict[str, Any]], name: str) -> None:
    assert answers[name] == WRITTEN[name]


def test_every_request_has_its_answer_written_down(answers: dict[str, dict[str, Any]]) -> None:
    assert answers.keys() == WRITTEN.keys()
