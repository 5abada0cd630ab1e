"""docs/tolerances.md says what the program does: every tolerance, in its words, and every example comes out as written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from schemas.statements import V1_0_3, parse_statements
from schemas.tolerances.catalogue import TOLERANCES, tolerate

PAGE = (Path(__file__).parents[2] / "docs" / "tolerances.md").read_text()
EXAMPLE = re.compile(r"Sent:\n\n```json\n(.*?)\n```\n\nKept:\n\n```json\n(.*?)\n```", re.DOTALL)
REQUIRED = {
    "actor": '"actor": {"mbox": "mailto:ani@example.com"}',
    "verb": '"verb": {"id": "http://adlnet.gov/expapi/verbs/completed"}',
    "object": '"object": {"id": "http://example.com/a"}',
}


def examples() -> list[tuple[str, str, str]]:
    sections = dict(re.findall(r"^## ([a-z-]+)\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL))
    assert list(sections) == list(TOLERANCES)
    return [(name, *example.groups()) for name, section in sections.items() for example in EXAMPLE.finditer(section)]


def whole(members: str) -> str:
    """A statement with these members and, before them, the required ones they do not have."""
    lacking = [text for name, text in REQUIRED.items() if name not in json.loads(members)]
    return "{" + ", ".join([*lacking, members[1:]])


def test_the_table_has_the_words_of_the_program() -> None:
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", PAGE, flags=re.MULTILINE)
    assert rows == [(one.name, one.accepts, one.makes) for one in TOLERANCES.values()]


def test_every_tolerance_has_an_example() -> None:
    assert {name for name, _, _ in examples()} == set(TOLERANCES)


@pytest.mark.parametrize(("name", "sent", "kept"), examples())
def test_an_example_comes_out_as_written(name: str, sent: str, kept: str) -> None:
    statement = parse_statements(whole(sent).encode(), max_statement_bytes=10_000).statements[0]
    found = tolerate(statement, V1_0_3, {name}, max_statement_bytes=10_000)
    assert (said(found.statement.raw.decode()), found.names) == (said(whole(kept)), (name,))


def said(text: str) -> object:
    """All that a text says but its blanks: the order of names and the spelling of numbers count."""
    return json.loads(text, object_pairs_hook=list, parse_float=str, parse_int=str)
