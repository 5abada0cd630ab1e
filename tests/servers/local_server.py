"""What a Kafka and a MongoDB that run as processes on this machine have in common: start, kill, restart, stop."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

from tests.servers.ports import Port, reserve, reserve_any
from tests.servers.process import ServerProcess


class DidNotStart(Exception):
    """The server ended or stayed silent; the message carries the last lines of its log."""


class LocalServer(ABC):
    """A server on 127.0.0.1 with its data, its log (`server.log`) and its ports (`ports`) in `data_dir`.

    Not thread-safe. A context manager: leaving it kills the server, which is quick; `stop()` first to part politely.
    """

    name: ClassVar[str]
    ports_needed: ClassVar[int] = 1
    start_timeout_seconds: ClassVar[float] = 90.0

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._ports: list[Port] = []
        self._process: ServerProcess | None = None

    @property
    def port(self) -> int:
        """Where clients connect. `RuntimeError` before the first start and after `stop()`."""
        if not self._ports:
            raise RuntimeError(f"{self.name} has no port: it is not started")
        return self._ports[0].number

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError(f"{self.name} is not started")
        return self._process.pid

    @property
    def log(self) -> Path:
        return self.data_dir / "server.log"

    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running()

    def start(self, port: int | None = None) -> Self:
        """Run until it serves requests, on `port`, else on the port it had last time, else on a free one.

        Raises `DidNotStart`, and `OSError` when `port` is asked for and taken.
        """
        if self._process is not None:
            raise RuntimeError(f"{self.name} is started already")
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._reserve_ports(port)
        try:
            self._run()
        except BaseException:
            self.kill()
            self._release_ports()
            raise
        return self

    def kill(self) -> None:
        """SIGKILL. The ports stay reserved for `restart()`."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def restart(self) -> Self:
        """Run again on the same data and the same port, after `kill()` or instead of it."""
        if not self._ports:
            raise RuntimeError(f"{self.name} was never started")
        self.kill()
        self._run()
        return self

    def stop(self, grace_seconds: float = 10.0) -> None:
        """SIGTERM, SIGKILL after the grace, and give the ports back."""
        if self._process is not None:
            self._process.stop(grace_seconds)
            self._process = None
        self._release_ports()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()
        self._release_ports()

    @property
    def _port_numbers(self) -> list[int]:
        return [port.number for port in self._ports]

    def _reserve_ports(self, wanted: int | None) -> None:
        remembered = self.data_dir / "ports"
        last: list[int | None] = [int(number) for number in remembered.read_text().split()] if remembered.exists() else []
        last += [None] * (self.ports_needed - len(last))
        if wanted is None:
            self._ports.append(reserve_any(last[0]))
        elif port := reserve(wanted):
            self._ports.append(port)
        else:
            raise OSError(f"port {wanted} for {self.name} is taken")
        for number in last[1 : self.ports_needed]:
            self._ports.append(reserve_any(number))
        remembered.write_text(" ".join(str(number) for number in self._port_numbers))

    def _release_ports(self) -> None:
        while self._ports:
            self._ports.pop().release()

    def _run(self) -> None:
        deadline = time.monotonic() + self.start_timeout_seconds
        self._process = ServerProcess(self._prepare(), self.log)
        while not self._is_ready():
            if not self._process.is_running():
                raise DidNotStart(f"{self.name} ended while starting; its log {self.log} ends:\n{self._process.log_tail()}")
            if time.monotonic() > deadline:
                raise DidNotStart(
                    f"{self.name} did not serve within {self.start_timeout_seconds:.0f} s; its log {self.log} ends:\n"
                    f"{self._process.log_tail()}"
                )
            time.sleep(0.05)

    @abstractmethod
    def _prepare(self) -> Sequence[str]:
        """Write what the program needs into `data_dir` and return the command that runs it on the reserved ports."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Does it serve requests? Asked again and again; may do what is missing for it."""
