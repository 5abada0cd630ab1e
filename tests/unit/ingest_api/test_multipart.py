"""Reading multipart bodies (RFC 2046, 5.1.1): the same parts however the body is cut, and a refusal for what is not one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_api.multipart import MAX_HEADER_BYTES, MultipartParser, PartBegins, PartEnds, boundary_of
from tests.unit.ingest_api.mixing import body_of
from xapi.errors import InvalidRequest

Parsed = list[tuple[dict[str, str], bytes]]


def parse(pieces: Iterable[bytes], boundary: bytes = b"b") -> Parsed:
    parser = MultipartParser(boundary)
    found: Parsed = []
    complete = 0
    for piece in pieces:
        for event in parser.feed(piece):
            match event:
                case PartBegins():
                    found.append((dict(event.headers), b""))
                case PartEnds():
                    complete += 1
                case _:
                    found[-1] = (found[-1][0], found[-1][1] + event)
    parser.finish()
    assert complete == len(found)
    return found


def verdict(pieces: Iterable[bytes]) -> Parsed | str:
    try:
        return parse(pieces)
    except InvalidRequest as error:
        return f"{error.status} {error}"


def cut(body: bytes, places: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return [body[begin:end] for begin, end in pairwise(edges)]


CRLF = b"\r\n"
UNDERSTOOD: dict[str, tuple[bytes, Parsed]] = {
    "one part": (b"--b\r\nA: 1\r\n\r\nx\r\n--b--\r\n", [({"a": "1"}, b"x")]),
    "nothing after the closing boundary": (b"--b\r\nA: 1\r\n\r\nx\r\n--b--", [({"a": "1"}, b"x")]),
    "an empty line first": (b"\r\n--b\r\nA: 1\r\n\r\nx\r\n--b--", [({"a": "1"}, b"x")]),
    "preamble and epilogue": (b"Hello\r\nA: 2\r\n--b\r\nA: 1\r\n\r\nx\r\n--b--\r\n--b\r\nB: 1\r\n", [({"a": "1"}, b"x")]),
    "blanks after boundaries": (b"--b \t\r\nA: 1\r\n\r\nx\r\n--b-- \t\r\n", [({"a": "1"}, b"x")]),
    "no headers": (b"--b\r\n\r\nx\r\n--b--\r\n", [({}, b"x")]),
    "no content": (b"--b\r\nA: 1\r\n\r\n\r\n--b--\r\n", [({"a": "1"}, b"")]),
    "no content and no line for it": (b"--b\r\nA: 1\r\n\r\n--b--\r\n", [({"a": "1"}, b"")]),
    "no headers and no content": (b"--b\r\n\r\n--b\r\n\r\n\r\n--b--", [({}, b""), ({}, b"")]),
    "line ends in the content": (b"--b\r\n\r\n\r\n\r\n\r\n--b--", [({}, b"\r\n\r\n")]),
    "nearly a boundary": (b"--b\r\n\r\n--\r\n-b\r\n--c\n--b\r\n--b--", [({}, b"--\r\n-b\r\n--c\n--b")]),
    "a header over two lines": (b"--b\r\nA: 1;\r\n\t b=2\r\n\r\n\r\n--b--", [({"a": "1; b=2"}, b"")]),
    "a header with no value, one with a colon": (b"--b\r\nA:\r\nB:c:d \r\n\r\n\r\n--b--", [({"a": "", "b": "c:d"}, b"")]),
}


@pytest.mark.parametrize(("body", "parts"), UNDERSTOOD.values(), ids=UNDERSTOOD.keys())
def test_understood(body: bytes, parts: Parsed) -> None:
    assert parse([body]) == parts
    assert parse([body[at : at + 1] for at in range(len(body))]) == parts
    assert all(parse([body[:at], body[at:]]) == parts for at in range(len(body)))


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "does not begin any line"),
    "no boundary": (b"A: 1\r\n\r\nx\r\n", "does not begin any line"),
    "another boundary": (b"--c\r\nA: 1\r\n\r\nx\r\n--c--\r\n", "does not begin any line"),
    "a boundary in the middle of a line": (b"x--b\r\nA: 1\r\n\r\nx\r\nx--b--\r\n", "does not begin any line"),
    "line ends of LF alone": (b"\n--b\nA: 1\n\nx\n--b--\n", "CRLF"),
    "LF after a boundary": (b"--b\nA: 1\r\n\r\nx\r\n--b--\r\n", "follows a boundary"),
    "no closing boundary": (b"--b\r\nA: 1\r\n\r\nx\r\n", "before its closing boundary"),
    "half a closing boundary": (b"--b\r\nA: 1\r\n\r\nx\r\n--b-", "before its closing boundary"),
    "a boundary and no more": (b"--b", "before its closing boundary"),
    "headers that do not end": (b"--b\r\nA: 1\r\n", "before its closing boundary"),
    "a longer boundary": (b"--b\r\nA: 1\r\n\r\nx\r\n--bb\r\n", "must not contain the boundary"),
    "a closing boundary that goes on": (b"--b\r\nA: 1\r\n\r\nx\r\n--b--c\r\n", "follows the closing boundary"),
    "a header without a colon": (b"--b\r\nA 1\r\n\r\nx\r\n--b--", "malformed header"),
    "a header without a name": (b"--b\r\n: 1\r\n\r\nx\r\n--b--", "malformed header"),
    "a blank in a name": (b"--b\r\nA : 1\r\n\r\nx\r\n--b--", "malformed header"),
    "a first line that continues nothing": (b"--b\r\n A: 1\r\n\r\nx\r\n--b--", "malformed header"),
    "a control character": (b"--b\r\nA: \x00\r\n\r\nx\r\n--b--", "malformed header"),
    "LF between headers": (b"--b\r\nA: 1\nB: 2\r\n\r\nx\r\n--b--", "malformed header"),
    "a boundary among the headers": (b"--b\r\nA: 1\r\n--b\r\nA: 1\r\n\r\nx\r\n--b--", "malformed header"),
    "a header twice": (b"--b\r\nA: 1\r\na: 2\r\n\r\nx\r\n--b--", "twice"),
    "endless headers": (b"--b\r\nA: " + b"1" * MAX_HEADER_BYTES + b"\r\n\r\nx\r\n--b--", "headers of more than"),
    "endless headers that do not end": (b"--b\r\nA: " + b"1" * 2 * MAX_HEADER_BYTES, "headers of more than"),
    "endless blanks": (b"--b" + b" " * 1000 + b"\r\nA: 1\r\n\r\nx\r\n--b--", "follows a boundary"),
}


@pytest.mark.parametrize(("body", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(body: bytes, words: str) -> None:
    for pieces in ([body], [body[at : at + 1] for at in range(len(body))]):
        with pytest.raises(InvalidRequest, match=words):
            parse(pieces)


names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,10}", fullmatch=True)
values = st.from_regex(r"[!-~]([ -~]{0,20}[!-~])?", fullmatch=True)
headers = st.lists(st.tuples(names, values), max_size=3, unique_by=lambda pair: pair[0].lower()).map(dict)
contents = st.binary(max_size=60) | st.text("\r\n-b ", max_size=40).map(str.encode)
places = st.lists(st.integers(0, 10_000), max_size=12)


@given(parts=st.lists(st.tuples(headers, contents.filter(lambda c: b"\r\n--b" not in b"\r\n" + c)), max_size=4), places=places)
def test_every_body_says_the_same_however_it_is_cut(parts: list[tuple[dict[str, str], bytes]], places: list[int]) -> None:
    body = body_of(parts, "b")
    expected = [({name.lower(): value for name, value in headed.items()}, content) for headed, content in parts]
    if not parts:
        body = b"--b\r\n\r\n" + body
        expected = [({}, b"")]
    assert parse(cut(body, places)) == expected


@given(body=st.text("\r\n-b :A1 ", max_size=80).map(str.encode) | st.binary(max_size=80), places=places)
def test_noise_gets_the_same_verdict_however_it_is_cut(body: bytes, places: list[int]) -> None:
    for noise in (body, b"--b\r\n" + body, b"--b\r\nA: 1\r\n\r\n" + body + b"\r\n--b--"):
        whole = verdict([noise])
        assert verdict(cut(noise, places)) == whole
        assert isinstance(whole, list) or whole.startswith("400 ")


BOUNDARIES: dict[str, bytes | str] = {
    "multipart/mixed; boundary=abc": b"abc",
    'multipart/mixed; boundary="abc"': b"abc",
    'multipart/mixed;charset=utf-8 ;BOUNDARY="a\\bc" ': b"abc",
    "multipart/mixed; boundary=-------314159265358979323846": b"-------314159265358979323846",
    'multipart/mixed; boundary="abcABC0123\'()+_,-./:=?"': b"abcABC0123'()+_,-./:=?",
    'multipart/mixed; boundary="a b"; x': "malformed",
    'multipart/mixed; x="; boundary=no"; boundary=yes': b"yes",
    "multipart/mixed": "no boundary",
    "multipart/mixed;": "no boundary",
    "multipart/mixed; boundary": "malformed",
    "multipart/mixed; boundary=": "no boundary",
    'multipart/mixed; boundary=""': "no boundary",
    'multipart/mixed; boundary="a': "malformed",
    'multipart/mixed; boundary="a"b': "malformed",
    "multipart/mixed; boundary=a; boundary=b": "two boundaries",
    "multipart/mixed; boundary=" + "a" * 71: "1 to 70",
    'multipart/mixed; boundary="a "': "1 to 70",
    "multipart/mixed; boundary=a@b": "1 to 70",
    "multipart/mixed; boundary=\xe9": "1 to 70",
}


@pytest.mark.parametrize(("content_type", "expected"), BOUNDARIES.items(), ids=BOUNDARIES.keys())
def test_boundaries(content_type: str, expected: bytes | str) -> None:
    if isinstance(expected, bytes):
        assert boundary_of(content_type) == expected
    else:
        with pytest.raises(InvalidRequest, match=expected):
            boundary_of(content_type)


@given(st.text(st.characters(max_codepoint=255), max_size=40))
def test_a_content_type_names_a_boundary_or_is_refused(tail: str) -> None:
    try:
        boundary = boundary_of("multipart/mixed;" + tail)
    except InvalidRequest as error:
        boundary = str(error.status).encode()
    assert 0 < len(boundary) <= 70


def test_little_is_held_back() -> None:
    parser = MultipartParser(b"boundary")
    parser.feed(b"--boundary\r\n\r\n")
    for _ in range(100):
        given_out = sum(len(event) for event in parser.feed(b"\r\n--boundar" * 100) if isinstance(event, bytes))
        assert given_out > 900
