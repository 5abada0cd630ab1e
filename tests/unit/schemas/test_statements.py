"""Bodies: what is cut into statements, and what is refused before a rule of xAPI is even asked."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.statements import V1_0_3, ParsedRequest, parse_statements, validate
from tests.unit.schemas.strategies import statements
from xapi.errors import InvalidRequest, TooLarge, XapiError

ID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
MINIMAL = b'{"actor":{"mbox":"mailto:a@b.id"},"verb":{"id":"http://x.y/v"},"object":{"id":"http://x.y/o"}}'


def parse(body: bytes, **limits: Any) -> ParsedRequest:
    return parse_statements(body, **{"max_statement_bytes": 100_000, **limits})


def with_extension(text: bytes) -> bytes:
    return MINIMAL[:-1] + b',"context":{"extensions":{"http://x.y/e":' + text + b"}}}"


def test_one_statement_keeps_its_bytes_without_the_space_around_it() -> None:
    spaced = MINIMAL.replace(b",", b" ,\n\t")
    request = parse(b"\n  " + spaced + b"\r\n")
    assert not request.batch
    assert [statement.raw for statement in request.statements] == [spaced]


def test_a_batch_keeps_the_bytes_of_each() -> None:
    first, second = with_extension(b"1.0000000000000000000001E+2"), with_extension(b'"\\u00e9\\/ \xc3\xa9"')
    request = parse(b" [ " + first + b"\n,\t" + second + b" ] ")
    assert request.batch
    assert [statement.raw for statement in request.statements] == [first, second]
    validate([statement.value for statement in request.statements], V1_0_3)


def test_an_empty_batch_has_no_statements() -> None:
    assert parse(b"[]") == ParsedRequest(batch=True, statements=())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"18446744073709551617", 2**64 + 1),
        (b"-" + b"9" * 400, -int("9" * 400)),
        (b"1e308", 1e308),
        (b"0.1", 0.1),
        (b'"\\u0000"', "\x00"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
    ],
)
def test_what_json_can_say_is_taken_exactly_in_extensions(text: bytes, value: object) -> None:
    (statement,) = parse(with_extension(text)).statements
    assert statement.value["context"]["extensions"]["http://x.y/e"] == value
    assert text in statement.raw
    validate(statement.value, V1_0_3)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"{", "line 1, column 1"),
        (b'{\n"a" 1}', "line 2"),
        (MINIMAL + MINIMAL, "trailing"),
        (b"[" + MINIMAL + b",]", "not valid JSON"),
        (b"\xef\xbb\xbf" + MINIMAL, "byte-order mark"),
        (MINIMAL.decode().encode("utf-16"), "not valid JSON"),
        (with_extension(b'"\xff"'), "not valid JSON"),
        (with_extension(b'"\xed\xa0\x80"'), "not valid JSON"),
        (with_extension(b'"\\ud800"'), "not valid JSON"),
        (with_extension(b'"\\udc00\\ud800"'), "not valid JSON"),
        (with_extension(b'"\n"'), "control character"),
        (with_extension(b"NaN"), "not valid JSON"),
        (with_extension(b"-Infinity"), "not valid JSON"),
        (with_extension(b"01"), "not valid JSON"),
        (with_extension(b"1e999"), "1.8e308"),
        (with_extension(b"-1E+400"), "1.8e308"),
        (with_extension(b"9" * 400 + b".5"), "1.8e308"),
        (with_extension(b"9" * 5000), "not valid JSON"),
        (with_extension(b'{"a":1,"a":1}'), 'the property "a" is given twice'),
        (with_extension(b'{"a":1,"\\u0061":1}'), 'the property "a" is given twice'),
        (with_extension(b"[" * 98 + b"]" * 98), "deeper than 100"),
        (with_extension(b'{"a":' * 98 + b"1" + b"}" * 98), "deeper than 100"),
        (with_extension(b"[" * 5000 + b"]" * 5000), "too deeply"),
        (b"[" * 5000, "too deeply"),
        (b'{"a":' * 1_000_000, "too deeply"),
    ],
)
def test_a_body_that_is_not_acceptable_json_is_refused_with_a_reason(body: bytes, words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse(body)
    assert words in refused.value.message
    assert refused.value.status == 400
    assert len(refused.value.message) < 500


def test_depth_is_taken_up_to_the_limit() -> None:
    (statement,) = parse(with_extension(b"[" * 97 + b"]" * 97)).statements
    validate(statement.value, V1_0_3)
    assert parse(b"[" + with_extension(b"[" * 97 + b"]" * 97) + b"]").batch
    assert len(parse(with_extension(b"[" + b"[]," * 500 + b"[]]")).statements) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"1", ""),
        (b'"x"', ""),
        (b"null", ""),
        (b"[1]", "/0"),
        (b"[" + MINIMAL + b",[" + MINIMAL + b"]]", "/1"),
        (b"[" + MINIMAL + b",null]", "/1"),
    ],
)
def test_a_statement_is_an_object(body: bytes, pointer: str) -> None:
    with pytest.raises(InvalidRequest, match="must be a JSON object") as refused:
        parse(body)
    assert refused.value.pointer == pointer


def test_the_same_id_twice_in_a_batch_is_refused_whatever_its_case() -> None:
    bodies = [json.dumps({"id": identity}).encode() for identity in (ID, "x", ID.upper())]
    with pytest.raises(InvalidRequest, match="statement 0") as refused:
        parse(b"[" + b",".join(bodies) + b"]")
    assert refused.value.pointer == "/2/id"


def test_a_statement_over_the_limit_is_too_large_and_one_at_it_is_not() -> None:
    assert parse(MINIMAL, max_statement_bytes=len(MINIMAL))
    with pytest.raises(TooLarge) as refused:
        parse(b"[" + MINIMAL + b"," + MINIMAL + b" ]", max_statement_bytes=len(MINIMAL) - 1)
    assert refused.value.status == 413
    assert refused.value.pointer == "/0"


def test_twenty_megabytes_are_answered_in_bounded_memory() -> None:
    body = with_extension(b'"' + b"x" * 20_000_000 + b'"')
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            parse(body)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert parse(body, max_statement_bytes=len(body))


damage = st.binary(max_size=3) | st.sampled_from([b'"', b"{", b"]", b"1e999", b"\\ud800", b",", b"NaN", b"\x00", b"-", b"9" * 400])


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(statements(), max_size=2).map(json.dumps), st.lists(st.tuples(st.integers(0, 10**4), damage), max_size=4))
def test_nothing_but_an_xapi_error_comes_of_a_damaged_body(text: str, damages: list[tuple[int, bytes]]) -> None:
    body = bytearray(text.encode())
    for position, junk in damages:
        start = position % (len(body) + 1)
        body[start : start + len(junk) // 2] = junk
    with contextlib.suppress(XapiError):
        request = parse(bytes(body))
        validate([statement.value for statement in request.statements], V1_0_3)
