"""Who calls, and whether they may."""

from __future__ import annotations

from flask import g, request

from access.authenticator import Authenticator
from access.credentials import Credential, Role
from xapi.errors import Forbidden


def caller(authenticator: Authenticator) -> Credential:
    """The credential of the current request. Raises `access.authenticator.AccessError`."""
    credential = authenticator.authenticate(request.environ.get("HTTP_AUTHORIZATION"))
    g.partner = credential.partner
    return credential


def caller_with(role: Role, authenticator: Authenticator) -> Credential:
    """The same, and it has the role; raises Forbidden if not."""
    credential = caller(authenticator)
    if not credential.may(role):
        raise Forbidden(f"this credential lacks the role {role}")
    return credential
