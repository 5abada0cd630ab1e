"""`rekam profiles`: rebuilding and comparing."""

from __future__ import annotations

import sys
from functools import partial

import click

from rekam.cli.installation import opened
from rekam.rebuilding import RebuildEnded, cores, differences, rebuild_all
from rekam.wiring import System


@click.group()
def profiles() -> None:
    """Competency profiles."""


@profiles.command()
@click.option("--check", is_flag=True, help="change nothing; name the employees whose profile differs, and exit 1 if there are any")
@click.option("--processes", default=cores, show_default="the cores", type=click.IntRange(1, 64), help="how many work at once")
@click.option("--restart", is_flag=True, help="begin anew instead of going on with a rebuild that was not finished")
def rebuild(check: bool, processes: int, restart: bool) -> None:
    """Derive all evidence and every profile again from the statements. Safe while the system runs; when it was interrupted, run it
    again and it goes on."""
    with opened() as system:
        if check:
            _check(system, processes)
        system.prepare()
        try:
            parts = rebuild_all(system, processes, partial(click.echo, err=True), anew=restart)
        except RebuildEnded as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"rebuilt: {parts} parts")


def _check(system: System, processes: int) -> None:
    differing = 0
    try:
        for difference in differences(system, processes):
            differing += 1
            held = "no profile" if difference.held is None else f"revision {difference.held.revision}"
            click.echo(f"{difference.employee_id}: {held} differs from what the statements give")
    except RebuildEnded as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{differing} profiles differ")
    sys.exit(1 if differing else 0)
