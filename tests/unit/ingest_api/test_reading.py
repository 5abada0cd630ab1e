"""GET and HEAD of statements. Sections are those of xAPI 1.0.3, Part Three (Communication)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from access.credentials import Role
from ingest_api import reading
from tests.unit.ingest_api.conftest import Caller, Endpoint, statement, voiding


def uid(number: int) -> str:
    return str(UUID(int=(0xA << 124) | (0x4 << 76) | (0x8 << 60) | number))


def put_all(endpoint: Endpoint, caller: Caller, *statements: dict[str, Any]) -> None:
    """Each a millisecond after the one before, numbered from 1."""
    for number, each in enumerate(statements, start=1):
        assert caller.put(each, uid(number)).status_code == 204
        endpoint.clock.advance_ms(1)


def ids_of(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.data
    return [found["id"] for found in answer.json["statements"]]


def test_the_newest_comes_first_unless_ascending(endpoint: Endpoint, partner: Caller) -> None:
    """2.1.3: stored, descending by default."""
    put_all(endpoint, partner, statement(), statement(), statement())
    assert ids_of(partner.get()) == [uid(3), uid(2), uid(1)]
    assert ids_of(partner.get(ascending="true")) == [uid(1), uid(2), uid(3)]
    assert ids_of(partner.get(ascending="True")) == [uid(1), uid(2), uid(3)]
    assert ids_of(partner.get(ascending="False")) == [uid(3), uid(2), uid(1)]


def test_filters_reach_the_store(endpoint: Endpoint, partner: Caller) -> None:
    put_all(
        endpoint,
        partner,
        statement(actor={"account": {"homePage": "http://asn.example.id", "name": "1"}}),
        statement(verb={"id": "http://example.com/verbs/attended"}),
        statement(context={"registration": uid(77), "instructor": {"mbox": "mailto:guru@example.com"}}),
        statement(object={"id": "http://example.com/activities/other"}),
        statement(context={"contextActivities": {"parent": {"id": "http://example.com/activities/programme"}}}),
    )
    guru = '{"mbox":"mailto:guru@example.com"}'
    programme = "http://example.com/activities/programme"
    assert ids_of(partner.get(agent='{"account":{"homePage":"http://asn.example.id","name":"1"}}')) == [uid(1)]
    assert ids_of(partner.get(verb="http://example.com/verbs/attended")) == [uid(2)]
    assert ids_of(partner.get(registration=uid(77).upper())) == [uid(3)]
    assert ids_of(partner.get(agent=guru)) == []
    assert ids_of(partner.get(agent=guru, related_agents="true")) == [uid(3)]
    assert ids_of(partner.get(activity="http://example.com/activities/other")) == [uid(4)]
    assert ids_of(partner.get(activity=programme, related_activities="false")) == []
    assert ids_of(partner.get(activity=programme, related_activities="true")) == [uid(5)]
    assert ids_of(partner.get(limit=2, ascending="true", verb="http://adlnet.gov/expapi/verbs/completed")) == [uid(1), uid(3)]


def test_since_is_exclusive_and_until_inclusive_and_zones_count(endpoint: Endpoint, partner: Caller) -> None:
    put_all(endpoint, partner, statement(), statement(), statement())
    first = partner.get(statementId=uid(1)).json["stored"]
    last = partner.get(statementId=uid(3)).json["stored"]
    assert ids_of(partner.get(since=first, until=last)) == [uid(3), uid(2)]
    assert first == "2026-05-28T20:26:40.123Z"
    assert ids_of(partner.get(since="2026-05-29T03:26:40.124+07:00")) == [uid(3)]


def test_limit(endpoint: Endpoint, partner: Caller) -> None:
    """2.1.3: 0 asks for the server's maximum; a page is never larger than that."""
    put_all(endpoint, partner, *[statement()] * 7)
    assert [len(ids_of(partner.get(**asked))) for asked in ({}, {"limit": 0}, {"limit": 2}, {"limit": 99})] == [3, 5, 2, 5]


