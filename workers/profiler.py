"""The profiler: from `statements.recorded` to evidence, profiles and `profiles.updated`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import msgspec

from eventlog.port import LogAppender, Outgoing, Record, Topic
from schemas.events import ProfileUpdated, decode_recorded, encode
from store.port import DeadLetter, DeadLetters
from telemetry import metrics
from telemetry.clock import Clock
from workers.profiles import ProfileBuilder

UNDECODABLE = "undecodable"


class Profiler:
    """Handles announced statements. Idempotent: evidence is replaced, a profile is written only where it changes, and
    `profiles.updated` is told at least once."""

    name = "profiler"

    def __init__(self, builder: ProfileBuilder, appender: LogAppender, dead_letters: DeadLetters, clock: Clock) -> None:
        self._builder = builder
        self._appender = appender
        self._dead_letters = dead_letters
        self._clock = clock

    def handle(self, partition: int, records: Sequence[Record]) -> None:
        letters: list[DeadLetter] = []
        ids = list(self._announced(records, letters))
        if letters:
            self._dead_letters.bury(letters)
            metrics.DEAD_LETTERS.labels(UNDECODABLE).inc(len(letters))
        if ids:
            self.update(self._builder.derive_again(ids))

    def update(self, employee_ids: Iterable[str]) -> None:
        """Recompute these profiles and tell of them. Durable when it returns."""
        profiles = [
            profile for employee_id in sorted(employee_ids) if (profile := self._builder.recompute(employee_id)) is not None
        ]
        if profiles:
            self._appender.append_all(
                Topic.PROFILES,
                [
                    Outgoing(encode(ProfileUpdated(profile.employee_id, profile.revision)), key=profile.employee_id.encode())
                    for profile in profiles
                ],
            )

    def _announced(self, records: Sequence[Record], letters: list[DeadLetter]) -> Iterator[UUID]:
        for record in records:
            try:
                yield from decode_recorded(record.value).statements
            except msgspec.MsgspecError as error:
                letters.append(
                    DeadLetter(
                        id=f"{record.topic}:{record.partition}:{record.offset}",
                        reason=UNDECODABLE,
                        detail=str(error),
                        payload=record.value,
                        topic=record.topic,
                        partition=record.partition,
                        offset=record.offset,
                        index=None,
                        statement_id=None,
                        partner=None,
                        created_at_ms=self._clock.now_ms(),
                    )
                )
