"""What every command needs: the settings, logging, and the system opened and closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from rekam.settings import Settings
from rekam.wiring import System
from store.port import Release
from telemetry import logs


@dataclass(frozen=True)
class Unfit:
    """Why a store can't be worked on, and what to do about it."""

    found: str
    advice: str


UNFIT = {
    Release.NONE: Unfit("it is not set up yet", "run `rekam setup`, or `rekam up`"),
    Release.EARLIER: Unfit(
        "it is of an earlier release and has to be led forward first",
        "back it up, stop the workers of the earlier release, and run `rekam setup`, or `rekam up`",
    ),
    Release.LATER: Unfit("it is of a later release than this program", "use that release"),
}


class UnfitStore(click.ClickException):
    """The store is not of this release. The exit status is EX_CONFIG: trying again changes nothing."""

    exit_code = 78

    def __init__(self, unfit: Unfit) -> None:
        super().__init__(f"the store can't be used: {unfit.found}. To put it right, {unfit.advice}")


@contextmanager
def opened(*, new: bool = False) -> Iterator[System]:
    """The installation that the environment names; closed at the end. Raises UnfitStore unless its store is of this release, or
    `new` allows one that is not set up yet: the command sets it up. An older one is led forward only by who means to."""
    with opened_as_it_is() as system:
        release = system.store.release()
        if release in UNFIT and not (new and release is Release.NONE):
            raise UnfitStore(UNFIT[release])
        yield system


@contextmanager
def opened_as_it_is() -> Iterator[System]:
    """The same, of whichever release its store is: for commands that lead it forward, or say that it is to be."""
    settings = Settings.read()
    logs.configure(settings.log_level)
    system = System.open(settings)
    try:
        yield system
    finally:
        system.close()
