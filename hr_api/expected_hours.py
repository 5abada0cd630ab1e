"""What each row of a list would bring by itself, by the same functions that profiles are computed with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from competency.derivation import derive
from competency.directory import Employee
from competency.ledger import ledger
from schemas.attendance.facts import Facts
from schemas.attendance.statements import Wording, statement_of
from schemas.attendance.verdicts import Judged, Remark, Verdict, worse
from store.port import DirectoryStore
from store.reference import Reference
from xapi.agents import agent_key


def _may_be_sent(row: Judged) -> bool:
    return row.verdict is not Verdict.BAD and row.employee_id is not None and row.days is not None


class ExpectedHours:
    """Of rows about one activity, as the catalogue and the rules are now."""

    def __init__(self, reference: Reference, directory: DirectoryStore, wording: Wording, facts: Facts, activity: str) -> None:
        self._reference = reference
        self._directory = directory
        self._wording = wording
        self._facts = facts
        self._activity = activity

    def told(self, rows: Sequence[Judged]) -> tuple[Judged, ...]:
        """The rows with the JP that their statements alone would bring; with a warning where they would bring none."""
        statements = {row.number: self._statement(row) for row in rows if _may_be_sent(row)}
        keys = {str(agent_key(statement["actor"])) for statement in statements.values()}
        holders = self._directory.by_identifiers(keys) if keys else {}
        return tuple(
            row if row.number not in statements else self._with_hours(row, statements[row.number], holders) for row in rows
        )

    def _statement(self, row: Judged) -> dict[str, Any]:
        assert row.days is not None
        minutes = self._reference.rules.jp_minutes(row.days.last.year)
        text = statement_of(row, self._facts, self._activity, self._wording, minutes)
        statement: dict[str, Any] = msgspec.json.decode(text)
        return statement

    def _with_hours(self, row: Judged, statement: dict[str, Any], holders: Mapping[str, Sequence[Employee]]) -> Judged:
        reference = self._reference
        found = derive(
            statement, stored_ms=0, voided=False, catalogue=reference.catalogue, employees=holders, rules=reference.rules
        )
        if found.unmatched is not None:
            return row
        if found.not_relevant is not None:
            said = Remark(f"it would bring nothing: {found.not_relevant.detail}", "another verb, or another activity")
            return replace(row, verdict=worse(row.verdict, Verdict.WARNING), remarks=(*row.remarks, said))
        (line,) = ledger(found.evidence[:1], reference.rules)
        brings = replace(row, brings=line.jp)
        if line.jp:
            return brings.with_hours_of_catalogue()
        if line.uncounted is None:
            return brings
        said = Remark(f"it would bring no hours: {line.why}")
        return replace(brings, verdict=worse(row.verdict, Verdict.WARNING), remarks=(*row.remarks, said))
