"""What the store keeps, one protocol per aggregate; commands apart from queries where both exist.

Adapters: `store.sqlite` (embedded) and `store.mongodb` (full). The same contract suite runs on both. Every method may raise

    StoreError
    ├── Unavailable(retry_after_s)   the store can't be reached or does not answer: try again later
    ├── AnotherLog                   the records come from a log that the store no longer follows
    └── Rejected                     the store will never take this; trying again can't help

All objects are thread-safe and built after fork. Times are milliseconds since the epoch. Commands are durable when they return.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from access.credentials import Credential
from competency.catalogue import CatalogueEntry
from competency.directory import Employee, Post, Unit
from competency.evidence import Evidence
from competency.frameworks import Competency
from xapi.activities import ActivityState
from xapi.documents import DocumentKind
from xapi.query import StatementFilter, StoredAt
from xapi.statement import Extract


class StoreError(Exception):
    """Base of what a store adapter raises."""


class Unavailable(StoreError):
    """The store is not reachable or did not answer in time; `retry_after_s` seconds is a sensible wait."""

    def __init__(self, message: str, retry_after_s: int = 2) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Rejected(StoreError):
    """The store refuses this for good."""


class AnotherLog(StoreError):
    """The partition's position is of another log than these records: their offsets mean nothing there."""


# ── statements ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Recordable:
    """A statement as the recorder hands it over: its text without `stored`, what was read from it, where it stood in the log."""

    text: bytes
    extract: Extract
    partner: str
    may_void_any: bool
    appended_at_ms: int
    offset: int
    index: int
    """The statement's place among those of its record."""
    tolerated: tuple[str, ...] = ()
    """The tolerances without which it would have been refused; then `received` is the text as it was sent."""
    received: bytes | None = None


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """The statements of consecutive records of one partition, from the partition's position on; `next_offset` follows the last."""

    partition: int
    next_offset: int
    statements: Sequence[Recordable]
    log_id: str = ""
    """The log they were read from."""


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A recorded statement. `xapi.statement.finish(text, stored_ms, timestamped=…)` is what is given out."""

    statement_id: UUID
    stored_ms: int
    text: bytes
    partner: str
    timestamped: bool
    voided: bool
    tolerated: tuple[str, ...] = ()
    """As the recorder handed it over, like `received`."""
    received: bytes | None = None

    @property
    def at(self) -> StoredAt:
        return StoredAt(self.stored_ms, self.statement_id)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch. `recorded` (new) and `duplicates` (same id, partner and content: nothing changed) are both safe in
    the store; `conflicts` (same id, other content or partner) are not in it. `voided` are the statements that voiding ones among
    `recorded` and `duplicates` void, as they are now. `last_stored_ms` is the greatest `stored` given, None for an empty batch."""

    recorded: tuple[Recordable, ...]
    duplicates: tuple[Recordable, ...]
    conflicts: tuple[Recordable, ...]
    voided: tuple[StoredStatement, ...]
    last_stored_ms: int | None


class StatementStore(Protocol):
    """Commands of the recorder. Each is idempotent: the whole sequence may run again after a crash, by another process."""

    def record(self, batch: RecordBatch) -> Recorded:
        """Record a batch, insert-only by id.

        - Claims the partition up to the batch's `next_offset` first (see `Position`): until the position gets there, by whomever,
          nobody can raise its `through_ms`. Raises AnotherLog, with nothing recorded, when the position is not of the batch's log.
        - `stored` of a statement is max(appended_at_ms, the position's through_ms), so what `through_ms` promised stays true.
        - Same id: the first recorded (or, within the batch, the first in order) stays. Another is a duplicate when it is the same
          partner's and `xapi.equality.same_texts`, else a conflict: an id belongs to the partner who used it first.
        - Voiding: a voiding statement's target is marked voided, whichever of the two came first, unless the target is itself a
          voiding statement, or belongs to another partner and the voider has not `may_void_any`.
        - References: the keys by which a statement is found include those that the statement it targets lends, recursively,
          whichever came first, over at most `xapi.query.LONGEST_CHAIN` others, cycles guarded; each source's keys stay apart (see
          `xapi.query.StatementFilter`: *all* filters on one). A statement lends the first `xapi.query.LENT_KEYS` of its keys, in
          the order of `xapi.keys.in_order`, and only to statements of its partner: the walk ends where the partner changes, so
          nobody learns of another's statement by targeting it. That holds of voiding statements and voided ones too.
        - Merges what the statements say of activities (`xapi.activities.observe`/`merge`), for each partner apart, except of
          conflicts.
        """
        ...


