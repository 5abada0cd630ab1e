"""Waiting for a server to say that it is ready."""

from __future__ import annotations

import time
from collections.abc import Callable

import urllib3

PAUSE_S = 0.1


def wait_until_ready(base_url: str, give_up: Callable[[], bool], *, timeout_s: float = 60.0) -> bool:
    """Whether `/readyz` answered 200 before `timeout_s` seconds passed or `give_up` said so."""
    deadline = time.monotonic() + timeout_s
    with urllib3.PoolManager(retries=False, timeout=2.0) as pool:
        while time.monotonic() < deadline and not give_up():
            try:
                if pool.request("GET", f"{base_url}/readyz").status == 200:
                    return True
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(PAUSE_S)
    return False
