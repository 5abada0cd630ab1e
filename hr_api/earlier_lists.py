"""What earlier lists said of the same event on days that meet those of this one: a list whose date was corrected, or one that names
people by their addresses, is not to count beside the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from competency.derivation import BEGAN_ON
from schemas.attendance.dates import Days
from schemas.attendance.facts import Facts
from schemas.attendance.statements import Wording, activity_of
from schemas.attendance.verdicts import Judged, Remark, Verdict, worse
from store.port import DirectoryStore, StatementQueries
from xapi.agents import agent_key
from xapi.query import StatementFilter

_MOST = 10_000
"""Statements of earlier lists that are looked at, newest first."""
_PAGE = 500
_MOVED_DAYS = 7
"""How far the first day may have been corrected for an IRI that is made of it to be found again."""


@dataclass(frozen=True, slots=True)
class Past:
    """How many statements of a row were voided, and whether one stands."""

    voided: int
    stands: bool

    def may_be_sent(self, accepted: bool) -> bool:
        return not self.stands and (accepted or not self.voided)

    def told(self, row: Judged) -> Judged:
        if self.stands:
            said = Remark("it was imported before, and is not sent again; what differs now is not taken over")
            return replace(row, verdict=worse(row.verdict, Verdict.WARNING), remarks=(*row.remarks, said))
        if self.voided:
            said = Remark("it was imported before and has been voided", "say yes to this row to send it anew")
            return replace(row, verdict=worse(row.verdict, Verdict.QUESTION), remarks=(*row.remarks, said))
        return row


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement of an earlier list: whom it names, and when it was."""

    key: str
    days: Days


class EarlierLists:
    """Of one event, by person."""

    def __init__(
        self, queries: StatementQueries, directory: DirectoryStore, wording: Wording, *, partner: str, facts: Facts, activity: str
    ) -> None:
        told = list(_told(queries, wording, partner, _activities(facts, activity, wording)))
        holders = directory.by_identifiers({one.key for one in told}) if told else {}
        self._days: dict[str, set[Days]] = {}
        for one in told:
            for person in (one.key, *(employee.id for employee in holders.get(one.key, ()))):
                self._days.setdefault(person, set()).add(one.days)
        self._home_page = wording.nip_home_page

    def told(self, row: Judged) -> Judged:
        """The row, as a question where the person was at the event on days that meet these."""
        days = row.days
        if days is None or not self._days or row.verdict is Verdict.BAD:
            return row
        meeting = sorted({str(one) for key in self._keys(row) for one in self._days.get(key, ()) if _meet(one, days)})
        if not meeting:
            return row
        remark = Remark(
            f"an earlier list has the same person at this event ({', '.join(meeting)})",
            "void that statement first if the list was corrected; say yes to this row if both are right",
        )
        return replace(row, verdict=worse(row.verdict, Verdict.QUESTION), remarks=(*row.remarks, remark))

    def _keys(self, row: Judged) -> Iterator[str]:
        if row.employee_id is not None:
            yield row.employee_id
        if row.nip is not None:
            yield f"account|{self._home_page}|{row.nip}"
        elif row.email is not None:
            yield str(agent_key({"mbox": f"mailto:{row.email}"}))


def _meet(one: Days, other: Days) -> bool:
    return one.first <= other.last and other.first <= one.last


def _activities(facts: Facts, activity: str, wording: Wording) -> Iterator[str]:
    yield activity
    if facts.activity is None and facts.days is not None:
        for moved in range(-_MOVED_DAYS, _MOVED_DAYS + 1):
            first = facts.days.first + timedelta(moved)
            other = activity_of(replace(facts, days=Days(first, max(first, facts.days.last))), wording.event_home_page)
            if other is not None and other != activity:
                yield other


def _told(queries: StatementQueries, wording: Wording, partner: str, activities: Iterable[str]) -> Iterator[_Told]:
    left = _MOST
    for activity in activities:
        after = None
        while left > 0:
            page = queries.find(StatementFilter(activity=activity, owner=partner), after=after, limit=_PAGE)
            for stored in page.statements:
                left -= 1
                if (told := _read(msgspec.json.decode(stored.text), activity, wording)) is not None:
                    yield told
            if page.next_after is None:
                break
            after = page.next_after


def _read(statement: Mapping[str, Any], activity: str, wording: Wording) -> _Told | None:
    key = agent_key(statement["actor"])
    if key is None or "timestamp" not in statement or statement["object"].get("id") != activity:
        return None
    last = datetime.fromisoformat(statement["timestamp"]).astimezone(wording.zone).date()
    began = statement.get("result", {}).get("extensions", {}).get(BEGAN_ON)
    return _Told(str(key), Days(date.fromisoformat(began) if isinstance(began, str) else last, last))
