"""A request being answered: what was asked, and what is known of it by now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from ingest_api import versions
from ingest_api.versions import ApiVersion
from xapi.errors import XapiError

XAPI = "/xapi/"
Environment = dict[str, Any]
"""A request as the server hands it over (PEP 3333)."""
StartResponse = Callable[..., Any]
Application = Callable[[Environment, StartResponse], Iterable[bytes]]
"""A WSGI application."""

_PLACE = "rekam.exchange"


@dataclass(slots=True)
class Exchange:
    """Filled as the request is understood; read by what every answer has in common."""

    environ: Environment
    method: str
    path: str
    request_id: str
    started_at: float
    """Monotonic seconds."""
    version: ApiVersion
    """What the answer names: the version of the request, or the default where it names none of ours."""
    refusal: XapiError | None = None
    """Why a request in the alternate syntax stands for none."""
    resource: str = "none"
    """What answers, as metrics name it."""
    route: str | None = None
    quiet: bool = False
    """Asked every few seconds by machines; not worth a line in the log unless something is wrong."""
    partner: str | None = None
    through_ms: int | None = None
    """What the answer may promise to be complete, where the request waited for it."""


def begin(exchange: Exchange) -> None:
    exchange.environ[_PLACE] = exchange


def end(exchange: Exchange) -> None:
    """Let the two let go of each other: in a circle a request stays, body and all, until somebody looks for circles."""
    del exchange.environ[_PLACE]


def of(environ: Environment) -> Exchange:
    return cast(Exchange, environ[_PLACE])


def path_of(environ: Environment) -> str:
    """With one slash at its beginning, however many there were."""
    path: str = environ.get("PATH_INFO", "")
    return path if path.startswith("/x") else "/" + path.lstrip("/")


def query_of(environ: Environment) -> bytes:
    """The query string, as its bytes came."""
    query: str = environ.get("QUERY_STRING", "")
    return query.encode("latin-1")


def negotiate(environ: Environment) -> ApiVersion:
    """The version that a request names. Raises InvalidRequest where it names none of ours, which `Exchange.version` would hide."""
    return versions.negotiate(header_of(environ))


def header_of(environ: Environment) -> str | None:
    header: str | None = environ.get("HTTP_X_EXPERIENCE_API_VERSION")
    return header
