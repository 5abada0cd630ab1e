"""The documents tell the truth: settings, commands, files and links in them exist."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rekam.cli import rekam
from rekam.cli.operations import settings_document
from rekam.settings import Settings, table

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path for path in [*ROOT.glob("*.md"), *ROOT.glob("*/**/*.md")] if not {".venv", "node_modules"} & set(path.parts)
)
INTERNAL = {"REKAM_TEST_", "REKAM_SUPERVISOR_PID"}


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_page_of_settings_is_the_table() -> None:
    assert (ROOT / "docs" / "settings.md").read_text() == settings_document(), "run: rekam config --markdown > docs/settings.md"


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_settings_named_in_a_document_exist(document: Path) -> None:
    known = {row.variable for row in table(Settings.read({}))}
    named = {name for name in re.findall(r"REKAM_[A-Z_]+[A-Z]", document.read_text()) if not name.startswith(tuple(INTERNAL))}
    assert named <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_commands_named_in_a_document_exist(document: Path) -> None:
    for words in re.findall(r"(?:^|`)(?:\.venv/bin/)?rekam ([a-z][a-z \-|]*)", document.read_text(), flags=re.MULTILINE):
        command: click.Command = rekam
        for word in words.split():
            if not isinstance(command, click.Group) or word.startswith("-"):
                break
            found = {name: command.get_command(click.Context(command), name) for name in word.split("|")}
            for name, subcommand in found.items():
                assert subcommand is not None, f"rekam {words}: there is no {name}"
            command = next(one for one in found.values() if one is not None)


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_relative_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{target} does not exist"


def targets() -> Iterator[str]:
    for line in (ROOT / "Makefile").read_text().splitlines():
        if match := re.match(r"([a-z-]+):.*## ", line):
            yield match[1]


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_make_targets_named_in_a_document_exist(document: Path) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(), flags=re.MULTILINE))
    assert named <= set(targets())


def test_make_help_names_every_target() -> None:
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"make ([a-z-]+)", shown)) == set(targets())
