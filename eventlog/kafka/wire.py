"""A connection to one broker for a thread that asks and waits: no thread behind it, no queue, no future.

For questions asked so often that what the library does around one would cost many times the question. How messages are written and
read is the library's. Plain connections only, like those of every client here (`Cluster`). Source: https://kafka.apache.org/protocol.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from typing import Any, Final

from kafka.errors import KafkaTimeoutError, UnsupportedVersionError
from kafka.protocol.metadata import ApiVersionsRequest, ApiVersionsResponse

Address = tuple[str, int]

_DEFAULT_PORT: Final = 9092
_RECEIVE_BYTES: Final = 64 * 1024
_ANSWER_BYTES: Final = 64 * 1024 * 1024
_SIZE: Final = struct.Struct(">i")
_NUMBER_AT: Final = 8
"""Where a question has its number: behind its size, what it is and in which version."""


class Lost(Exception):
    """The connection could not be made, or broke."""


def addresses(bootstrap_servers: Iterable[str]) -> list[Address]:
    """`host:port`, `host` or `[address]:port` as host and port."""
    found: list[Address] = []
    for server in bootstrap_servers:
        host, colon, port = server.rpartition(":")
        if not colon or port.endswith("]"):
            host, port = server, str(_DEFAULT_PORT)
        found.append((host.strip("[]"), int(port)))
    return found


class Wire:
    """Questions out, answers in, in the same order. Not thread-safe.

    Raises Lost, or KafkaTimeoutError when the broker is silent; nothing more can be asked then.
    """

    def __init__(self, address: Address, client_id: str, *, connect_s: float, answer_s: float) -> None:
        """`answer_s` is how long one answer is waited for."""
        self._client_id = client_id
        self._asked = 0
        self._answered = 0
        self._buffer = bytearray()
        try:
            self._socket = socket.create_connection(address, connect_s)
            self._socket.settimeout(answer_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise Lost(f"no connection to {address[0]}:{address[1]}: {error}") from error
        try:
            self._versions = self._offered()
        except BaseException:
            self.close()
            raise

    def question(self, request: Any) -> bytes:
        """`request` in the newest version that both sides know, to be sent any number of times."""
        least, most = self._versions.get(request.API_KEY, (1, 0))
        version = min(most, request.max_version)
        if version < least:
            raise UnsupportedVersionError(f"the broker does not answer {request.name}")
        request.with_header(client_id=self._client_id)
        encoded: bytes = request.encode(version=version, header=True, framed=True)
        return encoded

    def read(self, response: Any, answer: bytes) -> Any:
        """What an answer says. `response` is the class of answers to the question."""
        return response.decode(answer, version=min(self._versions[response.API_KEY][1], response.max_version), header=True)

    def ask(self, question: bytes) -> None:
        self._asked += 1
        try:
            self._socket.sendall(question[:_NUMBER_AT] + _SIZE.pack(self._asked) + question[_NUMBER_AT + _SIZE.size :])
        except OSError as error:
            raise Lost(str(error)) from error

    def answer(self) -> bytes:
        """The answer to the first question that has none yet, with the number of the question set to 0."""
        self._answered += 1
        size = _SIZE.unpack(self._take(_SIZE.size))[0]
        if not _SIZE.size <= size <= _ANSWER_BYTES:
            raise Lost(f"an answer of {size} bytes")
        answer = self._take(size)
        if _SIZE.unpack_from(answer)[0] != self._answered:
            raise Lost("an answer to another question")
        return bytes(_SIZE.size) + answer[_SIZE.size :]

    def close(self) -> None:
        self._socket.close()

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            try:
                received = self._socket.recv(_RECEIVE_BYTES)
            except TimeoutError as error:
                raise KafkaTimeoutError("the broker does not answer") from error
            except OSError as error:
                raise Lost(str(error) or type(error).__name__) from error
            if not received:
                raise Lost("the broker closed the connection")
            self._buffer += received
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _offered(self) -> dict[int, tuple[int, int]]:
        """By kind of question the oldest and the newest version that the broker knows. Every broker knows this one's first."""
        request = ApiVersionsRequest(version=0)
        request.with_header(client_id=self._client_id)
        self.ask(request.encode(header=True, framed=True))
        found = ApiVersionsResponse.decode(self.answer(), version=0, header=True)
        return {one.api_key: (one.min_version, one.max_version) for one in found.api_keys}
