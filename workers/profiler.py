"""The profiler: from `statements.recorded` to evidence, profiles and `profiles.updated`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from uuid import UUID

import msgspec

from eventlog.port import LogAppender, Outgoing, Record, Topic
from schemas.events import ProfileUpdated, decode_recorded, encode
from store.port import DeadLetter, DeadLetters
from telemetry import metrics
from telemetry.clock import Clock
from workers.letters import UNDECODABLE, letter
from workers.loop import NEVER, Stop
from workers.profiles import NOTHING_KNOWN, Known, ProfileBuilder

DERIVED_AT_ONCE = 2_000
"""Statements that are read, and whose evidence is written, together: a batch may announce any number of them, and must take neither
memory nor a transaction of that size."""
PACE_S = 0.04
"""Statements that come within so long are derived together, and whoever is in several of them has one new profile."""
PORTION = 200
"""Employees whose profiles are computed before anybody is told: what has to be done again after a death."""


class Profiler:
    """Handles announced statements. Idempotent: evidence is replaced, a profile is written only where it changes, the rollup of its
    unit is marked and `profiles.updated` is told at least once. Both raise StartOver between portions once `stop` is requested."""

    name = "profiler"

    def __init__(
        self,
        builder: ProfileBuilder,
        appender: LogAppender,
        dead_letters: DeadLetters,
        clock: Clock,
        stop: Stop = NEVER,
    ) -> None:
        self._builder = builder
        self._appender = appender
        self._dead_letters = dead_letters
        self._clock = clock
        self._stop = stop

    def handle(self, records: Sequence[Record]) -> None:
        letters: list[DeadLetter] = []
        ids = dict.fromkeys(self._announced(records, letters))
        if letters:
            self._dead_letters.bury(letters)
            metrics.DEAD_LETTERS.labels(UNDECODABLE).inc(len(letters))
        left, touched = iter(ids), set[str]()
        while portion := list(islice(left, DERIVED_AT_ONCE)):
            self._stop.check()
            touched |= self._builder.derive_again(portion)
        # Once for all: whoever is in many of these statements is computed once.
        self.update(touched)

    def update(self, employee_ids: Iterable[str], known: Mapping[str, Known] = NOTHING_KNOWN) -> None:
        """Recompute these profiles and tell of them. Durable when it returns. `known`: see `ProfileBuilder.recompute_all`."""
        remaining = iter(sorted(set(employee_ids)))
        while portion := list(islice(remaining, PORTION)):
            self._stop.check()
            profiles = self._builder.recompute_all(portion, known)
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
                letters.append(letter(record, UNDECODABLE, str(error), now_ms=self._clock.now_ms()))
