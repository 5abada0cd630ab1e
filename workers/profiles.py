"""Building profiles against the store: what the profiler, the keeper and the rebuild share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from uuid import UUID

from competency.directory import Employee
from competency.evidence import Evidence
from competency.facts import ProfileFacts, facts_of
from competency.profile import build_profile, render
from store.port import ProfilePut, StoredProfile
from store.reference import Reference, References
from telemetry import metrics
from telemetry.clock import Clock
from workers.derivations import Derivations
from workers.stores import Stores

_AT_ONCE = 200
"""Profiles that are read, built and written together: so long one transaction keeps other writers waiting."""


@dataclass(frozen=True, slots=True)
class Built:
    """A profile as it should be: its text, and what is kept beside it."""

    text: bytes
    facts: ProfileFacts


class ProfileBuilder:
    """Derives evidence and builds profiles; safe when several processes work on one employee at once. Thread-safe."""

    def __init__(self, stores: Stores, references: References, clock: Clock) -> None:
        self._stores = stores
        self._references = references
        self._clock = clock
        self.derivations = Derivations(stores, references)

    def today(self) -> date:
        """The day of the profiles that are kept, in the rules' time zone."""
        return self._today(self._references.current())

    def derive_again(self, statement_ids: Iterable[UUID]) -> frozenset[str]:
        """See `Derivations.again`."""
        return self.derivations.again(statement_ids)

    def text_of(self, employee_id: str, evidence: Sequence[Evidence], as_of: date) -> bytes | None:
        """The profile that this evidence makes on a day, as JSON; None for an employee the directory does not know."""
        employee = self._stores.directory.employee(employee_id)
        return None if employee is None else self._build(employee, evidence, as_of, self._references.current()).text

    def recompute(self, employee_id: str) -> StoredProfile | None:
        """Build today's profile from all evidence and write it where it changed; return it as it is now, None for an employee whom
        neither the directory nor a profile knows.

        The revision is read before everything the profile is made of, and that is looked at once more after it was written: what
        another process changes meanwhile either is in what was read, or makes the write fail, or is seen then. So no stale profile
        stays, also where a profile went back to what it was in between.
        """
        (profile,) = self.recompute_all([employee_id]) or (None,)
        return profile

    def recompute_all(self, employee_ids: Sequence[str]) -> list[StoredProfile]:
        """`recompute` of each, reading and writing many at once; in their order, without those that are unknown."""
        done: dict[str, StoredProfile] = {}
        remaining = iter(dict.fromkeys(employee_ids))
        while left := list(islice(remaining, _AT_ONCE)):
            while left:
                left = self._recompute(left, done)
        return [done[employee_id] for employee_id in employee_ids if employee_id in done]

    def _recompute(self, employee_ids: Sequence[str], done: dict[str, StoredProfile]) -> list[str]:
        """Add what is as it should be to `done`; return whom to look at again."""
        profiles = self._stores.profiles.get_many(employee_ids)
        reference = self._references.current()
        today = self._today(reference)
        employees = self._stores.directory.get_many(employee_ids)
        evidence = self._stores.evidence.of_employees(employee_id for employee_id in employee_ids if employee_id in employees)
        built: dict[str, Built] = {}
        for employee_id in employee_ids:
            held, employee = profiles.get(employee_id), employees.get(employee_id)
            wanted = None if employee is None else self._build(employee, evidence[employee_id], today, reference)
            if wanted is not None and (held is None or not _same(held, wanted)):
                built[employee_id] = wanted
            elif held is not None:
                done[employee_id] = held
        written = self._put(built, profiles)
        done |= written
        again = [employee_id for employee_id in built if employee_id not in written]
        return again + self._overtaken({employee_id: evidence[employee_id] for employee_id in written}, reference)

    def _put(self, built: Mapping[str, Built], held: Mapping[str, StoredProfile]) -> dict[str, StoredProfile]:
        """The profiles as written, without those where another process came first."""
        if not built:
            return {}
        old_paths = [(held[name].unit_path, one.facts.unit_path) for name, one in built.items() if name in held]
        # Before the profiles move: afterwards nobody would know any more which units they came from.
        if left := sorted({old[-1] for old, new in old_paths if old and old[-1:] != new[-1:]}):
            self._stores.rollups.mark(left)
        revisions = {name: held[name].revision if name in held else 0 for name in built}
        puts = [ProfilePut(name, one.text, one.facts, revisions[name]) for name, one in built.items()]
        written = self._stores.profiles.put_many(puts)
        metrics.PROFILES_CHANGED.inc(len(written))
        metrics.PROFILE_RACES.inc(len(puts) - len(written))
        return {
            one.employee_id: StoredProfile(
                one.employee_id, one.expected_revision + 1, one.text, one.facts.unit_path, one.facts.active
            )
            for one in puts
            if one.employee_id in written
        }

    def _overtaken(self, written: dict[str, list[Evidence]], reference: Reference) -> list[str]:
        """Those for whom something is not what it was when it was read."""
        if not written:
            return []
        if self._references.current().versions != reference.versions:
            return list(written)
        now = self._stores.evidence.of_employees(written)
        return [name for name, evidence in written.items() if now[name] != evidence]

    def _today(self, reference: Reference) -> date:
        return reference.rules.local_date(self._clock.now_ms())

    @staticmethod
    def _build(employee: Employee, evidence: Sequence[Evidence], as_of: date, reference: Reference) -> Built:
        units = reference.unit_path(employee.unit_id)
        profile = build_profile(
            employee,
            post=reference.posts.get(employee.post_id),
            unit_path=units,
            evidence=evidence,
            competencies=reference.known_competencies,
            frameworks_versions=reference.framework_versions,
            rules=reference.rules,
            as_of=as_of,
        )
        active = employee.left_on is None or as_of < employee.left_on
        return Built(render(profile), facts_of(profile, [unit.id for unit in units], active))


def _same(held: StoredProfile, built: Built) -> bool:
    """Text and facts are made of the same, but for the unit and for having left, of which the text need not tell."""
    return held.text == built.text and held.unit_path == built.facts.unit_path and held.active == built.facts.active
