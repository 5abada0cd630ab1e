"""The folder outside the repository that keeps the server programs from one run to the next."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Unobtainable(Exception):
    """A real server cannot be had here; the message says why in one line a person can act on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def cache_dir() -> Path:
    """`REKAM_TEST_CACHE`, or `~/.cache/rekam/servers`."""
    configured = os.environ.get("REKAM_TEST_CACHE")
    return Path(configured) if configured else Path.home() / ".cache" / "rekam" / "servers"


@contextmanager
def exclusive(lock_path: Path) -> Iterator[None]:
    """Hold the lock file; waits for whichever process holds it. The kernel releases it when the holder dies."""
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    with lock_path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def provisioned(name: str, fill: Callable[[Path], None]) -> Path:
    """The cache's folder `name`, complete: filled by `fill(empty folder)` unless some run did so before.

    Two callers at once fill it once. A folder appears under its name by one rename, so a run that died half way
    leaves nothing that a later run would take for complete. Raises `Unobtainable` when the cache cannot be written or
    `fill` raises it.
    """
    root = cache_dir()
    complete = root / name
    if complete.is_dir():
        return complete
    try:
        with exclusive(root / f"{name}.lock"):
            if complete.is_dir():
                return complete
            for abandoned in root.glob(f".{name}.*"):
                shutil.rmtree(abandoned, ignore_errors=True)
            filling = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=root))
            try:
                fill(filling)
                filling.chmod(0o755)
                filling.rename(complete)
            except BaseException:
                shutil.rmtree(filling, ignore_errors=True)
                raise
    except OSError as error:
        raise Unobtainable(f"the cache folder {root} is not usable: {error}") from error
    return complete


def run_tool(command: Sequence[str], what: str, timeout_seconds: float) -> str:
    """Standard output of a provisioning command; `Unobtainable` with its last line of complaint when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Unobtainable(f"{what} took longer than {timeout_seconds:.0f} s") from None
    except OSError as error:
        raise Unobtainable(f"{what} could not be run: {error}") from error
    if done.returncode != 0:
        complaints = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        telling = [line for line in complaints if "ERROR" in line] or complaints[-1:] or ["no output"]
        raise Unobtainable(f"{what} failed ({done.returncode}): {telling[0][:300]}")
    return done.stdout
