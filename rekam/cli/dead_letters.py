"""`rekam deadletters`: what was accepted and could not be recorded, and sending it again."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import click

from eventlog.port import Outgoing, Topic
from rekam.cli.installation import opened
from store.port import AuditEntry, DeadLetter

EVERY = 1_000_000
COMMAND_LINE = "command line"
"""Who reads, in the audit trail, when nobody has to show a credential."""


@click.group()
def deadletters() -> None:
    """What was accepted and could not be recorded."""


@deadletters.command("list")
@click.option("--reason", help="only these")
@click.option("--limit", default=100, show_default=True)
def list_(reason: str | None, limit: int) -> None:
    """One line each: id, reason, partner, statement id, when, whether it was sent again."""
    with opened() as system:
        for letter in system.store.dead_letters.page(reason=reason, limit=limit):
            again = "resubmitted" if letter.resubmitted_at_ms is not None else "waiting"
            click.echo(
                "\t".join((letter.id, letter.reason, letter.partner or "-", str(letter.statement_id or "-"), _when(letter), again))
            )


@deadletters.command()
@click.argument("letter_id")
def show(letter_id: str) -> None:
    """One dead letter with its payload, which names a person: showing it is audited."""
    with opened() as system:
        letter = _named(system.store.dead_letters.get(letter_id), letter_id)
        # Before anything is shown: what can't be audited is not read.
        entry = AuditEntry(
            system.clock.now_ms(), COMMAND_LINE, "deadletter.read", f"dead letter {letter.id}", request_id=str(uuid.uuid4())
        )
        system.store.audit.note(entry)
    click.echo(f"id         {letter.id}\nreason     {letter.reason}\ndetail     {letter.detail}\nburied     {_when(letter)}")
    click.echo(f"partner    {letter.partner or '-'}\nstatement  {letter.statement_id or '-'}\npayload")
    click.echo(letter.payload.decode(errors="backslashreplace"))


@deadletters.command()
@click.argument("letter_ids", nargs=-1)
@click.option("--reason", help="all that wait with this reason")
def resubmit(letter_ids: tuple[str, ...], reason: str | None) -> None:
    """Put letters back on the log, to be recorded as if they had just arrived."""
    if bool(letter_ids) == bool(reason):
        raise click.UsageError("name letters, or a --reason")
    with opened() as system:
        letters = system.store.dead_letters
        if reason:
            found = [held for held in letters.page(reason=reason, limit=EVERY) if held.resubmitted_at_ms is None]
        else:
            found = [_named(letters.get(letter_id), letter_id) for letter_id in letter_ids]
        for letter in found:
            system.appender.append(Topic(letter.topic), Outgoing(letter.payload, partition=letter.partition))
            letters.mark_resubmitted(letter.id, system.clock.now_ms())
            click.echo(f"{letter.id} is on the log again")


def _named(letter: DeadLetter | None, letter_id: str) -> DeadLetter:
    if letter is None:
        raise click.ClickException(f"there is no dead letter {letter_id}; `rekam deadletters list` shows those there are")
    return letter


def _when(letter: DeadLetter) -> str:
    return datetime.fromtimestamp(letter.created_at_ms / 1000, UTC).isoformat(timespec="seconds")
