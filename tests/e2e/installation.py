"""A whole Rekam in a folder: `rekam up` as a user starts it, asked over HTTP and by its command line, and killed in parts."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import Any

import psutil
import urllib3

from tests.servers.ports import reserve_any

KEY, SECRET = "tests", "a secret of the tests"
READY_S = 60.0
STOP_S = 5.0


class Installation:
    """`rekam up` with `folder` as its data directory. A context manager: started on entry, ended on exit."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        # Not one of the kernel's: those may be taken by any outgoing connection while Rekam is down.
        reserved = reserve_any()
        weakref.finalize(self, reserved.release)
        self.port = reserved.number
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("REKAM_")},
            "REKAM_DATA_DIR": str(folder),
            "REKAM_PORT": str(self.port),
            "REKAM_BOOTSTRAP_KEY": KEY,
            "REKAM_BOOTSTRAP_SECRET": SECRET,
            # Of the default two only one, where a test does not ask for more: starting is what most of these tests spend.
            "REKAM_API_PROCESSES": "1",
            **{f"REKAM_{name.upper()}": value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._pool = urllib3.PoolManager(retries=False, timeout=30.0, headers=self.headers())

    @staticmethod
    def headers(key: str = KEY, secret: str = SECRET) -> dict[str, str]:
        return {
            **urllib3.make_headers(basic_auth=f"{key}:{secret}"),
            "X-Experience-API-Version": "1.0.3",
            "Content-Type": "application/json",
        }

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "up.log").read_text(errors="replace")

    def __enter__(self) -> Installation:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._process is None:
            return
        try:
            if self._process.poll() is None:
                self.stop()
        finally:
            # A test that fails because something lives on leaves it to nobody.
            for process in self.strangers():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            self._pool.clear()

    def start(self, command: str = "up") -> None:
        """`rekam up`; or `serve`, which starts no workers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "rekam", command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, f"rekam ended:\n{self.log[-4000:]}"
            try:
                if self._pool.request("GET", f"{self.base}/readyz", timeout=2.0).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"not ready within {READY_S} s:\n{self.log[-4000:]}")

    def stop(self) -> float:
        """Ctrl-C; returns the seconds until every process is gone. Fails when one is left."""
        assert self._process is not None
        family = self.family()
        started = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(STOP_S + 10)
        psutil.wait_procs(family, timeout=STOP_S)
        left = [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
        for process in left:
            process.kill()
        assert not left, f"left after Ctrl-C: {left}"
        return time.monotonic() - started

    def kill(self) -> None:
        """SIGKILL to every process at one moment, as when the machine's container is taken away."""
        assert self._process is not None
        head = psutil.Process(self._process.pid)
        # Stopped first, from the head down: none may notice that others are gone, or start what is missing.
        head.suspend()
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()
        everyone = [head, *self.family()]
        for process in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait(STOP_S)
        psutil.wait_procs(everyone, timeout=STOP_S)

    def kill_the_head(self) -> None:
        """SIGKILL to `rekam up` alone: nobody is left to end the others."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(STOP_S)

    def strangers(self) -> list[psutil.Process]:
        """Processes of this installation that are not below `rekam up`, whoever their parent is now."""
        assert self._process is not None
        known = {self._process.pid, *(process.pid for process in self.family())}
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                theirs = process.environ().get("REKAM_DATA_DIR") == str(self.folder)
                if theirs and process.pid not in known and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def family(self, *, recursive: bool = True) -> list[psutil.Process]:
        """Every process below `rekam up`, or only those that it started itself."""
        assert self._process is not None
        try:
            return psutil.Process(self._process.pid).children(recursive=recursive)
        except psutil.NoSuchProcess:
            return []

    def members(self, *words: str) -> list[psutil.Process]:
        """Processes that `rekam up` started with a command line that ends with these words: `serve`, or `work recorder`. (The
        processes of a server have its command line as well; they are its children.)"""
        found = []
        for process in self.family(recursive=False):
            try:
                command = process.cmdline()
            except psutil.Error:
                continue
            if tuple(command[-len(words) :]) == words:
                found.append(process)
        return found

    def cli(self, *arguments: str, check: bool = True, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """`rekam …` with this installation's settings."""
        done = subprocess.run(
            [sys.executable, "-m", "rekam", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert not check or done.returncode == 0, f"rekam {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> urllib3.BaseHTTPResponse:
        """A request as the administrator; `body` is sent as JSON."""
        return self._pool.request(
            method,
            f"{self.base}{path}",
            body=None if body is None else json.dumps(body).encode(),
            headers={**self.headers(), **headers},
        )

    def json(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status == 200, f"{path}: {answer.status} {answer.data[:500]!r}"
        return answer.json()

    def every_statement(self, wanted: str = "") -> list[dict[str, Any]]:
        """All statements in lists, oldest first, by following `more`; `wanted` adds parameters, each begun by `&`."""
        found: list[dict[str, Any]] = []
        path = f"/xapi/statements?ascending=true&limit=500{wanted}"
        while path:
            page = self.json(path)
            found += page["statements"]
            path = page.get("more", "")
        return found

    def wait_until_idle(self, timeout_s: float = 90.0) -> None:
        """Until recorder, profiler, notifier and keeper have nothing left to do, as `rekam doctor` sees it."""
        deadline = time.monotonic() + timeout_s
        report = ""
        while time.monotonic() < deadline:
            report = self.cli("doctor", check=False).stdout
            if report.count(": 0 records behind") >= 3 and "keeper: 0 orders behind" in report:
                return
            time.sleep(0.5)
        raise AssertionError(f"still working after {timeout_s} s:\n{report}\n{self.log[-4000:]}")
