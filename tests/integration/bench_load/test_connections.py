"""The load's client against real sockets: a server that answers, one that is slow, one that closes, one that is none."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.load.connections import Address, LoadFailed, drive
from bench.load.conversations import Asking, Pace, Posting, Tally, Turning, in_turn, statements_on
from bench.load.requests import Endpoint, Ids, Posts
from bench.load.statements import rendered


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[int] = []
        self.lines: set[int] = set()
        self.delay_s = 0.0
        self.closes = False
        self.status = 200
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.answer(b"[]", len(body))

    def do_GET(self) -> None:
        place, _, last = self.path.rpartition("page=")
        page = int(last or 1)
        more = f', "more": "{place or "/x?"}page={page + 1}"' if page < 8 else ""
        self.answer(b'{"statements": [{"authority": 1}]%b}' % more.encode(), 0)

    def answer(self, body: bytes, received: int) -> None:
        time.sleep(self.server.delay_s)
        with self.server.lock:
            self.server.received.append(received)
            self.server.lines.add(self.client_address[1])
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        if self.server.closes:
            self.send_header("Connection", "close")
        self.end_headers()
        # Piecemeal, as a network does.
        self.wfile.write(body[:3])
        self.wfile.flush()
        self.wfile.write(body[3:])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def endpoint(server: Server) -> Endpoint:
    return Endpoint.of(f"http://127.0.0.1:{server.server_address[1]}/xapi", "key", "secret")


POOL = rendered(1, 100)


def test_every_connection_is_kept_and_every_answer_counted(server: Server, endpoint: Endpoint) -> None:
    tally, posts = Tally(), Posts(endpoint, POOL, 50, Ids("a"))
    took_s = drive(endpoint.address, [Posting(posts, tally) for _ in range(4)], 0.4)
    assert took_s >= 0.4
    assert len(tally.seconds) == len(server.received) == posts.made > 4
    assert tally.statements == 50 * posts.made
    assert len(server.lines) == 4
    assert min(server.received) > 30_000
    assert not tally.refused


def test_a_row_that_ends_ends_the_load_early(server: Server, endpoint: Endpoint) -> None:
    tally, posts = Tally(), Posts(endpoint, POOL, 1, Ids("a"))
    started = time.monotonic()
    drive(endpoint.address, [Posting(posts, tally, most=7) for _ in range(3)], 30)
    assert len(server.received) == 7
    assert time.monotonic() - started < 10


def test_answers_under_way_at_the_end_are_waited_for(server: Server, endpoint: Endpoint) -> None:
    server.delay_s = 0.3
    tally, posts = Tally(), Posts(endpoint, POOL, 1, Ids("a"))
    drive(endpoint.address, [Posting(posts, tally) for _ in range(2)], 0.1)
    assert len(tally.seconds) == len(server.received) == 2
    assert min(tally.seconds) >= 0.3


def test_refusals_are_counted_by_status_and_not_as_work(server: Server, endpoint: Endpoint) -> None:
    server.status = 503
    tally, posts = Tally(), Posts(endpoint, POOL, 1, Ids("a"))
    drive(endpoint.address, [Posting(posts, tally)], 0.1)
    assert tally.refused[503] == len(server.received) > 0
    assert tally.statements == 0
    assert not tally.seconds
    assert tally.first_refusal == "[]"


def test_a_server_that_closes_after_each_answer_is_asked_anew(server: Server, endpoint: Endpoint) -> None:
    server.closes = True
    tally, posts = Tally(), Posts(endpoint, POOL, 1, Ids("a"))
    drive(endpoint.address, [Posting(posts, tally, most=5)], 20)
    assert len(tally.seconds) == 5
    assert len(server.lines) == 5


def test_a_pace_is_kept_and_lateness_counts_as_latency(server: Server, endpoint: Endpoint) -> None:
    tally, posts = Tally(), Posts(endpoint, POOL, 1, Ids("a"))
    pace = Pace(20)
    drive(endpoint.address, [Posting(posts, tally, pace) for _ in range(4)], 1.0)
    assert 15 <= len(server.received) <= 22
    # One connection, answers of 100 ms, one due every 50 ms: the row gets longer, and the wait in it is counted.
    server.delay_s = 0.1
    late, posts, pace = Tally(), Posts(endpoint, POOL, 1, Ids("b")), Pace(20)
    drive(endpoint.address, [Posting(posts, late, pace)], 1.0)
    assert max(late.seconds) > 0.3


def test_reads_count_their_statements(server: Server, endpoint: Endpoint) -> None:
    tally = Tally()
    drive(endpoint.address, [Asking(in_turn([endpoint.get("/x?page=1")], 0), tally, statements_on)], 0.2)
    assert tally.statements == len(tally.seconds) == len(server.received)


def test_more_is_followed_to_its_end_and_begun_again(server: Server, endpoint: Endpoint) -> None:
    tally, first, last = Tally(), Tally(), Tally()
    lists = in_turn([endpoint.get("/x?page=1")], 0)
    drive(endpoint.address, [Turning(lists, endpoint.get, tally, first, last, 5)], 0.5)
    assert tally.statements == len(tally.seconds)
    assert len(first.seconds) == math.ceil(len(tally.seconds) / 8)
    assert len(last.seconds) > 0
    assert len(last.seconds) <= len(tally.seconds) * 3 / 8 + 3


def test_nobody_there_is_told_with_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = Address("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(LoadFailed, match=str(address.port)):
            drive(address, [Asking(in_turn([b"GET / HTTP/1.1\r\n\r\n"], 0), Tally(), statements_on)], 0.1)
