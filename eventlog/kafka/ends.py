"""Where topics end, asked in one round trip, and the answer read only where it is a new one.

Every wave of reads asks (docs/adr/0003); the library's clients take some 50 times the CPU for the same answer. Two questions go out
together: what the topic is like, and where its partitions end. If the first answer is not what the second question was made from, a
leader has changed, partitions were added or the topic is another: then all is asked again.
Source: https://kafka.apache.org/protocol (Metadata, ListOffsets).
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from kafka.errors import UnknownTopicOrPartitionError, for_code
from kafka.protocol.consumer import ListOffsetsRequest, ListOffsetsResponse
from kafka.protocol.metadata import MetadataRequest, MetadataResponse

from eventlog.kafka.connection import Cluster, translated
from eventlog.kafka.wire import Address, Lost, Wire, addresses
from eventlog.port import Extent, Rejected, Topic, Unavailable

_CHANGING_S: Final = 2.0
_PAUSE_S: Final = 0.02
"""Between two looks at a topic whose leaders are changing, and how long that may take."""
_LATEST: Final = -1
_ANY_CLIENT: Final = -1
_ANY_EPOCH: Final = -1


@dataclass(frozen=True, slots=True)
class _Layout:
    """A topic as a broker described it; of each partition the leader's address, None where there is none now."""

    topic_id: str
    leaders: Mapping[int, Address | None]


@dataclass(slots=True)
class _Known:
    """A topic, the questions that follow from how it was described, and the answers got last, as bytes and understood."""

    layout: _Layout
    description: bytes
    describing: tuple[Wire, bytes]
    asking: Sequence[tuple[Wire, bytes]]
    answers: Sequence[bytes] = ()
    extent: Extent | None = None


class KafkaEnds:
    """The ends of topics. Thread-safe: those who ask at the same moment have connections each. After a fork it connects anew.

    An end is the partition's high watermark, which Kafka moves past a record before it acknowledges it to `acks=all`.
    """

    def __init__(self, cluster: Cluster, role: str, timeout_s: float) -> None:
        self._cluster = cluster
        self._role = role
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._idle: list[_Conversation] = []
        self._pid = os.getpid()
        self._closed = False

    def look(self, topic: Topic) -> Extent:
        """Raises Rejected when there is no such topic, Unavailable when no broker says."""
        doing = f"asking Kafka for the ends of {topic.value}"
        with translated(doing):
            try:
                if (idle := self._idle_one()) is not None:
                    # Brokers close what was silent for long: that says nothing about now.
                    with suppress(Lost):
                        return self._look(idle, topic)
                return self._look(_Conversation(self._cluster, self._role, self._timeout_s), topic)
            except Lost as error:
                raise Unavailable(f"{doing}: {error}") from error

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for conversation in idle:
            conversation.close()

    def _look(self, conversation: _Conversation, topic: Topic) -> Extent:
        kept = False
        try:
            extent = conversation.look(topic)
            with self._lock:
                if not self._closed:
                    self._idle.append(conversation)
                    kept = True
            return extent
        finally:
            if not kept:
                conversation.close()

    def _idle_one(self) -> _Conversation | None:
        with self._lock:
            if self._closed:
                raise Unavailable("this part of the event log is closed")
            if self._pid != os.getpid():
                # What came over by a fork is what the parent talks on.
                self._idle, self._pid = [], os.getpid()
            return self._idle.pop() if self._idle else None