PAGE_BYTES = 16 * 1024 * 1024
"""A page of statements ends before their texts come to more, whatever its limit: that is what a reader holds in memory."""


@dataclass(frozen=True, slots=True)
class Page:
    """Statements in order; `next_after` continues after the last one, None when there are no more now."""

    statements: tuple[StoredStatement, ...]
    next_after: StoredAt | None


class StatementQueries(Protocol):
    def get_many(self, statement_ids: Iterable[UUID]) -> dict[UUID, StoredStatement]:
        """Those that exist, voided or not. Any number of ids."""
        ...

    def find(self, wanted: StatementFilter, *, after: StoredAt | None, limit: int) -> Page:
        """At most `limit` statements beyond `after` in the direction of `wanted.ascending`, by (stored, id); never voided ones.
        At least one when there is one, fewer than `limit` when they are large (PAGE_BYTES). Costs the same for the last page as for
        the first."""
        ...

    def count(self) -> int:
        """How many statements are recorded (an estimate is enough)."""
        ...


class ActivityQueries(Protocol):
    """What the statements say of activities, kept apart for each partner: what one says is not another's to read or to change."""

    def activities(self, activity_ids: Iterable[str], *, owner: str | None) -> dict[str, ActivityState]:
        """Those that statements of the partner `owner` speak of, None for those of all partners, merged by
        `xapi.activities.merge` over all of those statements. Any number of ids; one state is bounded as that module says."""
        ...


# ── position of the recorder ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Position:
    """How far one partition of the accepted log is recorded. Every statement that has, or will ever get, a `stored` before
    `through_ms` through this partition is readable. `claimed`: some recorder may be recording beyond `next_offset`, with a
    `through_ms` it has read already; claims only grow, and end when the position has passed them."""

    partition: int
    next_offset: int
    through_ms: int
    claimed: bool
    log_id: str = ""
    """The log whose offset this is; empty for a position that was written when logs had no identity."""


class Positions(Protocol):
    def positions(self) -> dict[int, Position]:
        """Per partition that has one."""
        ...

    def advance(self, partition: int, next_offset: int, through_ms: int, *, log_id: str = "") -> None:
        """Everything before `next_offset` of this log is recorded and announced. Creates the position when it is missing; neither
        number goes back here, and a `next_offset` that is not greater than the held one, or of another log, changes nothing."""
        ...

    def raise_through(self, ends: Mapping[int, int], through_ms: int, *, log_id: str = "") -> dict[int, Position]:
        """For each partition whose position is of this log, stands at exactly the given end offset and is not claimed (a missing
        position counts as standing at 0 and is created), raise its through_ms to `through_ms`: never lower, and not beyond the
        store's own clock where it has one. Returns all positions as they are afterwards."""
        ...

    def adopt(self, seen: Position, log_id: str, next_offset: int) -> None:
        """Let the partition go on at `next_offset` of this log, in one step, if its log and next_offset still are those of `seen`
        (a missing position counts as standing at 0 of the log "" and is created); otherwise change nothing, so several may do it
        at once. `through_ms` stays: what was promised holds whatever the log. A claim stays until the position moves: whoever
        holds it may be writing still."""
        ...


