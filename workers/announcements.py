"""Telling the profilers which statements to derive evidence from (again).

A record of `statements.recorded` goes to the partition that a keyed hash of the learner gives, so one profiler at a time works on
a person, and nothing on the log tells who it is. Statements that share a partition share a record.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID

from eventlog.port import LogAppender, Outgoing, Topic
from schemas.events import Recorded, encode

MAX_IDS_PER_RECORD = 5_000
_BUCKETS_REMEMBERED = 1 << 15


class Announcer:
    """Appends to `statements.recorded`. `secret` keys the hash; `partitions` is how many the topic has."""

    def __init__(self, appender: LogAppender, secret: bytes, partitions: int) -> None:
        self._appender = appender
        self._secret = secret
        self._partitions = partitions
        # Learners come again and again.
        self._remembered: dict[str, int] = {}

    def bucket(self, learner_key: str) -> int:
        """The partition for a learner, the same for ever as long as secret and partitions are."""
        bucket = self._remembered.get(learner_key)
        if bucket is None:
            digest = hmac.digest(self._secret, learner_key.encode(), hashlib.sha256)
            bucket = int.from_bytes(digest[:8], "big") % self._partitions
            if len(self._remembered) >= _BUCKETS_REMEMBERED:
                self._remembered.clear()
            self._remembered[learner_key] = bucket
        return bucket

    def announce(self, statements: Iterable[tuple[UUID, tuple[str, ...]]]) -> int:
        """Append (statement id, learner keys); return how many records it took. Durable when it returns; raises Unavailable."""
        buckets: dict[int, dict[UUID, None]] = {}
        for statement_id, learners in statements:
            for key in learners:
                buckets.setdefault(self.bucket(key), {})[statement_id] = None
        records = [
            Outgoing(encode(Recorded(statements=ids[start : start + MAX_IDS_PER_RECORD])), partition=partition)
            for partition, held in sorted(buckets.items())
            for ids in [list(held)]
            for start in range(0, len(ids), MAX_IDS_PER_RECORD)
        ]
        if records:
            self._appender.append_all(Topic.RECORDED, records)
        return len(records)
