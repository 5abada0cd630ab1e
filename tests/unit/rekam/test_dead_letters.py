"""`rekam deadletters show`: a payload names a person, so showing it leaves a trace."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rekam.cli import rekam
from store.port import DeadLetter
from store.sqlite import SqliteStore
from store.sqlite.access_records import SqliteAudit

LETTER = DeadLetter(
    id="statements.accepted:0:7:0",
    reason="conflict",
    detail="recorded before with other content",
    payload=b'{"v":1}',
    topic="statements.accepted",
    partition=0,
    offset=7,
    index=0,
    statement_id=None,
    partner="lan-ri",
    created_at_ms=1_780_000_000_000,
)


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REKAM_DATA_DIR", str(tmp_path))
    with closing(SqliteStore(tmp_path / "store.db")) as store:
        store.prepare()
        store.dead_letters.bury([LETTER])
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rekam, ["deadletters", *arguments])


def audited(folder: Path) -> list[tuple[str, str, str]]:
    with closing(SqliteStore(folder / "store.db")) as store:
        return [(entry.credential, entry.action, entry.subject) for entry in store.audit.entries()]


def test_showing_one_is_audited(installation: Path) -> None:
    assert '{"v":1}' in run("show", LETTER.id).output
    assert audited(installation) == [("command line", "deadletter.read", f"dead letter {LETTER.id}")]


def test_listing_shows_no_payload_and_is_not(installation: Path) -> None:
    assert '{"v":1}' not in run("list").output
    assert run("show", "nothing").exit_code == 1
    assert audited(installation) == []


def test_what_can_not_be_audited_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: SqliteAudit, entry: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(SqliteAudit, "note", fail)
    assert '{"v":1}' not in run("show", LETTER.id).output
