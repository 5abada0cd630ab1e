"""What a group promises: each record to one member, nothing left out, a departed member's partitions to the others."""

from __future__ import annotations

import time

import pytest

from eventlog.port import LogReader, Outgoing, Record, Topic, TopicSpec, Unavailable
from tests.contract.eventlog.opening import PARTITIONS, OpenLog, commit, eventually, outgoing, read, read_nothing, values


def append_to_every_partition(opened: OpenLog, *numbers: int) -> None:
    records = [Outgoing(str(number).encode(), partition=number % PARTITIONS) for number in numbers]
    opened.appender().append_all(Topic.ACCEPTED, records)


def poll_both(first: LogReader, second: LogReader, count: int) -> tuple[list[Record], list[Record]]:
    """Poll two members in turn until they have `count` records between them, committing as they go."""
    got: tuple[list[Record], list[Record]] = ([], [])

    def step() -> bool:
        for member, records in zip((first, second), got, strict=True):
            came = member.poll(50, 500)
            records += came
            commit(member, came)
        return len({(record.partition, record.offset) for record in got[0] + got[1]}) >= count

    eventually(step, f"not all of {count} records came")
    return got


def share(opened: OpenLog, first: LogReader, second: LogReader) -> None:
    """Poll both until each has been given records."""
    number = 0

    def shared() -> bool:
        nonlocal number
        append_to_every_partition(opened, *range(number, number + PARTITIONS))
        number += PARTITIONS
        got = poll_both(first, second, PARTITIONS)
        return all(got)

    eventually(shared, "one member gets everything")


def test_each_record_goes_to_one_member_and_none_is_left_out(opened: OpenLog) -> None:
    first, second = opened.reader(), opened.reader()
    share(opened, first, second)
    append_to_every_partition(opened, *range(1000, 1100))

    got_first, got_second = poll_both(first, second, 100)

    assert sorted(values(got_first) + values(got_second)) == list(range(1000, 1100))
    assert not {record.partition for record in got_first} & {record.partition for record in got_second}
    assert got_first
    assert got_second


def test_members_that_ask_only_for_moments_join_as_well(opened: OpenLog) -> None:
    """What the group answers while nobody waits for it counts: a member is mostly at its work, not at the log."""
    append_to_every_partition(opened, *range(20))
    members = opened.reader(), opened.reader()
    got: tuple[list[Record], list[Record]] = ([], [])

    def shared() -> bool:
        append_to_every_partition(opened, *range(PARTITIONS))
        for member, records in zip(members, got, strict=True):
            records += member.poll(1, 500)
            time.sleep(0.1)
        return all(got)

    eventually(shared, "one member gets nothing")


def test_two_groups_each_get_everything(opened: OpenLog) -> None:
    append_to_every_partition(opened, *range(20))

    for group in ("one", "other"):
        assert sorted(values(read(opened.reader(group=group), 20))) == list(range(20))


def test_a_member_that_closes_gives_its_partitions_back(opened: OpenLog) -> None:
    first, second = opened.reader(), opened.reader()
    share(opened, first, second)

    second.close()
    append_to_every_partition(opened, *range(1000, 1020))
    started = time.monotonic()
    got = {int(record.value) for record in read(first, 20)}

    assert got >= set(range(1000, 1020))
    assert time.monotonic() - started < 5, "the partitions came only when the closed member's lease was over"


def test_what_was_not_committed_is_delivered_to_the_next_member(opened: OpenLog) -> None:
    append_to_every_partition(opened, *range(20))
    reader = opened.reader()
    delivered = read(reader, 20)
    commit(reader, [record for record in delivered if record.partition != 1])
    reader.close()

    again = read(opened.reader(), 5)

    assert {record.partition for record in again} == {1}
    assert values(again) == [number for number in range(20) if number % PARTITIONS == 1]


def test_a_group_goes_on_where_it_committed(opened: OpenLog) -> None:
    appender = opened.appender()
    appender.append_all(Topic.RECORDED, outgoing(*range(10)))
    reader = opened.reader(Topic.RECORDED)
    read(reader, 10)
    reader.commit({0: 7})
    reader.close()

    assert values(read(opened.reader(Topic.RECORDED), 3)) == [7, 8, 9]


