"""From a statement to what it proves of whom: a pure function of (statement, catalogue, directory, rules).

Deriving again is the one answer to redelivery, voiding, late arrivals, relinked people and new rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from competency.catalogue import CatalogueEntry
from competency.directory import Employee
from competency.evidence import Evidence, Irrelevance, NotRelevant
from competency.finishing import missing_for
from competency.regulation import FINISH_RULES, Rules
from xapi.agents import learner_keys
from xapi.values import parse_timestamp


@dataclass(frozen=True, slots=True)
class Derivation:
    """What became of one statement: one piece of evidence for each employee it is about, ordered by employee id, or why none."""

    evidence: tuple[Evidence, ...]
    not_relevant: NotRelevant | None


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
    catalogue: Mapping[str, CatalogueEntry],
    employees: Mapping[str, Employee],
    rules: Rules,
) -> Derivation:
    """Evidence of a valid statement, as parsed JSON with its id.

    `catalogue` is looked up by activity id, `employees` by agent key (`xapi.agents.agent_key`); both need to know only what the
    statement names. `stored_ms` stands for a timestamp that is not there. Exactly one of the answer's two parts is empty.
    """
    if voided:
        return _nothing(Irrelevance.VOIDED, "a voiding statement withdrew it")
    activity_id = activity_id_of(statement)
    if activity_id is None:
        return _nothing(Irrelevance.NOT_AN_ACTIVITY, f"its object is a {statement['object']['objectType']}")
    entry = catalogue.get(activity_id)
    if entry is None:
        return _nothing(Irrelevance.NO_CATALOGUE_ENTRY, f"the catalogue has no entry for the activity {activity_id}")
    rule = FINISH_RULES[entry.finish]
    missing = missing_for(entry.finish, statement)
    if missing is not None:
        return _nothing(Irrelevance.NOT_FINISHED, f"rule {rule} for catalogue entry {entry.id}: {missing}")
    keys = learner_keys(statement["actor"])
    learners = {employee.id for key in keys if (employee := employees.get(key)) is not None}
    if not learners:
        return _nothing(Irrelevance.ACTOR_UNKNOWN, _unknown(len(keys)))
    finished_at_ms = parse_timestamp(statement["timestamp"]) if "timestamp" in statement else stored_ms
    finished_on = rules.local_date(finished_at_ms)
    return Derivation(
        tuple(
            Evidence(
                statement_id=UUID(statement["id"]),
                employee_id=employee_id,
                catalogue_id=entry.id,
                activity_id=activity_id,
                title=entry.title,
                kind_id=entry.kind_id,
                provider=entry.provider,
                jp=entry.jp,
                year=finished_on.year,
                finished_on=finished_on,
                finished_at_ms=finished_at_ms,
                alignments=entry.alignments,
                rule=rule,
            )
            for employee_id in sorted(learners)
        ),
        None,
    )


def _nothing(reason: Irrelevance, detail: str) -> Derivation:
    return Derivation((), NotRelevant(reason, detail))


def _unknown(identifiers: int) -> str:
    if identifiers == 0:
        return "its actor has no identifier"
    if identifiers == 1:
        return "the directory links its actor to no employee"
    return f"the directory links none of the {identifiers} members of its group to an employee"
