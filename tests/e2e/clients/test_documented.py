"""The examples of docs/clients.md run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.e2e.clients.conftest import Partner
from tests.e2e.clients.node_clients import NodeClients

pytestmark = [pytest.mark.xdist_group("clients"), pytest.mark.timeout(120)]

DOCUMENT = (Path(__file__).parents[3] / "docs" / "clients.md").read_text()


def examples(language: str) -> dict[str, str]:
    """By the heading they stand under; what stands under one heading is one program."""
    found = {}
    for section in DOCUMENT.split("\n## ")[1:]:
        blocks = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", section, flags=re.DOTALL | re.MULTILINE)
        if blocks:
            found[section.partition("\n")[0]] = "\n".join(textwrap.dedent(block) for _, block in blocks)
    return found


def meant_for(partner: Partner, example: str) -> str:
    filled = example.replace("http://127.0.0.1:8080", partner.rekam.base)
    return filled.replace('"KEY"', f'"{partner.key}"').replace('"SECRET"', f'"{partner.secret}"')


def check(partner: Partner, printed: str) -> None:
    answer = partner.ask("GET", f"/statements?statementId={printed.strip()}")
    assert answer.status == 200
    assert answer.json()["object"]["id"] == "https://kursus.example/pelayanan-prima"


@pytest.mark.parametrize("example", examples("python").values(), ids=examples("python"))
def test_in_python(embedded: Partner, example: str) -> None:
    command = [sys.executable, "-c", meant_for(embedded, example)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    check(embedded, done.stdout)


@pytest.mark.parametrize("example", examples("mjs").values(), ids=examples("mjs"))
def test_in_javascript(embedded: Partner, node: NodeClients, example: str) -> None:
    (node.folder / "example.mjs").write_text(meant_for(embedded, example))
    check(embedded, node.output("example.mjs"))