# ── documents and attachments ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DocumentScope:
    """Where documents live: a state has activity, agent and perhaps registration; an agent profile has an agent; an activity
    profile an activity. `agent` is a key of `xapi.agents.agent_key`; `owner` the partner whose documents these are."""

    owner: str
    kind: DocumentKind
    activity_id: str | None = None
    agent: str | None = None
    registration: UUID | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of any content type. `etag` is the SHA-1 of the content in hexadecimal."""

    scope: DocumentScope
    document_id: str
    content: bytes
    content_type: str
    etag: str
    updated_ms: int


class Documents(Protocol):
    """Every write is one atomic compare-and-set on the ETag. Read-modify-write is a loop of get and put around it."""

    def get(self, scope: DocumentScope, document_id: str) -> Document | None: ...

    def put(self, document: Document, *, expected_etag: str | None) -> bool:
        """Write and return True when what is held has `expected_etag` (None: nothing is held), else change nothing and return
        False. `updated_ms` is raised above that of the document replaced."""
        ...

    def delete(self, scope: DocumentScope, document_id: str, *, expected_etag: str) -> bool:
        """Delete and return True when what is held has `expected_etag`."""
        ...

    def ids(self, scope: DocumentScope, *, since_ms: int | None = None, any_registration: bool = False) -> list[str]:
        """Ids of the scope's documents, ordered, each once; with `since_ms` those updated after it. `any_registration`: whatever
        the registration of a state."""
        ...

    def delete_all(self, scope: DocumentScope, *, any_registration: bool = False) -> int:
        """Delete the scope's documents; returns how many."""
        ...


class Attachments(Protocol):
    """Bytes of attachments, content-addressed by their SHA-2 (lower-case hexadecimal), kept in pieces: never held whole.

    `owner` is the partner whose statements name them. Each owner has its own: naming the hash of another's content leads nowhere.
    """

    def put(self, owner: str, sha2: str, pieces: Iterable[bytes]) -> int:
        """Keep the content, whole or not at all; returns its length in bytes. The caller has checked that `sha2` is its hash.
        Content that is there already is not written again."""
        ...

    def lengths(self, owner: str, hashes: Iterable[str]) -> dict[str, int]:
        """Length in bytes of those that exist."""
        ...

    def read(self, owner: str, sha2: str) -> Iterator[bytes]:
        """The content in pieces of at most 256 KiB. Raises KeyError when there is none."""
        ...


# ── dead letters ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something accepted that could not be recorded. `id` is made of its place and time in the log, so writing it again changes
    nothing. `payload` is a log record that can be appended to `topic` and `partition` again: with the one statement in it, or, when
    the record can't be decoded, as it was."""

    id: str
    reason: str
    detail: str
    payload: bytes
    topic: str
    partition: int
    offset: int
    index: int | None
    statement_id: UUID | None
    partner: str | None
    created_at_ms: int
    resubmitted_at_ms: int | None = None


class DeadLetters(Protocol):
    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """Keep them; those whose id exists already stay as they are."""
        ...

    def page(self, *, reason: str | None = None, after_id: str | None = None, limit: int = 100) -> list[DeadLetter]:
        """Ordered by id."""
        ...

    def get(self, letter_id: str) -> DeadLetter | None: ...

    def of_statement(self, statement_id: UUID) -> list[DeadLetter]: ...

    def mark_resubmitted(self, letter_id: str, at_ms: int) -> None: ...

    def count(self) -> int:
        """How many were never resubmitted."""
        ...


# ── credentials, secrets, audit ───────────────────────────────────────────────────────────────────────────────────────────────


class Credentials(Protocol):
    def put(self, credential: Credential) -> None:
        """Add, or replace the one with the same key."""
        ...

    def get(self, key: str) -> Credential | None: ...

    def all(self) -> list[Credential]:
        """Ordered by key."""
        ...


