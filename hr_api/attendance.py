"""What an attendance list goes through: read and judged, kept until somebody says yes, sent, its bad rows given back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import eventlog.port
import store.port
from hr_api.earlier_lists import EarlierLists, Past
from hr_api.expected_hours import ExpectedHours
from hr_api.listed_people import ListedPeople
from hr_api.services import HrServices
from schemas.attendance.entries import read_entries
from schemas.attendance.facts import Facts, guess_facts
from schemas.attendance.grids import read_grids
from schemas.attendance.layout import Wishes, find_layout
from schemas.attendance.people import Register
from schemas.attendance.records import Listed, Outcome, Refused, decode, encode, kept_cells
from schemas.attendance.statements import Wording, activity_of, statement_id, statement_of
from schemas.attendance.verdicts import Judged, Verdict, judge
from store.port import ImportStatus, PendingImport
from store.reference import Reference, References

KEPT_MS = 7 * 86_400_000
"""How long a list waits, and how long what became of it can be read."""
PARTNER = "attendance"
"""Whose the statements of lists are."""
_BATCH = 100
SECRET = "attendance"  # noqa: S105  (the name of the secret)


class NoEvent(Exception):
    """Nothing says which event the list is of, so no statement can be made."""


class Over(Exception):
    """There is no such list, or its time is over."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user says when confirming: rows by number. `accept`: the questions that are answered with yes."""

    accept: frozenset[int] = frozenset()
    leave_out: frozenset[int] = frozenset()
    take_unknown: bool = False

    def takes(self, row: Judged) -> bool:
        if row.number in self.leave_out:
            return False
        match row.verdict:
            case Verdict.OK | Verdict.WARNING:
                return True
            case Verdict.QUESTION:
                return row.number in self.accept
            case Verdict.UNKNOWN:
                return self.take_unknown or row.number in self.accept
            case Verdict.BAD:
                return False


@dataclass(frozen=True, slots=True)
class Held:
    """A pending import with its list; None once its time is over."""

    pending: PendingImport
    listed: Listed | None


class _Progress:
    """How far the sending of a list is; goes on where an earlier one was interrupted."""

    def __init__(self, before: Outcome) -> None:
        self.sent = list(before.sent)
        self.duplicates = list(before.duplicates)
        self.refused: list[Refused] = []

    def outcome(self) -> Outcome:
        return Outcome(tuple(self.sent), tuple(self.duplicates), tuple(self.refused))


