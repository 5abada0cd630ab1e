"""The ceiling: Flask on granian, as Rekam uses them, that reads the body, parses the JSON and answers 200.

    python -m bench.load.bare_server PORT PROCESSES THREADS

A GET is answered with as many bytes as its parameter `bytes` says.
"""

from __future__ import annotations

import sys

import msgspec
from flask import Flask, Response
from flask.globals import request_ctx
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


def create() -> Flask:
    app = Flask(__name__)
    parse = msgspec.json.Decoder().decode

    @app.post("/xapi/statements")
    def post() -> Response:
        parse(request_ctx.request.get_data(cache=False))
        return Response(b"[]", 200, content_type="application/json")

    @app.get("/xapi/statements")
    def get() -> Response:
        return Response(b"x" * int(request_ctx.request.args["bytes"]), 200, content_type="application/json")

    return app


if __name__ == "__main__":
    port, processes, threads = map(int, sys.argv[1:4])
    Granian(
        "bench.load.bare_server:create",
        factory=True,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        log_level=LogLevels.error,
    ).serve()
