"""Tolerances: what each makes of a statement, what it leaves alone, and that strict has the last word."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from schemas.statements import V1_0_3, V2_0, ParsedStatement, RuleSet, parse_statements, validate
from schemas.tolerances.ages import in_rfc3339
from schemas.tolerances.catalogue import TOLERANCES, Tolerated, tolerate
from schemas.tolerances.spelling import language_tag
from tests.unit.schemas.strategies import Json, mutated, newer_statements, statements
from xapi.errors import InvalidRequest, TooLarge

thorough = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

LIMIT = 1_000_000
NULLS, ARRAYS, ACTIVITIES, TAGS, MAILBOXES, SCORES, OLD = TOLERANCES
RULES = {"1.0.3": V1_0_3, "2.0": V2_0}


def parsed(text: str | bytes) -> ParsedStatement:
    body = text.encode() if isinstance(text, str) else text
    return parse_statements(body, max_statement_bytes=LIMIT).statements[0]


def tolerated(text: str, *names: str, rules: RuleSet = V1_0_3) -> Tolerated:
    return tolerate(parsed(text), rules, names, max_statement_bytes=LIMIT)


def with_members(members: str) -> str:
    """A statement that is valid but for these members, written as a client might that formats its JSON its own way."""
    return (
        '{ "actor":{"mbox" : "mailto:ani@example.com"},\n  "verb":{"id":"http://example.com/verbs/read"},\r\n\t'
        f'"object" : {{"id":"http:\\/\\/example.com\\/a\\u0301"}}{members}}}'
    )


ACTIVITY = '{"id":"http://example.com/course"}'

CASES = [
    (NULLS, ', "result":{ "response" : null , "success":true }', ', "result":{ "success":true }'),
    (NULLS, ',"result":null', ""),
    (NULLS, ',"context":{"platform":"x","team":null},"id":null', ',"context":{"platform":"x"}'),
    (NULLS, ',"result":{"score":{"raw":1.50,"scaled":null}}', ',"result":{"score":{"raw":1.50}}'),
    (NULLS, ',"attachments":null,"timestamp":null', ""),
    (
        NULLS,
        ',"result":{"duration":null,"extensions":{"http://x.example/y":null}}',
        ',"result":{"extensions":{"http://x.example/y":null}}',
    ),
    (ARRAYS, ',"context":{"extensions":[ ]}', ',"context":{"extensions":{}}'),
    (ARRAYS, ',"result":[],"context":[]', ',"result":{},"context":{}'),
    (ARRAYS, ',"result":{"score":[],"extensions":[]}', ',"result":{"score":{},"extensions":{}}'),
    (ACTIVITIES, ',"context":{"contextActivities":{}}', ',"context":{}'),
    (ACTIVITIES, ',"context":{"contextActivities":[] ,"language":"id"}', ',"context":{"language":"id"}'),
    (ACTIVITIES, ',"context":{ "contextActivities" : { } , "revision":"2"}', ',"context":{ "revision":"2"}'),
    (ACTIVITIES, ',"context":{"contextActivities":{"parent":{}}}', ',"context":{}'),
    (
        ACTIVITIES,
        f',"context":{{"contextActivities":{{"parent":{{}},"other":[{{}}, {ACTIVITY}]}}}}',
        f',"context":{{"contextActivities":{{"other":[ {ACTIVITY}]}}}}',
    ),
    (ACTIVITIES, ',"context":{"contextActivities":{"parent":[{}]}}', ',"context":{"contextActivities":{"parent":[]}}'),
    (TAGS, ',"context":{"language":"en_US"}', ',"context":{"language":"en-US"}'),
    (TAGS, ',"context":{"language":""}', ',"context":{"language":"und"}'),
    (
        TAGS,
        ',"attachments":[{"usageType":"http://x.example/u","display":"Sertifikat","contentType":"a/b","length":1,"sha2":"'
        + "0" * 64
        + '","fileUrl":"http://x.example/f"}]',
        ',"attachments":[{"usageType":"http://x.example/u","display":{"und":"Sertifikat"},"contentType":"a/b","length":1,"sha2":"'
        + "0" * 64
        + '","fileUrl":"http://x.example/f"}]',
    ),
    (
        MAILBOXES,
        ',"context":{"instructor":{"mbox":"budi@example.com"}}',
        ',"context":{"instructor":{"mbox":"mailto:budi@example.com"}}',
    ),
    (
        MAILBOXES,
        ',"context":{"team":{"objectType":"Group","member":[{"mbox":"MAILTO: Budi@Example.com"}]}}',
        ',"context":{"team":{"objectType":"Group","member":[{"mbox":"mailto:Budi@Example.com"}]}}',
    ),
    (
        SCORES,
        ',"result":{"score":{"raw":"85.50","scaled" : "0.855" , "min":0}}',
        ',"result":{"score":{"raw":85.50,"scaled" : 0.855 , "min":0}}',
    ),
    (SCORES, ',"result":{"score":{"raw":1,"min":"","max":" "}}', ',"result":{"score":{"raw":1}}'),
    (OLD, ',"version":"1.0.1","timestamp":"2013-05-20T10:00:00-00:00"', ',"version":"1.0.1","timestamp":"2013-05-20T10:00:00Z"'),
    (OLD, ',"timestamp":"20130520T100000.250-0000"', ',"timestamp":"2013-05-20T10:00:00.250Z"'),
    (OLD, ',"version":1.0', ',"version":"1.0.0"'),
]


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize(("name", "sent", "kept"), CASES)
def test_what_a_tolerance_makes_of_a_statement(name: str, sent: str, kept: str, rules: RuleSet) -> None:
    """Every other byte stays, and nobody is spared the rules who does not have it."""
    found = tolerated(with_members(sent), name, rules=rules)
    assert (found.statement.raw.decode(), found.names) == (with_members(kept), (name,))
    validate(found.statement.value, rules)
    with pytest.raises(InvalidRequest):
        tolerated(with_members(sent), rules=rules)


NEWER_ONLY = [
    ("2013-05-20T10:00", "2013-05-20T10:00:00Z"),
    ("2013-05-20T10:00:00.123", "2013-05-20T10:00:00.123Z"),
    ("2013-05-20T10:00:00,5+07", "2013-05-20T10:00:00.5+07:00"),
    ("20130520T100000+0730", "2013-05-20T10:00:00+07:30"),
]


@pytest.mark.parametrize(("sent", "kept"), NEWER_ONLY)
@pytest.mark.parametrize("version", ["", ',"version":"1.0"', ',"version":"1.0.2"'])
def test_old_statements_keep_their_version_and_get_the_times_of_2_0(version: str, sent: str, kept: str) -> None:
    text = with_members(f'{version},"timestamp":"{sent}"')
    assert tolerated(text, OLD, rules=V2_0).statement.raw.decode() == with_members(f'{version},"timestamp":"{kept}"')
    assert tolerated(text, OLD, rules=V1_0_3) == Tolerated(parsed(text), ())  # 1.0.3 takes it as it is


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_newer_statements_are_not_old(version: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        tolerated(with_members(f',"version":"{version}","timestamp":"2013-05-20T10:00"'), OLD, rules=V2_0)
    assert refused.value.pointer == "/timestamp"


@pytest.mark.parametrize("inside", ["object", "substatement"])
def test_language_maps_of_verbs_and_activities(inside: str) -> None:
    event = (
        '"actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"http://x.example/v","display":%s},'
        '"object":{"id":"http://x.example/a","definition":{"name":%s,"description":%s,'
        '"interactionType":"choice","choices":[{"id":"1","description":%s}]}}'
    )
    whole = "{" + event + "}"
    if inside == "substatement":
        whole = (
            '{"actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"http://x.example/v"},"object":{"objectType":"SubStatement",'
            + event
            + "}}"
        )
    sent = ('"selesai"', '{"":"Etika", "en-US":"Ethics"}', '{"undefined":"\\u00e9"}', '{"id_ID" : "Ya","en":"Yes"}')
    kept = ('{"und":"selesai"}', '{"und":"Etika", "en-US":"Ethics"}', '{"und":"\\u00e9"}', '{"id-ID" : "Ya","en":"Yes"}')
    assert tolerated(whole % sent, TAGS).statement.raw.decode() == whole % kept


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en_US", "en-US"),
        (" en_us ", "en-us"),
        ("zh_Hans_CN", "zh-Hans-CN"),
        ("de_DE.UTF-8", "de-DE"),
        ("de@euro", "de"),
        ("", "und"),
        ("undefined", "und"),
        ("*", "und"),
        ("bahasa Indonesia", "und"),
        ("en-US,en;q=0.9", "und"),
    ],
)
def test_tags(text: str, tag: str) -> None:
    assert language_tag(text) == tag


def test_a_well_formed_tag_stays_whatever_it_says() -> None:
    """ "unknown" has the form of a tag (RFC 5646, 2.1), so no rule refuses it."""
    text = with_members(',"result":{"response":null},"context":{"language":"unknown"}')
    found = tolerated(text, *TOLERANCES)
    assert found.names == (NULLS,)
    assert found.statement.value["context"] == {"language": "unknown"}


def display(names: str) -> str:
    return f'{{"actor":{{"mbox":"mailto:a@b.example"}},"verb":{{"id":"http://x.example/v","display":{names}}},"object":{ACTIVITY}}}'


def test_two_tags_that_become_one_keep_what_both_say() -> None:
    assert tolerated(display('{"en_US":"x","en-US":"x"}'), TAGS).statement.raw.decode() == display('{"en-US":"x"}')
    assert tolerated(display('{"":"x","undefined":"x"}'), TAGS).statement.raw.decode() == display('{"und":"x"}')
    for clash in ('{"en_US":"colour","en-US":"color"}', '{"":"x","undefined":"y"}'):
        with pytest.raises(InvalidRequest):
            tolerated(display(clash), TAGS)


STILL_REFUSED = [
    (NULLS, ',"actors":null', "/actors"),  # a property there is not
    (NULLS, ',"context":{"contextActivities":{"parent":null}}', "/context/contextActivities"),
    (NULLS, ',"attachments":[null]', "/attachments/0"),
    (ARRAYS, ',"context":{"instructor":[]}', "/context/instructor"),  # an agent must say who it is
    (ARRAYS, ',"result":{"score":[1]}', "/result/score"),
    (ACTIVITIES, ',"context":{"contextActivities":{"parents":[]}}', "/context/contextActivities/parents"),
    (ACTIVITIES, ',"context":{"contextActivities":{"parent":{"objectType":"Activity"}}}', "/context/contextActivities/parent/id"),
    (TAGS, ',"context":{"language":1}', "/context/language"),
    (MAILBOXES, ',"context":{"instructor":{"mbox":"Budi"}}', "/context/instructor/mbox"),
    (MAILBOXES, ',"context":{"instructor":{"mbox":"http://example.com"}}', "/context/instructor/mbox"),
    (SCORES, ',"result":{"score":{"raw":"85,5"}}', "/result/score/raw"),
    (SCORES, ',"result":{"score":{"raw":"85%"}}', "/result/score/raw"),
    (SCORES, ',"result":{"score":{"raw":"NaN"}}', "/result/score/raw"),
    (SCORES, ',"result":{"score":{"raw":"0x10"}}', "/result/score/raw"),
    (SCORES, ',"result":{"score":{"scaled":"85"}}', "/result/score/scaled"),
    (SCORES, ',"result":{"success":"true"}', "/result/success"),
    (SCORES, ',"result":{"score":{"raw":"1e999"}}', "/result/score/raw"),
    (OLD, ',"version":"0.95"', "/version"),
    (OLD, ',"version":true', "/version"),
    (OLD, ',"timestamp":"20 May 2013"', "/timestamp"),
    (OLD, ',"timestamp":"2013-02-29T10:00:00-00:00"', "/timestamp"),
]


@pytest.mark.parametrize(("name", "members", "pointer"), STILL_REFUSED)
def test_what_has_no_plain_meaning_stays_refused(name: str, members: str, pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        tolerated(with_members(members), name)
    assert refused.value.pointer == pointer


def test_required_properties_stay_required() -> None:
    with pytest.raises(InvalidRequest) as refused:
        tolerated(f'{{"actor":{{"mbox":"mailto:a@b.example"}},"verb":null,"object":{ACTIVITY}}}', *TOLERANCES)
    assert (refused.value.pointer, "is missing" in refused.value.message) == ("/verb", True)


def test_extensions_are_never_touched() -> None:
    inside = (
        '{"http://x.example/e":{"contextActivities":{},"display":"x","mbox":"a@b.example","score":{"raw":"1"},"timestamp":null}}'
    )
    text = with_members(f',"result":{{"response":null,"extensions":{inside}}}')
    assert tolerated(text, *TOLERANCES).statement.raw.decode() == with_members(f',"result":{{"extensions":{inside}}}')


def test_several_at_once_are_named_in_the_order_of_the_catalogue() -> None:
    sent = ',"version":1,"context":{"contextActivities":[],"language":"en_US"},"result":{"score":{"raw":"7"},"response":null}'
    found = tolerated(with_members(sent), OLD, SCORES, TAGS, ACTIVITIES, NULLS)
    assert found.names == (NULLS, ACTIVITIES, TAGS, SCORES, OLD)


def test_a_limit_is_kept_by_what_comes_out() -> None:
    text = display('"x"')
    with pytest.raises(TooLarge):
        tolerate(parsed(text), V1_0_3, {TAGS}, max_statement_bytes=len(text))


def test_unknown_names_tolerate_nothing() -> None:
    with pytest.raises(InvalidRequest):
        tolerated(display('"x"'), "everything")


# --- for any statement -----------------------------------------------------------------------------------------------

FAULTS: list[tuple[str, tuple[str, ...], Any]] = [
    *((NULLS, (part, "extensions"), None) for part in ("result", "context")),
    (NULLS, ("actor", "name"), None),
    (ARRAYS, ("result", "extensions"), []),
    (ACTIVITIES, ("context", "contextActivities"), {}),
    (ACTIVITIES, ("context", "contextActivities"), {"parent": {}, "category": [{}]}),
    (TAGS, ("verb", "display"), "done"),
    (TAGS, ("verb", "display"), {"en_US": "done", "": "selesai"}),
    (TAGS, ("context", "language"), "pt_BR.UTF-8"),
    (MAILBOXES, ("context", "instructor"), {"mbox": "é.b+c@Go.ID"}),
    (SCORES, ("result", "score"), {"raw": "12.50", "max": "", "scaled": "-1"}),
    (OLD, ("timestamp",), "2013-05-20T10:00:00-00:00"),
]


@st.composite
def spoiled(draw: DrawFn, originals: SearchStrategy[Json]) -> tuple[Json, set[str]]:
    """A valid statement with faults that tolerances know, and their names."""
    statement = copy.deepcopy(draw(originals))
    names = set()
    for name, path, value in draw(st.lists(st.sampled_from(FAULTS), min_size=1, max_size=4, unique_by=lambda fault: fault[1])):
        parent = statement
        for step in path[:-1]:
            parent = parent.setdefault(step, {})
        parent[path[-1]] = value
        names.add(name)
    if OLD in names:
        statement["version"] = "1.0.1"
    return statement, names


def written(statement: Json) -> ParsedStatement:
    return parsed(json.dumps(statement, indent=1, ensure_ascii=len(str(statement)) % 2 == 0))


@pytest.mark.parametrize(("rules", "originals"), [(V1_0_3, statements()), (V2_0, newer_statements())], ids=RULES)
def test_a_valid_statement_never_changes(rules: RuleSet, originals: SearchStrategy[Json]) -> None:
    @thorough
    @given(originals)
    def holds(statement: Json) -> None:
        sent = written(statement)
        for tolerance in TOLERANCES.values():
            assert tolerance.applied(sent, rules) == sent.raw

    holds()


@pytest.mark.parametrize(("rules", "originals"), [(V1_0_3, statements()), (V2_0, newer_statements())], ids=RULES)
def test_what_is_known_is_repaired_and_nothing_else_is(rules: RuleSet, originals: SearchStrategy[Json]) -> None:
    @thorough
    @given(spoiled(originals))
    def holds(made: tuple[Json, set[str]]) -> None:
        statement, names = made
        sent = written(statement)
        found = tolerate(sent, rules, TOLERANCES, max_statement_bytes=LIMIT)
        assert set(found.names) == names
        assert rules.is_valid(found.statement.value)
        again = tolerate(found.statement, rules, TOLERANCES, max_statement_bytes=LIMIT)
        assert again == Tolerated(found.statement, ())

    holds()


@pytest.mark.parametrize(("rules", "originals"), [(V1_0_3, statements()), (V2_0, newer_statements())], ids=RULES)
def test_whatever_comes_the_result_is_valid_and_twice_is_once(rules: RuleSet, originals: SearchStrategy[Json]) -> None:
    @thorough
    @given(mutated(originals))
    def holds(statement: Json) -> None:
        try:
            sent = written(statement)
        except InvalidRequest:
            return
        for tolerance in TOLERANCES.values():
            once = tolerance.applied(sent, rules)
            assert tolerance.applied(parsed(once), rules) == once
        try:
            found = tolerate(sent, rules, TOLERANCES, max_statement_bytes=LIMIT)
        except InvalidRequest:
            return
        assert rules.is_valid(found.statement.value)
        assert bool(found.names) == (found.statement.raw != sent.raw)

    holds()


def test_a_time_is_written_out_digit_by_digit() -> None:
    assert in_rfc3339("20130520T1000-07") == "2013-05-20T10:00:00-07:00"
    assert in_rfc3339("2013-05-20T24:00") is None
    assert in_rfc3339("") is None
