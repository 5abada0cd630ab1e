"""Reading multipart bodies piece by piece, strictly.

A body that two readers could understand differently is refused: line ends are CRLF, nothing but blanks follows a boundary on its
line, no header is given twice, the closing boundary is there. Preamble and epilogue are passed over. Source: RFC 2046, 5.1.1
(https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from xapi.errors import InvalidRequest

MAX_HEADER_BYTES = 8 * 1024
_MAX_PADDING = 256
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  (RFC 7230 calls this a token)
_PARAMETER = re.compile(rf';[ \t]*(?:({_TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"[ \t]*|([^";]*)))?')
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_NAME = re.compile(_TOKEN)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BLANKS = b" \t"
_CRLF = b"\r\n"
_SHOWN = 60


def boundary_of(content_type: str) -> bytes:
    """The boundary that the Content-Type of a multipart body names. Raises InvalidRequest."""
    start = content_type.find(";")
    found: str | None = None
    while 0 <= start < len(content_type):
        parameter = _PARAMETER.match(content_type, start)
        if parameter is None:
            break
        name, quoted, plain = parameter.groups()
        if name is not None and name.lower() == "boundary":
            if found is not None:
                raise InvalidRequest("the Content-Type names two boundaries; name one")
            found = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain.rstrip(" \t")
        start = parameter.end()
    if start not in (-1, len(content_type)):
        raise InvalidRequest("the parameters of the Content-Type are malformed; write multipart/mixed; boundary=…")
    if not found:
        raise InvalidRequest("the Content-Type has no boundary; write multipart/mixed; boundary=… and begin each part with it")
    if not _BOUNDARY.fullmatch(found):
        raise InvalidRequest("the boundary is not one: 1 to 70 letters, digits, blanks and '()+_,-./:=?, the last one no blank")
    return found.encode("ascii")


@dataclass(frozen=True, slots=True)
class PartBegins:
    """A part and its headers; names in lower case."""

    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartEnds:
    """The part is complete."""


Event = PartBegins | bytes | PartEnds
"""Bytes are content of the part that began last."""


class _State(Enum):
    PREAMBLE = auto()
    AFTER_BOUNDARY = auto()
    HEADERS = auto()
    CONTENT = auto()
    CLOSED = auto()
    EPILOGUE = auto()


class MultipartParser:
    """Takes the body in pieces of any size and tells what is in it; holds back no more than a boundary or a block of headers.

    `feed` and `finish` raise InvalidRequest.
    """

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = _CRLF + b"--" + boundary
        self._buffer = bytearray(_CRLF)  # so that the first line of a body can be a boundary like any other
        self._state = _State.PREAMBLE
        self._blank_line = 0
        """What of the buffer's beginning is the end of the headers: an empty part may lend it to the boundary."""
        self._parts = 0

    def feed(self, piece: bytes) -> list[Event]:
        self._buffer += piece
        events: list[Event] = []
        while self._step(events):
            pass
        return events

    def finish(self) -> None:
        """The body has ended."""
        if self._state is _State.PREAMBLE:
            raise InvalidRequest(
                "the boundary of the Content-Type does not begin any line of the body; begin each part with a line of -- and it, "
                "and end lines with CRLF"
            )
        if self._state not in (_State.CLOSED, _State.EPILOGUE):
            raise InvalidRequest("the body ends before its closing boundary (-- after the boundary); send it again")

    def _step(self, events: list[Event]) -> bool:
        """Go on as far as one state leads; whether there may be more to do."""
        match self._state:
            case _State.PREAMBLE:
                return self._preamble()
            case _State.AFTER_BOUNDARY:
                return self._after_boundary()
            case _State.HEADERS:
                return self._headers(events)
            case _State.CONTENT:
                return self._content(events)
            case _State.CLOSED:
                return self._closed()
            case _State.EPILOGUE:
                self._buffer.clear()
                return False

    def _preamble(self) -> bool:
        at = self._buffer.find(self._delimiter)
        if at < 0:
            del self._buffer[: max(0, len(self._buffer) - len(self._delimiter) + 1)]
            return False
        return self._cut(at + len(self._delimiter), _State.AFTER_BOUNDARY)

    def _after_boundary(self) -> bool:
        buffer = self._buffer
        if buffer.startswith(b"--"):
            return self._cut(2, _State.CLOSED)
        at = buffer.find(_CRLF)
        line = bytes(buffer if at < 0 else buffer[:at])
        if line.strip(_BLANKS) not in ((b"", b"\r", b"-") if at < 0 else (b"",)) or len(line) > _MAX_PADDING:
            raise InvalidRequest("something follows a boundary on its line; nothing may, and content must not contain the boundary")
        return at >= 0 and self._cut(at, _State.HEADERS)

    def _headers(self, events: list[Event]) -> bool:
        at = self._buffer.find(_CRLF + _CRLF)
        if at > MAX_HEADER_BYTES or (at < 0 and len(self._buffer) > MAX_HEADER_BYTES + 4):
            raise InvalidRequest(
                f"part {self._parts + 1} has headers of more than {MAX_HEADER_BYTES} bytes, or no blank line (CRLF) after them"
            )
        if at < 0:
            return False
        self._parts += 1
        events.append(PartBegins(_parse_headers(bytes(self._buffer[:at]), self._parts)))
        self._blank_line = 2
        return self._cut(at + 2, _State.CONTENT)

    def _content(self, events: list[Event]) -> bool:
        buffer, begin = self._buffer, self._blank_line
        at = buffer.find(self._delimiter)
        end = len(buffer) - len(self._delimiter) + 1 if at < 0 else at
        if end > begin:
            events.append(bytes(buffer[begin:end]))
        if at >= 0:
            self._blank_line = 0
            events.append(PartEnds())
            return self._cut(at + len(self._delimiter), _State.AFTER_BOUNDARY)
        if end > begin:
            self._blank_line = 0
            del buffer[:end]
        return False

    def _closed(self) -> bool:
        rest = self._buffer.lstrip(_BLANKS)
        if rest and not _CRLF.startswith(bytes(rest[:2])):
            raise InvalidRequest("something follows the closing boundary on its line; nothing may")
        return len(rest) >= 2 and self._cut(len(self._buffer), _State.EPILOGUE)

    def _cut(self, length: int, state: _State) -> bool:
        del self._buffer[:length]
        self._state = state
        return True


def _parse_headers(block: bytes, part: int) -> dict[str, str]:
    """`block` is empty, or begins with CRLF as every line of it does. Continued lines are joined (RFC 822, 3.1.1)."""
    headers: dict[str, str] = {}
    if not block:
        return headers
    for line in re.sub(r"(?<!^)\r\n[ \t]+", " ", block.decode("latin-1")).removeprefix("\r\n").split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name) or _CONTROL.search(value):
            raise InvalidRequest(f"part {part} has a malformed header line; write Name: value, and a blank line after the last one")
        if name.lower() in headers:
            raise InvalidRequest(f"part {part} has the header {name[:_SHOWN]} twice; give it once")
        headers[name.lower()] = value.strip(" \t")
    return headers
