"""What can be wrong with a request, in the terms of xAPI.

    XapiError                     status   when
    ├── InvalidRequest            400      the request breaks a rule of the specification
    │   ├── Unauthenticated       401      no credential, or one that is not known
    │   ├── Forbidden             403      the credential may not do this
    │   ├── NotFound              404      there is no such thing, or it is not the asker's
    │   └── TooLarge              413      a body or a statement over the limit
    ├── Conflict                  409      other content under the same key exists
    └── PreconditionFailed        412      If-Match or If-None-Match does not hold

Every error carries ``message`` (what was wrong and what would be right), ``pointer`` (a JSON pointer, RFC 6901, into
the body of the request, or ``""`` for the request as a whole) and ``status`` (the HTTP status, so that no adapter
needs a second table). Rules: xAPI 1.0.3, Communication, 3.2 Error codes.
"""

from __future__ import annotations

from typing import ClassVar

MOST_ECHOED = 200
"""Characters of anything a sender wrote that a message repeats."""


MOST_SAID = 1_000
"""Characters of a whole message, and of a whole pointer."""


def echoed(text: str) -> str:
    """What a sender wrote, short enough to be repeated to them; what is cut ends in an ellipsis."""
    return _cut(text, MOST_ECHOED)


def said(message: str) -> str:
    """A whole message, however much of it a sender wrote."""
    return _cut(message, MOST_SAID)


def echoed_pointer(pointer: str) -> str:
    """A JSON pointer, each name in it and the whole short enough to be repeated."""
    return _cut("/".join(map(echoed, pointer.split("/"))) if len(pointer) > MOST_ECHOED else pointer, MOST_SAID)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


class XapiError(Exception):
    """A request cannot be served, and its sender can know why."""

    default_status: ClassVar[int] = 400

    def __init__(self, message: str, pointer: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.status = self.default_status if status is None else status

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" if self.pointer else self.message

    def __reduce__(self) -> tuple[type[XapiError], tuple[str, str, int]]:
        # The default would rebuild the error from its message alone and lose where it happened.
        return type(self), (self.message, self.pointer, self.status)


class InvalidRequest(XapiError):
    """The request breaks a rule; sending it again unchanged will fail again."""


class Unauthenticated(InvalidRequest):
    """No credential was given, or it is not one of ours."""

    default_status = 401


class Forbidden(InvalidRequest):
    """The credential is known and may not do this."""

    default_status = 403


class NotFound(InvalidRequest):
    """There is no such thing, or it is not visible to the one who asks."""

    default_status = 404


class TooLarge(InvalidRequest):
    """A body, or one statement of it, is over the limit of this server."""

    default_status = 413


class Conflict(XapiError):
    """Other content exists already under the same key."""

    default_status = 409


class PreconditionFailed(XapiError):
    """``If-Match`` or ``If-None-Match`` does not hold; the resource is unchanged."""

    default_status = 412