class Attendance:
    """Thread-safe; raises what the store and the front door raise."""

    def __init__(self, services: HrServices, references: References) -> None:
        self._services = services
        self._references = references

    def preview(self, data: bytes, *, file_name: str, said: Facts, wishes: Wishes, credential: str) -> Held:
        """Read, judge and keep a list. Raises FileRefused."""
        services, reference = self._services, self._references.current()
        layout = find_layout(read_grids(data), wishes)
        entries, skipped = read_entries(layout)
        facts = _with_activity(said.over(guess_facts(layout.above)), reference)
        now_ms = services.clock.now_ms()
        today = reference.rules.local_date(now_ms)
        register = Register(entries, ListedPeople(services.directory, reference, today), services.settings.nip_home_page)
        rows = tuple(
            row if row.days is None else row.with_jp(reference.rules.jp_minutes(row.days.last.year))
            for row in judge(entries, facts, register, today=today)
        )
        activity = activity_of(facts, services.settings.event_home_page)
        listed = Listed(
            facts=facts,
            activity=activity,
            catalogued=activity is not None and reference.catalogue.find(activity, _definition(facts)) is not None,
            sheet=layout.sheet,
            other_sheets=layout.other_sheets,
            header_line=layout.header[0].line,
            columns=layout.columns,
            rows=self._with_repeats(self._with_hours(rows, facts, activity, reference), facts, activity),
            cells=tuple(kept_cells(entry.cells) for entry in entries),
            skipped=skipped,
        )
        pending = PendingImport(
            id=str(uuid.uuid4()),
            credential=credential,
            created_at_ms=now_ms,
            expires_at_ms=now_ms + KEPT_MS,
            file_name=file_name[:200],
            status=ImportStatus.PREVIEWED,
            body=encode(listed),
        )
        services.pending_imports.expire(now_ms)
        services.pending_imports.add(pending)
        return Held(pending, listed)

    def read(self, import_id: str) -> Held:
        """Raises Over where there never was one."""
        pending = self._services.pending_imports.get(import_id)
        if pending is None:
            raise Over
        if pending.expires_at_ms <= self._services.clock.now_ms():
            # Nobody may have looked since; what is over is over all the same.
            pending = replace(pending, status=ImportStatus.EXPIRED, body=b"")
        return Held(pending, decode(pending.body) if pending.body else None)

    def confirm(self, import_id: str, choices: Choices) -> Held:
        """Send what the choices take. Confirming again sends what was not sent. Raises Over, NoEvent, and eventlog's Unavailable:
        then what was accepted is accepted, and confirming again goes on."""
        held = self.read(import_id)
        if held.listed is None:
            raise Over
        if held.listed.activity is None:
            raise NoEvent
        self._keep(import_id, ImportStatus.CONFIRMED, held.listed)
        progress = _Progress(held.listed.outcome or Outcome())
        try:
            self._send(held.listed, choices, held.listed.activity, progress)
        except eventlog.port.Unavailable:
            with suppress(store.port.Unavailable):  # then those sent are duplicates the next time
                self._keep(import_id, ImportStatus.CONFIRMED, replace(held.listed, outcome=progress.outcome()))
            raise
        return self._keep(import_id, ImportStatus.DONE, replace(held.listed, outcome=progress.outcome()))

    def _keep(self, import_id: str, status: ImportStatus, listed: Listed) -> Held:
        """Write it over what others may have written meanwhile: they sent the same rows."""
        body = encode(listed)
        while True:
            held = self._services.pending_imports.get(import_id)
            if held is None or held.status is ImportStatus.EXPIRED:
                raise Over
            if self._services.pending_imports.change(import_id, status, body, expected_revision=held.revision):
                return Held(replace(held, status=status, body=body, revision=held.revision + 1), listed)

    def _send(self, listed: Listed, choices: Choices, activity: str, progress: _Progress) -> None:
        wording, rules = self._wording(), self._references.current().rules
        through = {*progress.sent, *progress.duplicates}
        rows = [row for row in listed.rows if choices.takes(row) and row.number not in through]
        past = self._past(rows, activity, wording)
        progress.duplicates += [row.number for row in rows if past[row.number].stands]
        left = [row for row in rows if past[row.number].may_be_sent(row.number in choices.accept)]
        for start in range(0, len(left), _BATCH):
            batch = left[start : start + _BATCH]
            texts = [
                statement_of(
                    row,
                    listed.facts,
                    activity,
                    wording,
                    None if row.days is None else rules.jp_minutes(row.days.last.year),
                    past[row.number].voided,
                )
                for row in batch
            ]
            turned_away = {one.index: one.message for one in self._services.front_door.send(texts)}
            progress.sent += [row.number for index, row in enumerate(batch) if index not in turned_away]
            progress.refused += [Refused(batch[index].number, message) for index, message in sorted(turned_away.items())]

    def _with_hours(self, rows: tuple[Judged, ...], facts: Facts, activity: str | None, reference: Reference) -> tuple[Judged, ...]:
        """The rows with what they would bring."""
        if activity is None:
            return rows
        return ExpectedHours(reference, self._services.directory, self._wording(), facts, activity).told(rows)

    def _with_repeats(self, rows: tuple[Judged, ...], facts: Facts, activity: str | None) -> tuple[Judged, ...]:
        """The rows, those whose statement is or was there, or one much like it, with a remark."""
        if activity is None:
            return rows
        sendable = [row for row in rows if row.verdict is not Verdict.BAD and row.days is not None]
        wording, services = self._wording(), self._services
        past = self._past(sendable, activity, wording)
        earlier = EarlierLists(
            services.statement_queries, services.directory, wording, partner=PARTNER, facts=facts, activity=activity
        )
        told = (past[row.number].told(row) if row.number in past else row for row in rows)
        return tuple(row if row.number in past and past[row.number].stands else earlier.told(row) for row in told)

    def _past(self, rows: Sequence[Judged], activity: str, wording: Wording) -> dict[int, Past]:
        """By number of the row, what was imported of it before."""
        found: dict[int, Past] = {}
        asked, edition = list(rows), 0
        while asked:
            ids = {row.number: statement_id(row, activity, wording, edition) for row in asked}
            held = self._services.statement_queries.get_many(ids.values())
            again: list[Judged] = []
            for row in asked:
                statement = held.get(ids[row.number])
                ours = statement is not None and statement.partner == PARTNER
                if ours and statement is not None and statement.voided:
                    again.append(row)
                else:
                    found[row.number] = Past(edition, stands=ours)
            asked, edition = again, edition + 1
        return found

    def _wording(self) -> Wording:
        services = self._services
        return Wording(
            secret=services.secrets.secret(SECRET),
            nip_home_page=services.settings.nip_home_page,
            event_home_page=services.settings.event_home_page,
            zone=services.rules.zone,
        )


def _with_activity(facts: Facts, reference: Reference) -> Facts:
    """The catalogued activity of exactly this title, where the list names none."""
    if facts.activity is not None or facts.title is None:
        return facts
    title = facts.title.casefold()
    named = [entry for entry in reference.catalogue.by_id.values() if entry.title.casefold() == title]
    if len(named) == 1 and len(named[0].activity_ids) == 1:
        return replace(facts, activity=named[0].activity_ids[0])
    return facts


def _definition(facts: Facts) -> Mapping[str, object]:
    return {} if facts.title is None else {"name": {"id": facts.title}}
