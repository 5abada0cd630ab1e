"""The administrator credential that `rekam up` starts with."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from access.credentials import new_secret
from rekam.settings import Settings

FILE = "administrator.json"
DEFAULT_KEY = "admin"


@dataclass(frozen=True, slots=True)
class Administrator:
    key: str
    secret: str

    def environment(self) -> dict[str, str]:
        """How other processes are told."""
        return {"REKAM_BOOTSTRAP_KEY": self.key, "REKAM_BOOTSTRAP_SECRET": self.secret}


def administrator(settings: Settings) -> Administrator:
    """The one the settings name; else the one kept in the data directory, made up on the first start."""
    if settings.bootstrap_key and settings.bootstrap_secret:
        return Administrator(settings.bootstrap_key, settings.bootstrap_secret)
    path = settings.data_dir / FILE
    if not path.exists():
        _write(path, Administrator(settings.bootstrap_key or DEFAULT_KEY, new_secret()))
    return Administrator(**json.loads(path.read_text()))


def _write(path: Path, made_up: Administrator) -> None:
    """For its owner's eyes only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"key": made_up.key, "secret": made_up.secret}, file)
