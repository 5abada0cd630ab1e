"""Several commands on one data directory keep their numbers apart."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from rekam.metrics_folder import fresh_metrics_folder


def test_the_folder_of_a_living_process_stays_and_what_the_dead_left_goes(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    shared = tmp_path / "metrics"
    living = shared / str(os.getppid())
    for name in (living.name, str(gone.pid), "strange", "9" * 30):
        (shared / name).mkdir(parents=True)
        (shared / name / "counter.db").touch()
    (shared / "counter_1.db").touch()
    mine = fresh_metrics_folder(tmp_path)
    assert mine == (shared / str(os.getpid())).resolve()
    assert {found.name for found in shared.iterdir()} == {mine.name, living.name}
    assert (living / "counter.db").exists()


def test_it_is_empty_again_for_the_next_start_under_the_same_number(tmp_path: Path) -> None:
    (fresh_metrics_folder(tmp_path) / "counter.db").touch()
    assert list(fresh_metrics_folder(tmp_path).iterdir()) == []
