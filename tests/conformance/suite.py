"""One run of the suite: start it, wait, read the log it wrote."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIME_LIMIT_S = 900
_SHOWN = 600


class CannotRun(Exception):
    """The suite can't be run here, or ended without a result; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the suite found. `not_run` are tests it never came to; `failures` say which failed, and how, one line each."""

    total: int
    passed: int
    failed: int
    seconds: float
    failures: tuple[str, ...]

    @property
    def not_run(self) -> int:
        return self.total - self.passed - self.failed

    @property
    def is_clean(self) -> bool:
        return self.total > 0 and self.passed == self.total


@dataclass(frozen=True, slots=True)
class Suite:
    """A checkout of adlnet/lrs-conformance-test-suite with its packages installed."""

    folder: Path
    node: str

    @staticmethod
    def at(folder: Path) -> Suite:
        """Raises CannotRun, saying what is missing."""
        node = shutil.which("node")
        if node is None:
            raise CannotRun("node is not on the path: the suite needs Node.js")
        if not (folder / "bin" / "console_runner.js").is_file():
            raise CannotRun(f"{folder} is no checkout of adlnet/lrs-conformance-test-suite")
        if not (folder / "node_modules").is_dir():
            raise CannotRun(f"the suite's packages are not installed: run `npm install` in {folder}")
        return Suite(folder, node)

    def commit(self) -> str:
        """The commit that is checked out, or "unknown" where the folder is no git checkout."""
        found = subprocess.run(
            ["git", "-C", str(self.folder), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False
        )
        return found.stdout.strip() or "unknown"

    def run(self, endpoint: str, version: str, key: str, secret: str, output: Path) -> Outcome:
        """Run every test of `version` against the xAPI endpoint; what the suite prints goes to the file `output`."""
        logs = self.folder / "logs"
        before = set(logs.glob("*.log"))
        command = [self.node, "bin/console_runner.js", "-e", endpoint, "-a", "-u", key, "-p", secret, "-x", version]
        began = time.monotonic()
        with output.open("wb") as printed:
            try:
                subprocess.run(command, cwd=self.folder, stdout=printed, stderr=printed, timeout=TIME_LIMIT_S, check=False)
            except subprocess.TimeoutExpired:
                raise CannotRun(f"the suite was not done after {TIME_LIMIT_S} s; it printed {output}") from None
        seconds = time.monotonic() - began
        written = set(logs.glob("*.log")) - before
        if len(written) != 1:
            raise CannotRun(f"the suite wrote {len(written)} logs instead of one; it printed {output}")
        record = json.loads(written.pop().read_text())
        summary = record["summary"]
        failures = tuple(_failures(record["log"], ()))
        return Outcome(int(summary["total"]), int(summary["passed"]), int(summary["failed"]), seconds, failures)


def _failures(test: dict[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    path = (*above, str(test.get("title") or ""))
    inner = test.get("tests") or []
    if not inner and test.get("status") == "failed":
        yield f"{' > '.join(path[1:])}: {str(test.get('error'))[:_SHOWN]}"
    for each in inner:
        yield from _failures(each, path)
