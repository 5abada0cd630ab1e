"""Whether a port is free to listen on, and waiting until the server that we started there says that it is ready."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import urllib3

PAUSE_S = 0.1
INSTANCE = "REKAM_INSTANCE"
"""The variable by which the processes of one `rekam up` know that they are: `/readyz` says its value. No secret."""


class PortTaken(Exception):
    """Nothing can listen there; the message says what to do."""


def check_port(host: str, port: int) -> None:
    """Raises PortTaken unless `host` and `port` can be listened on now."""
    try:
        first, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = first
        with socket.socket(family, kind, protocol) as probe:
            # Connections that a former server left behind are no hindrance; one that listens is.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise PortTaken(
            f"Rekam can't listen on {host}:{port} ({(error.strerror or str(error)).lower()}); REKAM_PORT names another port, "
            f"REKAM_HOST another address"
        ) from error


def wait_until_ready(base_url: str, instance: str, give_up: Callable[[], bool], *, timeout_s: float = 60.0) -> bool:
    """Whether `/readyz` of this `instance` answered 200 before `timeout_s` seconds passed or `give_up` said so."""
    deadline = time.monotonic() + timeout_s
    with urllib3.PoolManager(retries=False, timeout=2.0) as pool:
        while time.monotonic() < deadline and not give_up():
            try:
                answer = pool.request("GET", f"{base_url}/readyz")
                if answer.status == 200 and answer.json().get("instance") == instance:
                    return True
            except (urllib3.exceptions.HTTPError, ValueError, AttributeError):
                pass  # nobody there, or somebody else
            time.sleep(PAUSE_S)
    return False
