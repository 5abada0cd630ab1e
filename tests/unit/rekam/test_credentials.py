"""`rekam credentials`: tolerances are switched on by name, per credential."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from access.credentials import Credential
from rekam.cli import rekam
from schemas.tolerances.catalogue import TOLERANCES
from store.sqlite import SqliteStore


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REKAM_DATA_DIR", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rekam, ["credentials", *arguments])


def only(folder: Path) -> Credential:
    with closing(SqliteStore(folder / "store.db")) as store:
        (held,) = store.credentials.all()
    return held


def test_strict_unless_something_is_named(installation: Path) -> None:
    assert run("add", "lan-ri").exit_code == 0
    assert only(installation).tolerances == frozenset()
    assert "\tstrict\t" in run("list").output


def test_added_with_tolerances_and_listed_with_them(installation: Path) -> None:
    added = run("add", "builder", "--tolerate", "language-tags", "--tolerate", "null-values", "--label", "cannot change")
    assert "tolerated  language-tags, null-values" in added.output
    assert only(installation).tolerances == {"language-tags", "null-values"}
    assert "\tlanguage-tags,null-values\tcannot change" in run("list").output


def test_switched_on_replaced_and_switched_off(installation: Path) -> None:
    run("add", "builder", "--tolerate", "null-values")
    before = only(installation)
    assert run("tolerate", before.key, "language-tags", "old-versions").output == f"{before.key}: language-tags, old-versions\n"
    assert only(installation).tolerances == {"language-tags", "old-versions"}
    assert run("tolerate", before.key, "--none").output == f"{before.key}: strict\n"
    after = only(installation)
    assert after.tolerances == frozenset()
    assert (after.secret_sha256, after.roles, after.created_at_ms) == (before.secret_sha256, before.roles, before.created_at_ms)


@pytest.mark.parametrize("command", [("add", "x", "--tolerate", "everything"), ("tolerate", "k", "null-values", "everything")])
def test_unknown_names_are_refused_with_those_there_are(command: tuple[str, ...]) -> None:
    refused = run(*command)
    assert refused.exit_code == 2
    said = " ".join(refused.output.split())
    assert f"there is no tolerance everything; there are {', '.join(TOLERANCES)}" in said


@pytest.mark.parametrize("name", ["siti@kpn.example", "198609262015052001", "lan\nri", "Universitas A"])
def test_a_name_that_may_not_stand_in_logs_is_refused_and_nothing_is_kept(name: str) -> None:
    refused = run("add", name)
    assert refused.exit_code == 2
    assert "universitas-a" in refused.output
    assert name not in refused.output


@pytest.mark.parametrize("arguments", [(), ("null-values", "--none")])
def test_names_or_none_but_not_both(installation: Path, arguments: tuple[str, ...]) -> None:
    run("add", "builder", "--tolerate", "language-tags")
    assert run("tolerate", only(installation).key, *arguments).exit_code == 2
    assert only(installation).tolerances == {"language-tags"}


def test_a_key_there_is_not(installation: Path) -> None:
    run("add", "builder")
    refused = run("tolerate", "nobody", "null-values")
    assert (refused.exit_code, "there is no credential nobody" in refused.output) == (1, True)


def test_a_credential_kept_before_there_were_tolerances_is_strict(installation: Path) -> None:
    run("add", "lan-ri")
    with closing(sqlite3.connect(installation / "store.db")) as connection, connection:
        connection.execute("UPDATE credential SET body = CAST(json_remove(body, '$.tolerances') AS BLOB)")
        assert connection.execute("SELECT body FROM credential WHERE body LIKE '%tolerances%'").fetchone() is None
    assert only(installation).tolerances == frozenset()
    assert only(installation).partner == "lan-ri"
