"""Real Apache Kafka and MongoDB servers, for tests and for `make run-full`.

`provision_kafka()` and `provision_mongod()` give programs, `KafkaServer` and `MongoServer` run them, and
`tests.servers.discovery` finds what tests use: an address given in the environment, Docker, or a provisioned program.
"""

from tests.servers.cache import Unobtainable
from tests.servers.kafka_broker import KafkaProgram, KafkaServer, provision_kafka
from tests.servers.local_server import DidNotStart
from tests.servers.mongod import MongoProgram, MongoServer, provision_mongod

__all__ = [
    "DidNotStart",
    "KafkaProgram",
    "KafkaServer",
    "MongoProgram",
    "MongoServer",
    "Unobtainable",
    "provision_kafka",
    "provision_mongod",
]
