"""mongod killed: everybody is told soon, nothing is half done for good."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

from store.mongodb import MongoStore
from store.port import DeadLetter, EmployeeSearch, HistoryFilter, Order, OrderKind, Recorded, Unavailable
from store.sqlite import SqliteStore
from tests.contract.store.builders import (
    T0,
    audit_entry,
    batch,
    credential,
    employee,
    entry,
    evidence,
    facts,
    framework,
    letter,
    post,
    recordable,
    statement,
    uid,
    unit,
)
from tests.contract.store.tangle import Said, everything, tangle
from tests.servers.discovery import OwnMongo
from xapi.query import StatementFilter

BOUND_S = 6.0

COMMANDS: dict[str, Callable[[MongoStore], Any]] = {
    "prepare": lambda store: store.prepare(),
    "ping": lambda store: store.ping(),
    "record": lambda store: store.statements.record(batch([recordable(statement(1))])),
    "get_many": lambda store: store.statement_queries.get_many([uid(1)]),
    "find": lambda store: store.statement_queries.find(StatementFilter(), after=None, limit=10),
    "count": lambda store: store.statement_queries.count(),
    "activities": lambda store: store.activity_queries.activities(["http://example.com/a"], owner="univ-a"),
    "positions": lambda store: store.positions.positions(),
    "advance": lambda store: store.positions.advance(0, 1, T0),
    "raise_through": lambda store: store.positions.raise_through({0: 0}, T0),
    "bury": lambda store: store.dead_letters.bury([letter("a")]),
    "dead letters": lambda store: store.dead_letters.page(),
    "put credential": lambda store: store.credentials.put(credential()),
    "get credential": lambda store: store.credentials.get("univ-a-1"),
    "secret": lambda store: store.secrets.secret("cursor"),
    "note": lambda store: store.audit.note(audit_entry()),
    "entries": lambda store: store.audit.entries(),
    "put units": lambda store: store.directory.put_units([unit()]),
    "put posts": lambda store: store.directory.put_posts([post()]),
    "put employees": lambda store: store.directory.put_employees([employee()]),
    "get employees": lambda store: store.directory.get_many(["e1"]),
    "search": lambda store: store.directory.search(EmployeeSearch("siti")),
    "by identifiers": lambda store: store.directory.by_identifiers(["mbox|mailto:a@example.com"]),
    "put entries": lambda store: store.catalogue.put_entries([entry()]),
    "put framework": lambda store: store.catalogue.put_framework(framework()),
    "put rules": lambda store: store.catalogue.put_rules(b"{}"),
    "rules": lambda store: store.catalogue.rules(),
    "place": lambda store: store.orders.place([Order("a", OrderKind.EVERYONE)]),
    "take": lambda store: store.orders.take(T0, 1),
    "progress": lambda store: store.orders.progress("a", "", T0),
    "replace evidence": lambda store: store.evidence.replace([uid(1)], [evidence(1)]),
    "history": lambda store: store.evidence.history("e1", HistoryFilter(), after=None, limit=10),
    "get profile": lambda store: store.profiles.get("e1"),
    "put profile": lambda store: store.profiles.put("e1", b"{}", facts(), expected_revision=0),
    "all profiles": lambda store: list(store.profiles.all()),
}


@pytest.fixture
def own_store(private_mongo: OwnMongo) -> Iterator[MongoStore]:
    """A prepared store on a mongod that the test may kill."""
    with closing(MongoStore(private_mongo.database_url(f"t{uuid4().hex[:8]}"))) as store:
        store.prepare()
        yield store


def test_while_mongod_is_down_every_aggregate_says_unavailable_soon_and_works_again_afterwards(
    private_mongo: OwnMongo, own_store: MongoStore
) -> None:
    own_store.statements.record(batch([recordable(statement(1))]))
    private_mongo.kill()
    started = time.monotonic()
    late: dict[str, float] = {}
    threads = []

    def attempt(name: str) -> None:
        begun = time.monotonic()
        with pytest.raises(Unavailable) as refusal:
            COMMANDS[name](own_store)
        assert refusal.value.retry_after_s >= 1
        late[name] = time.monotonic() - begun

    for name in COMMANDS:
        threads.append(Thread(target=attempt, args=(name,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert late.keys() == COMMANDS.keys(), COMMANDS.keys() - late.keys()
    assert max(late.values()) < BOUND_S
    assert time.monotonic() - started < BOUND_S + 1
    private_mongo.restart()
    for name, command in COMMANDS.items():
        _when_available(lambda command=command: command(own_store))
        assert name


def test_a_recorder_whose_mongod_is_killed_at_any_moment_completes_by_redelivery(
    private_mongo: OwnMongo, own_store: MongoStore, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")  # shown when the test fails
    rng = random.Random(seed)
    said = tangle(seed, 80)
    for round_of_kills in range(3):
        part = said[: 40 * (round_of_kills + 1)]
        recorder = Thread(target=lambda part=part: _record_until_done(own_store, part))
        recorder.start()
        time.sleep(rng.uniform(0.0, 0.15))
        private_mongo.kill()
        private_mongo.restart()
        recorder.join()
    _record_until_done(own_store, said)
    with closing(SqliteStore(tmp_path / "reference.db")) as reference:
        reference.prepare()
        _record_until_done(reference, said)
        assert everything(own_store, 80) == everything(reference, 80)


@pytest.mark.parametrize(
    "step",
    ["store.mongodb.references.link", "store.mongodb.voiding.apply", "store.mongodb.activity_recorder.ActivityRecorder.record"],
)
def test_a_recorder_that_dies_after_the_insert_is_completed_by_the_next(
    mongo_store: MongoStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    said = tangle(5, 60)
    rows = [recordable(one, index=index) for index, one in enumerate(said)]

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    mongo_store.statements.record(batch(rows[:20]))
    with monkeypatch.context() as patched:
        patched.setattr(step, die)
        with pytest.raises(KeyboardInterrupt):
            mongo_store.statements.record(batch(rows[20:]))
    again = mongo_store.statements.record(batch(rows[20:]))
    assert not again.recorded
    with closing(SqliteStore(tmp_path / "reference.db")) as reference:
        reference.prepare()
        reference.statements.record(batch(rows))
        assert everything(mongo_store, 60) == everything(reference, 60)


def test_what_mongod_acknowledged_survives_its_death(private_mongo: OwnMongo, own_store: MongoStore) -> None:
    own_store.statements.record(batch([recordable(statement(n)) for n in range(50)]))
    own_store.positions.advance(0, 50, T0 + 7)
    own_store.dead_letters.bury([DeadLetter("x", "conflict", "", b"x", "t", 0, 1, None, None, None, T0)])
    secret = own_store.secrets.secret("cursor")
    private_mongo.kill()
    private_mongo.restart()
    assert len(_when_available(lambda: own_store.statement_queries.get_many(uid(n) for n in range(50)))) == 50
    assert own_store.positions.positions()[0].through_ms == T0 + 7
    assert own_store.dead_letters.count() == 1
    assert own_store.secrets.secret("cursor") == secret


def _when_available(act: Callable[[], Any], patience_s: float = 20.0) -> Any:
    """What `act` gives, asked again while the store is unavailable, as the workers do."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return act()
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _record_until_done(store: MongoStore | SqliteStore, said: list[Said]) -> list[Recorded]:
    results = []
    for first in range(0, len(said), 10):
        rows = [recordable(one, index=index) for index, one in enumerate(said[first : first + 10])]
        results.append(_when_available(lambda rows=rows: store.statements.record(batch(rows))))
    return results
