"""Whose an unlinked actor may be. Only suggestions: two people are never merged without an officer's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import jiter

from competency.derivation import activity_id_of
from competency.directory import Employee
from competency.likeness import ALIKE, likeness, nip_in, words_of
from competency.nip import nips_within
from hr_api.employees import holders_of_nip
from hr_api.identities import parts_of
from hr_api.services import HrServices
from schemas.hr.identity import ActorKind, SuggestionReason
from store.port import EmployeeSearch, StoredSighting
from xapi.agents import agent_key
from xapi.query import StatementFilter

MOST: Final = 10
_STATEMENTS: Final = 20
_EVIDENCE: Final = 300
_NAMESAKES: Final = 100
_LETTERS: Final = 3
"""So many first letters of a word find its spellings."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    employee: Employee
    reason: SuggestionReason
    likeness: float


_ORDER = {reason: place for place, reason in enumerate(SuggestionReason)}


def suggestions(services: HrServices, sighting: StoredSighting) -> list[Suggestion]:
    """Best first, each employee once, at most MOST; without those an officer has ruled out."""
    found: dict[str, Suggestion] = {}
    for one in (*_by_identifier(services, sighting), *_by_name(services, sighting)):
        if one.employee.id not in sighting.rejected_employees:
            held = found.get(one.employee.id)
            if held is None or _rank(one) < _rank(held):
                found[one.employee.id] = one
    return sorted(found.values(), key=_rank)[:MOST]


def _rank(one: Suggestion) -> tuple[int, float, str]:
    return _ORDER[one.reason], -one.likeness, one.employee.id


def _by_identifier(services: HrServices, sighting: StoredSighting) -> Iterator[Suggestion]:
    parts = parts_of(sighting.key)
    for employee in services.directory.by_identifiers([sighting.key]).get(sighting.key, ()):
        yield Suggestion(employee, SuggestionReason.FORMERLY, 1.0)
    digits = nip_in(parts.identifier) if parts.kind is ActorKind.ACCOUNT else None
    # A number may be a part of the identifier only, as in addresses made of it.
    for nip in (digits,) if digits is not None else nips_within(parts.identifier):
        for holder in holders_of_nip(services, nip):
            yield Suggestion(holder, SuggestionReason.SAME_NIP, 1.0)
    if "@" in parts.identifier and parts.kind in (ActorKind.ACCOUNT, ActorKind.MBOX):
        spellings = {parts.identifier, parts.identifier.lower()}
        keys = [agent_key({"mbox": f"mailto:{address}"}) for address in spellings]
        yield from _having(services, keys, SuggestionReason.SAME_EMAIL)


def _having(services: HrServices, keys: Iterable[str | None], reason: SuggestionReason) -> Iterator[Suggestion]:
    for employees in services.directory.by_identifiers([key for key in keys if key is not None]).values():
        for employee in employees:
            yield Suggestion(employee, reason, 1.0)


def _by_name(services: HrServices, sighting: StoredSighting) -> Iterator[Suggestion]:
    words = sorted({word for word in words_of(sighting.label) if len(word) >= _LETTERS}, key=lambda word: (-len(word), word))
    if not words:
        return
    units = _units_of_companions(services, sighting)
    namesakes: dict[str, Employee] = {}
    for word in words[:3]:
        for employee in services.directory.search(EmployeeSearch(words=word[:_LETTERS]), limit=_NAMESAKES):
            namesakes[employee.id] = employee
        # The whole word too, for among very many with the same first letters the right one may not be among the first.
        for employee in services.directory.search(EmployeeSearch(words=word), limit=_NAMESAKES):
            namesakes[employee.id] = employee
    if len(words) > 1:
        for employee in services.directory.search(EmployeeSearch(words=" ".join(words[:2])), limit=_NAMESAKES):
            namesakes[employee.id] = employee
    for employee in namesakes.values():
        alike = likeness(sighting.label, employee.name)
        if alike >= ALIKE:
            near = units.get(employee.unit_id, 0) > 0
            reason = SuggestionReason.SIMILAR_NAME_SAME_UNIT if near else SuggestionReason.SIMILAR_NAME
            yield Suggestion(employee, reason, round(alike, 2))


def _units_of_companions(services: HrServices, sighting: StoredSighting) -> Counter[str]:
    """The units of those who took part in what this actor's latest statements are about."""
    page = services.statement_queries.find(StatementFilter(agent=sighting.key), after=None, limit=_STATEMENTS)
    activities = {iri for held in page.statements if (iri := activity_id_of(jiter.from_json(held.text))) is not None}
    taken_part = {piece.employee_id for piece in services.evidence.of_activities(activities, limit=_EVIDENCE)}
    return Counter(employee.unit_id for employee in services.directory.get_many(taken_part).values())
