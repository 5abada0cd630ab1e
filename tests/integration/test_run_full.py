"""`make run-full`'s program: Kafka and MongoDB for Rekam on one machine, ended together and in the right order."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.usefixtures("provisioned_programs")

# Stands in for `rekam up`: writes down its surroundings, and on SIGTERM whether the servers are still there.
_STAND_IN = textwrap.dedent(
    """
    import json, os, pathlib, signal, socket, sys, time
    report = pathlib.Path(sys.argv[1])
    addresses = {name: os.environ[name] for name in ("REKAM_EVENT_LOG", "REKAM_STORE")}
    ports = [int(url.split(":")[2].split("/")[0]) for url in addresses.values()]

    def reachable(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def write(**more):
        unfinished = report.with_suffix(".tmp")
        unfinished.write_text(json.dumps(addresses | more))
        unfinished.rename(report)

    def end(*_):
        write(reachable_at_the_end=[reachable(port) for port in ports])
        sys.exit()

    signal.signal(signal.SIGTERM, end)
    write(reachable=[reachable(port) for port in ports])
    time.sleep(120)
    """
)


def _start(tmp_path: Path, *program: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.servers", "run-full", *program]
    environment = os.environ | {"REKAM_DATA_DIR": str(tmp_path / "data")}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _await_report(report: Path) -> dict[str, object]:
    deadline = time.monotonic() + 90
    while not report.exists():
        assert time.monotonic() < deadline, "the command was not started in time"
        time.sleep(0.05)
    return dict(json.loads(report.read_text()))


def test_ctrl_c_ends_the_command_first_then_the_servers_within_5_s(tmp_path: Path) -> None:
    stand_in, report = tmp_path / "stand_in.py", tmp_path / "report.json"
    stand_in.write_text(_STAND_IN)
    with _start(tmp_path, sys.executable, str(stand_in), str(report)) as running:
        started = _await_report(report)
        assert str(started["REKAM_EVENT_LOG"]).startswith("kafka://127.0.0.1:")
        assert "/rekam?" in str(started["REKAM_STORE"])
        assert started["reachable"] == [True, True]
        children = psutil.Process(running.pid).children(recursive=True)
        assert len(children) == 3
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        printed, _ = running.communicate(timeout=30)
        assert time.monotonic() - began < 5
    assert running.returncode == 0, printed
    assert _await_report(report)["reachable_at_the_end"] == [True, True]
    assert not [child for child in children if child.is_running()]
    assert str(started["REKAM_EVENT_LOG"]) in printed


def test_nothing_outlives_it_when_it_is_killed(tmp_path: Path) -> None:
    stand_in, report = tmp_path / "stand_in.py", tmp_path / "report.json"
    stand_in.write_text(_STAND_IN)
    with _start(tmp_path, sys.executable, str(stand_in), str(report)) as running:
        _await_report(report)
        children = psutil.Process(running.pid).children(recursive=True)
        running.kill()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive


def test_the_commands_failure_is_its_own(tmp_path: Path) -> None:
    with _start(tmp_path, sys.executable, "-c", "raise SystemExit(7)") as running:
        printed, _ = running.communicate(timeout=90)
    assert running.returncode == 7, printed
