"""`rekam directory|catalogue|frameworks import`: from CSV, xlsx or JSON files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rekam.cli.installation import opened
from schemas.imports.package import Package, read_package
from schemas.imports.sheets import format_of
from workers.writing import Taken

DIRECTORY = ("units", "posts", "standards", "employees", "assessments")
CATALOGUE = ("catalogue",)
FRAMEWORKS = ("competencies", "posts", "standards")
_files = click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))


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
def import_directory(paths: tuple[Path, ...]) -> None:
    """Take units, posts, standards, employees and assessments from PATHS; bad rows are reported with line and column."""
    _import(paths, DIRECTORY)


@catalogue.command("import")
@_files
def import_catalogue(paths: tuple[Path, ...]) -> None:
    """Take catalogue entries from PATHS."""
    _import(paths, CATALOGUE)


@frameworks.command("import")
@_files
def import_frameworks(paths: tuple[Path, ...]) -> None:
    """Take competencies, posts and their standards from PATHS."""
    _import(paths, FRAMEWORKS)


def _import(paths: tuple[Path, ...], tables: tuple[str, ...]) -> None:
    with opened() as system:
        system.prepare()
        packages = [_read(path, tables, system.settings.nip_home_page) for path in paths]
        done = system.importer().apply(*packages)
    for path, taken in zip(paths, done.packages, strict=True):
        report(path, taken)
    if done.announced:
        click.echo(f"{done.announced} statements are looked at again")
    if done.mended is not None:
        click.echo(f"an earlier import was interrupted: {done.mended} employees were derived again from all their statements")
    sys.exit(1 if any(taken.problems for taken in done.packages) else 0)


def _read(path: Path, tables: tuple[str, ...], nip_home_page: str) -> Package:
    package = read_package(path, format_of(path), nip_home_page=nip_home_page)
    strange = [name for name in _filled(package) if name not in tables]
    if strange:
        raise click.ClickException(f"{path.name} holds {', '.join(strange)}; this command takes {', '.join(tables)}")
    return package


def report(path: Path, taken: Taken) -> None:
    """Say what became of a file."""
    for problem in taken.problems:
        click.echo(f"{path.name}: {problem}", err=True)
    for name, tally in taken.tallies.items():
        click.echo(f"{path.name}: {name}: {tally.new} new, {tally.changed} changed, {tally.unchanged} unchanged")
    if taken.problems:
        click.echo(f"{path.name}: {len(taken.problems)} problems; the rows without one were taken")


def _filled(package: Package) -> list[str]:
    return [name for name in (*DIRECTORY, *CATALOGUE, "competencies") if getattr(package, name)]
