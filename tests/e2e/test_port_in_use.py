"""A port that is in use, by another Rekam or by anything else; and a body that its sender sends whole before reading."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from rekam.readiness import wait_until_ready
from tests.e2e.installation import KEY, SECRET, Installation

# One installation for all of them, in one process of the run.
pytestmark = pytest.mark.xdist_group("port-in-use")


@pytest.fixture(scope="module")
def rekam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    settings = {"log_level": "warning", "max_body_bytes": "2000000"}
    with Installation(tmp_path_factory.mktemp("port") / "var", **settings) as installation:
        yield installation


def started_on(port: int, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    other = Installation(folder)
    environment = {**other.environment, "REKAM_PORT": str(port)}
    return subprocess.run(
        [sys.executable, "-m", "rekam", *command], env=environment, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("command", ["up", "serve"])
def test_another_rekam_there(rekam: Installation, tmp_path: Path, command: str) -> None:
    refused = started_on(rekam.port, tmp_path / "var", command)
    assert refused.returncode == 1
    (sentence,) = (refused.stdout + refused.stderr).splitlines()
    assert f"can't listen on 127.0.0.1:{rekam.port}" in sentence
    assert "REKAM_PORT names another port" in sentence
    assert not (tmp_path / "var").exists()


def test_something_else_there(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = started_on(other.getsockname()[1], tmp_path / "var", "up")
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)


def test_an_address_there_is_not(tmp_path: Path) -> None:
    other = Installation(tmp_path / "var", host="192.0.2.1")
    refused = subprocess.run(
        [sys.executable, "-m", "rekam", "up"], env=other.environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert "REKAM_HOST" in refused.stderr


def test_ready_is_who_says_the_right_name(rekam: Installation) -> None:
    instance = rekam.json("/readyz")["instance"]
    assert len(instance) == 32
    assert wait_until_ready(rekam.base, instance, lambda: False)
    assert not wait_until_ready(rekam.base, "another", lambda: False, timeout_s=0.5)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"ready":true}'])
def test_a_stranger_who_answers_200_is_not_ready(answer: bytes) -> None:
    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert not wait_until_ready(f"http://127.0.0.1:{server.server_port}", "mine", lambda: False, timeout_s=0.3)
        server.shutdown()


def test_the_first_answers_promise_something_recent(rekam: Installation) -> None:
    answer = rekam.ask("GET", "/xapi/statements?unknown=1")
    assert answer.status == 400
    assert not answer.headers["X-Experience-API-Consistent-Through"].startswith("1970")


def raw_post(rekam: Installation, length: int, *, chunked: bool, expect: bool = False) -> bytes:
    """Send a whole body and only then read."""
    basic = urllib3.make_headers(basic_auth=f"{KEY}:{SECRET}")["authorization"]
    how = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {length}"
    leave = "Expect: 100-continue\r\n" if expect else ""
    head = (
        f"POST /xapi/statements HTTP/1.1\r\nHost: x\r\nAuthorization: {basic}\r\nX-Experience-API-Version: 1.0.3\r\n"
        f"Content-Type: application/json\r\nConnection: close\r\n{how}\r\n{leave}\r\n"
    )
    with socket.create_connection(("127.0.0.1", rekam.port), timeout=10) as connection:
        connection.sendall(head.encode())
        if not expect:
            for _ in range(length // 10_000):
                piece = b"[" * 10_000
                connection.sendall(b"2710\r\n" + piece + b"\r\n" if chunked else piece)
                if not chunked:
                    time.sleep(0.0005)
            if chunked:
                connection.sendall(b"0\r\n\r\n")
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    return received


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "chunked"])
@pytest.mark.parametrize("length", [2_010_000, 2_900_000])
def test_who_sends_everything_first_still_reads_why_it_was_too_large(rekam: Installation, length: int, chunked: bool) -> None:
    answer = raw_post(rekam, length, chunked=chunked)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413")
    assert "2000000" in json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])["error"]["message"]


def test_who_waits_for_leave_is_told_at_once(rekam: Installation) -> None:
    assert raw_post(rekam, 50_000_000, chunked=False, expect=True).startswith(b"HTTP/1.1 413")