class TestMore:
    def test_follows_the_whole_list_once_with_its_filters(self, endpoint: Endpoint, partner: Caller) -> None:
        put_all(endpoint, partner, *[statement(), statement(verb={"id": "http://v.id/x"})] * 4)
        answer = partner.get(verb="http://v.id/x", limit=2, ascending="true", format="ids")
        found = ids_of(answer)
        while more := answer.json["more"]:
            assert more.startswith("/xapi/statements?more=")
            answer = partner.send("GET", more)
            found += ids_of(answer)
            assert set(answer.json["statements"][0]["object"]) == {"id"}
        assert found == [uid(2), uid(4), uid(6), uid(8)]

    def test_shows_nothing_of_the_query(self, endpoint: Endpoint, partner: Caller) -> None:
        put_all(endpoint, partner, *[statement()] * 2)
        more = partner.get(limit=1, agent='{"mbox":"mailto:ani@example.com"}').json["more"]
        assert re.fullmatch(r"/xapi/statements\?more=[A-Za-z0-9_-]+", more)

    def test_does_not_hand_on_what_its_first_reader_may_see(self, endpoint: Endpoint, partner: Caller) -> None:
        put_all(endpoint, partner, *[statement()] * 3)
        more = endpoint.caller("bkn", Role.READ_ALL).get(limit=1).json["more"]
        assert ids_of(endpoint.caller("univ-b").send("GET", more)) == []

    @pytest.mark.parametrize("token", ["x", "", "gAAAAA", "é", "a" * 5000, "gAAAAABk%00"])
    def test_a_token_made_up_is_refused(self, partner: Caller, token: str) -> None:
        answer = partner.get(more=token)
        assert answer.status_code == 400
        assert '"more"' in answer.json["error"]["message"]

    def test_a_changed_token_is_refused(self, endpoint: Endpoint, partner: Caller) -> None:
        put_all(endpoint, partner, *[statement()] * 2)
        token = parse_qs(urlsplit(partner.get(limit=1).json["more"]).query)["more"][0]
        other = "A" if token[40] != "A" else "B"
        assert partner.get(more=token[:40] + other + token[41:]).status_code == 400

    def test_takes_no_other_parameter(self, endpoint: Endpoint, partner: Caller) -> None:
        put_all(endpoint, partner, *[statement()] * 2)
        more = partner.get(limit=1).json["more"]
        assert partner.send("GET", more + "&limit=2").status_code == 400


class TestWhoSeesWhat:
    def test_a_partner_sees_its_own(self, endpoint: Endpoint, partner: Caller) -> None:
        put_all(endpoint, partner, statement())
        other = endpoint.caller("univ-b")
        assert other.get(statementId=uid(1)).status_code == 404
        assert ids_of(other.get()) == []
        partner.post(voiding(uid(1)))
        assert partner.get(voidedStatementId=uid(1)).status_code == 200
        assert other.get(voidedStatementId=uid(1)).status_code == 404

    def test_who_may_read_all_does(self, endpoint: Endpoint, partner: Caller) -> None:
        put_all(endpoint, partner, statement())
        reader = endpoint.caller("bkn", Role.READ_ALL)
        assert reader.get(statementId=uid(1)).status_code == 200
        assert ids_of(reader.get()) == [uid(1)]

    def test_who_may_only_write_reads_nothing(self, endpoint: Endpoint) -> None:
        assert endpoint.caller("univ-a", Role.WRITE).get().status_code == 403


