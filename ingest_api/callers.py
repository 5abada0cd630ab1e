"""Who calls, and whether they may."""

from __future__ import annotations

from access.authenticator import Authenticator
from access.credentials import Credential, Role
from ingest_api import exchange
from ingest_api.exchange import Environment
from xapi.errors import Forbidden


def caller(environ: Environment, authenticator: Authenticator) -> Credential:
    """The credential of a request. Raises `access.authenticator.AccessError`."""
    credential = authenticator.authenticate(environ.get("HTTP_AUTHORIZATION"))
    exchange.of(environ).partner = credential.partner
    return credential


def caller_with(role: Role, environ: Environment, authenticator: Authenticator) -> Credential:
    """The same, and it has the role; raises Forbidden if not."""
    credential = caller(environ, authenticator)
    if not credential.may(role):
        raise Forbidden(f"this credential lacks the role {role}")
    return credential
