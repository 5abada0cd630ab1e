"""`rekam rules`: the rules file in force, and another in its place."""

from __future__ import annotations

from pathlib import Path

import click

from competency.rules import rules_text
from hr_api.changes import Changes, rules_in_force
from hr_api.errors import Refusal
from rekam.cli.installation import opened
from schemas.hr.payload import InvalidPayload
from schemas.hr.rules import read_rules_file, rules_shown


@click.group()
def rules() -> None:
    """What the regulation says, as data: obligations, hours, levels, the index."""


@rules.command()
def show() -> None:
    """Which rules are in force, and which items of them nobody has checked."""
    with opened(new=True) as system:
        system.store.prepare()
        number, text = rules_in_force(system.store.catalogue)
    shown = rules_shown(number, text, in_force=True)
    origin = "they come with Rekam" if number == 0 else f"file number {number}"
    click.echo(f"version {shown['version']} ({origin})")
    click.echo(f"{shown['verified']} items have a source that was read, {len(shown['unverified'])} have not:")
    for item in shown["unverified"]:
        click.echo(f"  {item['pointer']}: {item['source']}")


@rules.command("export")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--number", type=click.IntRange(min=0), help="an earlier file; 0 is the one that comes with Rekam")
def export(path: Path, number: int | None) -> None:
    """Write the rules file in force to FILE, byte for byte."""
    with opened(new=True) as system:
        system.store.prepare()
        current, text = rules_in_force(system.store.catalogue)
        found = text if number in (None, current) else rules_text() if number == 0 else system.store.catalogue.rules_version(number)
    if found is None:
        raise click.ClickException(f"there is no rules file number {number}; the one in force is {current}")
    path.write_bytes(found)
    click.echo(f"{path}: rules file number {current if number is None else number}")


@rules.command("import")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_rules(path: Path) -> None:
    """Let the rules of FILE be in force, and every profile follow. What says something else needs another `version`."""
    text = path.read_bytes()
    try:
        read = read_rules_file(text)
    except InvalidPayload as error:
        where = f"{path.name}, {error.pointer}" if error.pointer else path.name
        raise click.ClickException(f"{where}: {error.message}") from error
    with opened(new=True) as system:
        system.prepare()
        try:
            put = Changes(system.store.directory, system.store.catalogue).put_rules(text, lambda _: None)
        except Refusal as refusal:
            raise click.ClickException(f"{path.name}: {refusal.message}") from refusal
        if put.changed:
            system.refresher().run_pending()
    said = "are in force" if put.changed else "are in force already"
    click.echo(f"rules {read.version} {said}, file number {put.version}")
