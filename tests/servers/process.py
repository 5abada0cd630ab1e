"""A server's process: tied to the life of this one, in a session of its own, with its output in a file."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import IO

_TETHER = Path(__file__).with_name("tether.py")


class _Spawner:
    """Starts processes from one thread that lives as long as this process does.

    The kernel's signal on a parent's death is really sent on the death of the *thread* that forked; a server started
    by a passing thread would end with that thread.
    """

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._jobs: queue.SimpleQueue[tuple[Future[subprocess.Popen[bytes]], Callable[[], subprocess.Popen[bytes]]]]
        self._jobs = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="server-spawner", daemon=True).start()

    def _serve(self) -> None:
        while True:
            future, job = self._jobs.get()
            try:
                future.set_result(job())
            except BaseException as error:
                future.set_exception(error)

    def spawn(self, job: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        future: Future[subprocess.Popen[bytes]] = Future()
        self._jobs.put((future, job))
        return future.result()


_lock = threading.Lock()
_spawner: _Spawner | None = None


def _the_spawner() -> _Spawner:
    global _spawner
    with _lock:
        if _spawner is None or _spawner.pid != os.getpid():
            _spawner = _Spawner()
        return _spawner


def spawn_tethered(
    command: Sequence[str],
    *,
    output: IO[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
    on_parent_death: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start `command` in its own session, so that Ctrl-C reaches only this process, which then decides who ends when.

    The program gets `on_parent_death` when this process dies. `output` receives stdout and stderr; None inherits.
    """
    wrapped = [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), str(int(on_parent_death)), *command]
    return _the_spawner().spawn(
        lambda: subprocess.Popen(
            wrapped,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=environment,
            start_new_session=True,
        )
    )


class ServerProcess:
    """One run of a server program. `log` is appended to, so that the runs before a kill stay readable."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self._log = log
        with log.open("ab") as output:
            self._popen = spawn_tethered(command, output=output, environment=environment)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def is_running(self) -> bool:
        return self._popen.poll() is None

    def kill(self) -> None:
        """SIGKILL, and wait until the process is gone and its ports and locks are free."""
        self._popen.kill()
        self._popen.wait()

    def stop(self, grace_seconds: float) -> None:
        """SIGTERM, and SIGKILL after the grace."""
        self._popen.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(grace_seconds)
            return
        self.kill()

    def log_tail(self, lines: int = 15) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])


def freeze(pid: int) -> None:
    """Stop a process as it stands, and return when none of its threads runs any more. `SIGCONT` lets it go on."""
    os.kill(pid, signal.SIGSTOP)
    deadline = time.monotonic() + 5
    while not all(map(_is_stopped, Path(f"/proc/{pid}/task").iterdir())):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} does not stop")
        time.sleep(0.01)


def _is_stopped(task: Path) -> bool:
    try:
        return (task / "stat").read_text().rpartition(")")[2].split()[0] == "T"
    except (FileNotFoundError, ProcessLookupError):  # a thread that has ended
        return True
