"""Creating and checking the topics of the embedded log."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final

from eventlog.port import Finding, TopicSpec, Unavailable
from eventlog.sqlite.database import Database

_TIMEOUT_MS: Final = 10_000
_LEAST_FREE_BYTES: Final = 1024 * 1024 * 1024


class SqliteLogAdmin:
    """See `LogAdmin`. `replication` and `min_insync_replicas` mean nothing in one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create_topics(self, specs: Sequence[TopicSpec]) -> None:
        with self._database.writing(_TIMEOUT_MS) as connection:
            for spec in specs:
                created = connection.execute(
                    "INSERT OR IGNORE INTO topics (topic, partitions, retention_ms, max_record_bytes) VALUES (?, ?, ?, ?)",
                    (spec.topic.value, spec.partitions, spec.retention_ms, spec.max_record_bytes),
                ).rowcount
                if created:
                    connection.executemany(
                        "INSERT INTO partitions (topic, partition) VALUES (?, ?)",
                        [(spec.topic.value, partition) for partition in range(spec.partitions)],
                    )

    def check(self, specs: Sequence[TopicSpec]) -> list[Finding]:
        with self._database.reading() as connection:
            findings = [finding for spec in specs for finding in _topic_findings(connection, spec)]
        return [*self._file_findings(), *findings]

    def close(self) -> None:
        self._database.close()

    def _file_findings(self) -> Iterator[Finding]:
        path = self._database.path
        try:
            with self._database.writing(_TIMEOUT_MS) as connection:
                mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
            yield Finding(f"{path}: write", True, "can be written")
            yield Finding(f"{path}: journal", mode == "wal", mode, "keep the file on a local disk: WAL needs shared memory")
        except Unavailable as error:
            yield Finding(f"{path}: write", False, str(error), "give this process write access to the file and its folder")
        free = shutil.disk_usage(path.parent).free
        yield Finding(
            f"{path}: free space",
            free >= _LEAST_FREE_BYTES,
            f"{free // 2**20} MiB",
            "free some space: the log grows with each record",
        )


def _topic_findings(connection: sqlite3.Connection, spec: TopicSpec) -> Iterator[Finding]:
    name = spec.topic.value
    statement = "SELECT partitions, retention_ms, max_record_bytes FROM topics WHERE topic = ?"
    row = connection.execute(statement, (name,)).fetchone()
    if row is None:
        yield Finding(f"{name}: exists", False, "missing", "create it")
        return
    partitions, retention_ms, max_record_bytes = row
    yield Finding(
        f"{name}: partitions",
        partitions == spec.partitions,
        str(partitions),
        f"{spec.partitions} are configured; the number can't change once records exist: set the configuration to {partitions}",
    )
    yield Finding(
        f"{name}: retention_ms",
        retention_ms == spec.retention_ms,
        str(retention_ms),
        f"{spec.retention_ms} is configured; the topic keeps what it was created with",
    )
    yield Finding(
        f"{name}: max_record_bytes",
        max_record_bytes >= spec.max_record_bytes,
        str(max_record_bytes),
        f"at least {spec.max_record_bytes}, so that the largest request allowed fits; the topic keeps what it was created with",
    )
