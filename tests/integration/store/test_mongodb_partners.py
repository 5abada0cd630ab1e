"""Lists over all partners go by a list of partners that is a moment old; nothing of a new partner is missed by that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from store.mongodb import MongoStore
from tests.contract.store.builders import T0, found, record, statement, uid
from tests.servers.discovery import MongoAddress


def test_the_first_statement_of_a_new_partner_is_in_the_next_list(mongo_store: MongoStore) -> None:
    for number in range(4):
        assert found(mongo_store) == list(reversed(range(number)))
        # Recorded when this returns, while the list of a moment ago does not name the partner.
        record(mongo_store, statement(number), partner=f"univ-{number}", at_ms=T0 + number)
        assert found(mongo_store) == list(reversed(range(number + 1)))


def test_recorders_that_meet_a_new_partner_at_the_same_moment_wait_both(
    mongo_store: MongoStore, mongo_server: MongoAddress, mongo_database: str
) -> None:
    """The second finds the partner listed, and has to know that it was a moment ago."""
    record(mongo_store, statement(0), partner="univ-a")
    with (
        closing(MongoStore(mongo_server.database_url(mongo_database))) as one,
        closing(MongoStore(mongo_server.database_url(mongo_database))) as two,
        ThreadPoolExecutor(2) as pool,
    ):
        assert found(mongo_store) == [0]
        recording = {
            number: pool.submit(record, store, statement(number), partner="univ-b", partition=number, at_ms=T0 + number)
            for number, store in ((1, one), (2, two))
        }
        seen: set[int] = set()
        while len(seen) < 2:
            done = {number for number, recorded in recording.items() if recorded.done()}
            listed = set(found(mongo_store))
            assert done <= listed
            seen |= done
        assert {one.statement_id for one in mongo_store.statement_queries.get_many([uid(1), uid(2)]).values()} == {uid(1), uid(2)}
