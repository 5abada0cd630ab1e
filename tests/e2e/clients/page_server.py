"""A web server of another origin than Rekam's: it serves files, answers what it is told to, and notes what is posted to it."""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class PageServer:
    """A context manager. `answers` is what a POST to a path is answered with, in turn; any other POST's JSON is in `posted`."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, bytes]] = {}
        """By path: media type and content."""
        self.answers: dict[str, list[tuple[int, Any]]] = {}
        self.posted: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(page_server: PageServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            media_type, content = page_server.files.get(self.path.partition("?")[0], ("text/plain", b""))
            self._answer(200 if content else 404, media_type, content)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if (answers := page_server.answers.get(self.path)) is None:
                page_server.posted.put(json.loads(body))
                self._answer(204, "text/plain", b"")
            else:
                status, answer = answers.pop(0)
                self._answer(status, "application/json", json.dumps(answer).encode())

        def _answer(self, status: int, media_type: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """A test's output is not the place for it."""

    return Handler
