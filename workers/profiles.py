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
from competency.profile import Profile, build_profile, render
from store.evidence_text import dump, load
from store.port import ProfileHead, ProfilePut, digest_of
from store.reference import Reference, References
from telemetry import metrics
from telemetry.clock import Clock
from workers.derivations import Derivations
from workers.stores import Stores

_AT_ONCE = 200
"""Profiles that are read, built and written together: so long one transaction keeps other writers waiting."""


@dataclass(frozen=True, slots=True)
class Built:
    """A profile as it should be: itself, its text and the text's digest."""

    profile: Profile
    text: bytes
    digest: bytes
    unit_path: tuple[str, ...]
    active: bool

    @property
    def facts(self) -> ProfileFacts:
        """What is kept beside the text. It is found only for what is written: most of what is computed again stays as it was."""
        return facts_of(self.profile, self.unit_path, self.active)


@dataclass(frozen=True, slots=True)
class _Change:
    """What is to be written of a profile."""

    text: bytes
    digest: bytes
    facts: ProfileFacts


@dataclass(frozen=True, slots=True)
class ProvenEvidence:
    """All evidence of an employee, and the same as a store keeps it; both in the order of `EvidenceStore.of_employee`."""

    pieces: list[Evidence]
    texts: list[bytes]

    @staticmethod
    def of(pieces: Iterable[Evidence]) -> ProvenEvidence:
        ordered = sorted(pieces, key=lambda piece: (piece.finished_at_ms, piece.statement_id.int))
        return ProvenEvidence(ordered, list(map(dump, ordered)))

    @staticmethod
    def read(texts: list[bytes]) -> ProvenEvidence:
        return ProvenEvidence(list(map(load, texts)), texts)


@dataclass(frozen=True, slots=True)
class Known:
    """What was found of an employee: the profile as it stood, and after that the evidence just as it was kept."""

    head: ProfileHead | None
    evidence: ProvenEvidence


NOTHING_KNOWN: Mapping[str, Known] = {}


