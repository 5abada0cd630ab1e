"""Documents: entity tags, preconditions, merging, and what the versions want of a PUT."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.documents import (
    RULES_1_0_3,
    RULES_2_0,
    DocumentKind,
    DocumentRules,
    Preconditions,
    Tags,
    check_posted,
    etag,
    is_json,
    merged,
)
from xapi.errors import Conflict, InvalidRequest, PreconditionFailed, XapiError

JSON = "application/json"
ONE, TWO = etag(b"1"), etag(b"2")


def test_the_etag_is_the_sha1_of_the_content() -> None:
    assert etag(b"") == "da39a3ee5e6b4b0d3255bfef95601890afd80709"


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("*", Tags(any=True)),
        (" * ", Tags(any=True)),
        (f'"{ONE}"', Tags(False, frozenset({ONE}))),
        (f'W/"{ONE}"', Tags(False, weak=frozenset({ONE}))),
        (f'"{ONE}","{TWO}"', Tags(False, frozenset({ONE, TWO}))),
        (f' , "{ONE}" ,, W/"{TWO}",', Tags(False, frozenset({ONE}), frozenset({TWO}))),
        ('"a,b", "cd"', Tags(False, frozenset({"a,b", "cd"}))),
        ('""', Tags(False, frozenset({""}))),
        (ONE.upper(), Tags(False, frozenset({ONE}))),
    ],
)
def test_entity_tags_are_read_as_http_writes_them(header: str, tags: Tags) -> None:
    assert Tags.parse(header, "If-Match") == tags


@pytest.mark.parametrize(
    "header", ["", " ", ",", "abc", '"abc', 'abc"', '*, "a"', '"a" "b"', 'w/"a"', '"a"b', "'a'", '"a\x7f"', '"a", *']
)
def test_what_is_no_list_of_entity_tags_is_refused(header: str) -> None:
    with pytest.raises(InvalidRequest, match="If-None-Match"):
        Tags.parse(header, "If-None-Match")


@pytest.mark.parametrize(
    ("if_match", "if_none_match", "held", "holds"),
    [
        (None, None, None, True),
        (None, None, ONE, True),
        ("*", None, ONE, True),
        ("*", None, None, False),
        (f'"{ONE}"', None, ONE, True),
        (f'"{TWO}", "{ONE}"', None, ONE, True),
        (f'"{TWO}"', None, ONE, False),
        (f'"{ONE}"', None, None, False),
        (f'W/"{ONE}"', None, ONE, False),  # strong comparison
        (None, "*", None, True),
        (None, "*", ONE, False),
        (None, f'"{ONE}"', ONE, False),
        (None, f'W/"{ONE}"', ONE, False),  # weak comparison
        (None, f'"{TWO}"', ONE, True),
        (None, f'"{ONE}"', None, True),
        (f'"{ONE}"', f'"{TWO}"', ONE, True),
        (f'"{ONE}"', "*", ONE, False),
    ],
)
def test_preconditions(if_match: str | None, if_none_match: str | None, held: str | None, holds: bool) -> None:
    conditions = Preconditions.parse(if_match, if_none_match)
    assert conditions.given is not (if_match is None and if_none_match is None)
    if holds:
        conditions.check(held)
    else:
        with pytest.raises(PreconditionFailed):
            conditions.check(held)


STATE, AGENT, ACTIVITY = DocumentKind.STATE, DocumentKind.AGENT_PROFILE, DocumentKind.ACTIVITY_PROFILE


@pytest.mark.parametrize(
    ("rules", "kind", "exists", "refusal"),
    [
        (RULES_1_0_3, STATE, True, None),
        (RULES_1_0_3, STATE, False, None),
        (RULES_1_0_3, AGENT, True, Conflict),
        (RULES_1_0_3, AGENT, False, InvalidRequest),
        (RULES_1_0_3, ACTIVITY, True, Conflict),
        (RULES_1_0_3, ACTIVITY, False, InvalidRequest),
        (RULES_2_0, STATE, True, Conflict),
        (RULES_2_0, STATE, False, None),
        (RULES_2_0, AGENT, True, Conflict),
        (RULES_2_0, AGENT, False, None),
        (RULES_2_0, ACTIVITY, True, Conflict),
        (RULES_2_0, ACTIVITY, False, None),
    ],
)
def test_what_a_put_without_preconditions_may_do(
    rules: DocumentRules, kind: DocumentKind, exists: bool, refusal: type[XapiError] | None
) -> None:
    if refusal is None:
        rules.check_unconditional_put(kind, exists=exists)
    else:
        with pytest.raises(refusal, match="If-Match"):
            rules.check_unconditional_put(kind, exists=exists)


@pytest.mark.parametrize(
    ("content_type", "json_or_not"),
    [
        (JSON, True),
        ("Application/JSON; charset=utf-8", True),
        ("application/json ;x", True),
        ("application/ld+json", False),
        ("text/json", False),
        ("", False),
    ],
)
def test_which_types_are_json(content_type: str, json_or_not: bool) -> None:
    assert is_json(content_type) is json_or_not


def test_a_merge_puts_members_over_members_one_level_deep_and_keeps_their_text() -> None:
    held = b' {"a": 1.50, "b": {"x": 1, "y": 2}, "big": 123456789012345678901234567890 } '
    posted = b'{"b":{"z": 1e400},\n"c" : "\\u00e9\\/"}'
    assert merged(held, JSON, posted, JSON + ";charset=utf-8") == (
        b'{"a":1.50,"b":{"z": 1e400},"big":123456789012345678901234567890,"c":"\\u00e9\\/"}'
    )


NOT_OBJECTS = [
    b"",
    b"[]",
    b"1",
    b'"a"',
    b"null",
    b'{"a":1',
    b'{"a":1}{',
    b'{"a":"\xff"}',
    b"{'a':1}",
    b"\xef\xbb\xbf{}",
    b'{"a":NaN}',
]


@pytest.mark.parametrize(
    "content", [*NOT_OBJECTS, b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"], ids=range(len(NOT_OBJECTS) + 1)
)
def test_only_objects_can_be_merged(content: bytes) -> None:
    with pytest.raises(InvalidRequest, match="that was posted is not a JSON object"):
        merged(b"{}", JSON, content, JSON)
    with pytest.raises(InvalidRequest, match="that is there is not a JSON object"):
        merged(content, JSON, b"{}", JSON)


def test_only_json_can_be_merged() -> None:
    with pytest.raises(InvalidRequest, match="that was posted is not of type"):
        merged(b"{}", JSON, b"{}", "text/plain")
    with pytest.raises(InvalidRequest, match="that is there is not of type"):
        merged(b"{}", "text/plain", b"{}", JSON)


@pytest.mark.parametrize(
    ("content", "content_type", "passes"),
    [
        (b"[1]", JSON, True),
        (b"{}", JSON, True),
        (b"{", JSON, False),
        (b"", JSON, False),
        (b'"\xff"', JSON, False),
        (b"{", "a/b", True),
    ],
)
def test_what_says_it_is_json_must_be(content: bytes, content_type: str, passes: bool) -> None:
    if passes:
        check_posted(content, content_type)
    else:
        with pytest.raises(InvalidRequest):
            check_posted(content, content_type)


objects = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.none()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.lists(st.booleans()),
)


@given(objects, objects)
def test_merging_is_what_updating_a_dictionary_is(held: dict[str, Any], posted: dict[str, Any]) -> None:
    result = merged(json.dumps(held).encode(), JSON, json.dumps(posted, ensure_ascii=False).encode(), JSON)
    assert json.loads(result) == held | posted
