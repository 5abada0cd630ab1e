"""The alternate request syntax: a POST with `?method=` and a form that stands for any other request.

Made for browsers that could send little more than forms. The form is turned into the request it stands for before the application
sees it, so no resource knows of it. Source: xAPI 1.0.3, Communication 1.3; not part of IEEE 9274.1.1.
"""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote_from_bytes, unquote_to_bytes

from ingest_api import versions
from ingest_api.bodies import JSON, form_body
from ingest_api.exchange import XAPI, Environment
from xapi.errors import InvalidRequest, XapiError

METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE"})
_WITH_CONTENT = frozenset({"PUT", "POST"})
_FORM = "application/x-www-form-urlencoded"
_FORMLESS = frozenset({"", "text/plain"})
"""What the browsers concerned write when they write anything (XDomainRequest sets no other Content-Type)."""
_MAX_FIELDS = 50
_MAX_FORM_BYTES = 4 * 1024 * 1024
"""A form is read before its sender is known, for the credential may be in it; no browser concerned could send as much."""

HEADERS = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "authorization", "content-type", "content-length"),
        *("content-transfer-encoding", "if-match", "if-none-match", "x-experience-api-version"),
    }
)
"""Form fields that are headers of the request meant (Communication 1.2 and 1.3); all others but `content` are its parameters."""


class AlternateSyntax:
    """Turns requests in the alternate syntax into what they stand for. Thread-safe."""

    def __init__(self, max_body_bytes: int) -> None:
        # Percent-encoding may triple the content, and the other fields are small.
        self._max_form_bytes = min(3 * max_body_bytes + 64 * 1024, _MAX_FORM_BYTES)

    def rewrite(self, environ: Environment) -> XapiError | None:
        """Change `environ`, if it is such a request; return what is wrong with one, for it is answered like any other error."""
        query = environ.get("QUERY_STRING", "")
        if (
            "method=" in query
            and environ["REQUEST_METHOD"] == "POST"
            and environ.get("PATH_INFO", "").startswith(XAPI)
            and any(part.startswith("method=") for part in query.split("&"))
        ):
            try:
                self._rewrite(environ, query)
            except XapiError as error:
                return error
        return None

    def _rewrite(self, environ: Environment, query: str) -> None:
        fields = self._fields(environ)
        headers = {name.lower(): value for name, value in fields.items() if name.lower() in HEADERS}
        meant = headers.get("x-experience-api-version")
        if meant is not None:
            environ["HTTP_X_EXPERIENCE_API_VERSION"] = _header(meant)
        if not versions.negotiate(environ.get("HTTP_X_EXPERIENCE_API_VERSION")).alternate_syntax:
            raise InvalidRequest("this version of xAPI has no alternate request syntax: send the method itself, without ?method=")
        if "&" in query:
            raise InvalidRequest('nothing may stand beside the query parameter "method": parameters belong into the form')
        method = query.removeprefix("method=")
        if method not in METHODS:
            raise InvalidRequest(f'the query parameter "method" must be one of {", ".join(sorted(METHODS))}')
        content = fields.pop("content", None)
        if content is None and method in _WITH_CONTENT:
            raise InvalidRequest(f'a {method} in the alternate request syntax needs the form field "content", with the body')
        _take_headers(environ, headers, content)
        environ["REQUEST_METHOD"] = method
        environ["QUERY_STRING"] = "&".join(
            f"{quote_from_bytes(name.encode(), safe='')}={quote_from_bytes(value, safe='')}"
            for name, value in fields.items()
            if name.lower() not in HEADERS
        )
        environ["wsgi.input"] = BytesIO(content or b"")

    def _fields(self, environ: Environment) -> dict[str, bytes]:
        """The fields of the form, percent-decoded to bytes: `content` may be anything."""
        media_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if media_type != _FORM and media_type not in _FORMLESS:
            raise InvalidRequest(f"with ?method= the body must be a form of the type {_FORM}")
        parts = form_body(environ, self._max_form_bytes).split(b"&", _MAX_FIELDS)
        if len(parts) > _MAX_FIELDS:
            raise InvalidRequest(f"the form has more than {_MAX_FIELDS} fields")
        fields: dict[str, bytes] = {}
        for part in parts:
            if not part:
                continue
            raw_name, equals, value = part.replace(b"+", b" ").partition(b"=")
            name = unquote_to_bytes(raw_name).decode(errors="replace")
            if not equals or name in fields:
                raise InvalidRequest("the body must be a form with each of its fields once, each with = after its name")
            fields[name] = unquote_to_bytes(value)
        return fields


def _take_headers(environ: Environment, headers: dict[str, bytes], content: bytes | None) -> None:
    for name, value in headers.items():
        if name not in ("content-type", "content-length"):
            environ["HTTP_" + name.upper().replace("-", "_")] = _header(value)
    announced = headers.get("content-length")
    if announced is not None and content is not None and announced.strip() != str(len(content)).encode():
        raise InvalidRequest('the form field "Content-Length" differs from the length of "content"')
    environ["CONTENT_LENGTH"] = str(len(content or b""))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.pop("CONTENT_TYPE", None)
    if content is not None:
        # The Content-Type of the request itself speaks of the form (Communication 1.3).
        environ["CONTENT_TYPE"] = _header(headers.get("content-type", JSON.encode()))


def _header(value: bytes) -> str:
    """A header as WSGI has it; one that could not have come as a header is refused."""
    if any(byte < 0x20 or byte == 0x7F for byte in value):
        raise InvalidRequest("a form field that stands for a header has a character that headers can't have")
    return value.decode("latin-1")
