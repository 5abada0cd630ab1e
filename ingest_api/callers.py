"""Who calls, and whether they may."""

from __future__ import annotations

from flask import Request

from access.authenticator import Authenticator
from access.credentials import Credential, Role
from ingest_api import exchange
from xapi.errors import Forbidden


def caller(request: Request, authenticator: Authenticator) -> Credential:
    """The credential of a request. Raises `access.authenticator.AccessError`."""
    credential = authenticator.authenticate(request.environ.get("HTTP_AUTHORIZATION"))
    exchange.of(request).partner = credential.partner
    return credential


def caller_with(role: Role, request: Request, authenticator: Authenticator) -> Credential:
    """The same, and it has the role; raises Forbidden if not."""
    credential = caller(request, authenticator)
    if not credential.may(role):
        raise Forbidden(f"this credential lacks the role {role}")
    return credential
