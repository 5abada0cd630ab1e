"""Messages over HTTP to addresses that somebody typed in.

The name is resolved here, every address it stands for is looked at, and the connection is made to that very address: a name that
stands for a public address when it is checked and for a private one when it is called (DNS rebinding) leads nowhere. No proxy of
the environment is used and no redirect followed. Everything together, TLS and a receiver that answers byte by byte included, ends
at one deadline; only the name server's answer is waited for as long as the operating system does.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from access.webhook_addresses import Receiver, UnfitAddress, WebhookHosts
from workers.sending import Answered, Unanswered

TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 16 * 1024
"""Of an answer's body, which nobody reads: enough for a receiver that wants to get rid of a few words."""


class HttpWebhookSender:
    """`workers.sending.Sender`. `tls` is for receivers whose certificate a test made."""

    def __init__(
        self, hosts: WebhookHosts, user_agent: str, *, timeout_s: float = TIMEOUT_S, tls: ssl.SSLContext | None = None
    ) -> None:
        self._hosts = hosts
        self._user_agent = user_agent
        self._timeout_s = timeout_s
        self._tls = tls or ssl.create_default_context()
        self._lock = threading.Lock()
        self._open: set[_Line] = set()
        self._closed = False

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered | Unanswered:
        try:
            receiver = self._hosts.receiver(url)
            addresses = self._addresses(receiver)
        except UnfitAddress as error:
            return Unanswered(f"the webhook's address is not allowed: {error}")
        except (OSError, UnicodeError):
            return Unanswered("the host's name is not known")
        with self._line() as line:
            try:
                return self._exchange(line, receiver, addresses, headers, body)
            except ssl.SSLCertVerificationError as error:
                return Unanswered(f"the receiver's certificate is not valid: {error.verify_message}")
            except (OSError, http.client.HTTPException, ValueError) as error:
                return line.verdict(error)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for line in self._open:
                line.cut(aborted=True)

    def _addresses(self, receiver: Receiver) -> list[str]:
        """Every address of the host, if it may be called: one that may not is reason enough to call none of them."""
        found = socket.getaddrinfo(receiver.host, receiver.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not all(self._hosts.admits(receiver.host, address) for address in addresses):
            raise UnfitAddress("the host stands for an address that is not public; list it in REKAM_WEBHOOK_HOSTS if it is meant")
        return addresses

    @contextmanager
    def _line(self) -> Iterator[_Line]:
        line = _Line(self._timeout_s)
        with self._lock:
            self._open.add(line)
            if self._closed:
                line.cut(aborted=True)
        try:
            yield line
        finally:
            with self._lock:
                self._open.discard(line)
            line.hang_up()

    def _exchange(self, line: _Line, receiver: Receiver, addresses: list[str], headers: Mapping[str, str], body: bytes) -> Answered:
        connection = http.client.HTTPConnection(receiver.host, receiver.port, timeout=self._timeout_s)
        connection.sock = self._connected(line, receiver, addresses)
        connection.auto_open = 0
        sent = {"Host": receiver.host_header, "User-Agent": self._user_agent, "Connection": "close", **headers}
        connection.request("POST", receiver.target, body, sent)
        with connection.getresponse() as response:
            answered = Answered(response.status, response.headers.get("Retry-After", ""))
            # What it says decides nothing, and what breaks off after the status was said neither.
            with suppress(OSError, http.client.HTTPException, ValueError):
                response.read(MAX_ANSWER_BYTES)
            return answered

    def _connected(self, line: _Line, receiver: Receiver, addresses: list[str]) -> socket.socket:
        """A connection to the first address that takes it."""
        refused: OSError | None = None
        for address in addresses:
            try:
                plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
                line.hold(plain)
                plain.settimeout(self._timeout_s / len(addresses))  # one that is silent leaves time for the next
                plain.connect((address, receiver.port))
            except OSError as error:
                line.check()
                refused = error
                continue
            plain.settimeout(self._timeout_s)
            if not receiver.secure:
                return plain
            # The handshake afterwards, when the line holds what it can be ended by.
            secure = self._tls.wrap_socket(plain, server_hostname=receiver.host, do_handshake_on_connect=False)
            line.hold(secure)
            secure.do_handshake()
            return secure
        raise refused or OSError("no address")


class _Line:
    """One exchange, which can be cut off at any moment from another thread, and is at its deadline."""

    def __init__(self, timeout_s: float) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._cut = False
        self._aborted = False
        self._timer = threading.Timer(timeout_s, self.cut)
        self._timer.daemon = True
        self._timer.start()

    def hold(self, connection: socket.socket) -> None:
        """Raises OSError when the line was cut."""
        with self._lock:
            self._sockets.append(connection)
        self.check()

    def check(self) -> None:
        if self._cut:
            raise TimeoutError

    def cut(self, *, aborted: bool = False) -> None:
        with self._lock:
            self._cut = True
            self._aborted = self._aborted or aborted
            for connection in self._sockets:
                # Not SSLSocket's own, which takes away what the other thread is reading through.
                with suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def hang_up(self) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._sockets:
                connection.close()

    def verdict(self, error: Exception) -> Unanswered:
        if self._aborted:
            return Unanswered("the sender ends", aborted=True)
        if self._cut or isinstance(error, TimeoutError):
            return Unanswered("no answer in time")
        if isinstance(error, ssl.SSLError):
            return Unanswered("no TLS connection")
        if isinstance(error, ConnectionRefusedError):
            return Unanswered("the connection was refused")
        if isinstance(error, OSError) and not isinstance(error, ConnectionError):
            return Unanswered("the host can't be reached")
        return Unanswered("the connection broke, or what came was no HTTP")
