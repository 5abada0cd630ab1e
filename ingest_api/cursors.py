"""`more`: where a list goes on, as a token that only this installation can make and read.

The whole query is inside, encrypted and authenticated, so that no personal data stands in a URL and nothing has to be remembered on
the server; any API process reads the tokens of any other.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from xapi.errors import InvalidRequest
from xapi.query import Format, StatementFilter, StoredAt


@dataclass(frozen=True, slots=True)
class Continuation:
    """A list and how far it was given out: what is wanted, how it is shown, the last statement shown (None at its beginning)."""

    wanted: StatementFilter
    limit: int
    format: Format
    attachments: bool
    after: StoredAt | None = None
    v: int = 1


_decoder = msgspec.json.Decoder(Continuation)


class CursorCipher:
    """Seals and opens continuations. `secret` gives 32 bytes that never change; it is asked on the first use only, so that an API
    process can start while the store is down. Thread-safe."""

    def __init__(self, secret: Callable[[], bytes]) -> None:
        self._secret = secret
        self._fernet: Fernet | None = None

    def seal(self, continuation: Continuation) -> str:
        """A token of the characters A-Z a-z 0-9 - _ (padding is left off, for `=` does not travel well in URLs)."""
        return self._cipher().encrypt(msgspec.json.encode(continuation)).rstrip(b"=").decode()

    def open(self, token: str) -> Continuation:
        """Raises InvalidRequest for anything that was not sealed here."""
        try:
            plain = self._cipher().decrypt(token + "=" * (-len(token) % 4))
            return _decoder.decode(plain)
        except (InvalidToken, msgspec.MsgspecError, ValueError):
            raise InvalidRequest(
                'the value of "more" was not made by this server, or has changed on its way: follow it as given, or begin again'
            ) from None

    def _cipher(self) -> Fernet:
        fernet = self._fernet
        if fernet is None:
            fernet = self._fernet = Fernet(base64.urlsafe_b64encode(self._secret()))
        return fernet
