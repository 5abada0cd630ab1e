"""What is known of the request being answered, beside the request itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Request

from ingest_api import versions
from ingest_api.versions import ApiVersion

_PLACE = "rekam.exchange"


@dataclass(slots=True)
class Exchange:
    """Filled as the request is understood; read by what every answer has in common."""

    request_id: str
    started_at: float
    """Monotonic seconds."""
    version: ApiVersion
    """What the answer names: the version of the request, or the default where it names none of ours."""
    partner: str | None = None
    through_ms: int | None = None
    """What the answer may promise to be complete, where the request waited for it."""


def begin(request: Request, exchange: Exchange) -> None:
    request.environ[_PLACE] = exchange


def of(request: Request) -> Exchange:
    return cast(Exchange, request.environ[_PLACE])


def negotiate(request: Request) -> ApiVersion:
    """The version that a request names. Raises InvalidRequest where it names none of ours, which `Exchange.version` would hide."""
    return versions.negotiate(header_of(request))


def header_of(request: Request) -> str | None:
    header: str | None = request.environ.get("HTTP_X_EXPERIENCE_API_VERSION")
    return header
