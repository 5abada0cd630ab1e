"""Deriving evidence from statements, and keeping in the store what is derived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

import jiter

from competency.derivation import derive
from competency.evidence import Evidence
from store.port import SightingKind, StoredStatement
from store.reference import Reference, References
from workers.sightings import Derived, known_actors, named_as_before, now_known, sightings_of
from workers.stores import Stores
from xapi.agents import learner_keys
from xapi.query import StatementFilter

_PAGE: Final = 200
_LOOKED_THROUGH: Final = 2_000


class Derivations:
    """Safe when several processes work on one statement at once. Thread-safe."""

    def __init__(self, stores: Stores, references: References) -> None:
        self._stores = stores
        self._references = references

    def of(self, statements: Iterable[StoredStatement]) -> list[Derived]:
        """What these statements give, in their order; voided ones are left out. Nothing is written."""
        return self._of(statements, self._references.current())

    def again(self, statement_ids: Iterable[UUID]) -> frozenset[str]:
        """Make the evidence of these statements what it should be now, and note what they name; return the employees whose profile
        that may touch.

        What was derived is looked at once more after it is written: a statement that was voided, or a catalogue or directory that
        was changed, meanwhile by somebody else may have been written before, and would be undone for ever. Sightings are noted
        before that look: whoever changes the catalogue later finds what was seen.
        """
        ids = list(dict.fromkeys(statement_ids))
        touched: frozenset[str] = frozenset()
        first = True
        while True:
            reference = self._references.current()
            derived = self._of(self._stores.statements.get_many(ids).values(), reference)
            evidence = evidence_of(derived)
            touched |= self._stores.evidence.replace(ids, evidence)
            self._note(derived, reference, counting=first)
            first = False
            proving = {piece.statement_id for piece in evidence}
            voided = any(held.voided for held in self._stores.statements.get_many(proving).values()) if proving else False
            if not voided and self._references.current().versions == reference.versions:
                return touched

    def _of(self, statements: Iterable[StoredStatement], reference: Reference) -> list[Derived]:
        parsed = [(held, jiter.from_json(held.text)) for held in statements if not held.voided]
        keys = {key for _, value in parsed for key in learner_keys(value["actor"])}
        employees = self._stores.directory.by_identifiers(keys) if keys else {}
        return [
            Derived(
                held,
                value,
                derive(
                    value,
                    stored_ms=held.stored_ms,
                    voided=False,
                    catalogue=reference.catalogue,
                    employees=employees,
                    rules=reference.rules,
                ),
            )
            for held, value in parsed
        ]

    def _note(self, derived: Sequence[Derived], reference: Reference, *, counting: bool) -> None:
        known = known_actors(derived)
        held = self._stores.sightings.by_keys(SightingKind.ACTOR, sorted(known)) if known else {}
        waiting = [one for one in held.values() if not one.matched and self._waits_no_more(one.key, reference)]
        seen = sightings_of(derived, counting=counting)
        nameless = [one.key for one in seen if one.kind is SightingKind.ACTIVITY and not one.label]
        before = self._stores.sightings.by_keys(SightingKind.ACTIVITY, nameless) if nameless else {}
        noted = [*named_as_before(seen, before), *now_known(waiting)]
        if noted:
            self._stores.sightings.note(noted)

    def _waits_no_more(self, key: str, reference: Reference) -> bool:
        """Whether this agent key, which names somebody in some statements, does so in all: it may be theirs on some days only. Of
        an actor with very many statements that is not found out; it goes on waiting rather than being forgotten."""
        holders = self._stores.directory.by_identifiers([key]).get(key, ())
        if any(one.key == key and one.always for employee in holders for one in employee.identifiers):
            return True
        after, looked_at = None, 0
        while looked_at < _LOOKED_THROUGH:
            page = self._stores.statements.find(StatementFilter(agent=key), after=after, limit=_PAGE)
            if any(key in one.derivation.unknown for one in self._of(page.statements, reference)):
                return False
            if page.next_after is None:
                return True
            after, looked_at = page.next_after, looked_at + len(page.statements)
        return False


def evidence_of(derived: Iterable[Derived]) -> list[Evidence]:
    """All pieces, ordered by statement id and employee."""
    found = [piece for one in derived for piece in one.derivation.evidence]
    return sorted(found, key=lambda piece: (piece.statement_id, piece.employee_id))
