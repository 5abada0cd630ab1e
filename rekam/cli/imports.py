"""`rekam directory|catalogue|frameworks import`: from CSV, xlsx or JSON files."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

from rekam.cli.installation import opened
from schemas.imports.package import Package, read_package
from schemas.imports.sheets import format_of
from workers.preview import Change, Preview, Tally, Verdict

DIRECTORY = ("units", "posts", "standards", "employees", "identifiers", "assessments")
CATALOGUE = ("catalogue",)
FRAMEWORKS = ("competencies", "frameworks", "posts", "standards")
_files = click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
_preview = click.option("--preview", is_flag=True, help="say what would change, row by row, and change nothing")
MOST_LEAVING = 10
LEAVING_SHARE = 0.1
"""More than both of those who are here leave only where `--yes-many` says so: fewer than one in ten retire or move in a year, so
more between two imports is mostly a file that holds a part of the directory."""
_MARKS = {Verdict.NEW: "+", Verdict.CHANGED: "~", Verdict.LEFT: "-"}


@click.group()
def directory() -> None:
    """Units, posts, employees and their assessments."""


@click.group()
def catalogue() -> None:
    """Which learning activities count, for what."""


@click.group()
def frameworks() -> None:
    """Competencies and the standards of posts."""


@directory.command("import")
@_files
@_preview
@click.option("--complete", is_flag=True, help="the files name every employee: who is not in them has left (nothing is deleted)")
@click.option(
    "--left-on", type=click.DateTime(["%Y-%m-%d"]), help="with --complete: the day from which they have left, today if not given"
)
@click.option("--yes-many", is_flag=True, help="with --complete: more than a tenth of all employees may leave by it")
def import_directory(paths: tuple[Path, ...], preview: bool, complete: bool, left_on: datetime | None, yes_many: bool) -> None:
    """Take units, posts, standards, employees, identifiers, assessments from PATHS. Bad rows are reported with line and column."""
    if left_on is not None and not complete:
        raise click.UsageError("--left-on says from when those have left who are not in complete files: give --complete as well")
    day = None if left_on is None else left_on.date()
    _import(paths, DIRECTORY, preview=preview, complete=complete, left_on=day, yes_many=yes_many)


@catalogue.command("import")
@_files
@_preview
def import_catalogue(paths: tuple[Path, ...], preview: bool) -> None:
    """Take catalogue entries from PATHS."""
    _import(paths, CATALOGUE, preview=preview)


@frameworks.command("import")
@_files
@_preview
def import_frameworks(paths: tuple[Path, ...], preview: bool) -> None:
    """Take competencies, frameworks, posts and their standards from PATHS."""
    _import(paths, FRAMEWORKS, preview=preview)


def _import(
    paths: tuple[Path, ...],
    tables: tuple[str, ...],
    *,
    preview: bool,
    complete: bool = False,
    left_on: date | None = None,
    yes_many: bool = False,
) -> None:
    with opened(new=True) as system:
        system.prepare()
        packages = [_read(path, tables, system.settings.nip_home_page) for path in paths]
        left = (left_on or system.builder.today()) if complete else None
        announced = 0
        if preview:
            shown = system.importer().preview(*packages, left_on=left)
        else:
            if left is not None and not yes_many:
                _refuse_many(system.importer().preview(*packages, left_on=left))
            done = system.importer().apply(*packages, left_on=left)
            shown, announced = done.preview, done.announced
    _report(paths, shown, rows=preview)
    if preview and not yes_many and (many := _many(shown)):
        click.echo(f"without --yes-many it would be refused: {many}", err=True)
    if announced:
        click.echo(f"{announced} statements are looked at again")
    if preview:
        click.echo("nothing was changed; the same command without --preview does it")
    sys.exit(1 if shown.withheld or any(not one.note for taken in shown.packages for one in taken.problems) else 0)


def _refuse_many(shown: Preview) -> None:
    if many := _many(shown):
        raise click.ClickException(
            f"{many}; nothing was changed. If the files do name everybody, say --yes-many; --preview lists who would leave; "
            "without --complete nobody leaves"
        )


def _many(shown: Preview) -> str:
    """More people than may leave by accident, in words; empty where there are not so many."""
    leaving = shown.left.left
    if leaving <= MOST_LEAVING or leaving <= shown.here * LEAVING_SHARE:
        return ""
    return f"{leaving} of {shown.here} employees are not in the files and would leave, more than a tenth"


def _read(path: Path, tables: tuple[str, ...], nip_home_page: str) -> Package:
    package = read_package(path, format_of(path), nip_home_page=nip_home_page)
    strange = [name for name in _filled(package) if name not in tables]
    if strange:
        raise click.ClickException(f"{path.name} holds {', '.join(strange)}; this command takes {', '.join(tables)}")
    return package


def _report(paths: tuple[Path, ...], preview: Preview, *, rows: bool) -> None:
    """Say what became, or would become, of each file."""
    for path, taken in zip(paths, preview.packages, strict=True):
        for problem in taken.problems:
            click.echo(f"{path.name}: {'note: ' if problem.note else ''}{problem}", err=True)
        for name, tally in taken.tallies.items():
            click.echo(f"{path.name}: {name}: {tally.new} new, {tally.changed} changed, {tally.unchanged} unchanged")
            _list(tally, rows)
        if refused := sum(not problem.note for problem in taken.problems):
            taking = "would be" if rows else "were"
            click.echo(f"{path.name}: {refused} problems; the rows without one {taking} taken")
    if preview.left.changes:
        click.echo(f"employees: {preview.left.left} left")
        _list(preview.left, rows)
    if preview.withheld:
        click.echo(f"nobody is taken to have left: {preview.withheld}", err=True)


def _list(tally: Tally, rows: bool) -> None:
    for change in tally.changes if rows else ():
        click.echo(f"  {_line(change)}")


def _line(change: Change) -> str:
    who = f" ({change.masked_nip})" if change.masked_nip else ""
    what = f": {', '.join(change.columns)}" if change.columns else ""
    return f"{_MARKS[change.verdict]} {change.id}{who}{what}"


def _filled(package: Package) -> list[str]:
    return [name for name in dict.fromkeys((*DIRECTORY, *CATALOGUE, *FRAMEWORKS)) if getattr(package, name)]
