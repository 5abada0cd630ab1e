"""What makes an acknowledgement of Kafka worth anything, and a group's offset true, is asked for by settings of its clients.

With one broker, a missing one shows in no other test.
"""

from __future__ import annotations

from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError

import eventlog.kafka.appender as appending
import eventlog.kafka.reader as reading
from eventlog.kafka import KafkaEventLog
from eventlog.port import Outgoing, Topic, Unavailable


class Asked(dict[str, Any]):
    """Notes the settings a client is asked to be built with, and builds none."""

    def __call__(self, **settings: Any) -> object:
        self.update(settings)
        raise KafkaTimeoutError


def test_records_are_acknowledged_by_all_replicas_and_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked()
    monkeypatch.setattr(appending, "KafkaProducer", asked)
    appender = KafkaEventLog(["127.0.0.1:1"]).appender()
    with pytest.raises(Unavailable):
        appender.append(Topic.ACCEPTED, Outgoing(b"1"))
    appender.close()
    assert (asked["acks"], asked["enable_idempotence"]) == ("all", True)


def test_only_what_was_handled_is_committed_and_a_new_group_begins_at_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked()
    monkeypatch.setattr(reading, "KafkaConsumer", asked)
    reader = KafkaEventLog(["127.0.0.1:1"]).reader(Topic.ACCEPTED, "readers")
    with pytest.raises(Unavailable):
        reader.poll(0, 1)
    reader.close()
    assert (asked["enable_auto_commit"], asked["auto_offset_reset"]) == (False, "earliest")
