"""A row as an xAPI statement: the same row always gives the same bytes, so sending it again adds nothing.

Neither the moment of the import nor its id is in it, nor the name of whom the directory knows.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from competency.derivation import BEGAN_ON, CERTIFICATE_NUMBER
from schemas.attendance.facts import Facts, Taken
from schemas.attendance.numbers import within
from schemas.attendance.verdicts import Judged
from xapi.values import MAILTO

_VERBS = {
    Taken.ATTENDED: ("http://adlnet.gov/expapi/verbs/attended", {"en-US": "attended", "id": "menghadiri"}),
    Taken.COMPLETED: ("http://adlnet.gov/expapi/verbs/completed", {"en-US": "completed", "id": "menyelesaikan"}),
}
_EVENT = "http://adlnet.gov/expapi/activities/meeting"
_NOON = 12 * 60


@dataclass(frozen=True, slots=True)
class Wording:
    """What an installation's statements have in common. `secret` keys their ids, which would else tell a NIP to whoever tries all.
    `event_home_page` begins the IRIs of events without one of their own, and of extensions that nothing else reads."""

    secret: bytes
    nip_home_page: str
    event_home_page: str
    zone: ZoneInfo


def activity_of(facts: Facts, event_home_page: str) -> str | None:
    """The IRI that is given, else one made of title and first day; None without them."""
    if facts.activity is not None:
        return facts.activity
    if facts.title is None or facts.days is None:
        return None
    words = " ".join(re.findall(r"[a-z0-9]+", facts.title.casefold()))
    told = f"{words or facts.title}|{facts.days.first.isoformat()}"
    digest = hashlib.sha256(told.encode()).hexdigest()[:8]
    slug = words.replace(" ", "-")[:60].strip("-") or "event"
    return f"{event_home_page.rstrip('/')}/{facts.days.first.isoformat()}/{slug}-{digest}"


def statement_id(row: Judged, activity: str, wording: Wording, edition: int = 0) -> UUID:
    """Of the activity, the person and the last day; needs all three. `edition` counts the statements of them that were voided."""
    if row.days is None or (row.nip is None and row.email is None):
        raise ValueError("a row without a person or a day has no statement")
    who = f"nip|{row.nip}" if row.nip is not None else f"mbox|{row.email}"
    told = msgspec.json.encode([activity, who, row.days.last.isoformat(), *([edition] if edition else [])])
    return UUID(bytes=hmac.digest(wording.secret, told, "sha256")[:16], version=5)


def statement_of(row: Judged, facts: Facts, activity: str, wording: Wording, jp_minutes: int | None, edition: int = 0) -> bytes:
    """The statement as JSON. `jp_minutes` is the length of one JP in the year of the event; None: no rule says."""
    taken = facts.taken or Taken.ATTENDED
    verb, display = _VERBS[taken]
    definition: dict[str, Any] = {"type": _EVENT}
    if facts.title is not None:
        definition = {"name": {"id": facts.title}, **definition}
    statement: dict[str, Any] = {
        "id": str(statement_id(row, activity, wording, edition)),
        "actor": _actor(row, wording),
        "verb": {"id": verb, "display": display},
        "object": {"objectType": "Activity", "id": activity, "definition": definition},
        "result": _result(row, wording, jp_minutes),
        "context": _context(facts, wording),
        "timestamp": _timestamp(row, facts, wording),
    }
    return msgspec.json.encode({key: value for key, value in statement.items() if value != {}})


def _actor(row: Judged, wording: Wording) -> dict[str, Any]:
    # Whoever is not known is linked by people, and they need a name to go by.
    named = {"name": row.name} if row.employee_id is None and row.name is not None else {}
    if row.nip is not None:
        return {"objectType": "Agent", **named, "account": {"homePage": wording.nip_home_page, "name": row.nip}}
    return {"objectType": "Agent", **named, "mbox": f"mailto:{row.email}"}


def _result(row: Judged, wording: Wording, jp_minutes: int | None) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if row.score is not None:
        result["score"] = {"scaled": float(row.score / 100), "raw": _number(row.score), "min": 0, "max": 100}
    result["completion"] = True
    if (minutes := row.minutes(jp_minutes)) is not None:
        result["duration"] = f"PT{minutes}M"
    extensions: dict[str, Any] = {}
    if row.hours is not None:
        extensions[_extension("jp", wording)] = _number(row.hours)
    if row.certificate is not None:
        extensions[CERTIFICATE_NUMBER] = row.certificate
    if row.days is not None and row.days.first != row.days.last:
        extensions[BEGAN_ON] = row.days.first.isoformat()
    if extensions:
        result["extensions"] = extensions
    return result


def _context(facts: Facts, wording: Wording) -> dict[str, Any]:
    context: dict[str, Any] = {}
    instructor = None if facts.instructor is None else _instructor(facts.instructor, wording)
    if instructor is not None:
        context["instructor"] = instructor
    if facts.provider is not None:
        context["platform"] = facts.provider
    told = {"place": facts.place, "instructor": facts.instructor if instructor is None else None}
    extensions = {_extension(name, wording): text for name, text in told.items() if text is not None}
    if extensions:
        context["extensions"] = extensions
    return context


def _instructor(text: str, wording: Wording) -> dict[str, Any] | None:
    """An agent where the text has a NIP or an e-mail address; a name alone identifies nobody."""
    if (digits := within(text)) is not None:
        return {"objectType": "Agent", "account": {"homePage": wording.nip_home_page, "name": digits}}
    if MAILTO.matches(f"mailto:{text}"):
        return {"objectType": "Agent", "mbox": f"mailto:{text}"}
    return None


def _timestamp(row: Judged, facts: Facts, wording: Wording) -> str:
    """The end of the last day, noon where nothing says when that was."""
    assert row.days is not None
    minute = _NOON if facts.end_minute is None else facts.end_minute
    moment = datetime.combine(row.days.last, time(minute // 60, minute % 60), wording.zone)
    return moment.isoformat(timespec="seconds")


def _extension(name: str, wording: Wording) -> str:
    return f"{wording.event_home_page.rstrip('/')}/extensions/{name}"


def _number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)