def test_a_reader_goes_on_at_resume_at_whatever_was_committed(opened: OpenLog) -> None:
    opened.appender().append_all(Topic.RECORDED, outgoing(*range(10)))
    reader = opened.reader(Topic.RECORDED)
    read(reader, 10)
    reader.commit({0: 7})
    reader.close()

    assert values(read(opened.reader(Topic.RECORDED, resume_at=lambda _partition: 4), 6)) == [4, 5, 6, 7, 8, 9]


def test_resume_at_may_leave_it_to_the_group(opened: OpenLog) -> None:
    append_to_every_partition(opened, *range(12))
    resume_at = {1: 2, 2: 3}

    records = read(opened.reader(resume_at=resume_at.get), 7)

    assert sorted(values(records)) == [0, 3, 4, 7, 8, 9, 11]


def test_a_place_past_the_end_leaves_out_nothing(opened: OpenLog) -> None:
    opened.appender().append_all(Topic.RECORDED, outgoing(*range(3)))

    assert values(read(opened.reader(Topic.RECORDED, resume_at=lambda _partition: 1_000), 3)) == [0, 1, 2]


def test_records_wait_while_the_place_to_resume_at_is_not_known(opened: OpenLog) -> None:
    append_to_every_partition(opened, *range(20))
    failures = 3

    def resume_at(partition: int) -> int | None:
        nonlocal failures
        if partition == 2 and failures > 0:
            failures -= 1
            raise Unavailable("the store is down")
        return None

    reader = opened.reader(resume_at=resume_at)
    got: list[Record] = []
    refused = 0

    def step() -> bool:
        nonlocal refused
        try:
            got.extend(reader.poll(200, 500))
        except Unavailable:
            refused += 1
        return len(got) >= 20

    eventually(step, "not all records came")
    assert refused == 3
    assert sorted(values(got)) == list(range(20))


def test_a_member_keeps_the_place_it_is_told_while_others_come_and_go(opened: OpenLog) -> None:
    append_to_every_partition(opened, *range(40))
    places: dict[int, int] = {}

    def note(records: list[Record]) -> list[Record]:
        places.update({record.partition: record.offset + 1 for record in records})
        return records

    first = opened.reader(resume_at=places.get)
    note(read(first, 40))
    second = opened.reader(resume_at=places.get)
    for number in range(40, 80):
        append_to_every_partition(opened, number)
    got = []

    def all_came() -> bool:
        for member in (first, second):
            got.extend(values(note(member.poll(50, 500))))
        return len(set(got)) >= 40

    eventually(all_came, "not all records came")
    second.close()
    append_to_every_partition(opened, *range(80, 84))

    def the_rest_came() -> bool:
        # Noted poll by poll: the member may be told its place anew between two of them.
        got.extend(values(note(first.poll(50, 500))))
        return len(set(got)) >= 44

    eventually(the_rest_came, "what was appended last did not come")
    read_nothing(first)
    # Nothing was committed; yet what the members had noted as done did not come again.
    assert sorted(got) == list(range(40, 84))


def test_each_poll_goes_on_after_the_last(opened: OpenLog) -> None:
    opened.appender().append_all(Topic.RECORDED, outgoing(*range(10)))
    reader = opened.reader(Topic.RECORDED)

    polls: list[list[int]] = []

    def step() -> bool:
        if records := reader.poll(200, 3):
            polls.append(values(records))
        return sum(len(numbers) for numbers in polls) >= 10

    eventually(step, "not all records came")
    assert all(len(numbers) <= 3 for numbers in polls)
    assert [number for numbers in polls for number in numbers] == list(range(10))


def test_rewind_delivers_again(opened: OpenLog) -> None:
    opened.appender().append_all(Topic.RECORDED, outgoing(*range(10)))
    reader = opened.reader(Topic.RECORDED)
    read(reader, 10)

    reader.rewind({0: 6, 3: 0})

    assert values(read(reader, 4)) == [6, 7, 8, 9]
    read_nothing(reader)


