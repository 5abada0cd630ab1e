"""An attendance list as the API shows it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hr_api.attendance import Held
from schemas.attendance.facts import Taken
from schemas.attendance.records import Listed
from schemas.attendance.verdicts import Judged, Verdict
from xapi.values import format_timestamp


def shown(held: Held) -> dict[str, Any]:
    """An import as `ImportSchema` wants it."""
    pending, listed = held.pending, held.listed
    head = {
        "id": pending.id,
        "status": pending.status.value,
        "file_name": pending.file_name,
        "created_at": format_timestamp(pending.created_at_ms),
        "expires_at": format_timestamp(pending.expires_at_ms),
    }
    if listed is None:
        nothing: dict[str, Any] = {"other_sheets": [], "columns": [], "rows": [], "skipped": []}
        return {**head, **dict.fromkeys(("event", "sheet", "header_row", "counts", "result")), **nothing}
    results = _results(listed)
    counts = Counter(row.verdict for row in listed.rows)
    return {
        **head,
        "event": _event(listed),
        "sheet": listed.sheet,
        "other_sheets": listed.other_sheets,
        "header_row": listed.header_line,
        "columns": [
            {"column": one.letter, "heading": one.heading, "role": one.role, "confidence": round(one.confidence, 2)}
            for one in listed.columns
        ],
        "counts": _counts(counts),
        "rows": [_row(row, results) for row in listed.rows],
        "skipped": listed.skipped,
        "result": None if listed.outcome is None else _sent(listed),
    }


def _counts(counts: Counter[Verdict]) -> dict[str, int]:
    found = {verdict.value: counts[verdict] for verdict in Verdict if verdict is not Verdict.UNKNOWN}
    return {**found, "unknown_people": counts[Verdict.UNKNOWN]}


def _event(listed: Listed) -> dict[str, Any]:
    facts = listed.facts
    return {
        "title": facts.title,
        "first_day": None if facts.days is None else facts.days.first.isoformat(),
        "last_day": None if facts.days is None else facts.days.last.isoformat(),
        "jp": facts.hours,
        "provider": facts.provider,
        "place": facts.place,
        "instructor": facts.instructor,
        "activity": listed.activity,
        "catalogued": listed.catalogued,
        "verb": (facts.taken or Taken.ATTENDED).value,
    }


def _results(listed: Listed) -> dict[int, str]:
    outcome = listed.outcome
    if outcome is None:
        return {}
    found = dict.fromkeys((row.number for row in listed.rows), "left")
    found.update(dict.fromkeys(outcome.sent, "sent"))
    found.update(dict.fromkeys(outcome.duplicates, "duplicate"))
    found.update(dict.fromkeys((one.row for one in outcome.refused), "refused"))
    return found


def _row(row: Judged, results: dict[int, str]) -> dict[str, Any]:
    return {
        "row": row.number,
        "line": row.line,
        "verdict": row.verdict,
        "remarks": row.remarks,
        "name": row.name,
        "employee_id": row.employee_id,
        "known_name": row.known_name,
        "likeness": row.likeness,
        "nip_masked": row.nip_masked,
        "email": row.email,
        "first_day": None if row.days is None else row.days.first.isoformat(),
        "last_day": None if row.days is None else row.days.last.isoformat(),
        "jp": row.jp_of_duration if row.hours is None else row.hours,
        "jp_counted": row.brings,
        "duration_minutes": row.duration_minutes if row.hours is None else None,
        "certificate": row.certificate,
        "result": results.get(row.number),
    }


def _sent(listed: Listed) -> dict[str, Any]:
    outcome = listed.outcome
    assert outcome is not None
    sent, duplicates, refused = len(outcome.sent), len(outcome.duplicates), outcome.refused
    return {
        "sent": sent,
        "duplicates": duplicates,
        "refused": refused,
        "left": len(listed.rows) - sent - duplicates - len(refused),
    }
