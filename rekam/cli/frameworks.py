"""`rekam frameworks export`."""

from __future__ import annotations

from pathlib import Path

import click

from rekam.cli.imports import frameworks
from rekam.cli.installation import opened
from schemas.case import write_case
from schemas.imports.frameworks import write_competencies
from store.reference import known_frameworks

__all__ = ["frameworks"]


@frameworks.command("export")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["case", "csv"]), required=True, help="1EdTech CASE 1.1 (JSON, one framework), or CSV"
)
@click.option(
    "--framework", "framework_id", help="only the framework of this id; needed with --format case where there are several"
)
def export(path: Path, form: str, framework_id: str | None) -> None:
    """Write frameworks to FILE, from which `rekam frameworks import` makes the same frameworks."""
    with opened(new=True) as system:
        system.store.prepare()
        known = known_frameworks(system.store.catalogue)
        base_uri = system.settings.case_base_uri
    names = ", ".join(sorted(known))
    if framework_id is not None and framework_id not in known:
        raise click.ClickException(f"there is no framework {framework_id}; there are {names}")
    chosen = [known[one] for one in sorted(known) if framework_id in (None, one)]
    if form == "csv":
        path.write_text(write_competencies(chosen), encoding="utf-8")
    elif len(chosen) > 1:
        raise click.UsageError(f"a CASE package holds one framework: say with --framework which of {names}")
    else:
        path.write_bytes(write_case(chosen[0], base_uri, changed_at=chosen[0].changed_at))
    click.echo(f"{path}: {', '.join(one.id for one in chosen)}")
