"""Cursors: the place of the last item of a page, opaque outside. None says anything of a person, so they may stand in URLs."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
from marshmallow import ValidationError, fields

_NO_CURSOR = "is not a cursor of this service; take it from the `next` link of an answer"


def write_cursor(place: Any) -> str:
    """`place` is a value that JSON can hold; a tuple of strings, numbers and UUIDs does."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


class CursorField(fields.Field[Any]):
    """A cursor as `write_cursor` makes it, read into `kind` (a type msgspec knows) and refused when it is none."""

    def __init__(self, kind: Any) -> None:
        super().__init__(metadata={"type": "string", "description": "Opaque cursor; follow the `next` link instead of making one"})
        self._decoder = msgspec.json.Decoder(kind)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            padded = str(value) + "=" * (-len(str(value)) % 4)
            return self._decoder.decode(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        except (binascii.Error, UnicodeEncodeError, msgspec.MsgspecError):
            raise ValidationError(_NO_CURSOR) from None
