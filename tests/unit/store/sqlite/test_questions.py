"""Questions over all employees read an index in order and stop at the end of the page; what an older program kept stays usable."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from competency.hours import Standing
from store.port import ProfileAfter, SightingAfter, SightingKind, StoredProfile
from store.sqlite import SqliteStore
from store.sqlite.database import Database
from store.sqlite.schema import MIGRATIONS, migrate
from tests.contract.store.builders import agent_key_of, evidence, facts, iri, uid

AFTER = ProfileAfter(("dept", "biro"), "e5")
SIGHTED = SightingAfter(3, "0a")
DAY = date(2026, 5, 4)
LATER = (
    "catalogue_version",
    "duration_ms",
    "repeats",
    "counts_per",
    "expires_on",
    "has_certificate",
    "certificate_number",
    "duration",
    "began_on",
)
"""What evidence of an older program has not."""

QUESTIONS = {
    "in a unit": lambda store: store.profile_queries.in_unit(("dept",), after=AFTER, limit=50),
    "directly in a unit": lambda store: store.profile_queries.in_unit(("dept",), direct=True, after=None, limit=50),
    "with those who left": lambda store: store.profile_queries.in_unit(None, include_left=True, after=AFTER, limit=50),
    "of a standing": lambda store: store.profile_queries.of_standing(None, 2026, Standing.MISSING, after=AFTER, limit=50),
    "below a standard": lambda store: store.profile_queries.below_standard(("dept",), "integritas", after=AFTER, limit=50),
    "over the ceiling": lambda store: store.profile_queries.over_ceiling(("dept",), after=AFTER, limit=50),
    "due": lambda store: store.profiles.due(DAY, after_id="e5", limit=50),
    "stale": lambda store: store.rollups.stale(50),
    "unmatched": lambda store: store.sightings.page(SightingKind.ACTOR, matched=False, after=SIGHTED, limit=50),
    "all sightings": lambda store: store.sightings.page(SightingKind.ACTIVITY, matched=None, after=SIGHTED, limit=50),
    "keys": lambda store: store.sightings.keys(SightingKind.ACTIVITY, prefix="https://a", after="https://a/b", limit=50),
    "of activities": lambda store: store.evidence.of_activities([iri("a")], 50),
    "seen": lambda store: store.statement_queries.seen([agent_key_of("ani")], [iri("a")]),
}


@contextmanager
def commands(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The commands that the store runs within the block, with their values in them."""
    run: list[str] = []
    connect = Database._connect

    def traced(self: Database, *arguments: Any) -> sqlite3.Connection:
        connection = connect(self, *arguments)
        connection.set_trace_callback(run.append)
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(Database, "_connect", traced)
        yield run


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_page_is_searched_for_in_an_index_and_never_sorted(
    path: Path, store: SqliteStore, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.profiles.put("e6", b"", facts("dept", "biro", next_change_on=DAY), expected_revision=0)
    with closing(SqliteStore(path)) as fresh, commands(fresh, monkeypatch) as run:
        QUESTIONS[question](fresh)
    selects = [command for command in run if command.lstrip().startswith("SELECT")]
    assert selects
    with closing(sqlite3.connect(path)) as connection:
        for command in selects:
            steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {command}")]
            read = [step for step in steps if not step.endswith(("(subquery-1)", "CO-ROUTINE"))]
            assert read, command
            assert all(step.startswith("SEARCH") for step in read), steps


def test_a_page_reads_no_more_than_its_rows(path: Path, store: SqliteStore) -> None:
    """Counted in steps of SQLite's machine: the same in the middle of many as at the beginning."""
    with closing(Database(path)) as database, database.write() as connection:
        rows = [(f"e{n:05}", f"dept/u{n % 50:02}/") for n in range(20_000)]
        columns = "employee_id, path, revision, digest, text"
        connection.executemany(f"INSERT INTO profile ({columns}) VALUES (?, ?, 1, x'', x'7b7d')", rows)
        connection.executemany("INSERT INTO profile_mark (mark, path, employee_id) VALUES ('here', ?2, ?1)", rows)

    def steps(after: ProfileAfter | None) -> int:
        counted = 0

        def count() -> int:
            nonlocal counted
            counted += 1
            return 0

        with closing(SqliteStore(path)) as fresh:
            fresh.profile_queries.in_unit(None, after=None, limit=1)
            (reader,) = fresh._database._connections.idle_readers
            reader.set_progress_handler(count, 10)
            assert len(fresh.profile_queries.in_unit(("dept",), after=after, limit=50)) == 50
        return counted

    first = steps(None)
    assert first < 500
    assert abs(steps(ProfileAfter(("dept", "u25"), "e10025")) - first) <= first // 4


def test_profiles_and_evidence_of_an_older_program_stay_and_are_due(path: Path) -> None:
    older = json.loads(msgspec.json.encode(evidence(1)))
    for later in LATER:
        del older[later]
    for alignment in older["alignments"]:
        del alignment["weight"]
    with closing(Database(path)) as database:
        migrate(database, MIGRATIONS[:6])
        with database.write() as connection:
            connection.execute("INSERT INTO profile (employee_id, revision, text) VALUES ('e1', 7, x'7b7d')")
            columns = "statement_id, employee_id, finished_at_ms, kind_id, year, provider, body"
            row = (uid(1).bytes, "e1", older["finished_at_ms"], "1", 2026, "univ-a", json.dumps(older).encode())
            connection.execute(f"INSERT INTO evidence ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    with closing(SqliteStore(path)) as opened:
        opened.prepare()
        held = StoredProfile("e1", 7, b"{}", (), active=False)
        assert opened.profiles.get("e1") == held
        assert list(opened.profiles.all()) == [held]
        assert opened.profile_queries.in_unit(None, include_left=True, after=None, limit=5) == []
        assert opened.profiles.due(date(2000, 1, 1), after_id=None, limit=5) == ["e1"]
        (piece,) = opened.evidence.of_employee("e1")
        assert (piece.statement_id, piece.title, str(piece.jp), piece.duration_ms) == (uid(1), "Pelatihan Dasar", "12.50", None)
        assert opened.evidence.of_activities([iri("c1")], 5) == [piece]
        assert opened.profiles.put("e1", b"new", facts("dept"), expected_revision=7)
        assert opened.profile_queries.in_unit(None, after=None, limit=5) == [StoredProfile("e1", 8, b"new", ("dept",))]
        assert opened.profiles.due(DAY, after_id=None, limit=5) == []
        assert isinstance(piece.statement_id, UUID)
