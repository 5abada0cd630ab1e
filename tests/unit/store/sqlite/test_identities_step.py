"""A file of the first release gets identifiers with a validity, entries with versions, and frameworks."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from store.sqlite import SqliteStore
from store.sqlite.database import Database
from store.sqlite.schema import MIGRATIONS, migrate
from tests.contract.store.conversion import everything_is_there, what_was_there_stands_as_if_it_had_been_put
from tests.contract.store.older import COMPETENCIES, EMPLOYEES, ENTRIES, POST, UNIT, body

FIRST_RELEASE = 6
"""Steps of the schema it had."""


def fill(path: Path) -> None:
    with closing(Database(path)) as database:
        migrate(database, MIGRATIONS[:FIRST_RELEASE])
        with database.write() as connection:
            for one in EMPLOYEES:
                connection.execute(
                    "INSERT INTO employee (id, nip, name, folded_name, body) VALUES (?, ?, ?, ?, ?)",
                    (one["id"], one["nip"], one["name"], one["name"].casefold(), body(one)),
                )
                keys = [(key, one["id"]) for key in one["identifiers"]]
                connection.executemany("INSERT INTO employee_identifier (agent_key, employee_id) VALUES (?, ?)", keys)
            for one in ENTRIES:
                row = one["id"], one["activity_id"], body(one)
                connection.execute("INSERT INTO catalogue_entry (id, activity_id, body) VALUES (?, ?, ?)", row)
            for table, values in (("competency", COMPETENCIES), ("unit", [UNIT]), ("post", [POST])):
                rows = [(one["id"], body(one)) for one in values]
                connection.executemany(f"INSERT INTO {table} (id, body) VALUES (?, ?)", rows)
            versions = [("directory", 3), ("catalogue", 2), ("directory refreshed", 3)]
            connection.executemany("INSERT INTO version (of, number) VALUES (?, ?)", versions)


def test_a_file_of_the_first_release_is_led_forward(path: Path) -> None:
    fill(path)
    with closing(SqliteStore(path)) as opened:
        opened.prepare()
        opened.prepare()
        everything_is_there(opened)
        assert (opened.directory.version(), opened.catalogue.version()) == (3, 2)
        what_was_there_stands_as_if_it_had_been_put(opened)


def test_an_empty_file_leaves_nothing_to_do(store: SqliteStore) -> None:
    assert store.orders.waiting() == 0
