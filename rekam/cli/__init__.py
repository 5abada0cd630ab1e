"""`rekam`: the command line. Each command is a few lines: read the settings, make one call, print the answer."""

from __future__ import annotations

import sys
from importlib import import_module

import click

import eventlog.port as log
import store.port as store
from rekam.settings import SettingError

COMMANDS = {
    "up": "run",
    "serve": "run",
    "work": "work",
    "setup": "operations",
    "credentials": "accounts",
    "statements": "statements",
    "attendance": "attendance",
    "directory": "imports",
    "catalogue": "catalogue",
    "frameworks": "frameworks",
    "rules": "rules",
    "profiles": "profiles",
    "deadletters": "dead_letters",
    "doctor": "operations",
    "config": "operations",
}
"""Each command and the module of this package that has it under its name. A module is imported when its command is asked for: a
worker needs no web server, and starts in half the time."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{COMMANDS[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rekam")
def rekam() -> None:
    """A learning record store for the Indonesian civil service: accepts xAPI statements, keeps competency profiles."""


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
