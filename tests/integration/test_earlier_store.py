"""A program that finds the store of an earlier release says so and what to do, and touches nothing until it is told to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pymongo import MongoClient

from rekam.cli import rekam
from store.port import Release
from store.sqlite.database import Database
from store.sqlite.schema import MIGRATIONS, migrate
from tests.contract.store.opening import open_store
from tests.servers.discovery import MongoAddress

COMMANDS = (
    ["profiles", "rebuild", "--check"],
    ["profiles", "rebuild"],
    ["rules", "show"],
    ["credentials", "list"],
    ["credentials", "add", "lan"],
    ["deadletters", "list"],
    ["catalogue", "export", "held.json"],
)


class Installation:
    def __init__(self, store_url: str, folder: Path) -> None:
        self.store_url = store_url
        self._environment = {
            "REKAM_STORE": store_url,
            "REKAM_EVENT_LOG": f"sqlite:///{folder}/log.db",
            "REKAM_DATA_DIR": str(folder),
        }

    def run(self, *arguments: str) -> Result:
        return CliRunner(env=self._environment).invoke(rekam, list(arguments))

    def release(self) -> Release:
        with closing(open_store(self.store_url)) as opened:
            return opened.release()


def _embedded(request: pytest.FixtureRequest, folder: Path) -> str:
    path = folder / "store.db"
    with closing(Database(path)) as database:
        database.create()
        migrate(database, MIGRATIONS[:-2])
    return f"sqlite:///{path}"


def _on_mongodb(request: pytest.FixtureRequest, _: Path) -> str:
    server: MongoAddress = request.getfixturevalue("mongo_server")
    name: str = request.getfixturevalue("mongo_database")
    url = str(server.database_url(name))
    with closing(open_store(url)) as opened:
        opened.prepare()
    client: MongoClient[dict[str, Any]]
    with MongoClient(server.url) as client:
        client[name]["versions"].delete_one({"_id": "statement keys"})
    return url


@pytest.fixture(params=[_embedded, pytest.param(_on_mongodb, marks=pytest.mark.mongo)], ids=["sqlite", "mongodb"])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    make: Callable[[pytest.FixtureRequest, Path], str] = request.param
    return Installation(make(request, tmp_path), tmp_path)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_refuses_the_store_of_an_earlier_release(
    earlier: Installation, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = earlier.run(*command)
    assert ended.exit_code == 78
    assert "it is of an earlier release" in ended.output
    assert "`rekam setup`" in ended.output
    assert "Traceback" not in ended.output
    assert earlier.release() is Release.EARLIER
    assert not Path("held.json").exists()


def test_the_doctor_says_that_an_upgrade_is_due_until_it_was_done(earlier: Installation) -> None:
    ended = earlier.run("doctor")
    assert ended.exit_code == 1
    assert "BAD  store: it is of an earlier release" in ended.output
    assert "run `rekam setup`, or `rekam up`" in ended.output
    assert earlier.release() is Release.EARLIER
    assert earlier.run("setup").exit_code == 0
    assert "store: it is" not in earlier.run("doctor").output
    assert earlier.run("profiles", "rebuild", "--check").output == "0 profiles differ\n"


def test_what_needs_a_store_says_that_none_is_set_up_and_makes_none(tmp_path: Path) -> None:
    bare = Installation(f"sqlite:///{tmp_path}/store.db", tmp_path)
    ended = bare.run("profiles", "rebuild", "--check")
    assert ended.exit_code == 78
    assert "it is not set up yet" in ended.output
    assert not (tmp_path / "store.db").exists()
    assert bare.run("rules", "show").exit_code == 0


def test_the_store_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(Database(path)) as database:
        database.create()
        migrate(database, (*MIGRATIONS, ("CREATE TABLE invented (a INTEGER)",)))
    ended = Installation(f"sqlite:///{path}", tmp_path).run("credentials", "list")
    assert ended.exit_code == 78
    assert "it is of a later release than this program" in ended.output
