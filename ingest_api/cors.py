"""Calls from pages of other origins: what a browser has to be told before it lets a page send a request and read the answer.

A page authenticates with an Authorization header of its own, never with cookies, so no credentials are allowed in the sense of the
protocol, and `*` opens nothing to a page that has no key. Source: the Fetch standard, 3.2 (CORS protocol).
"""

from __future__ import annotations

from flask import Flask, Response
from flask.globals import request_ctx

XAPI = "/xapi/"
METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
ALLOWED_HEADERS = (
    "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, If-Match, If-None-Match, Pragma, "
    "X-Experience-API-Version, X-Request-Id, X-Requested-With"
)
"""What xAPI needs, and what libraries for browsers are known to add."""
EXPOSED_HEADERS = (
    "Content-Length, ETag, Last-Modified, Retry-After, WWW-Authenticate, X-Experience-API-Consistent-Through, "
    "X-Experience-API-Version, X-Request-Id"
)
PREFLIGHT_AGE_S = 7200
"""How long a browser may remember the answer to its question; two hours is the most that Chromium heeds."""


def install(app: Flask, origins: tuple[str, ...]) -> None:
    """Let pages of these origins (lower case; `*` for every one) call the resources of xAPI."""
    if not origins:
        return
    everyone = "*" in origins

    @app.before_request
    def preflight() -> Response | None:
        """A browser asks before it sends what a form could not; no resource, credential or version is concerned yet."""
        request = request_ctx.request
        if request.method != "OPTIONS" or not request.path.startswith(XAPI):
            return None
        if "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in request.environ:
            return None
        answer = Response(status=204)
        answer.headers.remove("Content-Type")
        return answer

    @app.after_request
    def allow(response: Response) -> Response:
        request = request_ctx.request
        if not request.path.startswith(XAPI):
            return response
        if not everyone:
            response.headers.add("Vary", "Origin")
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is None or not (everyone or origin.lower() in origins):
            return response
        response.headers["Access-Control-Allow-Origin"] = "*" if everyone else origin
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_AGE_S)
        else:
            response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        return response
