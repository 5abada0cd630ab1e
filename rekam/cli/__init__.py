"""`rekam`: the command line. Each command is a few lines: read the settings, make one call, print the answer."""

from __future__ import annotations

import sys

import click

import eventlog.port as log
import store.port as store
from rekam.cli.accounts import credentials
from rekam.cli.attendance import attendance
from rekam.cli.catalogue import catalogue
from rekam.cli.dead_letters import deadletters
from rekam.cli.frameworks import frameworks
from rekam.cli.imports import directory
from rekam.cli.operations import config, doctor, setup
from rekam.cli.profiles import profiles
from rekam.cli.rules import rules
from rekam.cli.run import serve, up, work
from rekam.cli.statements import statements
from rekam.settings import SettingError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rekam")
def rekam() -> None:
    """A learning record store for the Indonesian civil service: accepts xAPI statements, keeps competency profiles."""


for command in (
    up,
    serve,
    work,
    setup,
    credentials,
    statements,
    attendance,
    directory,
    catalogue,
    frameworks,
    rules,
    profiles,
    deadletters,
    doctor,
    config,
):
    rekam.add_command(command)


def main() -> None:
    """Entry point. Outages and wrong settings are told in one line, not as a traceback."""
    try:
        rekam(prog_name="rekam")
    except SettingError as error:
        click.echo(f"rekam: {error}", err=True)
        sys.exit(2)
    except (log.Unavailable, store.Unavailable) as error:
        click.echo(f"rekam: {error}; nothing was changed after this point, try again", err=True)
        sys.exit(75)
    except (log.Rejected, store.Rejected) as error:
        click.echo(f"rekam: refused: {error}", err=True)
        sys.exit(65)