class _Conversation:
    """The connections of one asker, and what it knows. Whatever it raises, nothing more can be asked then."""

    def __init__(self, cluster: Cluster, role: str, timeout_s: float) -> None:
        self._cluster = cluster
        self._client_id = f"rekam-{role}-{os.getpid()}"
        self._timeout_s = timeout_s
        self._wires: dict[Address, Wire] = {}
        self._known: dict[Topic, _Known] = {}

    def look(self, topic: Topic) -> Extent:
        known = self._known.get(topic) or self._meet(topic)
        until = time.monotonic() + _CHANGING_S
        while True:
            for wire, question in (known.describing, *known.asking):
                wire.ask(question)
            description = known.describing[0].answer()
            answers = [wire.answer() for wire, _ in known.asking]
            if answers == known.answers and description == known.description and known.extent is not None:
                return known.extent
            layout = self._layout(topic, known.describing[0], description)
            if layout == known.layout:
                known.description, known.answers = description, answers
                known.extent = self._extent(known)
                if known.extent is not None:
                    return known.extent
            else:
                known = self._follow(topic, known.describing, layout, description)
            if time.monotonic() > until:
                raise Unavailable(f"some partition of {topic.value} has no leader now")
            time.sleep(_PAUSE_S)

    def close(self) -> None:
        for wire in self._wires.values():
            wire.close()

    def _meet(self, topic: Topic) -> _Known:
        wire = self._any_wire()
        request = MetadataRequest(
            topics=[MetadataRequest.MetadataRequestTopic(name=self._cluster.topic_name(topic))], allow_auto_topic_creation=False
        )
        describing = wire, wire.question(request)
        wire.ask(describing[1])
        description = wire.answer()
        return self._follow(topic, describing, self._layout(topic, wire, description), description)

    def _follow(self, topic: Topic, describing: tuple[Wire, bytes], layout: _Layout, description: bytes) -> _Known:
        """Know the topic as it is described, and how to ask for its ends."""
        led: dict[Address, list[int]] = {}
        for partition, leader in layout.leaders.items():
            if leader is not None:
                led.setdefault(leader, []).append(partition)
        asking = [(self._wire(leader), partitions) for leader, partitions in led.items()]
        name = self._cluster.topic_name(topic)
        questions = [(wire, wire.question(_ends_of(name, partitions))) for wire, partitions in asking]
        known = self._known[topic] = _Known(layout, description, describing, questions)
        return known

    def _layout(self, topic: Topic, wire: Wire, description: bytes) -> _Layout:
        name = self._cluster.topic_name(topic)
        said = wire.read(MetadataResponse, description)
        (found,) = said.topics
        if found.error_code == UnknownTopicOrPartitionError.errno:
            raise Rejected(f"there is no topic {name}: it has to be created first")
        if found.error_code:
            raise for_code(found.error_code)()
        brokers = {one.node_id: (one.host, one.port) for one in said.brokers}
        leaders = {one.partition_index: brokers.get(one.leader_id) for one in found.partitions}
        topic_id = found.topic_id
        # A cluster may give topics no ids (before 2.8, or upgraded from there without them).
        known_by_id = topic_id is not None and topic_id != UUID(int=0)
        return _Layout(str(topic_id) if known_by_id else f"{said.cluster_id}/{name}", dict(sorted(leaders.items())))

    def _extent(self, known: _Known) -> Extent | None:
        """None when some partition's end was not said: its leader is a moment old, or not one any more."""
        ends: dict[int, int] = {}
        for (wire, _), answer in zip(known.asking, known.answers, strict=True):
            (found,) = wire.read(ListOffsetsResponse, answer).topics
            ends.update({one.partition_index: one.offset for one in found.partitions if not one.error_code})
        complete = known.layout.leaders.keys() == ends.keys()
        return Extent(known.layout.topic_id, dict(sorted(ends.items()))) if complete else None

    def _any_wire(self) -> Wire:
        """To some broker of those that are named and can be reached."""
        named = addresses(self._cluster.bootstrap_servers)
        lost = Lost("no broker is named")
        for address in random.sample(named, len(named)):
            try:
                return self._wire(address, connect_s=self._timeout_s / len(named))
            except Lost as error:
                lost = error
        raise lost

    def _wire(self, address: Address, *, connect_s: float | None = None) -> Wire:
        wire = self._wires.get(address)
        if wire is None:
            wire = Wire(address, self._client_id, connect_s=connect_s or self._timeout_s, answer_s=self._timeout_s)
            self._wires[address] = wire
        return wire


def _ends_of(name: str, partitions: Sequence[int]) -> ListOffsetsRequest:
    topic = ListOffsetsRequest.ListOffsetsTopic
    asked = [
        topic.ListOffsetsPartition(partition_index=one, current_leader_epoch=_ANY_EPOCH, timestamp=_LATEST) for one in partitions
    ]
    return ListOffsetsRequest(replica_id=_ANY_CLIENT, isolation_level=0, topics=[topic(name=name, partitions=asked)])
