"""A file whose keys had ids in them gives the same lists with places."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.port import Recordable, Seen
from store.sqlite import SqliteStore
from store.sqlite.database import Database
from store.sqlite.keys import own_keys, owner_key
from store.sqlite.places_step import place_keys
from store.sqlite.schema import MIGRATIONS, migrate
from tests.contract.store.builders import (
    COMPLETED,
    PASSED,
    T0,
    agent,
    agent_key_of,
    batch,
    found,
    recordable,
    reference,
    statement,
    uid,
    voiding,
)
from xapi.statement import extract

BEFORE = MIGRATIONS.index((place_keys,))
EVERY = 3271834028546213860
SAID = [
    statement(1, actor=agent("ani"), verb=PASSED),
    statement(3, actor=agent("budi")),
    statement(2, actor=agent("ani")),
    statement(4, actor=agent("cici"), verb="http://x.example/v", target=reference(1)),
]
VOIDED = 3
_COLUMNS = "id, stored_ms, partner, timestamped, voiding, may_void_any, refers_to, voided, text"


def stored_ms(number: int) -> int:
    return T0 + number // 3


@pytest.fixture
def older(path: Path) -> Path:
    with closing(Database(path)) as database:
        migrate(database, MIGRATIONS[:BEFORE])
        with database.write() as connection:
            for said in SAID:
                row = recordable(said)
                statement_id, target = row.extract.statement_id, row.extract.refers_to
                at_ms, hidden = stored_ms(statement_id.int & 0xFF), statement_id == uid(VOIDED)
                values = (statement_id.bytes, at_ms, row.partner, 0, 0, 0, target and target.bytes, hidden, row.text)
                connection.execute(f"INSERT INTO statement ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
                if not hidden:
                    rows = [(key, at_ms, statement_id.bytes, via) for key, via in _keys(row)]
                    connection.executemany("INSERT INTO statement_key (key, stored_ms, id, via) VALUES (?, ?, ?, ?)", rows)
    return path


def _keys(row: Recordable) -> Sequence[tuple[int, bytes]]:
    rows = [(key, b"") for key in (*own_keys(row.extract), EVERY, owner_key(row.partner))]
    if row.extract.refers_to is not None:
        target = next(one for one in SAID if one["id"] == str(row.extract.refers_to))
        rows += [(key, row.extract.refers_to.bytes) for key in own_keys(extract(target))]
    return rows


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [1, 2, 4]),
        ({"owner": "univ-a"}, [1, 2, 4]),
        ({"owner": "univ-b"}, []),
        ({"verb": COMPLETED}, [2]),
        ({"verb": PASSED}, [1, 4]),
        ({"agent": agent_key_of("ani")}, [1, 2, 4]),
        ({"agent": agent_key_of("ani"), "verb": PASSED}, [1, 4]),
        ({"agent": agent_key_of("cici"), "verb": PASSED}, []),
        ({"agent": agent_key_of("budi")}, []),
    ],
)
def test_lists_stay(older: Path, wanted: dict[str, Any], expected: list[int]) -> None:
    with closing(SqliteStore(older)) as opened:
        opened.prepare()
        assert found(opened, page_size=1, ascending=True, **wanted) == expected


def test_what_comes_later_fits_in(older: Path) -> None:
    with closing(SqliteStore(older)) as opened:
        opened.prepare()
        opened.statements.record(batch([recordable(voiding(5, 1)), recordable(statement(6, target=reference(2)))], next_offset=9))
        assert found(opened, page_size=1, ascending=True, agent=agent_key_of("ani")) == [2, 5, 6, 4]
        assert opened.statement_queries.seen([agent_key_of("cici")], []) == {agent_key_of("cici"): Seen(1, T0 + 1, T0 + 1)}
