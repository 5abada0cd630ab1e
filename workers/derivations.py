"""Deriving evidence from statements, and keeping in the store what is derived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from uuid import UUID

from competency.derivation import derive_known, proof, proves
from competency.directory import Holding
from competency.evidence import Evidence
from competency.testimony import learners_of, read
from store.port import StoredStatement
from store.reference import Reference, References
from workers.holders import Holders
from workers.noting import Noting
from workers.sightings import Derived
from workers.stores import Stores


class Derivations:
    """Safe when several processes work on one statement at once. Thread-safe."""

    def __init__(self, stores: Stores, references: References) -> None:
        self._stores = stores
        self._references = references
        self._holders = Holders(stores.directory)
        self._noting = Noting(stores, self._holders)

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
        ids = list(statement_ids)
        touched: frozenset[str] = frozenset()
        first = True
        while True:
            reference = self._references.current()
            derived = self._of(self._stores.statements.get_many(ids).values(), reference)
            evidence = evidence_of(derived)
            due = self._noting.due(derived, reference, partial(self._of, reference=reference), counting=first)
            with self._stores.writes.together():
                touched |= self._stores.evidence.replace(ids, evidence)
                self._stores.sightings.note(due.sightings)
            self._noting.written(due)
            first = False
            proving = [one.derivation.evidence[0].statement_id for one in derived if one.derivation.evidence]
            voided = bool(proving) and self._stores.statements.any_voided(proving)
            if not voided and self._references.current().versions == reference.versions:
                return touched

    def _of(self, statements: Iterable[StoredStatement], reference: Reference) -> list[Derived]:
        about, rules = reference.catalogue.about, reference.rules
        parsed = []
        keys: set[str] = set()
        for held in statements:
            if not held.voided:
                told, actor, target = read(held.text)
                learners = learners_of(actor)
                keys.update(learners)
                parsed.append((held, told, actor, about(target), learners))
        holders = self._holders.of(keys, reference.versions[0])
        return [
            Derived(
                held,
                told,
                actor,
                known.subject,
                derive_known(told, known, learners, stored_ms=held.stored_ms, employees=holders, rules=rules),
                learners,
            )
            for held, told, actor, known, learners in parsed
        ]


def proven_by(
    statements: Iterable[StoredStatement], holders: Mapping[str, Sequence[Holding]], reference: Reference
) -> Iterator[Evidence]:
    """The evidence that these statements give of people who have these agent keys, statement by statement, and nothing else that is
    to be known of them: most give none, which then is found in a fraction of the time."""
    about, rules = reference.catalogue.about, reference.rules
    for held in statements:
        if not held.voided:
            told, actor, target = read(held.text)
            known = about(target)
            if proves(told, known):
                learners = learners_of(actor)
                yield from proof(told, known, learners, stored_ms=held.stored_ms, employees=holders, rules=rules)


def evidence_of(derived: Iterable[Derived]) -> list[Evidence]:
    """All pieces, ordered by statement id and employee."""
    found = [piece for one in derived for piece in one.derivation.evidence]
    # A UUID is ordered as its number is, which costs a fraction.
    return sorted(found, key=lambda piece: (piece.statement_id.int, piece.employee_id))
