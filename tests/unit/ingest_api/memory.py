"""The ports in memory: real implementations, small enough to read, that can be told to be down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from access.credentials import Credential
from eventlog import port as log
from eventlog.port import Appended, Decided, Extent, Outgoing, Record, Topic
from schemas.events import decode_accepted
from store import port as store
from store.port import Page, Position, StoredStatement
from telemetry.clock import Clock
from xapi.activities import ActivityState, merge, observe
from xapi.query import StatementFilter, StoredAt
from xapi.statement import Extract, extract

LOG_ID = "memory"


class MemoryLog:
    """One partition in a list: `LogAppender` and `LogInspector`."""

    def __init__(self, clock: Clock, max_record_bytes: int = 32 * 1024 * 1024) -> None:
        self.records: list[Record] = []
        self.down = False
        self._clock = clock
        self._max_record_bytes = max_record_bytes
        self._lock = threading.Lock()

    def append(self, topic: Topic, record: Outgoing) -> Appended:
        self.ping()
        if len(record.value) > self._max_record_bytes:
            raise log.Rejected("the record is too large")
        with self._lock:
            offset, now_ms = len(self.records), self._clock.now_ms()
            self.records.append(Record(topic, 0, offset, now_ms, record.key, record.value))
        return Appended(0, offset, now_ms)

    def append_all(self, topic: Topic, records: Sequence[Outgoing]) -> list[Appended]:
        return [self.append(topic, record) for record in records]

    def submit(self, topic: Topic, record: Outgoing, decided: Decided) -> None:
        try:
            verdict: Appended | log.LogError = self.append(topic, record)
        except log.LogError as error:
            verdict = error
        decided(verdict)

    def partition_of(self, topic: Topic, key: bytes) -> int:
        return 0

    def partitions(self, topic: Topic) -> int:
        return 1

    def end_offsets(self, topic: Topic) -> dict[int, int]:
        self.ping()
        return {0: len(self.records)}

    def identity(self, topic: Topic) -> str:
        return LOG_ID

    def extent(self, topic: Topic) -> Extent:
        return Extent(LOG_ID, self.end_offsets(topic))

    def committed(self, topic: Topic, group: str) -> dict[int, int]:
        return {}

    def read(self, topic: Topic, partition: int, from_offset: int, max_records: int) -> list[Record]:
        self.ping()
        return self.records[from_offset : from_offset + max_records]

    def ping(self) -> None:
        if self.down:
            raise log.Unavailable("the log is down", retry_after_s=3)

    def close(self) -> None:
        pass


class MemoryStore:
    """What the API asks of a store, with a recorder inside that runs whenever somebody looks, unless it is `recorder_down`.

    Finds statements by their own keys only: references are the business of the real stores and of their contract.
    """

    def __init__(self, accepted: MemoryLog) -> None:
        self.down = False
        self.recorder_down = False
        self.read_only = False
        self.look_ups = 0
        self.attachments = MemoryAttachments(self)
        self.credentials: dict[str, Credential] = {}
        self._log = accepted
        self._position = Position(0, 0, 0, claimed=False, log_id=LOG_ID)
        self._held: dict[UUID, tuple[StoredStatement, Extract]] = {}
        self._activities: dict[tuple[str, str], ActivityState] = {}
        self._lock = threading.Lock()

    def ping(self) -> None:
        if self.down:
            raise store.Unavailable("the store is down", retry_after_s=4)

    def get(self, key: str) -> Credential | None:
        self.ping()
        return self.credentials.get(key)

    def get_many(self, statement_ids: Iterable[UUID]) -> dict[UUID, StoredStatement]:
        self.look_ups += 1
        self._look()
        return {wanted: self._held[wanted][0] for wanted in statement_ids if wanted in self._held}

    def find(self, wanted: StatementFilter, *, after: StoredAt | None, limit: int) -> Page:
        self._look()
        found = sorted(
            (held for held, found in self._held.values() if not held.voided and _matches(wanted, held, found)),
            key=lambda held: held.at,
            reverse=not wanted.ascending,
        )
        if after is not None:
            found = [held for held in found if (held.at > after if wanted.ascending else held.at < after)]
        more = len(found) > limit
        return Page(tuple(found[:limit]), found[limit - 1].at if more else None)

    def count(self) -> int:
        return len(self._held)

    def activities(self, activity_ids: Iterable[str], *, owner: str | None) -> dict[str, ActivityState]:
        self._look()
        wanted = set(activity_ids)
        found: dict[str, ActivityState] = {}
        for (whose, activity_id), state in self._activities.items():
            if activity_id in wanted and owner in (None, whose):
                found[activity_id] = merge([found.get(activity_id, state), state])
        return found

    def positions(self) -> dict[int, Position]:
        self._look()
        return {0: self._position}

    def advance(self, partition: int, next_offset: int, through_ms: int, *, log_id: str = LOG_ID) -> None:
        through_ms = max(through_ms, self._position.through_ms)
        self._position = replace(self._position, next_offset=next_offset, through_ms=through_ms)

    def adopt(self, seen: Position, log_id: str, next_offset: int) -> None:
        raise AssertionError("the recorder does this")

    def raise_through(self, ends: Mapping[int, int], through_ms: int, *, log_id: str = LOG_ID) -> dict[int, Position]:
        if self.read_only:
            raise store.Unavailable("too busy to write")
        with self._lock:
            if ends.get(0) == self._position.next_offset:
                self._position = replace(self._position, through_ms=max(through_ms, self._position.through_ms))
            return {0: self._position}

    def _look(self) -> None:
        self.ping()
        if self.recorder_down:
            return
        with self._lock:
            for record in self._log.records[self._position.next_offset :]:
                stored_ms = max(record.appended_at_ms, self._position.through_ms)
                for request in decode_accepted(record.value).requests:
                    for raw in request.statements:
                        self._record(bytes(raw), stored_ms, request.partner)
                self.advance(0, record.offset + 1, stored_ms)

    def _record(self, text: bytes, stored_ms: int, partner: str) -> None:
        found = extract(json.loads(text))
        if found.statement_id in self._held:
            return
        stored = StoredStatement(found.statement_id.bytes, stored_ms, text, partner, found.timestamped, voided=False)
        self._held[found.statement_id] = (stored, found)
        for seen in found.activities:
            said = observe(seen.activity_id, seen.definition, stored.at)
            key = (partner, seen.activity_id)
            self._activities[key] = merge([self._activities.get(key, said), said])
        for voider, its in list(self._held.values()):
            if its.voids in self._held and voider.statement_id != its.voids:
                target, keys = self._held[its.voids]
                self._held[its.voids] = (target._replace(voided=True), keys)


class MemoryAttachments:
    """`Attachments` in a dictionary, down when its store is."""

    def __init__(self, whole: MemoryStore) -> None:
        self.held: dict[tuple[str, str], bytes] = {}
        self.puts = 0
        self._whole = whole

    def put(self, owner: str, sha2: str, pieces: Iterable[bytes]) -> int:
        self._whole.ping()
        self.puts += 1
        return len(self.held.setdefault((owner, sha2), b"".join(pieces)))

    def lengths(self, owner: str, hashes: Iterable[str]) -> dict[str, int]:
        self._whole.ping()
        return {sha2: len(self.held[owner, sha2]) for sha2 in hashes if (owner, sha2) in self.held}

    def read(self, owner: str, sha2: str) -> Iterator[bytes]:
        self._whole.ping()
        return iter([self.held[owner, sha2]])


def _matches(wanted: StatementFilter, held: StoredStatement, found: Extract) -> bool:
    keys = found.keys
    agents = keys.related_agents if wanted.related_agents else keys.agents
    activities = keys.related_activities if wanted.related_activities else keys.activities
    return all(
        (
            wanted.agent is None or wanted.agent in agents,
            wanted.verb is None or wanted.verb == keys.verb,
            wanted.activity is None or wanted.activity in activities,
            wanted.registration is None or wanted.registration == keys.registration,
            wanted.since_ms is None or held.stored_ms > wanted.since_ms,
            wanted.until_ms is None or held.stored_ms <= wanted.until_ms,
            wanted.owner is None or wanted.owner == held.partner,
        )
    )
