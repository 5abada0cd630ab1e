"""Same person, same partition; nothing on the log tells who."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from eventlog.port import Appended, Outgoing, Topic
from schemas.events import decode_recorded
from workers import announcements
from workers.announcements import Announcer

ANI, BUDI = "account|https://h|198001012005011001", "mbox|mailto:budi@example.id"


class Appender:
    """Keeps what is appended."""

    def __init__(self) -> None:
        self.records: list[Outgoing] = []

    def append(self, topic: Topic, record: Outgoing) -> Appended:
        raise AssertionError("announcements are appended together")

    def append_all(self, topic: Topic, records: Sequence[Outgoing]) -> list[Appended]:
        assert topic is Topic.RECORDED
        self.records += records
        return [Appended(record.partition or 0, 0, 0) for record in records]

    def close(self) -> None: ...


def announced(appender: Appender) -> dict[int | None, list[UUID]]:
    return {record.partition: decode_recorded(record.value).statements for record in appender.records}


def test_statements_of_a_batch_share_a_record_for_each_partition() -> None:
    appender = Appender()
    announcer = Announcer(appender, b"secret", 8)
    ids = [UUID(int=number) for number in range(40)]
    count = announcer.announce((name, (f"mbox|mailto:{name.int % 5}@example.id",)) for name in ids)
    found = announced(appender)
    assert count == len(found) == len({announcer.bucket(f"mbox|mailto:{n}@example.id") for n in range(5)})
    assert sorted(name for names in found.values() for name in names) == ids


def test_a_group_is_announced_to_each_members_partition_once() -> None:
    appender = Appender()
    announcer = Announcer(appender, b"secret", 8)
    people = tuple(f"mbox|mailto:{number}@example.id" for number in range(20))
    announcer.announce([(UUID(int=1), people)])
    assert announced(appender) == {announcer.bucket(person): [UUID(int=1)] for person in people}


def test_the_bucket_depends_on_the_secret_and_nothing_else() -> None:
    first, again, other = (Announcer(Appender(), secret, 1000) for secret in (b"a", b"a", b"b"))
    assert first.bucket(ANI) == again.bucket(ANI)
    assert (first.bucket(ANI), first.bucket(BUDI)) != (other.bucket(ANI), other.bucket(BUDI))


def test_records_carry_no_personal_data() -> None:
    appender = Appender()
    Announcer(appender, b"secret", 4).announce([(UUID(int=1), (ANI,)), (UUID(int=2), (BUDI,))])
    for record in appender.records:
        assert record.key is None
        assert b"19800101" not in record.value
        assert b"budi" not in record.value


def test_a_large_batch_is_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcements, "MAX_IDS_PER_RECORD", 10)
    appender = Appender()
    Announcer(appender, b"secret", 1).announce((UUID(int=number), (ANI,)) for number in range(25))
    assert [len(decode_recorded(record.value).statements) for record in appender.records] == [10, 10, 5]


def test_statements_of_nobody_are_not_announced() -> None:
    appender = Appender()
    assert Announcer(appender, b"secret", 4).announce([(UUID(int=1), ())]) == 0
    assert appender.records == []
