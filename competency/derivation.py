"""From a statement to what it proves of whom: a pure function of (statement, catalogue, directory, rules).

Deriving again is the one answer to redelivery, voiding, late arrivals and relinked people. Of the rules it takes the time zone,
which is a setting; what evidence is worth by new rules is for the profile to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from competency.catalogue import CatalogueEntry, FinishRule
from competency.durations import duration_ms, is_duration, months_later, names_months
from competency.evidence import Evidence, Irrelevance, NotRelevant
from competency.finishing import missing_for
from competency.matching import Catalogue, Known
from competency.regulation import FINISH_RULES, Rules
from competency.testimony import Outcome, Subject, Testimony, told_of
from xapi.agents import learner_keys
from xapi.values import parse_timestamp

CERTIFICATE_NUMBER = "https://rekam.example/xapi/extensions/certificate-number"
"""The extension of a statement's result that says the number of the certificate, a text."""
BEGAN_ON = "https://rekam.example/xapi/extensions/began-on"
"""The extension of a statement's result that says the first day of what lasted several: an ISO date."""

_USUAL_LENGTH = len("2026-02-28T09:30:00.000Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_RESULT = Outcome()
_NO_EXTENSIONS: Mapping[str, Any] = {}


class Holder(Protocol):
    """An employee (`competency.directory.Employee`), or that one has a key (`competency.directory.Holding`)."""

    @property
    def id(self) -> str: ...

    def is_named_by(self, key: str, day: date, /) -> bool: ...


class Derivation(msgspec.Struct, frozen=True, gc=False):
    """What became of one statement.

    One piece of evidence for each employee it is about, ordered by employee id, or why none: exactly one of the two is empty.
    `unknown` are the agent keys of learners who are nobody in the directory on the day of the statement, sorted, whatever else
    became of it; empty for what is voided or not about an activity. `unmatched` is the activity that no catalogue entry matches.
    """

    evidence: tuple[Evidence, ...]
    not_relevant: NotRelevant | None
    unknown: tuple[str, ...] = ()
    unmatched: str | None = None


def activity_id_of(statement: Mapping[str, Any]) -> str | None:
    """The activity a statement is about, by which the catalogue is asked; None when its object is something else."""
    return Subject.of(statement["object"]).activity_id


def derive(
    statement: Mapping[str, Any],
    *,
    stored_ms: int,
    voided: bool,
    catalogue: Catalogue,
    employees: Mapping[str, Sequence[Holder]],
    rules: Rules,
) -> Derivation:
    """Evidence of a valid statement, as parsed JSON with its id. `employees` and `stored_ms`: see `derive_known`."""
    if voided:
        return Derivation((), NotRelevant(Irrelevance.VOIDED, "a voiding statement withdrew it"))
    known = catalogue.about(Subject.of(statement["object"]))
    learners = learner_keys(statement["actor"])
    return derive_known(told_of(statement), known, learners, stored_ms=stored_ms, employees=employees, rules=rules)


def proves(told: Testimony, known: Known) -> bool:
    """Whether the statement finishes something of the catalogue, whoever's learning it is and whenever: without it there is no
    evidence."""
    entry = known.entry
    return entry is not None and missing_for(entry.finish, told, entry.min_score) is None


def proof(
    told: Testimony,
    known: Known,
    learners: Sequence[str],
    *,
    stored_ms: int,
    employees: Mapping[str, Sequence[Holder]],
    rules: Rules,
) -> tuple[Evidence, ...]:
    """The evidence of what `derive_known` gives, for a statement that `proves` something."""
    activity_id, entry = known.subject.activity_id, known.entry
    assert activity_id is not None
    assert entry is not None
    finished_at_ms, finished_on = _finished(told, stored_ms, rules)
    people, _ = _learners(learners, employees, finished_on)
    if not people or _outside_years(entry, finished_on.year) is not None:
        return ()
    return _pieces(told, people, activity_id, entry, finished_at_ms, finished_on, rules)


def derive_known(
    told: Testimony,
    known: Known,
    learners: Sequence[str],
    *,
    stored_ms: int,
    employees: Mapping[str, Sequence[Holder]],
    rules: Rules,
) -> Derivation:
    """What a statement that is not voided proves, once its parts are found: what it is about, and whose learning it tells of
    (`xapi.agents.learner_keys`).

    `employees` gives by agent key (`xapi.agents.agent_key`) everyone who has that key at some time; it needs to know only what the
    statement names. Who has it on the local day of the statement is meant. `stored_ms` stands for a timestamp that is not there.
    """
    activity_id, entry = known.subject.activity_id, known.entry
    if activity_id is None:
        return Derivation((), known.not_relevant)
    finished_at_ms, finished_on = _finished(told, stored_ms, rules)
    people, unknown = _learners(learners, employees, finished_on)
    if entry is None:
        return Derivation((), known.not_relevant, unknown, activity_id)
    not_relevant = _not_finished(entry, told) or _outside_years(entry, finished_on.year)
    if not_relevant is None and not people:
        not_relevant = NotRelevant(Irrelevance.ACTOR_UNKNOWN, _nobody(len(unknown)))
    if not_relevant is not None:
        return Derivation((), not_relevant, unknown)
    return Derivation(_pieces(told, people, activity_id, entry, finished_at_ms, finished_on, rules), None, unknown)


def _finished(told: Testimony, stored_ms: int, rules: Rules) -> tuple[int, date]:
    """The instant in milliseconds, and the local day."""
    at_ms = stored_ms if told.timestamp is None else _instant(told.timestamp)
    return at_ms, rules.local_date(at_ms)


def _instant(timestamp: str) -> int:
    """As `parse_timestamp`, for a timestamp that is valid: nearly all have the same form, which is read in a third of the time."""
    if len(timestamp) == _USUAL_LENGTH and timestamp[-1] == "Z":
        try:
            since = datetime.fromisoformat(timestamp) - _EPOCH
        except ValueError:  # a leap second, or another form of the same length
            return parse_timestamp(timestamp)
        return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
    return parse_timestamp(timestamp)


def _learners(keys: Sequence[str], employees: Mapping[str, Sequence[Holder]], day: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the employees whom the keys name on a day, each once, and the keys that name nobody."""
    if len(keys) == 1:
        (key,) = keys
        for employee in employees.get(key, ()):
            if employee.is_named_by(key, day):
                return (employee.id,), ()
        return (), (key,)
    named = {key: employee.id for key in keys for employee in employees.get(key, ()) if employee.is_named_by(key, day)}
    return tuple(sorted(set(named.values()))), tuple(key for key in keys if key not in named)


def _pieces(
    told: Testimony,
    people: Sequence[str],
    activity_id: str,
    entry: CatalogueEntry,
    finished_at_ms: int,
    finished_on: date,
    rules: Rules,
) -> tuple[Evidence, ...]:
    """One for each of these employees, who are in order."""
    piece = _evidence(told, people[0], activity_id, entry, finished_at_ms, finished_on, rules)
    if len(people) == 1:
        return (piece,)
    return (piece, *[replace(piece, employee_id=employee_id) for employee_id in people[1:]])


def _evidence(
    told: Testimony,
    employee_id: str,
    activity_id: str,
    entry: CatalogueEntry,
    finished_at_ms: int,
    finished_on: date,
    rules: Rules,
) -> Evidence:
    assert told.id is not None
    result = told.result or _NO_RESULT
    duration, took_ms, tells_span = _span(result.duration or "")
    extensions = result.extensions or _NO_EXTENSIONS
    began_on = _began_on(extensions, finished_on)
    if began_on is None and tells_span:
        began_on = _reaches_back_to(took_ms, finished_at_ms, rules)
    months = None if entry.certificate is None else entry.certificate.valid_months
    number = _certificate_number(extensions)
    # In the order of its members: by name, so many arguments take four times as long as all that is above.
    return Evidence(
        told.id,
        employee_id,
        entry.id,
        entry.version,
        activity_id,
        entry.title,
        entry.kind_id,
        entry.provider,
        entry.jp,
        took_ms,
        finished_on.year,
        finished_on,
        finished_at_ms,
        entry.alignments,
        entry.repeats,
        entry.counts_per,
        None if months is None else months_later(finished_on, months),
        # Whoever numbers a certificate has given one, whether the catalogue knew or not.
        entry.certificate is not None or number != "",
        FINISH_RULES[entry.finish],
        number,
        duration,
        began_on,
    )


@lru_cache(maxsize=4096)
def _span(text: str) -> tuple[str, int | None, bool]:
    """A duration as it is said, empty where it is none or one of a length that nobody writes; how long that was by the clock; and
    whether that tells when it began: years and months say only about how long."""
    if not is_duration(text):
        return "", None, False
    took_ms = duration_ms(text)
    return text, took_ms, took_ms is not None and not names_months(text)


def _began_on(extensions: Mapping[str, Any], finished_on: date) -> date | None:
    """What the extension says; None where it says no day, or one after the last."""
    value = extensions.get(BEGAN_ON)
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day is not None and day <= finished_on else None


def _reaches_back_to(took_ms: int | None, finished_at_ms: int, rules: Rules) -> date | None:
    """The day on which what took so long began."""
    if took_ms is None:
        return None
    try:
        return rules.local_date(finished_at_ms - took_ms)
    except OverflowError:  # before the year 1
        return None


def _certificate_number(extensions: Mapping[str, Any]) -> str:
    value = extensions.get(CERTIFICATE_NUMBER)
    return value.strip() if isinstance(value, str) else ""


def _not_finished(entry: CatalogueEntry, told: Testimony) -> NotRelevant | None:
    missing = missing_for(entry.finish, told, entry.min_score)
    return None if missing is None else _unfinished(entry.finish, entry.id, missing)


@lru_cache(maxsize=16_384)
def _unfinished(finish: FinishRule, entry_id: str, missing: str) -> NotRelevant:
    return NotRelevant(Irrelevance.NOT_FINISHED, f"rule {FINISH_RULES[finish]} for catalogue entry {entry_id}: {missing}")


def _outside_years(entry: CatalogueEntry, year: int) -> NotRelevant | None:
    if (entry.from_year is None or entry.from_year <= year) and (entry.through_year is None or year <= entry.through_year):
        return None
    window = " ".join(
        f"{word} {bound}" for word, bound in (("from", entry.from_year), ("through", entry.through_year)) if bound is not None
    )
    detail = f"it was finished in {year}; catalogue entry {entry.id} counts what was finished {window}"
    return NotRelevant(Irrelevance.OUTSIDE_YEARS, detail)


def _nobody(identifiers: int) -> str:
    if identifiers == 0:
        return "its actor has no identifier"
    if identifiers == 1:
        return "the directory links its actor to no employee on that day"
    return f"the directory links none of the {identifiers} members of its group to an employee on that day"
