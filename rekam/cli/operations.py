"""`rekam setup`, `rekam doctor`, `rekam config`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import click

import eventlog.port as log
import store.port as store
from eventlog.port import Finding, Topic
from rekam.cli.installation import UNFIT, opened_as_it_is
from rekam.lag import mismatches
from rekam.settings import Settings, table
from rekam.wiring import System, topics
from xapi.native import compiled

MOST_BEHIND = 10_000
"""Records a worker may be behind before the doctor minds."""


@click.command()
def setup() -> None:
    """Create topics, tables, collections and indexes that are missing, and lead a store of an earlier release forward."""
    with opened_as_it_is() as system:
        system.prepare()
    click.echo("the log and the store are ready")


@click.command()
@click.option("--markdown", is_flag=True, help="the table of docs/settings.md")
def config(markdown: bool) -> None:
    """Print every setting, its value and what it means."""
    rows = table(Settings.read())
    if markdown:
        click.echo(settings_document(), nl=False)
        return
    width = max(len(row.variable) for row in rows)
    for row in rows:
        mark = "*" if row.differs else " "
        click.echo(f"{mark} {row.variable:<{width}}  {row.value or row.default or '(empty)'}\n    {row.help}")
    click.echo("\n* differs from the default")


@click.command()
def doctor() -> None:
    """Look at the log, the store and the workers; exit 1 when something is not as it should be."""
    with opened_as_it_is() as system:
        findings = list(_findings(system))
    for finding in findings:
        click.echo(f"{'ok  ' if finding.ok else 'BAD '} {finding.subject}: {finding.found}")
        if not finding.ok and finding.advice:
            click.echo(f"       {finding.advice}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


def _findings(system: System) -> Iterator[Finding]:
    yield Finding(
        "hot paths", True, "compiled" if compiled else "not compiled, so Python does all; with Rust `make setup` compiles"
    )
    yield _answers("event log", system.settings.event_log_url.split("://")[0], lambda: system.inspector.ping())
    yield _answers("store", system.settings.store_url.split("://")[0], system.store.ping)
    try:
        admin = system.log.admin()
        try:
            yield from admin.check(topics(system.settings))
        finally:
            admin.close()
        if unfit := UNFIT.get(system.store.release()):
            yield Finding("store", False, unfit.found, unfit.advice)
            return
        yield from _lags(system)
        waiting = system.store.dead_letters.count()
        yield Finding("dead letters", waiting == 0, f"{waiting} waiting", "`rekam deadletters list` shows them")
    except (log.LogError, store.StoreError) as error:
        yield Finding("check-up", False, str(error), "put right what is named above and run it again")


def _answers(subject: str, kind: str, ping: Callable[[], None]) -> Finding:
    try:
        ping()
    except (log.Unavailable, store.Unavailable) as error:
        return Finding(subject, False, f"{kind}: {error}", "is it running, and is its address right?")
    return Finding(subject, True, f"{kind} answers")


def _lags(system: System) -> Iterator[Finding]:
    for partition, problem in mismatches(system.store.positions, system.inspector).items():
        yield Finding(
            f"{Topic.ACCEPTED} {partition}",
            False,
            problem,
            "was the log deleted, replaced or put back? The recorder reads it again from its beginning, which doubles nothing: "
            "is `rekam work recorder` running?",
        )
    for worker, behind in system.behind().items():
        unit = "orders" if worker == "keeper" else "records"
        yield Finding(worker, behind < MOST_BEHIND, f"{behind} {unit} behind", f"is `rekam work {worker}` running?")
    left = len(system.rebuild().left())
    yield Finding("rebuild", True, f"{left} parts of a rebuild left" if left else "none is under way")


def settings_document() -> str:
    """`docs/settings.md`, made from the table."""
    lines = [
        "# Settings",
        "",
        "Each is an environment variable. `rekam config` prints those in force. This page is made by `rekam config --markdown`.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
        *(f"| `{row.variable}` | {f'`{row.default}`' if row.default else ''} | {row.help} |" for row in table(Settings.read({}))),
    ]
    return "\n".join(lines) + "\n"