def test_rewinding_in_the_middle_of_what_was_fetched_delivers_the_rest_too(opened: OpenLog) -> None:
    opened.appender().append_all(Topic.RECORDED, outgoing(*range(10)))
    reader = opened.reader(Topic.RECORDED)
    eventually(lambda: values(reader.poll(200, 2)) == [0, 1], "the first two did not come")

    reader.rewind({0: 1})

    assert values(read(reader, 9)) == list(range(1, 10))


def test_an_idle_poll_comes_back_in_time_with_nothing(opened: OpenLog) -> None:
    appender, reader = opened.appender(), opened.reader()
    appender.append(Topic.ACCEPTED, Outgoing(b"1"))
    commit(reader, read(reader, 1))

    for timeout_ms in (0, 50, 700):
        started = time.monotonic()
        assert reader.poll(timeout_ms, 500) == []
        elapsed_ms = (time.monotonic() - started) * 1000
        assert timeout_ms * 0.9 - 1 <= elapsed_ms < timeout_ms + 2_000


def test_polls_too_short_to_join_a_group_in_one_still_join_it(opened: OpenLog) -> None:
    opened.appender().append(Topic.RECORDED, Outgoing(b"1"))
    for number in range(12):
        reader = opened.reader(Topic.RECORDED, f"group-{number}")
        got: list[Record] = []
        deadline = time.monotonic() + 10
        while not got:
            assert time.monotonic() < deadline, "it never joins"
            got = reader.poll(3 + number % 4, 10)
        reader.close()


def test_a_waiting_poll_answers_as_soon_as_something_comes(opened: OpenLog) -> None:
    appender, reader = opened.appender(), opened.reader()
    appender.append(Topic.ACCEPTED, Outgoing(b"0"))
    read(reader, 1)
    delays = []
    for number in range(5):
        assert reader.poll(100, 10) == []
        appender.append(Topic.ACCEPTED, Outgoing(str(number).encode()))
        started = time.monotonic()
        assert values(reader.poll(5_000, 10)) == [number]
        delays.append(time.monotonic() - started)

    assert min(delays) < 0.1


def test_a_commit_for_a_partition_that_is_not_ones_own_changes_nothing(opened: OpenLog) -> None:
    append_to_every_partition(opened, *range(40))
    first, second = opened.reader(), opened.reader()
    share(opened, first, second)
    inspector = opened.inspector()
    before = inspector.committed(Topic.ACCEPTED, "readers")
    append_to_every_partition(opened, *range(4000, 4040))
    theirs: set[int] = set()

    def second_got_records() -> bool:
        first.poll(20, 500)
        theirs.update(record.partition for record in second.poll(20, 500))
        return bool(theirs)

    eventually(second_got_records, "the second member got nothing")
    first.commit(dict.fromkeys(theirs, 1))

    after = inspector.committed(Topic.ACCEPTED, "readers")
    assert {partition: after[partition] for partition in theirs} == {partition: before[partition] for partition in theirs}


def test_a_reader_may_come_before_its_topic(opened: OpenLog) -> None:
    reader = opened.reader(Topic.PROFILES)
    assert reader.poll(500, 10) == []
    opened.admin().create_topics([TopicSpec(Topic.PROFILES, 2)])
    opened.appender().append(Topic.PROFILES, Outgoing(b"1"))

    assert values(read(reader, 1)) == [1]


def test_closing_twice_is_fine(opened: OpenLog) -> None:
    reader = opened.reader()
    reader.poll(10, 1)
    reader.close()
    reader.close()


@pytest.mark.parametrize("max_records", [1, 7])
def test_no_more_than_max_records_come_from_all_partitions_together(opened: OpenLog, max_records: int) -> None:
    append_to_every_partition(opened, *range(20))
    reader = opened.reader()
    got: list[int] = []

    def step() -> bool:
        records = reader.poll(200, max_records)
        assert len(records) <= max_records
        got.extend(values(records))
        return len(got) >= 20

    eventually(step, "not all records came")
    assert sorted(got) == list(range(20))