class TestFormats:
    """2.1.3, `format`; the formats themselves are tested beside `xapi.formats`."""

    def test_canonical_speaks_one_language_of_the_merged_definition(self, endpoint: Endpoint, partner: Caller) -> None:
        definitions = ({"name": {"en-US": "Course"}}, {"name": {"id": "Kursus"}, "type": "http://example.com/types/course"})
        put_all(
            endpoint,
            partner,
            *(statement(object={"id": "http://a.id/1", "definition": said}) for said in definitions),
            statement(object={"id": "http://a.id/1"}, verb={"id": "http://v.id/1", "display": {"en": "did", "id": "telah"}}),
        )
        answer = partner.send(
            "GET", query_string={"statementId": uid(3), "format": "canonical"}, headers={"Accept-Language": "id-ID, en;q=0.5"}
        )
        assert answer.json["object"]["definition"] == {"name": {"id": "Kursus"}, "type": "http://example.com/types/course"}
        assert answer.json["verb"]["display"] == {"id": "telah"}
        exact = partner.send("GET", query_string={"statementId": uid(3)}, headers={"Accept-Language": "id"}).json
        assert exact["verb"]["display"] == {"en": "did", "id": "telah"}
        assert "definition" not in exact["object"]

    def test_canonical_is_merged_from_what_the_asker_may_read(self, endpoint: Endpoint, partner: Caller) -> None:
        def describing(name: str, **more: Any) -> dict[str, Any]:
            return statement(object={"id": "http://a.id/1", "definition": {"name": {"id": name}, **more}})

        put_all(endpoint, partner, describing("Satu"))
        endpoint.caller("univ-b").put(describing("Lain", extensions={"http://b.id/internal": 1}), uid(2))
        own = partner.get(format="canonical").json["statements"][0]
        assert own["object"]["definition"] == {"name": {"id": "Satu"}}
        everything = {"name": {"id": "Lain"}, "extensions": {"http://b.id/internal": 1}}
        for shown in endpoint.caller("bkn", Role.READ_ALL).get(format="canonical").json["statements"]:
            assert shown["object"]["definition"] == everything

    def test_a_canonical_page_ends_before_its_definitions_make_it_too_large(
        self, endpoint: Endpoint, partner: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "PAGE_BYTES", 20_000)
        monkeypatch.setattr(reading, "DEFINITIONS_AT_ONCE", 2)
        activity_id = "http://a.id/1"
        definition = {"extensions": {f"http://x.id/{number}": "x" * 7_000 for number in range(2)}}
        named = {"contextActivities": {"other": [{"id": activity_id}] + [{"id": f"http://a.id/{n}"} for n in range(2, 9)]}}
        put_all(
            endpoint,
            partner,
            statement(object={"id": activity_id, "definition": definition}),
            *(statement(object={"id": activity_id}, context=named) for _ in range(3)),
        )
        seen: list[dict[str, Any]] = []
        answer = partner.get(format="canonical", limit="5")
        while True:
            assert len(answer.data) < 40_000
            (shown,) = answer.json["statements"]
            seen.append(shown)
            if not answer.json["more"]:
                break
            answer = partner.send("GET", answer.json["more"])
        assert [shown["id"] for shown in seen] == [uid(4), uid(3), uid(2), uid(1)]
        assert all(shown["object"]["definition"] == definition for shown in seen)

    def test_a_statement_that_names_an_activity_very_often_gets_its_definition_only_so_often(
        self, endpoint: Endpoint, partner: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "DEFINITIONS_BYTES", 20_000)
        definition = {"extensions": {"http://x.id/e": "x" * 7_000}}
        put_all(
            endpoint,
            partner,
            statement(object={"id": "http://a.id/1", "definition": definition}),
            statement(context={"contextActivities": {"other": [{"id": "http://a.id/1"}] * 500}}),
        )
        shown = partner.get(statementId=uid(2), format="canonical").json["context"]["contextActivities"]["other"]
        assert shown == [{"id": "http://a.id/1", "definition": definition}] * 2 + [{"id": "http://a.id/1"}] * 498

    @pytest.mark.parametrize("query", [{"statementId": uid(1)}, {}], ids=["one", "list"])
    def test_attachments_are_answered_as_multipart(self, endpoint: Endpoint, partner: Caller, query: dict[str, str]) -> None:
        """1.5.2 and 2.1.3."""
        put_all(endpoint, partner, statement())
        answer = partner.get(**query, attachments="true")
        media_type, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
        assert media_type == "multipart/mixed"
        plain = partner.get(**query, attachments="false")
        assert plain.headers["Content-Type"] == "application/json"
        head, part, end = answer.data.split(f"--{boundary}".encode())
        assert (head, end) == (b"", b"--\r\n")
        assert part == b"\r\nContent-Type: application/json\r\n\r\n" + plain.data + b"\r\n"


class TestHead:
    @pytest.mark.parametrize("query", [{"statementId": uid(1)}, {"statementId": uid(9)}, {"limit": "1"}, {"limit": "x"}])
    def test_says_what_get_says_without_the_body(self, endpoint: Endpoint, partner: Caller, query: dict[str, str]) -> None:
        put_all(endpoint, partner, statement())
        head, get = (partner.send(method, query_string=query) for method in ("HEAD", "GET"))
        assert (head.status_code, head.data) == (get.status_code, b"")
        # What a refused request is told of the promise is renewed behind its back, so the second may hear of a newer one.
        own = {"X-Request-Id", "X-Experience-API-Consistent-Through"}
        assert {k: v for k, v in head.headers.items() if k not in own} == {k: v for k, v in get.headers.items() if k not in own}


