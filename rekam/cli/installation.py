"""What every command needs: the settings, logging, and the system opened and closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rekam.settings import Settings
from rekam.wiring import System
from telemetry import logs


@contextmanager
def opened() -> Iterator[System]:
    """The installation that the environment names; closed at the end."""
    settings = Settings.read()
    logs.configure(settings.log_level)
    system = System.open(settings)
    try:
        yield system
    finally:
        system.close()
