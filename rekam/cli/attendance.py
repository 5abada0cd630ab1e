"""`rekam attendance`: attendance lists of seminars and workshops, into statements."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from hr_api.attendance import Attendance, Choices, Held, NoEvent
from hr_api.front_door import DoorClosed
from rekam.cli.installation import opened
from rekam.serving import hr_services
from rekam.wiring import System
from schemas.attendance.facts import Taken
from schemas.attendance.grids import LIMITS, MIB
from schemas.attendance.records import Listed
from schemas.attendance.sheets_out import rejected_workbook, template_csv, template_workbook
from schemas.attendance.verdicts import Judged, Verdict
from schemas.hr.imports import ListAsked, ListFormSchema, clean_name
from schemas.hr.payload import InvalidPayload, load
from schemas.imports.sheets import FileRefused
from store.port import AuditEntry

WHO = "command line"
_WIDTH = {"row": 4, "line": 5, "verdict": 8, "name": 28, "nip": 18, "known as": 24, "JP": 6, "counts": 6, "time": 6, "last day": 10}


class Rows(click.ParamType[frozenset[int]]):
    """Numbers of rows with commas between them."""

    name = "rows"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[int]:
        if isinstance(value, frozenset):
            return value
        parts = [part.strip() for part in str(value).split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts):
            self.fail("numbers of rows as the preview shows them, with commas between them, like 3,17", param, ctx)
        return frozenset(int(part) for part in parts)


@click.group()
def attendance() -> None:
    """Attendance lists of seminars and workshops."""


@attendance.command("import")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--activity", help="IRI of the event's activity in the catalogue; default: by its title, or made of title and date")
@click.option("--title", help="what the event is called; default: what stands above the list")
@click.option("--date", "days", help="its day or days, like '17 s.d. 19 Maret 2026'; default: what stands above the list")
@click.option("--jp", help="its hours in jam pelajaran, for rows without their own")
@click.option("--provider", help="who held it")
@click.option("--place", help="where it was")
@click.option("--instructor", help="who taught: a NIP, an e-mail address or a name")
@click.option("--verb", type=click.Choice([taken.value for taken in Taken]), help="what the statements say; default: attended")
@click.option("--sheet", help="name of the sheet, where the guess is wrong")
@click.option("--header-row", help="first row of the header, where the guess is wrong")
@click.option("--columns", help="what columns hold, where the guess is wrong, like nip=C,name=B")
@click.option("--accept", type=Rows(), default=frozenset(), help="rows whose question is answered with yes, like 3,17")
@click.option("--leave-out", type=Rows(), default=frozenset(), help="rows that are not sent, like 3,17")
@click.option("--take-unknown", is_flag=True, help="send people whom the directory does not know, too; they wait as unlinked")
@click.option("--yes", is_flag=True, help="do not ask; questions that --accept does not answer are not sent")
def import_list(
    path: Path,
    accept: frozenset[int],
    leave_out: frozenset[int],
    take_unknown: bool,
    yes: bool,
    days: str | None,
    **said: str | None,
) -> None:
    """Show what the list in FILE says, ask, and send it as statements.

    Rows that are not sent are written beside FILE with the reason in the last column; the exit code is 1 if there are any.
    """
    asked = _asked({"date": days, **said})
    with opened(new=True) as system:
        system.prepare()
        work = Attendance(hr_services(system), system.references)
        held, listed = _preview(work, path, asked)
        _note(system, held, "import.previewed")
        for line in shown(listed):
            click.echo(line)
        if not yes:
            accept |= _answers(listed, leave_out)
        choices = Choices(accept, leave_out, take_unknown)
        taken = sum(choices.takes(row) for row in listed.rows)
        if not taken:
            click.echo("There is nothing to send.")
        elif yes or click.confirm(f"Send {taken} of {len(listed.rows)} rows?"):
            _note(system, held, "import.confirmed")
            listed = _confirm(work, held, choices)
        else:
            click.echo("Nothing was sent.")
            return
    _write_rejected(path, listed)
    sys.exit(1 if listed.rejected() else 0)


@attendance.command()
@click.argument("path", metavar="FILE", default="attendance.xlsx", type=click.Path(dir_okay=False, path_type=Path))
def template(path: Path) -> None:
    """Write an empty list to FILE (.xlsx or .csv; attendance.xlsx by default)."""
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise click.UsageError("FILE has to end in .xlsx or .csv")
    if path.exists():
        raise click.ClickException(f"{path} is there already, and is left as it is")
    path.write_bytes(template_csv() if path.suffix.lower() == ".csv" else template_workbook())
    click.echo(f"{path} is written")


def _asked(options: Mapping[str, str | None]) -> ListAsked:
    names = {"header_row": "headerRow"}
    try:
        asked: ListAsked = load(
            ListFormSchema(), {names.get(name, name): text for name, text in options.items() if text is not None}
        )
    except InvalidPayload as error:
        option = {"headerRow": "header-row"}.get(error.pointer.strip("/"), error.pointer.strip("/"))
        raise click.UsageError(f"--{option} {error.message}") from None
    return asked


def _preview(work: Attendance, path: Path, asked: ListAsked) -> tuple[Held, Listed]:
    if path.stat().st_size > LIMITS.file_bytes:
        raise click.ClickException(f"{path.name} is larger than {LIMITS.file_bytes // MIB} MiB")
    try:
        held = work.preview(
            path.read_bytes(), file_name=clean_name(path.name), said=asked.said, wishes=asked.wishes, credential=WHO
        )
    except FileRefused as refusal:
        where = f", line {refusal.line}" if refusal.line else ""
        raise click.ClickException(f"{path.name}{where}: {refusal.message}; right would be: {refusal.would_be_right}") from None
    assert held.listed is not None
    return held, held.listed


def _confirm(work: Attendance, held: Held, choices: Choices) -> Listed:
    try:
        listed = work.confirm(held.pending.id, choices).listed
    except NoEvent:
        raise click.ClickException("nothing says which event this is: give --title and --date, or --activity") from None
    except DoorClosed as closed:
        raise click.ClickException(f"statements can't be sent: {closed}") from None
    assert listed is not None
    assert listed.outcome is not None
    outcome = listed.outcome
    click.echo(f"{len(outcome.sent)} sent, {len(outcome.duplicates)} were imported before, {len(outcome.refused)} refused")
    for refused in outcome.refused:
        click.echo(f"row {refused.row}: {refused.message}", err=True)
    return listed


def _answers(listed: Listed, leave_out: frozenset[int]) -> frozenset[int]:
    """The rows whose question is answered with yes."""
    yes = set()
    for row in listed.rows:
        if row.verdict is Verdict.QUESTION and row.number not in leave_out:
            click.echo(f"Row {row.number}, {row.name or 'without a name'}: {'; '.join(remark.message for remark in row.remarks)}")
            if click.confirm(f"  Send it as {row.known_name or 'listed'}?", default=False):
                yes.add(row.number)
    return frozenset(yes)


def _note(system: System, held: Held, action: str) -> None:
    """As the API does: whoever is shown is noted."""
    listed = held.listed
    people = sorted({row.employee_id for row in listed.rows if row.employee_id is not None}) if listed is not None else []
    at_ms = system.clock.now_ms()
    subjects = [f"attendance list {held.pending.id}", *people]
    system.store.audit.note_many([AuditEntry(at_ms, WHO, action, subject, held.pending.id) for subject in subjects])


def _write_rejected(path: Path, listed: Listed) -> None:
    if rejected := listed.rejected():
        beside = path.with_name(f"{path.stem}.rejected.xlsx")
        beside.write_bytes(rejected_workbook(listed))
        click.echo(f"{len(rejected)} rows were not sent; they are in {beside} with the reason in the last column")


# ── shown ──


def shown(listed: Listed) -> Iterator[str]:
    """The preview as lines of a terminal."""
    facts = listed.facts
    yield f"Event     {facts.title or '(no title: give --title)'}, {facts.days or '(no date: give --date)'}"
    yield f"Activity  {listed.activity or '(none)'}{'' if listed.catalogued else ' (not in the catalogue: it counts once it is)'}"
    known = [f"{column.letter} {column.role.value} {column.confidence:.0%}" for column in listed.columns if column.role is not None]
    yield f"Columns   {', '.join(known)} (header in row {listed.header_line}{f' of {listed.sheet}' if listed.sheet else ''})"
    if listed.other_sheets:
        yield f"Left      the sheets {', '.join(listed.other_sheets)}; --sheet takes one"
    yield ""
    yield "  ".join(heading.ljust(width) for heading, width in _WIDTH.items())
    for row in listed.rows:
        yield "  ".join(_cut(cell, width) for cell, width in zip(_cells(row), _WIDTH.values(), strict=True)).rstrip()
        for remark in row.remarks:
            advice = f"; right would be: {remark.would_be_right}" if remark.would_be_right else ""
            yield f"{'':13}{f'{remark.column}: ' if remark.column else ''}{remark.message}{advice}"
    yield ""
    counts = Counter(row.verdict for row in listed.rows)
    yield ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict) + f"; {len(listed.skipped)} rows are no people"


def _cells(row: Judged) -> tuple[str, ...]:
    same = row.known_name is not None and row.name is not None and row.known_name.casefold() == row.name.casefold()
    return (
        str(row.number),
        str(row.line),
        row.verdict.value,
        row.name or "",
        row.nip_masked or row.email or "",
        "" if same else row.known_name or "",
        "" if (jp := row.jp_of_duration if row.hours is None else row.hours) is None else f"{jp:f}",
        "" if row.brings is None else f"{row.brings:f}",
        _clock(row),
        "" if row.days is None else row.days.last.isoformat(),
    )


def _clock(row: Judged) -> str:
    """Hours and minutes, where the list says those in place of JP."""
    minutes = None if row.hours is not None else row.duration_minutes
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"


def _cut(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"
