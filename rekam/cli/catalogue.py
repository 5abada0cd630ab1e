"""`rekam catalogue export`."""

from __future__ import annotations

from pathlib import Path

import click

from rekam.cli.imports import catalogue
from rekam.cli.installation import opened
from schemas.imports.catalogue_files import not_in_csv, write_catalogue_csv, write_catalogue_json

__all__ = ["catalogue"]


@catalogue.command("export")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export(path: Path) -> None:
    """Write every entry to FILE (.csv or .json), from which `rekam catalogue import` makes the same entries."""
    ending = path.suffix.lower()
    if ending not in (".csv", ".json"):
        raise click.UsageError("the name of FILE has to end in .csv or .json")
    with opened(new=True) as system:
        system.store.prepare()
        entries = system.store.catalogue.entries()
    if ending == ".csv" and (unfit := not_in_csv(entries)):
        raise click.ClickException(f"CSV can't hold what these entries say: {', '.join(unfit)}; export to a .json file")
    text = write_catalogue_json(entries) if ending == ".json" else write_catalogue_csv(entries)
    path.write_text(text, encoding="utf-8")
    click.echo(f"{path}: {len(entries)} entries")