class ProfileBuilder:
    """Derives evidence and builds profiles; safe when several processes work on one employee at once. Thread-safe."""

    def __init__(self, stores: Stores, references: References, clock: Clock) -> None:
        self._stores = stores
        self.references = references
        self._clock = clock
        self.derivations = Derivations(stores, references)

    def today(self) -> date:
        """The day of the profiles that are kept, in the rules' time zone."""
        return self._today(self.references.current())

    def derive_again(self, statement_ids: Iterable[UUID]) -> frozenset[str]:
        """See `Derivations.again`."""
        return self.derivations.again(statement_ids)

    def text_of(self, employee: Employee, evidence: Sequence[Evidence], as_of: date, reference: Reference) -> bytes:
        """The profile that this evidence makes on a day, as JSON."""
        return self._build(employee, evidence, as_of, reference).text

    def recompute(self, employee_id: str) -> ProfileHead | None:
        """Build today's profile from all evidence, write it where it changed, and mark the rollups of its units; return it as it is
        now, None for an employee whom neither the directory nor a profile knows.

        The revision is read before everything the profile is made of, and that is looked at once more after it was written: what
        another process changes meanwhile either is in what was read, or makes the write fail, or is seen then. So no stale profile
        stays, also where a profile went back to what it was in between.
        """
        (profile,) = self.recompute_all([employee_id]) or (None,)
        return profile

    def recompute_all(self, employee_ids: Sequence[str], known: Mapping[str, Known] = NOTHING_KNOWN) -> list[ProfileHead]:
        """`recompute` of each, reading and writing many at once; in their order, without those that are unknown to both. What is
        `known` of some, by their ids, is not read again."""
        done: dict[str, ProfileHead] = {}
        remaining = iter(dict.fromkeys(employee_ids))
        while left := list(islice(remaining, _AT_ONCE)):
            before = known
            while left:
                left = self._recompute(left, before, done)
                before = NOTHING_KNOWN
        return [done[employee_id] for employee_id in employee_ids if employee_id in done]

    def _recompute(self, employee_ids: Sequence[str], known: Mapping[str, Known], done: dict[str, ProfileHead]) -> list[str]:
        """Add what is as it should be to `done`; return whom to look at again."""
        profiles = self._heads(employee_ids, known)
        reference = self.references.current()
        today = self._today(reference)
        employees = self._stores.directory.get_many(employee_ids)
        evidence = self._evidence([employee_id for employee_id in employee_ids if employee_id in employees], known)
        changes: dict[str, _Change] = {}
        for employee_id in employee_ids:
            held, employee = profiles.get(employee_id), employees.get(employee_id)
            wanted = None
            if employee is not None:
                wanted = self._build(employee, evidence[employee_id].pieces, today, reference)
            if wanted is not None and (held is None or not _same(held, wanted)):
                changes[employee_id] = _Change(wanted.text, wanted.digest, wanted.facts)
            elif held is not None:
                done[employee_id] = held
        with self._stores.writes.together():
            written = self._put(changes, profiles)
            # Also of those that were as they should be: whoever wrote them may have died before this.
            heads = [written.get(employee_id) or done.get(employee_id) for employee_id in employee_ids]
            self._stores.rollups.mark(sorted({head.unit_path[-1] for head in heads if head is not None and head.unit_path}))
        done |= written
        metrics.PROFILES_CHANGED.inc(len(written))
        metrics.PROFILE_RACES.inc(len(changes) - len(written))
        again = [employee_id for employee_id in changes if employee_id not in written]
        return again + self._overtaken({employee_id: evidence[employee_id].texts for employee_id in written}, reference)

    def _heads(self, employee_ids: Sequence[str], known: Mapping[str, Known]) -> dict[str, ProfileHead]:
        unknown = [one for one in employee_ids if one not in known]
        found = self._stores.profiles.heads(unknown) if unknown else {}
        return found | {one: head for one in employee_ids if one in known and (head := known[one].head) is not None}

    def _evidence(self, employee_ids: Sequence[str], known: Mapping[str, Known]) -> dict[str, ProvenEvidence]:
        unknown = [one for one in employee_ids if one not in known]
        texts = self._stores.evidence.texts(unknown) if unknown else {}
        found = {one: ProvenEvidence.read(of_it) for one, of_it in texts.items()}
        return found | {one: known[one].evidence for one in employee_ids if one in known}

    def _put(self, changes: Mapping[str, _Change], held: Mapping[str, ProfileHead]) -> dict[str, ProfileHead]:
        """The profiles as written, without those where another process came first."""
        if not changes:
            return {}
        old_paths = [(held[name].unit_path, one.facts.unit_path) for name, one in changes.items() if name in held]
        # Before the profiles move: afterwards nobody would know any more which units they came from.
        if left := sorted({old[-1] for old, new in old_paths if old and old[-1:] != new[-1:]}):
            self._stores.rollups.mark(left)
        revisions = {name: held[name].revision if name in held else 0 for name in changes}
        puts = [ProfilePut(name, one.text, one.facts, revisions[name], one.digest) for name, one in changes.items()]
        written = self._stores.profiles.put_many(puts)
        return {
            one.employee_id: ProfileHead(
                one.employee_id, one.expected_revision + 1, changes[one.employee_id].digest, one.facts.unit_path, one.facts.active
            )
            for one in puts
            if one.employee_id in written
        }

    def _overtaken(self, written: dict[str, list[bytes]], reference: Reference) -> list[str]:
        """Those for whom something is not what it was when it was read."""
        if not written:
            return []
        if self.references.current().versions != reference.versions:
            return list(written)
        now = self._stores.evidence.texts(written)
        return [name for name, texts in written.items() if now[name] != texts]

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
        text = render(profile)
        return Built(profile, text, digest_of(text), tuple([unit.id for unit in units]), active)


def _same(held: ProfileHead, built: Built) -> bool:
    """Text and facts are made of the same, but for the unit and for having left, of which the text need not tell."""
    return held.digest == built.digest and held.unit_path == built.unit_path and held.active == built.active
