"""`tincan`, the Python client: its remote operations, each read at once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from tincan import (
    Activity,
    ActivityDefinition,
    Agent,
    AgentAccount,
    Context,
    ContextActivities,
    LanguageMap,
    RemoteLRS,
    Result,
    Score,
    Statement,
    StatementRef,
    Verb,
)
from tincan.documents import ActivityProfileDocument, AgentProfileDocument, StateDocument
from tincan.http_request import HTTPRequest
from tincan.lrs_response import LRSResponse

from tests.e2e.clients.conftest import Partner

pytestmark = [pytest.mark.xdist_group("clients"), pytest.mark.timeout(120)]

COMPLETED = Verb(id="http://adlnet.gov/expapi/verbs/completed", display=LanguageMap({"id": "selesai"}))


class Remote(RemoteLRS):
    """As docs/clients.md has it: it says of a new profile that it is new, which tincan has no way to say."""

    def _send_request(self, request: HTTPRequest) -> LRSResponse:
        if request.method == "PUT" and request.resource.endswith("/profile") and "If-Match" not in request.headers:
            request.headers["If-None-Match"] = "*"
        return super()._send_request(request)


@pytest.fixture
def lrs(partner: Partner) -> RemoteLRS:
    return Remote(endpoint=partner.endpoint, username=partner.key, password=partner.secret)


@pytest.fixture
def agent() -> Agent:
    return Agent(name="Siti Rahmawati", account=AgentAccount(home_page="https://asn.example/nip", name=uuid.uuid4().hex))


@pytest.fixture
def activity() -> Activity:
    definition = ActivityDefinition(name=LanguageMap({"id": "Pelayanan Prima é"}))
    return Activity(id=f"https://kursus.example/{uuid.uuid4()}", definition=definition)


def done(answer: LRSResponse) -> LRSResponse:
    assert answer.success, answer.data
    return answer


class TestStatements:
    def test_one_is_saved_and_retrieved_as_it_was(self, lrs: RemoteLRS, agent: Agent, activity: Activity) -> None:
        statement = Statement(
            actor=agent,
            verb=COMPLETED,
            object=activity,
            result=Result(score=Score(scaled=0.9), success=True, completion=True, duration=timedelta(hours=2, minutes=30)),
            context=Context(registration=uuid.uuid4(), context_activities=ContextActivities(parent=[activity])),
            timestamp=datetime.now(UTC),
        )
        saved = done(lrs.save_statement(statement)).content
        got = done(lrs.retrieve_statement(saved.id)).content
        assert got.actor.account.name == agent.account.name
        assert got.object.definition.name == {"id": "Pelayanan Prima é"}
        assert (got.result.score.scaled, got.result.duration) == (0.9, timedelta(hours=2, minutes=30))
        assert got.context.registration == statement.context.registration
        assert got.timestamp == statement.timestamp
        assert got.stored is not None
        assert got.authority is not None

    def test_one_with_an_id_is_saved_once_however_often_it_is_sent(self, lrs: RemoteLRS, agent: Agent, activity: Activity) -> None:
        statement = Statement(id=uuid.uuid4(), actor=agent, verb=COMPLETED, object=activity)
        for _ in range(2):
            done(lrs.save_statement(statement))
        assert [one.id for one in done(lrs.query_statements({"activity": activity})).content.statements] == [statement.id]

    def test_many_are_saved_and_found_page_by_page(self, lrs: RemoteLRS, agent: Agent, activity: Activity) -> None:
        sent = [Statement(actor=agent, verb=COMPLETED, object=activity) for _ in range(5)]
        saved = {one.id for one in done(lrs.save_statements(sent)).content}
        query = {"agent": agent, "verb": COMPLETED, "activity": activity, "limit": 2}
        query |= {"ascending": True, "related_activities": True, "related_agents": False, "since": "2020-01-01T00:00:00Z"}
        page = done(lrs.query_statements(query)).content
        pages = [page]
        while page.more:
            page = done(lrs.more_statements(page)).content
            pages.append(page)
        assert [len(one.statements) for one in pages] == [2, 2, 1]
        assert {one.id for each in pages for one in each.statements} == saved

    def test_what_is_voided_is_found_as_voided_only(self, lrs: RemoteLRS, agent: Agent, activity: Activity) -> None:
        voided = done(lrs.save_statement(Statement(actor=agent, verb=COMPLETED, object=activity))).content
        voids = Verb(id="http://adlnet.gov/expapi/verbs/voided")
        done(lrs.save_statement(Statement(actor=agent, verb=voids, object=StatementRef(id=voided.id))))
        assert lrs.retrieve_statement(voided.id).response.status == 404
        assert done(lrs.retrieve_voided_statement(voided.id)).content.id == voided.id

    def test_a_refusal_says_what_is_wrong_and_where(self, lrs: RemoteLRS, agent: Agent, activity: Activity) -> None:
        context = Context(context_activities=ContextActivities())
        refused = lrs.save_statement(Statement(actor=agent, verb=COMPLETED, object=activity, context=context))
        assert not refused.success
        assert '"pointer":"/context/contextActivities"' in refused.data


class TestDocuments:
    def test_states(self, lrs: RemoteLRS, agent: Agent, activity: Activity) -> None:
        bookmark = StateDocument(agent=agent, activity=activity, id="bookmark", content="halaman 3", content_type="text/plain")
        done(lrs.save_state(bookmark))
        bookmark.content = "halaman 4"
        done(lrs.save_state(bookmark))
        assert done(lrs.retrieve_state(activity, agent, "bookmark")).content.content == b"halaman 4"
        assert done(lrs.retrieve_state_ids(activity, agent, since="2020-01-01T00:00:00Z")).content == ["bookmark"]
        done(lrs.delete_state(bookmark))
        assert lrs.retrieve_state(activity, agent, "bookmark").response.status == 404
        done(lrs.save_state(bookmark))
        done(lrs.clear_state(activity, agent))
        assert done(lrs.retrieve_state_ids(activity, agent)).content == []

    @pytest.mark.parametrize("kind", ["agent", "activity"])
    def test_profiles(self, lrs: RemoteLRS, agent: Agent, activity: Activity, kind: str) -> None:
        owner = agent if kind == "agent" else activity
        made = {"agent": AgentProfileDocument, "activity": ActivityProfileDocument}[kind]
        profile = made(id="preferences", content='{"language": "id"}', content_type="application/json", **{kind: owner})
        save, delete = getattr(lrs, f"save_{kind}_profile"), getattr(lrs, f"delete_{kind}_profile")
        retrieve, ids = getattr(lrs, f"retrieve_{kind}_profile"), getattr(lrs, f"retrieve_{kind}_profile_ids")
        done(save(profile))
        assert save(profile).response.status == 412
        got = done(retrieve(owner, "preferences"))
        assert got.content.content == b'{"language": "id"}'
        profile.etag, profile.content = got.response.getheader("ETag"), '{"language": "jv"}'
        done(save(profile))
        assert save(profile).response.status == 412
        assert done(retrieve(owner, "preferences")).content.content == b'{"language": "jv"}'
        assert done(ids(owner)).content == ["preferences"]
        profile.etag = None
        done(delete(profile))
        assert retrieve(owner, "preferences").response.status == 404


def test_about_names_a_version_that_tincan_does_not_know(lrs: RemoteLRS) -> None:
    """docs/clients.md says so; when this fails, tincan has learnt 2.0.0 and the document can forget it."""
    with pytest.raises(ValueError, match=r"2\.0\.0"):
        lrs.about()
