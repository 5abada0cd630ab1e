"""Where the processes of one supervisor share their numbers: a folder each, for several may run on one data directory."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def fresh_metrics_folder(data_dir: Path) -> Path:
    """An empty folder for this process and its children; those of processes that are gone are removed."""
    shared = data_dir / "metrics"
    mine = shared / str(os.getpid())
    shared.mkdir(parents=True, exist_ok=True)
    for found in shared.iterdir():
        if found == mine or not _is_of_a_living_process(found):
            _remove(found)
    mine.mkdir()
    return mine.resolve()


def _is_of_a_living_process(folder: Path) -> bool:
    if not (folder.name.isascii() and folder.name.isdigit()):
        return False
    try:
        os.kill(int(folder.name), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _remove(found: Path) -> None:
    if found.is_dir():
        shutil.rmtree(found, ignore_errors=True)
    else:
        found.unlink(missing_ok=True)
