"""Addresses that tests hand to Rekam are of the form its settings want."""

import pytest

from tests.servers.discovery import KafkaAddress, MongoAddress


@pytest.mark.parametrize(
    ("server", "database"),
    [
        ("mongodb://127.0.0.1:27017/?replicaSet=a", "mongodb://127.0.0.1:27017/db?replicaSet=a"),
        ("mongodb://h1:1,h2:2/old?replicaSet=a", "mongodb://h1:1,h2:2/db?replicaSet=a"),
        ("mongodb://127.0.0.1:27017", "mongodb://127.0.0.1:27017/db"),
        # The user stays where it was looked up before the path named a database.
        ("mongodb://u:p%40@h/?tls=true", "mongodb://u:p%40@h/db?tls=true&authSource=admin"),
        ("mongodb://u:p@h/users", "mongodb://u:p@h/db?authSource=users"),
        ("mongodb://u:p@h/?authSource=x", "mongodb://u:p@h/db?authSource=x"),
    ],
)
def test_one_database_of_a_mongodb(server: str, database: str) -> None:
    assert MongoAddress(server, "6", "given").database_url("db") == database


def test_kafka_as_an_event_log() -> None:
    assert KafkaAddress("h1:9092,h2:9092", "4", "given").url == "kafka://h1:9092,h2:9092"
