"""Many connections kept alive in one thread, each with one request at a time. What is asked is the conversation's business.

Raw non-blocking sockets, so that the client costs little beside what it measures; what it costs is told with each result.
"""

from __future__ import annotations

import heapq
import math
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bench.load.answers import AnswerReader, NotHttp

PATIENCE_S = 30.0
"""How long an answer may take before the run is given up."""
_RECEIVED_BYTES = 1 << 18
_PAUSE_S = 1e-4


class LoadFailed(Exception):
    """The server did not answer, or not in HTTP."""


class Conversation(Protocol):
    """What one connection says."""

    def next(self, now: float) -> bytes | float:
        """The request to send now, or the moment (of time.monotonic) at which to ask again; infinity when there is no more."""

    def took(self, asked_at: float, answered_at: float, status: int, body: bytes) -> None:
        """The answer to the last request. Moments are those of time.monotonic."""


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int


def drive(address: Address, conversations: Sequence[Conversation], seconds: float) -> float:
    """Let each conversation have a connection until `seconds` are over and every request is answered; the seconds it took.

    Raises LoadFailed.
    """
    with selectors.DefaultSelector() as selector:
        lines: list[_Line] = []
        try:
            lines += (_Line(address, selector, one) for one in conversations)
            return _drive(selector, lines, seconds)
        except (OSError, NotHttp) as error:
            raise LoadFailed(f"{address.host}:{address.port}: {error}") from error
        finally:
            for line in lines:
                line.close()


def _drive(selector: selectors.BaseSelector, lines: Sequence[_Line], seconds: float) -> float:
    started = time.monotonic()
    deadline = started + seconds
    idle: list[tuple[float, int]] = [(started, number) for number in range(len(lines))]
    number_of = {line: number for number, line in enumerate(lines)}
    busy = 0
    heard = started  # when an answer, or the end of a quiet time, was last noticed
    while True:
        now = time.monotonic()
        while idle and (idle[0][0] <= now or now >= deadline):
            _, number = heapq.heappop(idle)
            if now < deadline:
                again_at = lines[number].ask(now)
                if again_at is None:
                    busy += 1
                elif again_at < math.inf:
                    heapq.heappush(idle, (max(again_at, now + _PAUSE_S), number))
        if not busy and not idle:
            return time.monotonic() - started
        if not busy:
            heard = now
        elif now - heard > PATIENCE_S:
            raise LoadFailed(f"no answer within {PATIENCE_S:.0f} s to {busy} requests")
        until = min(idle[0][0], deadline) if idle else now + 1.0
        for key, events in selector.select(max(0.0, until - now)):
            line: _Line = key.data
            if line.work(events):
                busy -= 1
                heard = time.monotonic()
                again_at = line.ask(heard) if heard < deadline else None
                if again_at is None:
                    busy += heard < deadline
                elif again_at < math.inf:
                    heapq.heappush(idle, (max(again_at, heard + _PAUSE_S), number_of[line]))


class _Line:
    """One connection and what is under way on it."""

    def __init__(self, address: Address, selector: selectors.BaseSelector, conversation: Conversation) -> None:
        self._address = address
        self._selector = selector
        self._conversation = conversation
        self._reader = AnswerReader()
        self._unsent = memoryview(b"")
        self._request = b""
        self._asked_at = 0.0
        self._used = False
        self._socket = self._connect()

    def close(self) -> None:
        self._socket.close()

    def ask(self, now: float) -> float | None:
        """Send the next request; or return the moment until which there is none."""
        request = self._conversation.next(now)
        if isinstance(request, float):
            return request
        self._asked_at = now
        self._request = request
        self._send(memoryview(request))
        return None

    def work(self, events: int) -> bool:
        """Go on sending or receiving; true once the answer is whole."""
        if events & selectors.EVENT_WRITE:
            self._send(self._unsent)
        if not events & selectors.EVENT_READ:
            return False
        try:
            piece = self._socket.recv(_RECEIVED_BYTES)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            piece = b""
        if not piece:
            self._again()
            return False
        answer = self._reader.feed(piece)
        if answer is None:
            return False
        self._used = True
        if not answer.keep:
            self._reconnect()
        self._conversation.took(self._asked_at, time.monotonic(), answer.status, answer.body)
        return True

    def _again(self) -> None:
        """A server may close a connection that it kept, at any moment between two requests (RFC 9112, 9.3.1): ask anew, once."""
        if self._reader.begun or not self._used:
            raise NotHttp("the connection was closed in the middle of an answer, or before one")
        self._reconnect()
        self._used = False
        self._send(memoryview(self._request))

    def _send(self, unsent: memoryview) -> None:
        try:
            sent = self._socket.send(unsent)
        except (BlockingIOError, ConnectionError):
            sent = 0  # that it is closed is seen on reading, which comes next
        waited = bool(self._unsent)
        self._unsent = unsent[sent:]
        if bool(self._unsent) != waited:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
            self._selector.modify(self._socket, wanted, self)

    def _connect(self) -> socket.socket:
        made = socket.create_connection((self._address.host, self._address.port), timeout=PATIENCE_S)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setblocking(False)
        self._selector.register(made, selectors.EVENT_READ, self)
        return made

    def _reconnect(self) -> None:
        self._selector.unregister(self._socket)
        self._socket.close()
        self._unsent = memoryview(b"")
        self._socket = self._connect()
