"""Whatever is killed, nothing of Rekam lives on without being looked after."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.e2e.installation import Installation

SOON_S = 10.0


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.timeout(120)
def test_who_is_killed_takes_those_below_along(tmp_path: Path) -> None:
    with Installation(tmp_path / "var", log_level="warning", api_processes="2", profilers="2") as rekam:
        (server,) = rekam.members("serve")
        processes = server.children(recursive=True)
        assert len(processes) >= 2
        server.kill()
        _gone, left = psutil.wait_procs(processes, timeout=SOON_S)
        assert not left, f"`rekam serve` was killed and its processes live on: {left}"
        rekam.wait_until_ready()
        assert rekam.strangers() == []

        family = rekam.family()
        rekam.kill_the_head()
        assert soon(lambda: rekam.strangers() == []), f"`rekam up` was killed and these live on: {rekam.strangers()}"
        assert len(family) >= 6
        # One that is ending has no environment to be told by any more, and may wait for the processor to end with.
        assert soon(lambda: not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family))


@pytest.mark.timeout(120)
def test_ctrl_c_in_the_middle_of_work_forces_nobody(tmp_path: Path) -> None:
    """While the demonstration is sent, recorder, profiler and keeper have all hands full."""
    with Installation(tmp_path / "var", demo="1", log_level="warning") as rekam:
        assert soon(lambda: len(rekam.json("/xapi/statements?limit=100")["statements"]) == 100)
        took_s = rekam.stop()
        assert "ended by force" not in rekam.log, rekam.log[-4000:]
        assert took_s < SOON_S
