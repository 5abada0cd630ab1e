"""The query parameters of /xapi/statements as values. What is refused, and how, is tested at the endpoint."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from schemas.query import ById, Listing, More, parse_get, parse_post, parse_put
from xapi.errors import InvalidRequest
from xapi.query import Format, StatementFilter

ID = UUID("aaaaaaaa-0000-4000-8000-000000000001")


def listing(limit: int | None = None, **wanted: Any) -> Listing:
    return Listing(StatementFilter(**wanted), limit, Format.EXACT, False)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", listing()),
        (f"statementId={ID}", ById(ID, False, Format.EXACT, False)),
        (f"voidedStatementId={str(ID).upper()}&format=ids&attachments=true", ById(ID, True, Format.IDS, True)),
        ("more=abc", More("abc")),
        ("limit=007", listing(7)),
        ("limit=0&ascending=true", listing(0, ascending=True)),
        ("format=canonical&attachments=false", Listing(StatementFilter(), None, Format.CANONICAL, False)),
        ("verb=" + quote("http://v.id/é?a=b&c"), listing(verb="http://v.id/é?a=b&c")),
        ("verb=http://v.id/é", listing(verb="http://v.id/é")),
        ("since=2026-01-01T00:00:00.5Z&until=2026-01-01T07:00:01%2B07:00",
         listing(since_ms=1_767_225_600_500, until_ms=1_767_225_601_000)),
        (f"registration={ID}&related_agents=true&related_activities=true&activity=tag:x,2026:y",
         listing(registration=ID, related_agents=True, related_activities=True, activity="tag:x,2026:y")),
        ('agent={"mbox_sha1sum":"' + "AB" * 20 + '"}', listing(agent="mbox_sha1sum|" + "ab" * 20)),
        ('agent={"objectType":"Group","openid":"http://g.id","member":[]}', listing(agent="openid|http://g.id")),
        ('agent={"name":"x","account":{"homePage":"http://asn.id","name":"1 2"}}', listing(agent="account|http://asn.id|1 2")),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)  # fmt: skip
def test_get(query: str, expected: ById | Listing | More) -> None:
    assert parse_get(query.encode()) == expected


def test_put_and_post() -> None:
    assert parse_put(f"statementId={ID}".encode()) == ID
    parse_post(b"")


def test_a_refusal_names_the_parameter_and_does_not_repeat_its_value() -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_get(b'agent={"mbox":"ani@example.com"}')
    assert '"agent"' in refused.value.message
    assert "ani@" not in refused.value.message
