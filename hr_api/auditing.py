"""Nobody's data is read here without a trace: the entry is written before the answer, or there is no answer."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g

from hr_api.errors import Refusal
from hr_api.resource import caller
from hr_api.services import HrServices
from store.port import AuditEntry
from telemetry.logs import logger


def audited(services: HrServices, action: str, subjects: Iterable[str]) -> None:
    """Note that the caller reads `subjects`: internal employee ids, or neutral words; never a NIP or a name.

    Raises Refusal (503) when an entry can't be written, whatever the reason.
    """
    at_ms, key = services.clock.now_ms(), caller().key
    entries = [AuditEntry(at_ms, key, action, subject, g.request_id) for subject in subjects]
    if not entries:
        return
    try:
        services.audit.note_many(entries)
    except Exception as error:  # whatever went wrong, an unaudited reading must not happen
        logger("hr_api").error("audit not written", error=type(error).__name__, action=action, request_id=g.request_id)
        raise Refusal(503, "the reading can't be audited now, so it is refused; try again later", {"Retry-After": "5"}) from error
