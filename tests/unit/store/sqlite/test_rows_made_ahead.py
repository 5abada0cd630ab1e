"""Rows that a recorder makes before it locks the store are those it would have made after."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.port import Recordable
from store.sqlite import SqliteStore
from tests.contract.store.builders import T0, activity, agent, batch, recordable, reference, statement, voiding

TABLES = ("statement", "statement_key", "position", "activity_definition", "definition_text", "definition_said")


def contents(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        return {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def said(dice: random.Random, number: int) -> dict[str, Any]:
    if number > 1 and dice.random() < 0.1:
        return voiding(number, dice.randrange(number))
    target = reference(dice.randrange(number)) if number > 1 and dice.random() < 0.1 else None
    definition = {"name": {"id": f"Nama {dice.randrange(3)}"}} if dice.random() < 0.7 else None
    return statement(number, actor=agent(f"a{dice.randrange(3)}"), target=target or activity(f"b{dice.randrange(4)}", definition))


def batches(seed: int) -> list[list[Recordable]]:
    """Some ids come again, with the same content or another; times go on, and stand still."""
    dice = random.Random(seed)
    made: list[list[Recordable]] = []
    number, at_ms, sent = 0, T0, [said(dice, 1)]
    for offset in range(20):
        at_ms += dice.choice((0, 0, 5))
        rows = []
        for index in range(dice.randrange(5)):
            if dice.random() < 0.05:
                again = dice.choice(sent)
            else:
                number += 1
                again = said(dice, number)
                sent.append(again)
            rows.append(recordable(again, at_ms=at_ms, offset=offset, index=index))
        made.append(rows)
    return made


@pytest.mark.parametrize("seed", range(12))
def test_one_recorder_leaves_the_file_as_a_new_one_for_each_batch_does(seed: int, tmp_path: Path) -> None:
    """A new one has nothing to make rows from ahead. In between another may record, and `through_ms` may be raised beyond the
    time at which the next batch was appended."""
    dice = random.Random(seed)
    between = [dice.random() for _ in range(20)]
    files = []
    for name in ("one", "many"):
        path = tmp_path / f"{name}.db"
        files.append(path)
        with closing(SqliteStore(path)) as one, closing(SqliteStore(path)) as other:
            one.prepare()
            for offset, rows in enumerate(batches(seed)):
                if name == "many":
                    with closing(SqliteStore(path)) as fresh:
                        outcome = fresh.statements.record(batch(rows, next_offset=offset + 1))
                else:
                    outcome = one.statements.record(batch(rows, next_offset=offset + 1))
                one.positions.advance(0, offset + 1, outcome.last_stored_ms or 0)
                if between[offset] < 0.15:
                    other.statements.record(batch([recordable(statement(1_000 + offset))], partition=1, next_offset=offset + 1))
                    other.positions.advance(1, offset + 1, 0)
                elif between[offset] < 0.3:
                    one.positions.raise_through({0: offset + 1}, T0 + 7 * offset)
    assert contents(files[0]) == contents(files[1])
    assert contents(files[0])["statement"]
