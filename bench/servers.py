"""Apache Kafka and MongoDB for measuring, on this machine.

MongoDB has a cache nearer to what it takes by itself, half of a machine's memory: with 1 GB it began after 50 MB of changes to
write them out, again and again the same pages, which a server of an operator's does once a minute. The broker is that of the tests:
in a run of seconds the JVM's second compiler takes more than all the rest of the broker, and saves nothing yet.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.servers.discovery import OwnKafka, OwnMongo, kafka_source, mongo_source, new_kafka, new_mongo
from tests.servers.mongod import MongoProgram, MongoServer

CACHE_GB: Final = 4
OPLOG_MB: Final = 1024


def kafka(folder: Path, at_end: ExitStack) -> OwnKafka:
    """Started, and stopped at the end."""
    return at_end.enter_context(new_kafka(kafka_source(), folder)).start()


def mongo(folder: Path, at_end: ExitStack) -> OwnMongo:
    """The same."""
    source = mongo_source()
    if isinstance(source, MongoProgram):
        return at_end.enter_context(MongoServer(source, folder, cache_gb=CACHE_GB, oplog_mb=OPLOG_MB)).start()
    return at_end.enter_context(new_mongo(source, folder)).start()
