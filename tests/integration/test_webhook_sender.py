"""Messages over real connections: to where they may go, within bounds, whatever the receiver does."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from access.webhook_addresses import WebhookHosts
from rekam.webhook_sender import HttpWebhookSender
from tests.integration.workers.receiver import Receiver
from workers.sending import Answered, Unanswered

LOCAL = WebhookHosts.of(["127.0.0.1", "localhost"])
BODY = b'{"type":"ping"}'


def sender(hosts: WebhookHosts = LOCAL, *, timeout_s: float = 5.0, tls: ssl.SSLContext | None = None) -> HttpWebhookSender:
    return HttpWebhookSender(hosts, "rekam/test", timeout_s=timeout_s, tls=tls)


@contextmanager
def raw(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that takes connections and says whatever it likes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def test_a_message_arrives_as_it_was_sent() -> None:
    with Receiver(lambda _: (202, {"Retry-After": "7"})) as receiver:
        outcome = sender().send(receiver.url + "/a?b=c", {"webhook-id": "msg_1", "Content-Type": "application/json"}, BODY)
    assert outcome == Answered(202, "7")
    (got,) = receiver.received
    assert (got.path, got.body, got.headers["webhook-id"]) == ("/hook/a?b=c", BODY, "msg_1")
    assert (got.headers["host"], got.headers["user-agent"]) == (f"127.0.0.1:{receiver.port}", "rekam/test")


def test_no_redirect_is_followed() -> None:
    with Receiver() as other, Receiver(lambda _: (307, {"Location": other.url})) as receiver:
        assert sender().send(receiver.url, {}, BODY) == Answered(307)
        assert other.received == []


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as proxy, Receiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert sender().send(receiver.url, {}, BODY) == Answered(204)
        assert proxy.received == []


def test_a_name_that_stands_for_a_private_address_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """The URL is fine; who it leads to is known only now, and is one of this machine's."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))])
    connected: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: connected.append(address))
    outcome = sender(WebhookHosts()).send("https://hr.example.go.id/", {}, BODY)
    assert isinstance(outcome, Unanswered)
    assert "not public" in outcome.trouble
    assert connected == []


def test_what_is_looked_at_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that gives a public address first and a private one from then on (DNS rebinding)."""
    answers = iter(["8.8.8.8", *["127.0.0.1"] * 9])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 443))])
    connected: list[Any] = []

    def connect(_: socket.socket, address: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert sender(WebhookHosts()).send("https://hr.example.go.id/", {}, BODY) == Unanswered("the connection was refused")
    assert connected == [("8.8.8.8", 443)]


def test_one_private_address_among_public_ones_is_reason_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("nothing may be connected to"))
    assert isinstance(sender(WebhookHosts()).send("https://hr.example.go.id/", {}, BODY), Unanswered)


def test_a_url_that_may_be_called_no_longer_is_not_called() -> None:
    with Receiver() as receiver:
        outcome = sender(WebhookHosts()).send(receiver.url, {}, BODY)
    assert isinstance(outcome, Unanswered)
    assert "not allowed" in outcome.trouble
    assert receiver.received == []


def _take(connection: socket.socket) -> None:
    """Read a request to its end: who closes with some of it unread breaks the connection, and its answer with it."""
    got = b""
    while not got.endswith(BODY):
        if not (piece := connection.recv(65_536)):
            return
        got += piece


def _byte_by_byte(connection: socket.socket) -> None:
    _take(connection)
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 1_000:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def _silent(connection: socket.socket) -> None:
    while connection.recv(65_536):
        pass


@pytest.mark.parametrize("answer", [_byte_by_byte, _silent])
def test_nobody_holds_a_message_longer_than_the_deadline(answer: Callable[[socket.socket], None]) -> None:
    with raw(answer) as url:
        began = time.monotonic()
        assert sender(timeout_s=0.6).send(url, {}, BODY) == Unanswered("no answer in time")
        assert time.monotonic() - began < 5


def test_an_endless_body_is_not_read_to_its_end() -> None:
    def endless(connection: socket.socket) -> None:
        _take(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    with raw(endless) as url:
        began = time.monotonic()
        assert sender().send(url, {}, BODY) == Answered(200)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "said", [b"", b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500, b"\x16\x03" * 50]
)
def test_what_is_no_http_is_told_in_a_few_words(said: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        _take(connection)
        connection.sendall(said)

    with raw(speak) as url:
        outcome = sender().send(url, {}, BODY)
    assert outcome == Unanswered("the connection broke, or what came was no HTTP")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert sender().send(f"http://127.0.0.1:{port}/", {}, BODY) == Unanswered("the connection was refused")
    outcome = sender(WebhookHosts.of(["nobody.invalid"])).send("http://nobody.invalid/", {}, BODY)
    assert outcome == Unanswered("the host's name is not known")


def test_closing_ends_what_is_under_way_and_whatever_comes() -> None:
    own = sender(timeout_s=30)
    with raw(_silent) as url:
        threading.Timer(0.3, own.close).start()
        began = time.monotonic()
        assert own.send(url, {}, BODY) == Unanswered("the sender ends", aborted=True)
        assert own.send(url, {}, BODY) == Unanswered("the sender ends", aborted=True)
        assert time.monotonic() - began < 5


class TestTls:
    @pytest.fixture
    def certificate(self, tmp_path: Path) -> Path:
        """Of localhost, and of nobody else; with its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = tmp_path / "receiver.pem"
        path.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + made.public_bytes(serialization.Encoding.PEM)
        )
        return path

    @pytest.fixture
    def secure(self, certificate: Path) -> Iterator[int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def speak(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as spoken:
                _take(spoken)
                spoken.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        with raw(speak) as url:
            yield int(url.rstrip("/").rpartition(":")[2])

    def test_a_receiver_with_a_certificate_that_is_trusted(self, secure: int, certificate: Path) -> None:
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert sender(tls=trusting).send(f"https://localhost:{secure}/", {}, BODY) == Answered(204)

    def test_the_certificate_must_be_the_hosts(self, secure: int, certificate: Path) -> None:
        """The connection is made to an address; the certificate is looked at for the name in the URL."""
        trusting = ssl.create_default_context(cafile=str(certificate))
        outcome = sender(tls=trusting).send(f"https://127.0.0.1:{secure}/", {}, BODY)
        assert isinstance(outcome, Unanswered)
        assert "certificate is not valid" in outcome.trouble

    def test_a_certificate_that_nobody_vouches_for(self, secure: int) -> None:
        outcome = sender().send(f"https://localhost:{secure}/", {}, BODY)
        assert isinstance(outcome, Unanswered)
        assert "certificate is not valid" in outcome.trouble

    def test_a_silent_handshake_ends_too(self) -> None:
        with raw(_silent) as url:
            began = time.monotonic()
            outcome = sender(timeout_s=0.5).send(url.replace("http:", "https:"), {}, BODY)
            assert outcome == Unanswered("no answer in time")
            assert time.monotonic() - began < 5
