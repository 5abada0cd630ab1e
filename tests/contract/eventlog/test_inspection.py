"""What the inspector and the administrator of an event log promise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from eventlog.port import EventLog, LogError, Outgoing, Rejected, Topic, TopicSpec
from tests.contract.eventlog.opening import PARTITIONS, SPECS, OpenLog, Remade, eventually, outgoing, read, values


def test_end_offsets_lie_behind_everything_acknowledged(opened: OpenLog) -> None:
    appender, inspector = opened.appender(), opened.inspector()
    for number in range(40):
        appended = appender.append(Topic.ACCEPTED, Outgoing(str(number).encode()))
        assert inspector.end_offsets(Topic.ACCEPTED)[appended.partition] > appended.offset


def test_end_offsets_name_every_partition_also_the_empty_ones(opened: OpenLog) -> None:
    appended = opened.appender().append(Topic.ACCEPTED, Outgoing(b"1", partition=3))

    assert opened.inspector().end_offsets(Topic.ACCEPTED) == {0: 0, 1: 0, 2: 0, 3: appended.offset + 1}


def test_end_offsets_answer_many_threads_while_others_append(opened: OpenLog) -> None:
    appender, inspector = opened.appender(), opened.inspector()

    def work(number: int) -> bool:
        appended = appender.append(Topic.ACCEPTED, Outgoing(str(number).encode()))
        return inspector.end_offsets(Topic.ACCEPTED)[appended.partition] > appended.offset

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(work, range(120)))


def test_a_log_has_one_identity_whoever_asks_and_whatever_is_appended(opened: OpenLog, event_log: EventLog) -> None:
    inspector = opened.inspector()
    identity = inspector.identity(Topic.ACCEPTED)
    assert identity

    appended = opened.appender().append(Topic.ACCEPTED, Outgoing(b"1"))
    with closing(event_log.admin()) as admin, closing(event_log.inspector()) as other:
        admin.create_topics(SPECS)
        assert other.identity(Topic.ACCEPTED) == identity

    extent = inspector.extent(Topic.ACCEPTED)
    assert extent.log_id == identity
    assert extent.ends == inspector.end_offsets(Topic.ACCEPTED)
    assert extent.ends[appended.partition] == appended.offset + 1


def test_a_log_made_in_the_place_of_another_has_another_identity(remade: Remade) -> None:
    """An inspector that was open all the time notices, too."""
    inspector = remade.opened.inspector()
    before = inspector.identity(Topic.ACCEPTED)
    remade.opened.appender().append_all(Topic.ACCEPTED, outgoing(*range(8)))

    remade.make_again()

    def noticed() -> bool:
        try:
            extent = inspector.extent(Topic.ACCEPTED)
        except LogError:
            return False
        return extent.log_id != before and set(extent.ends.values()) == {0}

    eventually(noticed, "the inspector still sees the log that is gone")
    assert inspector.identity(Topic.ACCEPTED) != before


def test_partitions_are_as_many_as_were_made(opened: OpenLog) -> None:
    inspector = opened.inspector()

    assert [inspector.partitions(topic) for topic in (Topic.ACCEPTED, Topic.RECORDED)] == [PARTITIONS, 1]


def test_a_topic_that_does_not_exist_is_said_to_be_so(opened: OpenLog) -> None:
    inspector = opened.inspector()
    for ask in (inspector.partitions, inspector.end_offsets, inspector.identity, inspector.extent):
        with pytest.raises(Rejected, match=Topic.PROFILES):
            ask(Topic.PROFILES)


def test_committed_offsets_are_those_of_the_group_asked_for(opened: OpenLog) -> None:
    opened.appender().append_all(Topic.ACCEPTED, outgoing(*range(10), partition=1))
    reader, inspector = opened.reader(group="one"), opened.inspector()
    read(reader, 10)
    assert inspector.committed(Topic.ACCEPTED, "one") == {}

    reader.commit({1: 6})

    assert inspector.committed(Topic.ACCEPTED, "one") == {1: 6}
    assert inspector.committed(Topic.ACCEPTED, "other") == {}


def test_read_gives_a_stretch_of_a_partition_without_disturbing_a_group(opened: OpenLog) -> None:
    opened.appender().append_all(Topic.ACCEPTED, outgoing(*range(30), partition=2))
    inspector = opened.inspector()

    assert values(inspector.read(Topic.ACCEPTED, 2, 10, 5)) == [10, 11, 12, 13, 14]
    assert values(inspector.read(Topic.ACCEPTED, 2, 27, 100)) == [27, 28, 29]
    assert inspector.read(Topic.ACCEPTED, 2, 30, 100) == []
    assert inspector.read(Topic.ACCEPTED, 2, 99, 100) == []
    assert inspector.read(Topic.ACCEPTED, 0, 0, 100) == []
    assert values(read(opened.reader(), 30)) == list(range(30))


def test_read_answers_several_threads(opened: OpenLog) -> None:
    opened.appender().append_all(Topic.ACCEPTED, outgoing(*range(20), partition=0) + outgoing(*range(20), partition=1))
    inspector = opened.inspector()

    def work(start: int) -> list[int]:
        return values(inspector.read(Topic.ACCEPTED, start % 2, start, 5))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(12))) == [list(range(start, start + 5)) for start in range(12)]


def test_a_log_that_answers_can_be_pinged(opened: OpenLog) -> None:
    opened.inspector().ping()


def test_making_topics_again_from_many_threads_changes_nothing(event_log: EventLog) -> None:
    def make(_thread: int) -> None:
        with closing(event_log.admin()) as admin:
            admin.create_topics(SPECS)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(4)))

    with (
        closing(event_log.appender()) as appender,
        closing(event_log.admin()) as admin,
        closing(event_log.inspector()) as inspector,
    ):
        appended = appender.append(Topic.ACCEPTED, Outgoing(b"1"))
        admin.create_topics([replace(SPECS[0], partitions=9, retention_ms=1)])
        assert inspector.partitions(Topic.ACCEPTED) == PARTITIONS
        assert inspector.end_offsets(Topic.ACCEPTED)[appended.partition] == appended.offset + 1


def test_a_check_finds_nothing_wrong_with_what_was_just_made(opened: OpenLog) -> None:
    findings = opened.admin().check(SPECS)

    assert [finding for finding in findings if not finding.ok] == []
    assert all(any(spec.topic in finding.subject for finding in findings) for spec in SPECS)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(SPECS[0], partitions=PARTITIONS + 1),
        replace(SPECS[0], retention_ms=60_000),
        replace(SPECS[0], max_record_bytes=64 * 1024 * 1024),
    ],
    ids=["partitions", "retention", "record size"],
)
def test_a_check_says_what_is_not_as_it_should_be(opened: OpenLog, wrong: TopicSpec) -> None:
    findings = [finding for finding in opened.admin().check([wrong]) if not finding.ok]

    assert len(findings) == 1
    assert Topic.ACCEPTED in findings[0].subject
    assert findings[0].advice


def test_a_check_names_the_missing_topic(opened: OpenLog) -> None:
    findings = [finding for finding in opened.admin().check([TopicSpec(Topic.PROFILES, 1)]) if not finding.ok]

    assert len(findings) == 1
    assert Topic.PROFILES in findings[0].subject