def test_last_modified_is_stored(endpoint: Endpoint, partner: Caller) -> None:
    put_all(endpoint, partner, statement())
    assert partner.get(statementId=uid(1)).headers["Last-Modified"] == "Thu, 28 May 2026 20:26:40 GMT"


def test_last_modified_of_a_list_is_that_of_its_newest(endpoint: Endpoint, partner: Caller) -> None:
    """IEEE 9274.1.1, 4.1.6.1. Nothing of it may be answered from a browser's memory."""
    for number in range(1, 5):
        partner.put(statement(), uid(number))
        endpoint.clock.advance_ms(2_000)
    newest = partner.get(statementId=uid(3)).headers["Last-Modified"]
    page = partner.get(ascending="true", limit="3")
    assert ids_of(page) == [uid(1), uid(2), uid(3)]
    assert page.headers["Last-Modified"] == newest == "Thu, 28 May 2026 20:26:44 GMT"
    assert page.headers["Cache-Control"] == "no-cache"
    assert "Last-Modified" not in partner.get(verb="http://example.com/none").headers


REFUSED = {
    "both ids (2.1.3)": (f"statementId={uid(1)}&voidedStatementId={uid(2)}", "combined"),
    "an id and a filter (2.1.3)": (f"statementId={uid(1)}&verb=http://v.id/x", "combined"),
    "an id and ascending": (f"voidedStatementId={uid(1)}&ascending=true", "combined"),
    "an unknown parameter (3.2)": ("foo=bar", "allowed are"),
    "an unknown one without a value (3.2)": ("foo", "allowed are"),
    "the wrong case (3.2)": ("Verb=http://v.id/x", 'write "verb"'),
    "a parameter twice": ("limit=1&limit=2", "twice"),
    "no UUID": ("statementId=1", "UUID"),
    "a registration that is none": ("registration=x", "UUID"),
    "an agent that is no JSON": ("agent=ani", "JSON"),
    "an agent without identifier": ("agent={}", '"agent"'),
    "an agent with two": ('agent={"mbox":"mailto:a@b.id","openid":"http://a.id"}', '"agent"'),
    "an agent with a wrong identifier": ('agent={"mbox":"a@b.id"}', "at /mbox"),
    "an agent that is a list": ("agent=[]", '"agent"'),
    "an agent with a key twice": ('agent={"mbox":"mailto:a@b.id","mbox":"mailto:a@b.id"}', "JSON"),
    "an anonymous group": ('agent={"objectType":"Group","member":[{"mbox":"mailto:a@b.id"}]}', "anonymous"),
    "a verb that is no IRI": ("verb=did", "IRI"),
    "an activity that is no IRI": ("activity=course", "IRI"),
    "a since that is no time": ("since=yesterday", "ISO 8601"),
    "a day that does not exist": ("until=2026-02-30T00:00:00Z", "ISO 8601"),
    "a plus sign that became a space": ("since=2026-01-01T00:00:00+07:00", "%2B"),
    "a negative limit": ("limit=-1", "zero or more"),
    "a limit in words": ("limit=ten", "zero or more"),
    "a limit in other digits": ("limit=%D9%A1", "zero or more"),
    "an endless limit": ("limit=" + "9" * 5000, "zero or more"),
    "a boolean in upper case": ("ascending=TRUE", '"true"'),
    "a boolean as a number": ("related_agents=1", '"true"'),
    "attachments that is none": ("attachments=yes", '"true"'),
    "an unknown format": ("format=short", '"ids"'),
    "an empty value": ("verb=", "IRI"),
    "bytes that are no UTF-8": ("verb=http://v.id/%FF", "UTF-8"),
    "too many parameters": ("&".join(f"p{n}=" for n in range(200)), "more than 50"),
}


@pytest.mark.parametrize(("query", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_query_is_refused(partner: Caller, query: str, words: str) -> None:
    answer = partner.send("GET", query_string=query)
    assert answer.status_code == 400
    assert words in answer.json["error"]["message"]
    assert "X-Experience-API-Consistent-Through" in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"X-Experience-API-Version": None}, 400), ({"X-Experience-API-Version": "2.1.0"}, 400), ({"Authorization": None}, 401)],
)
def test_reading_needs_a_version_and_a_credential(partner: Caller, headers: dict[str, str | None], status: int) -> None:
    assert partner.send("GET", headers=headers).status_code == status