class Secrets(Protocol):
    def secret(self, name: str) -> bytes:
        """32 random bytes, made on the first call for this name by whichever process, the same ever after."""
        ...


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who read what of whom. `subject` is an internal employee id or what was searched for in neutral words, never a NIP."""

    at_ms: int
    credential: str
    action: str
    subject: str
    request_id: str


class Audit(Protocol):
    def note(self, entry: AuditEntry) -> None: ...

    def entries(self, *, subject: str | None = None, limit: int = 100) -> list[AuditEntry]:
        """Newest first."""
        ...


# ── directory, catalogue, frameworks ──────────────────────────────────────────────────────────────────────────────────────────


class Refreshable(Protocol):
    """Something that profiles are made of, and how far profiles have followed it."""

    def version(self) -> int:
        """Grows by one with every call that changes anything, so that readers may cache; 0 while there is nothing."""
        ...

    def refreshed(self) -> int | None:
        """The greatest version that was marked; None when none ever was."""
        ...

    def mark_refreshed(self, version: int) -> None:
        """Everything that `version` changed has reached the profiles, or is on the log on its way there. Never goes back."""
        ...


class DirectoryStore(Refreshable, Protocol):
    """Upserts by id. Each `put_…` is written whole or not at all, and says whether it changed anything."""

    def put_units(self, units: Sequence[Unit]) -> bool: ...

    def put_posts(self, posts: Sequence[Post]) -> bool: ...

    def put_employees(self, employees: Sequence[Employee]) -> bool:
        """Raises Rejected when an identifier belongs to another employee (nothing of the call is written then)."""
        ...

    def units(self) -> list[Unit]: ...

    def posts(self) -> list[Post]: ...

    def employee(self, employee_id: str) -> Employee | None: ...

    def employees(self, *, after_id: str | None = None, limit: int = 1000) -> list[Employee]:
        """Ordered by id."""
        ...

    def by_nip(self, nip: str) -> Employee | None: ...

    def by_identifiers(self, keys: Iterable[str]) -> dict[str, Employee]:
        """agent key -> employee, for those known."""
        ...

    def search(self, words: str, *, limit: int = 20) -> list[Employee]:
        """Employees whose name contains every word, whatever the case; ordered by name, then id."""
        ...


class CatalogueStore(Refreshable, Protocol):
    """Upserts by id. Each `put_…` is written whole or not at all, and says whether it changed anything."""

    def put_entries(self, entries: Sequence[CatalogueEntry]) -> bool:
        """Raises Rejected when an activity id belongs to another entry (nothing of the call is written then)."""
        ...

    def entries(self) -> list[CatalogueEntry]:
        """All, ordered by id."""
        ...

    def put_competencies(self, competencies: Sequence[Competency]) -> bool: ...

    def competencies(self) -> list[Competency]:
        """All, ordered by id."""
        ...


# ── evidence and profiles ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which evidence of one employee."""

    kind_id: str | None = None
    year: int | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryAfter:
    """A place in a history, which is ordered by (finished_at_ms, statement id), newest first."""

    finished_at_ms: int
    statement_id: UUID


class EvidenceStore(Protocol):
    def replace(self, statement_ids: Iterable[UUID], evidence: Sequence[Evidence]) -> frozenset[str]:
        """Let exactly `evidence` be what these statements prove (all pieces of `evidence` are of them). Returns the ids of all
        employees that ever had evidence of these statements, now included: the same again when it is repeated, so that who dies
        before their profiles are built anew is told of them once more."""
        ...

    def of_employee(self, employee_id: str) -> list[Evidence]:
        """All, ordered by (finished_at_ms, statement id)."""
        ...

    def of_statement(self, statement_id: UUID) -> list[Evidence]: ...

    def history(self, employee_id: str, wanted: HistoryFilter, *, after: HistoryAfter | None, limit: int) -> list[Evidence]:
        """Newest first, beyond `after`."""
        ...


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile as computed: JSON text, and a revision that grows by one with every change."""

    employee_id: str
    revision: int
    text: bytes


class ProfileStore(Protocol):
    def get(self, employee_id: str) -> StoredProfile | None: ...

    def put(self, employee_id: str, text: bytes, *, expected_revision: int) -> bool:
        """Compare-and-set: write as revision `expected_revision` + 1 (0 means: there is none yet) and return True, or change
        nothing and return False when the held revision is another."""
        ...

    def all(self) -> Iterator[StoredProfile]:
        """Every profile, ordered by employee id, read in pages."""
        ...


# ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Store(Protocol):
    """One store: hands out its aggregates. Cheap to build; connects on first use."""

    @property
    def statements(self) -> StatementStore: ...
    @property
    def statement_queries(self) -> StatementQueries: ...
    @property
    def activity_queries(self) -> ActivityQueries: ...
    @property
    def positions(self) -> Positions: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def attachments(self) -> Attachments: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def credentials(self) -> Credentials: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def directory(self) -> DirectoryStore: ...
    @property
    def catalogue(self) -> CatalogueStore: ...
    @property
    def evidence(self) -> EvidenceStore: ...
    @property
    def profiles(self) -> ProfileStore: ...

    def prepare(self) -> None:
        """Create what is missing (tables, collections, indexes). Idempotent, safe when several processes do it at once."""
        ...

    def ping(self) -> None:
        """Raise Unavailable unless the store answers now (bounded to about 2 s)."""
        ...

    def close(self) -> None: ...
