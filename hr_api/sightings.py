"""Lists of what waits for HR: actors that are nobody's, activities that are no training yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from hr_api.resource import asked
from hr_api.services import HrServices
from schemas.hr.cursors import write_cursor
from schemas.hr.document import BASE_PATH
from schemas.hr.sightings import SightingsAsked, SightingStatus
from store.port import Seen, SightingAfter, SightingKind, StoredSighting
from xapi.values import format_timestamp


@dataclass(frozen=True, slots=True)
class SightingsPage:
    """`seen` is by key; `next` is the link to the following page."""

    items: Sequence[StoredSighting]
    seen: Mapping[str, Seen]
    next: str | None


def sightings_page(services: HrServices, kind: SightingKind, path: str) -> SightingsPage:
    """The page that the request asks for (`SightingsParametersSchema`); `path` is the list's, for the link."""
    wanted: SightingsAsked = asked()
    found = services.sightings.page(
        kind,
        matched=False,
        rejected=wanted.status is SightingStatus.REJECTED,
        after=None if wanted.after is None else SightingAfter(*wanted.after),
        limit=wanted.limit + 1,
    )
    items = found[: wanted.limit]
    keys = [one.key for one in items]
    seen = services.statement_queries.seen(keys, ()) if kind is SightingKind.ACTOR else services.statement_queries.seen((), keys)
    following = None
    if len(found) > wanted.limit:
        place = write_cursor((items[-1].weight, items[-1].id))
        following = f"{BASE_PATH}{path}?{urlencode({'status': wanted.status, 'limit': wanted.limit, 'after': place})}"
    return SightingsPage(items, seen, following)


def waiting_part(one: StoredSighting, seen: Seen | None) -> dict[str, object]:
    """What both kinds show: who sent it, whether it waits, how often and when it was seen."""
    return {
        "id": one.id,
        "partner": one.partner,
        "status": SightingStatus.WAITING if one.rejected_at_ms is None else SightingStatus.REJECTED,
        "seen": {
            "statements": 0 if seen is None else seen.count,
            "at_least": seen is not None and seen.at_least,
            "first": None if seen is None else format_timestamp(seen.first_ms),
            "last": None if seen is None else format_timestamp(seen.last_ms),
        },
    }
