"""What is held before anything is read, and the reads that fit it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from bench.load.connections import LoadFailed, drive
from bench.load.conversations import Posting, Tally
from bench.load.requests import Endpoint, Ids, Posts
from bench.load.statements import Rendered, actor
from bench.load.workload import Workload

BATCH = 500
_CONNECTIONS = 4
_LONGEST_S = 3_600.0
_IDS_ASKED = 4_096
_BUSIEST = 8
"""Agents and activities that have so many statements that a page is full, or nearly."""
_REGISTRATIONS = 64
_T = TypeVar("_T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Filling:
    """`half_at` is the moment (RFC 3339) at which half of it had been acknowledged."""

    seed: int
    pool: Sequence[Rendered]
    count: int
    half_at: str


def fill(endpoint: Endpoint, pool: Sequence[Rendered], seed: int, count: int) -> Filling:
    """Post `count` statements, in two halves. Raises LoadFailed when one is refused."""
    requests = -(-count // BATCH)
    posts = Posts(endpoint, pool, BATCH, Ids(_ids_of(seed)))
    half_at = _now()
    for most in (requests // 2, requests):
        tally = Tally()
        drive(endpoint.address, [Posting(posts, tally, most=most) for _ in range(_CONNECTIONS)], _LONGEST_S)
        if tally.refused:
            raise LoadFailed(f"statements to read were refused: {dict(tally.refused)} {tally.first_refusal}")
        half_at = _now() if most < requests else half_at
    return Filling(seed, pool, requests * BATCH, half_at)


def reads(endpoint: Endpoint, filling: Filling, workload: Workload) -> list[bytes]:
    """Requests for what is there: any statement by its id; else the agents, activities or registrations that have the most."""
    if workload.by == "id":
        step = max(1, filling.count // _IDS_ASKED)
        ids = Ids(_ids_of(filling.seed)).take(filling.count)[::step]
        # Of the ids in their order, neighbours lie together in the store: asked so, everything would be in a cache.
        return [endpoint.get_statements(statementId=ids[(place * 1_597) % len(ids)]) for place in range(len(ids))]
    limit = str(workload.limit)
    pool = filling.pool
    if workload.by == "agent":
        agents = _most((json.dumps(actor(one.person, one.course)) for one in pool), _BUSIEST)
        return [endpoint.get_statements(agent=one, limit=limit) for one in agents]
    if workload.by == "registration":
        context = (json.loads(one.text("", ""))["context"].get("registration") for one in pool)
        found = _most((one for one in context if one is not None), _REGISTRATIONS)
        return [endpoint.get_statements(registration=one, limit=limit) for one in found]
    activities = _most((_activity(one) for one in pool), _BUSIEST)
    if workload.kind == "more":
        return [endpoint.get_statements(activity=one, limit=limit) for one in activities]
    return [endpoint.get_statements(activity=one, since=filling.half_at, limit=limit) for one in activities]


def _activity(one: Rendered) -> str:
    found = json.loads(one.text("", ""))["object"]["id"]
    assert isinstance(found, str)
    return found


def _most(values: Iterable[_T], count: int) -> list[_T]:
    return [value for value, _ in Counter(values).most_common(count)]


def _ids_of(seed: int) -> str:
    return f"filling/{seed}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
