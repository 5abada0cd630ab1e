"""Pages in a real browser without a window."""

from __future__ import annotations

import queue
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.clients.page_server import PageServer

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_S = 45.0
# The sandbox wants privileges that a container does not give; the pages are ours.
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
)


def told_by(url: str, pages: PageServer, profile: Path) -> Any:
    """What the page at `url` posts to `pages`. `profile` is an empty folder. Skips where there is no browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"no browser is installed ({', '.join(BROWSERS)})")
    command = [browser, *_FLAGS, f"--user-data-dir={profile}", "--remote-debugging-port=0", url]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            return pages.posted.get(timeout=PATIENCE_S)
        except queue.Empty:
            return pytest.fail(f"the page told nothing within {PATIENCE_S} s")
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
