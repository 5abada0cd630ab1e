"""From a statement to what it proves of whom: a pure function of (statement, catalogue, directory, rules).

Deriving again is the one answer to redelivery, voiding, late arrivals and relinked people. Of the rules it takes the time zone,
which is a setting; what evidence is worth by new rules is for the profile to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from competency.catalogue import CatalogueEntry
from competency.durations import duration_ms, is_duration, months_later, names_months
from competency.evidence import Evidence, Irrelevance, NotRelevant
from competency.finishing import missing_for
from competency.matching import Catalogue
from competency.regulation import FINISH_RULES, Rules
from xapi.agents import learner_keys
from xapi.values import parse_timestamp

CERTIFICATE_NUMBER = "https://rekam.example/xapi/extensions/certificate-number"
"""The extension of a statement's result that says the number of the certificate, a text."""
BEGAN_ON = "https://rekam.example/xapi/extensions/began-on"
"""The extension of a statement's result that says the first day of what lasted several: an ISO date."""

_USUAL_LENGTH = len("2026-02-28T09:30:00.000Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Holder(Protocol):
    """An employee (`competency.directory.Employee`), or that one has a key (`competency.directory.Holding`)."""

    @property
    def id(self) -> str: ...

    def is_named_by(self, key: str, day: date, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Derivation:
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
    target = statement["object"]
    activity_id: str | None = target["id"] if target.get("objectType", "Activity") == "Activity" else None
    return activity_id


def derive(
    statement: Mapping[str, Any],
    *,
    stored_ms: int,
    voided: bool,
    catalogue: Catalogue,
    employees: Mapping[str, Sequence[Holder]],
    rules: Rules,
) -> Derivation:
    """Evidence of a valid statement, as parsed JSON with its id.

    `employees` gives by agent key (`xapi.agents.agent_key`) everyone who has that key at some time; it needs to know only what the
    statement names. Who has it on the local day of the statement is meant. `stored_ms` stands for a timestamp that is not there.
    """
    if voided:
        return _nothing(Irrelevance.VOIDED, "a voiding statement withdrew it")
    activity_id = activity_id_of(statement)
    if activity_id is None:
        return _nothing(Irrelevance.NOT_AN_ACTIVITY, f"its object is a {statement['object']['objectType']}")
    finished_at_ms = _instant(statement["timestamp"]) if "timestamp" in statement else stored_ms
    finished_on = rules.local_date(finished_at_ms)
    learners, unknown = _learners(learner_keys(statement["actor"]), employees, finished_on)
    entry = catalogue.find(activity_id, statement["object"].get("definition"))
    if entry is None:
        return Derivation((), _no_entry(activity_id), unknown, activity_id)
    not_relevant = _not_finished(entry, statement) or _outside_years(entry, finished_on.year)
    if not_relevant is None and not learners:
        not_relevant = NotRelevant(Irrelevance.ACTOR_UNKNOWN, _nobody(len(unknown)))
    if not_relevant is not None:
        return Derivation((), not_relevant, unknown)
    piece = _evidence(statement, learners[0], activity_id, entry, finished_at_ms, rules)
    others = [replace(piece, employee_id=employee_id) for employee_id in learners[1:]]
    return Derivation((piece, *others), None, unknown)


def _instant(timestamp: str) -> int:
    """As `parse_timestamp`, for a timestamp that is valid: nearly all have the same form, which is read in a third of the time."""
    if len(timestamp) == _USUAL_LENGTH and timestamp[-1] == "Z":
        with suppress(ValueError):  # a leap second, or another form of the same length
            return (datetime.fromisoformat(timestamp) - _EPOCH) // _MILLISECOND
    return parse_timestamp(timestamp)


def _learners(
    keys: tuple[str, ...], employees: Mapping[str, Sequence[Holder]], day: date
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the employees whom the keys name on a day, each once, and the keys that name nobody."""
    named = {key: employee.id for key in keys for employee in employees.get(key, ()) if employee.is_named_by(key, day)}
    return tuple(sorted(set(named.values()))), tuple(key for key in keys if key not in named)


def _evidence(
    statement: Mapping[str, Any],
    employee_id: str,
    activity_id: str,
    entry: CatalogueEntry,
    finished_at_ms: int,
    rules: Rules,
) -> Evidence:
    result = statement.get("result") or {}
    finished_on = rules.local_date(finished_at_ms)
    duration = _duration(result)
    took_ms = duration_ms(duration)
    months = None if entry.certificate is None else entry.certificate.valid_months
    number = _certificate_number(result)
    return Evidence(
        statement_id=UUID(statement["id"]),
        employee_id=employee_id,
        catalogue_id=entry.id,
        catalogue_version=entry.version,
        activity_id=activity_id,
        title=entry.title,
        kind_id=entry.kind_id,
        provider=entry.provider,
        jp=entry.jp,
        duration_ms=took_ms,
        year=finished_on.year,
        finished_on=finished_on,
        finished_at_ms=finished_at_ms,
        alignments=entry.alignments,
        repeats=entry.repeats,
        counts_per=entry.counts_per,
        expires_on=None if months is None else months_later(finished_on, months),
        # Whoever numbers a certificate has given one, whether the catalogue knew or not.
        has_certificate=entry.certificate is not None or number != "",
        rule=FINISH_RULES[entry.finish],
        certificate_number=number,
        duration=duration,
        began_on=_began_on(result, finished_on) or _reaches_back_to(duration, took_ms, finished_at_ms, rules),
    )


def _duration(result: Mapping[str, Any]) -> str:
    """Empty where there is none, or one of a length that nobody writes."""
    duration: str = result.get("duration", "")
    return duration if is_duration(duration) else ""


def _began_on(result: Mapping[str, Any], finished_on: date) -> date | None:
    """What the extension says; None where it says no day, or one after the last."""
    value = (result.get("extensions") or {}).get(BEGAN_ON)
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day is not None and day <= finished_on else None


def _reaches_back_to(duration: str, took_ms: int | None, finished_at_ms: int, rules: Rules) -> date | None:
    """The day on which what took so long began; None where nothing says how long, or only about how long: in years or months."""
    if took_ms is None or names_months(duration):
        return None
    try:
        return rules.local_date(finished_at_ms - took_ms)
    except OverflowError:  # before the year 1
        return None


def _certificate_number(result: Mapping[str, Any]) -> str:
    value = (result.get("extensions") or {}).get(CERTIFICATE_NUMBER)
    return value.strip() if isinstance(value, str) else ""


def _nothing(reason: Irrelevance, detail: str) -> Derivation:
    return Derivation((), NotRelevant(reason, detail))


def _no_entry(activity_id: str) -> NotRelevant:
    return NotRelevant(Irrelevance.NO_CATALOGUE_ENTRY, f"the catalogue has no entry for the activity {activity_id}")


def _not_finished(entry: CatalogueEntry, statement: Mapping[str, Any]) -> NotRelevant | None:
    missing = missing_for(entry.finish, statement, entry.min_score)
    if missing is None:
        return None
    detail = f"rule {FINISH_RULES[entry.finish]} for catalogue entry {entry.id}: {missing}"
    return NotRelevant(Irrelevance.NOT_FINISHED, detail)


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
