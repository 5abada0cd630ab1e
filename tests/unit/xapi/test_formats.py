"""The formats ids and canonical. Source: xAPI 1.0.3, Communication 2.1.3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from xapi.formats import Canonical, activity_ids, ids
from xapi.languages import Languages

COURSE = "http://example.com/activities/course"
DEFINITION = {"name": {"en": "Course", "id": "Kursus"}, "extensions": {"http://x.id/e": 1.5}}
ACTIVITY = {"objectType": "Activity", "id": COURSE, "definition": DEFINITION}
VERB = {"id": "http://v.id/did", "display": {"en": "did", "id": "telah"}}
ANI = {"objectType": "Agent", "name": "Ani", "mbox": "mailto:ani@example.com"}
BUDI = {"name": "Budi", "account": {"homePage": "http://asn.example.id", "name": "1"}}


def text_of(**members: Any) -> bytes:
    plain = {"id": "aaaaaaaa-0000-4000-8000-000000000001", "actor": ANI, "verb": VERB, "object": ACTIVITY}
    return json.dumps(plain | members).encode()


class TestIds:
    @pytest.mark.parametrize(
        ("actor", "cut"),
        [
            (ANI, {"mbox": "mailto:ani@example.com"}),
            (BUDI, {"account": {"homePage": "http://asn.example.id", "name": "1"}}),
            (
                {"objectType": "Group", "name": "Kelas", "mbox": "mailto:kelas@example.com", "member": [ANI]},
                {"objectType": "Group", "mbox": "mailto:kelas@example.com"},
            ),
            (
                {"objectType": "Group", "name": "Kelas", "member": [ANI, BUDI]},
                {"objectType": "Group", "member": [{"mbox": "mailto:ani@example.com"}, {"account": BUDI["account"]}]},
            ),
        ],
        ids=["agent", "account", "identified group", "anonymous group"],
    )
    def test_who_is_cut_down_to_the_identifier(self, actor: dict[str, Any], cut: dict[str, Any]) -> None:
        shown = json.loads(ids(text_of(actor=actor, authority=ANI, context={"instructor": actor, "team": actor})))
        assert shown["actor"] == shown["context"]["instructor"] == shown["context"]["team"] == cut
        assert shown["authority"] == {"mbox": "mailto:ani@example.com"}

    def test_verb_and_activities_are_cut_down_to_the_id(self) -> None:
        context = {"contextActivities": {"parent": [ACTIVITY], "other": [ACTIVITY, ACTIVITY]}, "platform": "x"}
        shown = json.loads(ids(text_of(context=context)))
        assert shown["verb"] == {"id": "http://v.id/did"}
        assert shown["object"] == {"id": COURSE}
        assert shown["context"] == {
            "contextActivities": {"parent": [{"id": COURSE}], "other": [{"id": COURSE}] * 2},
            "platform": "x",
        }

    def test_an_agent_as_object_stays_recognisable(self) -> None:
        assert json.loads(ids(text_of(object=ANI)))["object"] == {"objectType": "Agent", "mbox": "mailto:ani@example.com"}

    def test_a_reference_stays(self) -> None:
        reference = {"objectType": "StatementRef", "id": "bbbbbbbb-0000-4000-8000-000000000001"}
        assert json.loads(ids(text_of(object=reference)))["object"] == reference

    def test_a_substatement_is_cut_down_too(self) -> None:
        inner = {"objectType": "SubStatement", "actor": ANI, "verb": VERB, "object": ACTIVITY}
        assert json.loads(ids(text_of(object=inner)))["object"] == {
            "objectType": "SubStatement",
            "actor": {"mbox": "mailto:ani@example.com"},
            "verb": {"id": "http://v.id/did"},
            "object": {"id": COURSE},
        }

    def test_the_rest_keeps_its_bytes(self) -> None:
        result = b'{"score" : {"raw":1.10},"extensions":{"http://x.id/a.b":12345678901234567890123,"http://x.id/c":"\\u00e9"}}'
        shown = ids(text_of()[:-1] + b',"result":' + result + b"}")
        assert b'"result":' + result in shown
        assert list(json.loads(shown)) == ["id", "actor", "verb", "object", "result"]


def canonical(text: bytes, definitions: dict[str, Any], accept: str = "id") -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(knowing(definitions, accept)(text))
    return shown


def knowing(definitions: dict[str, Any], accept: str = "id", most_bytes: int = 100_000) -> Canonical:
    made = Canonical(Languages.parse(accept), most_bytes)
    for activity_id, definition in definitions.items():
        made.learn(activity_id, definition)
    return made


class TestCanonical:
    def test_activities_have_the_merged_definition_in_one_language(self) -> None:
        merged = {
            "name": {"en": "Course", "id": "Kursus"},
            "description": {"en": "Long"},
            "interactionType": "choice",
            "choices": [{"id": "a", "description": {"en": "Yes", "id": "Ya"}}, {"id": "b"}],
            "extensions": {"http://x.id/e": {"en": "kept", "id": "kept"}},
        }
        inner = {"objectType": "SubStatement", "actor": ANI, "verb": VERB, "object": ACTIVITY}
        context = {"contextActivities": {"parent": [{"id": COURSE}]}}
        expected = merged | {
            "name": {"id": "Kursus"},
            "description": {"en": "Long"},
            "choices": [{"id": "a", "description": {"id": "Ya"}}, {"id": "b"}],
        }
        assert canonical(text_of(), {COURSE: merged})["object"] == {
            "objectType": "Activity", "id": COURSE, "definition": expected,
        }  # fmt: skip
        shown = canonical(text_of(object=inner, context=context), {COURSE: merged})
        assert shown["object"]["object"]["definition"] == expected
        assert shown["object"]["verb"]["display"] == {"id": "telah"}
        assert shown["context"]["contextActivities"]["parent"] == [{"id": COURSE, "definition": expected}]

    def test_each_map_chooses_for_itself(self) -> None:
        shown = canonical(text_of(), {COURSE: {"name": {"en": "Course"}, "description": {"id": "Panjang"}}}, "id, en")
        assert shown["object"]["definition"] == {"name": {"en": "Course"}, "description": {"id": "Panjang"}}

    def test_an_activity_nobody_defined_has_no_definition(self) -> None:
        assert canonical(text_of(object={"id": COURSE}), {COURSE: {}})["object"] == {"id": COURSE}

    def test_an_activity_not_merged_yet_keeps_what_its_statement_says(self) -> None:
        assert canonical(text_of(), {})["object"]["definition"] == DEFINITION | {"name": {"id": "Kursus"}}

    def test_agents_and_groups_stay_as_they_are(self) -> None:
        group = {"objectType": "Group", "name": "Kelas", "member": [ANI, BUDI]}
        shown = canonical(text_of(actor=group, authority=ANI, context={"team": group}), {})
        assert (shown["actor"], shown["authority"], shown["context"]["team"]) == (group, ANI, group)
        assert canonical(text_of(object=ANI), {})["object"] == ANI

    def test_a_verb_without_display_stays(self) -> None:
        assert canonical(text_of(verb={"id": "http://v.id/x"}), {})["verb"] == {"id": "http://v.id/x"}


def test_activity_ids_are_found_wherever_activities_are() -> None:
    inner = {
        "objectType": "SubStatement",
        "actor": ANI,
        "verb": VERB,
        "object": {"id": "http://a.id/1"},
        "context": {"contextActivities": {"other": [{"id": "http://a.id/2"}]}},
    }
    texts = [
        text_of(object=inner, context={"contextActivities": {"parent": [{"id": "http://a.id/3"}]}}),
        text_of(),
        text_of(object=ANI),
    ]
    assert activity_ids(texts) == {"http://a.id/1", "http://a.id/2", "http://a.id/3", COURSE}

    def test_a_statement_gets_no_more_definitions_than_allowed(self) -> None:
        """However often it names an activity; the next statement begins anew."""
        large = {"extensions": {"http://x.id/large": "x" * 1_000}}
        context = {"contextActivities": {"other": [{"id": COURSE, "definition": {"type": "http://x.id/own"}}] * 50}}
        canonical = knowing({COURSE: large}, most_bytes=10_000)
        for _ in range(2):
            shown = json.loads(canonical(text_of(context=context)))
            others = [one["definition"] for one in shown["context"]["contextActivities"]["other"]]
            assert shown["object"]["definition"] == large
            assert others.count(large) == 8
            assert others[8:] == [{"type": "http://x.id/own"}] * 42
