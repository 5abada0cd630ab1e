"""What is recorded already under ids that requests name, and what follows from it for them.

Source: xAPI 1.0.3, Data 2.3.1 and 2.3.2.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import jiter

from access.credentials import Credential, Role
from ingest_api.prepared import Candidate, Fresh, Prepared
from store.port import StatementQueries, StoredStatement, Unavailable
from telemetry.clock import Clock
from xapi.equality import same_texts
from xapi.errors import Conflict, Forbidden, InvalidRequest
from xapi.statement import VOIDED

_RETRY_S = 2.0
_TRIED_S = 0.5


class Precedents:
    """Looks statements up before new ones are accepted. While the store is down nothing is known, and that must not hold up those
    who write: after a failure the store is left alone for two seconds, then one caller tries again, for half a second.
    Thread-safe."""

    def __init__(self, queries: StatementQueries, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock
        self._retry_at = float("-inf")

    def of(self, statement_ids: Collection[UUID]) -> Mapping[UUID, StoredStatement]:
        """Those that are known to exist, when the call begins or later."""
        if not statement_ids:
            return {}
        if self._retry_at == float("-inf"):
            return self._look(statement_ids)
        now = self._clock.monotonic()
        if now < self._retry_at:
            return {}
        self._retry_at = now + _RETRY_S  # the others go on without while this caller tries
        found: list[Mapping[UUID, StoredStatement]] = []
        trying = threading.Thread(target=lambda: found.append(self._look(statement_ids)), name="precedents", daemon=True)
        trying.start()
        trying.join(_TRIED_S)
        return found[0] if found else {}

    def _look(self, statement_ids: Collection[UUID]) -> Mapping[UUID, StoredStatement]:
        try:
            found = self._queries.get_many(statement_ids)
        except Unavailable:
            self._retry_at = self._clock.monotonic() + _RETRY_S
            return {}
        self._retry_at = float("-inf")
        return found


def unrecorded(prepared: Prepared, known: Mapping[UUID, StoredStatement]) -> Fresh | None:
    """Those of a request's statements that are not recorded yet, None where all are. Raises Conflict, Forbidden and InvalidRequest
    for what contradicts what is `known`."""
    if not known and not prepared.voids:
        return prepared.all()
    candidates, credential, pointers = prepared.candidates, prepared.posted.credential, prepared.pointers
    fresh = [
        candidate
        for candidate in candidates
        if (held := known.get(candidate.statement_id)) is None or not _is_repeat(candidate, held, credential, pointers)
    ]
    voiding = [candidate for candidate in fresh if candidate.voids is not None]
    if voiding:
        _check_targets(voiding, known, candidates, credential, pointers)
    return Fresh.of(fresh) if fresh else None


def _is_repeat(candidate: Candidate, held: StoredStatement, credential: Credential, pointers: str) -> bool:
    """Whether the statement is recorded already. Raises Conflict when its id is, with other content (Data 2.3.1) or by another
    partner, who alone may read it: then the content makes no difference, and the message tells neither whose nor what it is."""
    if held.partner == credential.partner and same_texts(candidate.sent, held.text):
        return True
    raise Conflict(
        "this id was used before, for other content or by another sender, and a recorded statement never changes; send this one "
        "under a new id",
        f"{pointers.format(candidate.index)}/id",
    )


def _check_targets(
    voiding: Sequence[Candidate],
    known: Mapping[UUID, StoredStatement],
    beside: Sequence[Candidate],
    credential: Credential,
    pointers: str,
) -> None:
    """Data 2.3.2: what may be voided. A target is `known` if it is recorded, or `beside` it in the request; another is accepted,
    for it may arrive later, and the store decides then."""
    voiders_beside = {candidate.statement_id for candidate in beside if candidate.voids is not None}
    for voider in voiding:
        pointer = f"{pointers.format(voider.index)}/object/id"
        held = None if voider.voids is None else known.get(voider.voids)
        if held is not None and held.partner != credential.partner and not credential.may(Role.VOID_ANY):
            raise Forbidden("the statement to be voided is not yours to void", pointer)
        if jiter.from_json(held.text)["verb"]["id"] == VOIDED if held is not None else voider.voids in voiders_beside:
            raise InvalidRequest("names a voiding statement, and a voiding statement can't be voided", pointer)
