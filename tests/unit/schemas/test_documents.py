"""Query parameters of the document resources: which there are, for one document, for lists, for deleting all."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

import pytest

from schemas.documents import DocumentQuery, parse_activity, parse_agent, parse_one, parse_one_or_all, parse_one_or_list
from xapi.documents import DocumentKind
from xapi.errors import InvalidRequest

STATE, AGENT, ACTIVITY = DocumentKind.STATE, DocumentKind.AGENT_PROFILE, DocumentKind.ACTIVITY_PROFILE
A, G, R = "http://example.com/é1", '{"mbox":"mailto:ani@example.com"}', "6d9b3c1e-0c1b-4f5e-9d3f-0a1b2c3d4e5f"
KEY = "mbox|mailto:ani@example.com"
Parse = Callable[[DocumentKind, bytes], DocumentQuery]


def query(**given: str) -> bytes:
    return urlencode(given).encode()


@pytest.mark.parametrize(
    ("parse", "kind", "given", "meant"),
    [
        (parse_one, STATE, query(activityId=A, agent=G, stateId="x"), DocumentQuery(A, KEY, None, "x", None)),
        (parse_one, STATE, query(activityId=A, agent=G, stateId=" ", registration=R), DocumentQuery(A, KEY, UUID(R), " ", None)),
        (parse_one, AGENT, query(agent=G, profileId="é/+"), DocumentQuery(None, KEY, None, "é/+", None)),
        (parse_one, ACTIVITY, query(activityId=A, profileId="x"), DocumentQuery(A, None, None, "x", None)),
        (parse_one_or_list, STATE, query(activityId=A, agent=G), DocumentQuery(A, KEY, None, None, None)),
        (
            parse_one_or_list,
            STATE,
            query(activityId=A, agent=G, registration=R, since="1970-01-01T00:00:02.5Z"),
            DocumentQuery(A, KEY, UUID(R), None, 2_500),
        ),
        (parse_one_or_list, AGENT, query(agent=G, profileId="x"), DocumentQuery(None, KEY, None, "x", None)),
        (
            parse_one_or_list,
            ACTIVITY,
            query(activityId=A, since="1970-01-01T07:00:00+07:00"),
            DocumentQuery(A, None, None, None, 0),
        ),
        (parse_one_or_all, STATE, query(activityId=A, agent=G), DocumentQuery(A, KEY, None, None, None)),
        (parse_one_or_all, ACTIVITY, query(activityId=A, profileId="x"), DocumentQuery(A, None, None, "x", None)),
    ],
)
def test_what_a_request_speaks_of(parse: Parse, kind: DocumentKind, given: bytes, meant: DocumentQuery) -> None:
    assert parse(kind, given) == meant


@pytest.mark.parametrize(
    ("parse", "kind", "given", "said"),
    [
        (parse_one, STATE, query(activityId=A, stateId="x"), '"agent" is missing; it must be an Agent .* {"mbox":"mailto:'),
        (parse_one, STATE, query(activityId=A, agent=G), '"stateId" is missing'),
        (parse_one, STATE, query(activityId=A, agent=G, stateId="x", since="1970-01-01T00:00:00Z"), 'unknown .* "since"'),
        (parse_one_or_list, STATE, query(activityId=A, agent=G, stateId="x", since="1970-01-01T00:00:00Z"), 'unknown .* "since"'),
        (parse_one_or_list, STATE, query(activityId=A, agent=G, stateid="x"), 'unknown query parameter "stateid"'),
        (parse_one_or_all, STATE, query(activityId=A, agent=G, since="1970-01-01T00:00:00Z"), 'unknown .* "since"'),
        (parse_one_or_all, AGENT, query(agent=G), '"profileId" is missing'),
        (parse_one_or_all, ACTIVITY, query(activityId=A), '"profileId" is missing'),
        (parse_one, ACTIVITY, query(activityId=A, profileId=""), '"profileId" must be a text of at least one character'),
        (parse_one, AGENT, query(agent=G, profileId="x", registration=R), 'unknown .* "registration"'),
        (parse_one, AGENT, query(agent='{"objectType":"Group","member":[]}', profileId="x"), '"agent"'),
        (parse_one, ACTIVITY, b"activityId=%ff&profileId=x", "UTF-8"),
    ],
)
def test_what_is_refused(parse: Parse, kind: DocumentKind, given: bytes, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        parse(kind, given)


def test_looking_up() -> None:
    assert parse_agent(query(agent=G)) == {"mbox": "mailto:ani@example.com"}
    assert parse_activity(query(activityId=A)) == A
    with pytest.raises(InvalidRequest, match='"agent" is missing; it must be an Agent'):
        parse_agent(b"")
    with pytest.raises(InvalidRequest, match='"agent" is wrong at /objectType'):
        parse_agent(query(agent='{"objectType":"Group","mbox":"mailto:a@example.com"}'))
    with pytest.raises(InvalidRequest, match='"activityId" must be'):
        parse_activity(query(activityId="course 1"))
