"""The hot paths of Rekam, compiled. Each function gives what the Python it stands for gives, or None: then Python decides."""

from collections.abc import Callable, Sequence
from uuid import UUID

from xapi.extraction import ActivityObservation, StatementKeys

INTERFACE: int
"""Raised whenever a function here comes, goes or means something else; `xapi.native` has the same number."""

def joined(statements: Sequence[tuple[object, ...]]) -> bytes | None:
    """What `xapi.statement.finish` makes of each `StoredStatement`, joined by commas; None where one was stored outside the years 1
    to 9999. TypeError for what is none."""

class Rules:
    """`schemas.native_rules.NativeRules`."""

    def __init__(self, document: str) -> None:
        """Of a JSON Schema as `schemas.json_schema.derive` makes it. Raises ValueError for a keyword that is not known here."""

    def accept(self, text: bytes) -> bool: ...
    def prepare(
        self,
        body: bytes,
        *,
        authority: bytes,
        version: str,
        times_in_utc: bool,
        voided: str,
        max_depth: int,
        max_bytes: int,
        new_names: Callable[[int], list[str]],
    ) -> Prepared | None: ...

class Prepared:
    """`schemas.native_rules.NativePrepared`."""

    @property
    def batch(self) -> bool: ...
    @property
    def text(self) -> bytes: ...
    @property
    def voids(self) -> bool: ...
    @property
    def key(self) -> bytes | None: ...
    def __len__(self) -> int: ...
    def names(self) -> list[str]: ...
    def named(self) -> list[bytes]: ...
    def each(self) -> list[tuple[str, bytes, bytes, bytes, bool, bytes | None]]: ...

class Extract:
    """`xapi.extraction.Extract` of a text, each attribute made when it is asked for."""

    statement_id: UUID
    key: bytes
    keys: StatementKeys
    most_keys: int
    learners: tuple[str, ...]
    refers_to: UUID | None
    target_key: bytes | None
    voids: UUID | None
    is_voiding: bool
    timestamped: bool
    activities: tuple[ActivityObservation, ...]

def extract_text(text: bytes) -> Extract | None:
    """As `xapi.reading.extract_text`."""

_Requests = list[tuple[str, bool, list[tuple[bytes, Extract | None]], dict[int, tuple[tuple[str, ...], bytes]]]]

def read_accepted(record: bytes) -> _Requests | None:
    """The requests of a record of `statements.accepted`, as `workers.requests` has them."""

class KeyHashes:
    """Keys of statements as numbers of 64 bits."""

    def __init__(self, kinds: Sequence[tuple[bytes, str]], longest: int, bare_registration: bool) -> None:
        """`kinds` are, in the order of `xapi.keys.KeyKind`, the person of the hash and how the hashed text begins. A text of more
        than `longest` characters is left to Python; a registration is hashed with its hyphens or without."""

    def of(self, extract: Extract) -> tuple[int, ...] | None:
        """In the order of `xapi.keys.in_order`."""

    def rows(
        self,
        statements: Sequence[Extract | tuple[int, ...]],
        further: Sequence[int],
        places: Sequence[int],
        first: int,
        at_once: int,
    ) -> list[tuple[int, ...]] | None:
        """As `store.sqlite.keys.own_rows`; of a statement that is no Extract its own keys are given. `further` has another key for
        each."""

    def document(self, extract: Extract, stored_ms: int, partner: str, may_void_any: bool, owner: int, most: int) -> bytes | None:
        """The statement's document (`store.mongodb.statement_document`) in BSON; each key is joined with `owner`. None for one of
        more than `most` keys."""

_Saying = tuple[tuple[str, str, bytes], tuple[int, bytes]]

def sayings(
    statements: Sequence[Extract], owners: Sequence[str], stored_ms: Sequence[int]
) -> tuple[list[tuple[str, str]], dict[bytes, _Saying]] | None:
    """As `store.sqlite.activities`: the names alone, and what is said by its digest."""
