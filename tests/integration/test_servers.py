"""The real servers that the other tests build on are real: they keep what they acknowledged."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaTimeoutError
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from tests.servers.discovery import KafkaAddress, MongoAddress, OwnKafka, OwnMongo

_Client = MongoClient[dict[str, Any]]
_Documents = Collection[dict[str, Any]]


@contextmanager
def _producer(bootstrap: str) -> Iterator[Any]:
    with closing(KafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)) as producer:
        yield producer


def _create_topic(bootstrap: str, topic: str) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})


def _append(bootstrap: str, topic: str, values: list[bytes]) -> None:
    """Append and await each acknowledgement."""
    with _producer(bootstrap) as producer:
        for acknowledgement in [producer.send(topic, value) for value in values]:
            acknowledgement.get(timeout=30)


def _read_from_start(bootstrap: str, topic: str, group: str, count: int) -> list[bytes]:
    """At least `count` values, or whatever came within 20 s."""
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        consumer_timeout_ms=20_000,
    )
    with closing(consumer):
        values: list[bytes] = []
        for record in consumer:
            values.append(record.value)
            if len(values) >= count:
                break
        values.extend(record.value for records in consumer.poll(timeout_ms=200).values() for record in records)
    return values


def test_kafka_gives_back_in_order_what_it_acknowledged(kafka_server: KafkaAddress, kafka_topic_prefix: str) -> None:
    topic = f"{kafka_topic_prefix}records"
    values = [f"record {number}".encode() for number in range(100)]
    _create_topic(kafka_server.bootstrap, topic)
    _append(kafka_server.bootstrap, topic, values)
    assert _read_from_start(kafka_server.bootstrap, topic, f"{kafka_topic_prefix}readers", 100) == values


def test_kafka_takes_a_record_of_a_20_mb_request(kafka_server: KafkaAddress, kafka_topic_prefix: str) -> None:
    topic = f"{kafka_topic_prefix}large"
    with closing(KafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)) as admin:
        large = {"max.message.bytes": str(32 * 1024 * 1024)}
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1, "configs": large}})
    producer = KafkaProducer(
        bootstrap_servers=kafka_server.bootstrap, acks="all", enable_idempotence=True, max_request_size=32 * 1024 * 1024
    )
    with closing(producer):
        assert producer.send(topic, b"x" * 20_000_000).get(timeout=60).offset == 0


def test_kafka_makes_no_topic_that_nobody_created(kafka_server: KafkaAddress, kafka_topic_prefix: str) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka_server.bootstrap, max_block_ms=500)
    with closing(producer), pytest.raises(KafkaTimeoutError):
        producer.send(f"{kafka_topic_prefix}missing", b"lost").get(timeout=5)
    with closing(KafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)) as admin:
        assert not [name for name in admin.list_topics() if name.startswith(kafka_topic_prefix)]


def test_kafka_keeps_what_it_acknowledged_when_it_is_killed(private_kafka: OwnKafka) -> None:
    before = [f"before {number}".encode() for number in range(500)]
    after = [f"after {number}".encode() for number in range(10)]
    address = private_kafka.bootstrap
    _create_topic(address, "records")
    _append(address, "records", before)
    private_kafka.kill()
    private_kafka.restart()
    assert private_kafka.bootstrap == address
    _append(address, "records", after)
    assert _read_from_start(address, "records", "readers", 510) == before + after


def test_mongo_transactions_are_whole_or_not_at_all(mongo_server: MongoAddress, mongo_database: str) -> None:
    client: _Client
    with MongoClient(mongo_server.database_url(mongo_database)) as client:
        accounts: _Documents = client[mongo_database].accounts
        accounts.insert_many([{"_id": "a", "amount": 10}, {"_id": "b", "amount": 0}])

        def move(session: ClientSession) -> None:
            accounts.update_one({"_id": "a"}, {"$inc": {"amount": -4}}, session=session)
            accounts.update_one({"_id": "b"}, {"$inc": {"amount": 4}}, session=session)

        def move_and_fail(session: ClientSession) -> None:
            move(session)
            raise RuntimeError("changed my mind")

        with client.start_session() as session:
            session.with_transaction(move)
            with pytest.raises(RuntimeError, match="changed my mind"):
                session.with_transaction(move_and_fail)
        assert {account["_id"]: account["amount"] for account in accounts.find()} == {"a": 6, "b": 4}


def test_mongo_keeps_what_it_acknowledged_when_it_is_killed(private_mongo: OwnMongo) -> None:
    address = private_mongo.database_url("kept")
    client: _Client
    with MongoClient(address, w="majority") as client:
        statements: _Documents = client.kept.statements
        for number in range(50):
            statements.insert_one({"_id": number})
        private_mongo.kill()
        private_mongo.restart()
        assert private_mongo.database_url("kept") == address
        # The same client, as in a worker that outlives the database.
        statements.insert_one({"_id": 50})
        assert sorted(statement["_id"] for statement in statements.find()) == list(range(51))
