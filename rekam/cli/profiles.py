"""`rekam profiles`: rebuilding and comparing."""

from __future__ import annotations

import sys

import click

from rekam.cli.installation import opened


@click.group()
def profiles() -> None:
    """Competency profiles."""


@profiles.command()
@click.option("--check", is_flag=True, help="change nothing; name the employees whose profile differs, and exit 1 if there are any")
@click.option("--after", help="resume after this employee id")
def rebuild(check: bool, after: str | None) -> None:
    """Derive all evidence and every profile again from the statements. Safe while the system runs."""
    with opened() as system:
        work = system.rebuild()
        if check:
            differing = 0
            for difference in work.check():
                differing += 1
                held = "no profile" if difference.held is None else f"revision {difference.held.revision}"
                click.echo(f"{difference.employee_id}: {held} differs from what the statements give")
            click.echo(f"{differing} profiles differ")
            sys.exit(1 if differing else 0)
        done = 0
        for employee_id in work.run(after_id=after):
            done += 1
            if done % 100 == 0:
                click.echo(f"{done} employees, last {employee_id}", err=True)
        click.echo(f"{done} employees rebuilt")
