"""What is read of a statement's text is what its JSON says, whatever else stands there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.matching import Catalogue
from competency.rules import load_rules
from competency.testimony import Outcome, Subject, learners_of, read, told_of
from tests.unit.competency.making import CATALOGUE, COURSE, ENTRY, statement

DEFINED = {"id": COURSE, "objectType": "Activity", "definition": {"type": "https://t.example/kursus", "name": {"id": "Integritas"}}}
SCORED = {"score": {"scaled": 0.7, "raw": 70, "min": 0, "max": 100}, "completion": True, "extensions": {"https://e.example/x": [1]}}


@pytest.mark.parametrize(
    "said",
    [
        statement(),
        statement(object=DEFINED, result=SCORED),
        statement(object={"objectType": "StatementRef", "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}),
        statement(actor={"objectType": "Group", "member": [{"mbox": "mailto:a@b.example", "name": "Ani"}]}),
        {name: value for name, value in statement().items() if name != "timestamp"},
    ],
)
def test_a_text_says_what_its_json_says(said: dict[str, Any]) -> None:
    told, actor, target = read(json.dumps(said).encode())
    assert learners_of(actor) == learners_of(actor) == learners_of(said["actor"]) != ()
    known = CATALOGUE.about(target)
    assert known == CATALOGUE.about(target) == CATALOGUE.about(Subject.of(said["object"]))
    assert {name: getattr(told, name) for name in told_of(said).__struct_fields__} == {
        name: getattr(told_of(said), name) for name in told_of(said).__struct_fields__
    }


@pytest.mark.parametrize("number", ["1e400", "-1e400", "123456789012345678901234567890"])
def test_a_number_that_is_too_large_for_any_use_is_in_nobodys_way(number: str) -> None:
    raw = json.dumps(statement(object=DEFINED, result={"completion": True, "score": {"raw": 17}}))
    told, _, target = read(raw.replace("17", number).encode())
    assert isinstance(told.result, Outcome)
    assert told.result.completion is True
    assert CATALOGUE.about(target).entry == ENTRY
    told, _, target = read(raw.replace("{", '{"context": {"extensions": {"https://e.example/x": ' + number + "}}, ", 1).encode())
    assert told == read(raw.encode())[0]


def test_a_long_object_is_known_as_a_short_one_is() -> None:
    long = {**DEFINED, "definition": {**DEFINED["definition"], "description": {"id": "x" * 5_000}}}  # type: ignore[dict-item]
    known = Catalogue([ENTRY]).about(json.dumps(long).encode())
    assert (known.entry, known.subject.name, known.subject.type) == (ENTRY, "Integritas", "https://t.example/kursus")


@given(
    st.sampled_from(["Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Africa/Monrovia"]),
    st.datetimes(datetime(1850, 1, 1), datetime(2100, 1, 1)),
)
def test_a_date_is_that_of_the_zone_at_that_moment(zone: str, moment: datetime) -> None:
    rules = load_rules(time_zone=ZoneInfo(zone))
    begin = moment.replace(tzinfo=UTC)
    for hours in range(-30, 30):
        then = begin + timedelta(hours=hours)
        ms = (then - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        assert rules.local_date(ms) == then.astimezone(ZoneInfo(zone)).date()


@pytest.mark.parametrize("ms", [-62_135_596_800_000, -62_135_596_800_000 + 1, 253_402_300_799_999])
def test_the_ends_of_the_calendar_have_a_date(ms: int) -> None:
    assert load_rules().local_date(ms).year in (1, 9999)
