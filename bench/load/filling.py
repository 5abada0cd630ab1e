"""What is held before anything is read, and the reads that fit it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import Any, TypeVar

import jiter
import msgspec

from bench.load.connections import LoadFailed, drive
from bench.load.conversations import Posting, Tally
from bench.load.requests import Endpoint, Ids, Posts, moment
from bench.load.statements import Rendered, actor
from bench.load.subject import Subject
from bench.load.workload import Workload
from rekam.settings import Settings
from rekam.wiring import System
from store.port import Recordable, RecordBatch
from xapi.statement import complete, extract

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


def fill(subject: Subject, pool: Sequence[Rendered], seed: int, count: int) -> Filling:
    """Let `count` statements be held, rounded up to whole requests. A Rekam of ours gets them straight into its store, as its
    recorder puts them there; any other LRS gets POST requests. The same ids either way. Raises LoadFailed when one is refused."""
    requests = -(-count // BATCH)
    if subject.settings is not None:
        half_at = _record(subject.settings, subject.endpoint.key, pool, Ids(_ids_of(seed)), requests)
    else:
        half_at = _post(subject.endpoint, pool, Ids(_ids_of(seed)), requests)
    return Filling(seed, pool, requests * BATCH, half_at)


def _post(endpoint: Endpoint, pool: Sequence[Rendered], ids: Ids, requests: int) -> str:
    """In two halves; the moment between them."""
    posts = Posts(endpoint, pool, BATCH, ids)
    half_at = _now()
    for most in (requests // 2, requests):
        tally = Tally()
        drive(endpoint.address, [Posting(posts, tally, most=most) for _ in range(_CONNECTIONS)], _LONGEST_S)
        if tally.refused:
            raise LoadFailed(f"statements to read were refused: {dict(tally.refused)} {tally.first_refusal}")
        half_at = _now() if most < requests else half_at
    return half_at


def _record(settings: Settings, partner: str, pool: Sequence[Rendered], ids: Ids, requests: int) -> str:
    """At the position where the recorder stands, which so does not move. Nothing is announced: whoever learns the most would
    else have thousands of the same lines in a profile, and nobody asks for profiles here."""
    account = {"homePage": settings.authority_home_page, "name": partner}
    authority = msgspec.json.encode({"objectType": "Agent", "account": account})
    half_at = _now()
    rest = cycle(pool)
    with closing(System.open(settings)) as system:
        for number in range(requests):
            here = system.follower.follow()[0]
            appended_at_ms = system.clock.now_ms()
            statements = []
            for place, (one, statement_id) in enumerate(zip(islice(rest, BATCH), ids.take(BATCH), strict=True)):
                raw = one.text(statement_id, moment(number))
                _, text = complete(raw, _parsed(raw), new_id=None, authority=authority)
                statements.append(
                    Recordable(text, extract(_parsed(text)), partner, False, appended_at_ms, max(0, here.next_offset - 1), place)
                )
            system.store.statements.record(RecordBatch(0, here.next_offset, statements, here.log_id))
            if number == requests // 2:
                half_at = _now()
    return half_at


def _parsed(text: bytes) -> dict[str, Any]:
    found: dict[str, Any] = jiter.from_json(text)
    return found


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
