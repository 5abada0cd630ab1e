"""Deriving evidence and building profiles against the store: what the profiler, the rebuild and the imports share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jiter

from competency.derivation import Derivation, derive
from competency.evidence import Evidence
from competency.profile import build_profile, render
from competency.rules import Rules
from store.port import DirectoryStore, EvidenceStore, ProfileStore, StatementQueries, StoredProfile, StoredStatement
from store.reference import Reference, References
from telemetry import metrics
from xapi.agents import learner_keys


@dataclass(frozen=True, slots=True)
class Stores:
    """The parts of the store that profiles are made of."""

    statements: StatementQueries
    evidence: EvidenceStore
    profiles: ProfileStore
    directory: DirectoryStore


class ProfileBuilder:
    """Derives evidence and builds profiles; safe when several processes work on one employee at once. Thread-safe."""

    def __init__(self, stores: Stores, references: References, rules: Rules) -> None:
        self._stores = stores
        self._references = references
        self._rules = rules

    def derive_again(self, statement_ids: Iterable[UUID]) -> frozenset[str]:
        """Make the evidence of these statements what it should be now; return the employees whose profile that may touch.

        What was derived is looked at once more after it is written: a statement that was voided, or a catalogue or directory that
        was changed, meanwhile by somebody else may have been written before, and would be undone for ever.
        """
        ids = list(dict.fromkeys(statement_ids))
        touched: frozenset[str] = frozenset()
        while True:
            versions = self._references.current().versions
            evidence = self.derive(list(self._stores.statements.get_many(ids).values()))
            touched |= self._stores.evidence.replace(ids, evidence)
            proving = {piece.statement_id for piece in evidence}
            voided = any(held.voided for held in self._stores.statements.get_many(proving).values()) if proving else False
            if not voided and self._references.current().versions == versions:
                return touched

    def derive(self, statements: Sequence[StoredStatement]) -> list[Evidence]:
        """The evidence these statements give, ordered by statement id and employee; nothing is written."""
        reference = self._references.current()
        parsed = [(held, jiter.from_json(held.text)) for held in statements if not held.voided]
        covered = [(held, value) for held, value in parsed if value["object"].get("id") in reference.catalogue]
        keys = {key for _, value in covered for key in learner_keys(value["actor"])}
        employees = self._stores.directory.by_identifiers(keys) if keys else {}
        found = [piece for held, value in covered for piece in self._derivation(held, value, reference, employees).evidence]
        return sorted(found, key=lambda piece: (piece.statement_id, piece.employee_id))

    def _derivation(self, held: StoredStatement, value: Any, reference: Reference, employees: Any) -> Derivation:
        return derive(
            value,
            stored_ms=held.stored_ms,
            voided=held.voided,
            catalogue=reference.catalogue,
            employees=employees,
            rules=self._rules,
        )

    def text_of(self, employee_id: str, evidence: Sequence[Evidence]) -> bytes | None:
        """The profile that this evidence makes, as JSON; None for an employee the directory does not know."""
        employee = self._stores.directory.employee(employee_id)
        if employee is None:
            return None
        reference = self._references.current()
        return render(
            build_profile(
                employee,
                post=reference.posts.get(employee.post_id),
                unit_path=reference.unit_path(employee.unit_id),
                evidence=evidence,
                competencies=reference.competencies,
                rules=self._rules,
            )
        )

    def recompute(self, employee_id: str) -> StoredProfile | None:
        """Build the profile from all evidence and write it where it changed; return it as it is now.

        The revision is read before the evidence, so evidence written by another process meanwhile either is in what was read or
        makes the write fail and the profile be built again: no stale profile stays.
        """
        while True:
            held = self._stores.profiles.get(employee_id)
            text = self.text_of(employee_id, self._stores.evidence.of_employee(employee_id))
            if text is None:
                return held
            revision = 0 if held is None else held.revision
            if held is not None and held.text == text:
                return held
            if self._stores.profiles.put(employee_id, text, expected_revision=revision):
                metrics.PROFILES_CHANGED.inc()
                return StoredProfile(employee_id, revision + 1, text)
            metrics.PROFILE_RACES.inc()
