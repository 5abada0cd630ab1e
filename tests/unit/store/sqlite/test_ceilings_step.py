"""A file from before there was the question who has gone over a ceiling has its profiles computed anew."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from store.port import Order, OrderKind
from store.sqlite import SqliteStore
from store.sqlite.ceilings_step import order_marks
from store.sqlite.database import Database
from store.sqlite.schema import MIGRATIONS, migrate

BEFORE = MIGRATIONS.index((order_marks,))
"""Steps of the schema that such a file had."""


@pytest.fixture
def older(path: Path) -> Path:
    with closing(Database(path)) as database:
        migrate(database, MIGRATIONS[:BEFORE])
    return path


def test_profiles_that_answer_questions_are_computed_anew_once(older: Path) -> None:
    with closing(Database(older)) as database, database.write() as connection:
        connection.execute("INSERT INTO profile (employee_id, revision, text) VALUES ('e1', 1, x'7b7d')")
        connection.execute("INSERT INTO profile_mark (mark, path, employee_id) VALUES ('everybody', '', 'e1')")
    with closing(SqliteStore(older)) as opened:
        opened.prepare()
        opened.prepare()
        assert opened.orders.of_kind(OrderKind.EVERYONE) == [Order("over-ceiling-marks", OrderKind.EVERYONE)]
        assert opened.orders.waiting() == 1


def test_without_profiles_there_is_nothing_to_compute(older: Path) -> None:
    with closing(SqliteStore(older)) as opened:
        opened.prepare()
        assert opened.orders.waiting() == 0
