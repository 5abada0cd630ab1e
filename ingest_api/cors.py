"""Calls from pages of other origins: what a browser has to be told before it lets a page send a request and read the answer.

A page authenticates with an Authorization header of its own, never with cookies, so no credentials are allowed in the sense of the
protocol, and `*` opens nothing to a page that has no key. Source: the Fetch standard, 3.2 (CORS protocol).
"""

from __future__ import annotations

from ingest_api.answers import Answer
from ingest_api.exchange import XAPI, Exchange

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


class Cors:
    """Lets pages of `origins` (lower case; `*` for every one) call the resources of xAPI; with none, does nothing."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._origins = origins
        self._everyone = "*" in origins

    def preflight(self, asked: Exchange) -> Answer | None:
        """The answer to a browser that asks before it sends what a form could not; no resource, credential or version is concerned
        yet. None for every other request."""
        if not self._origins or asked.method != "OPTIONS" or not asked.path.startswith(XAPI):
            return None
        if "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in asked.environ:
            return None
        return Answer(204, [], [])

    def finish(self, ended: Exchange, answer: Answer) -> None:
        if not self._origins or not ended.path.startswith(XAPI):
            return
        if not self._everyone:
            answer.headers.append(("Vary", "Origin"))
        origin = ended.environ.get("HTTP_ORIGIN")
        if origin is None or not (self._everyone or origin.lower() in self._origins):
            return
        answer.headers.append(("Access-Control-Allow-Origin", "*" if self._everyone else origin))
        if ended.method == "OPTIONS":
            answer.headers.append(("Access-Control-Allow-Methods", METHODS))
            answer.headers.append(("Access-Control-Allow-Headers", ALLOWED_HEADERS))
            answer.headers.append(("Access-Control-Max-Age", str(PREFLIGHT_AGE_S)))
        else:
            answer.headers.append(("Access-Control-Expose-Headers", EXPOSED_HEADERS))
