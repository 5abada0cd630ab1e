"""Many statements, one definition, whatever the order in which they are applied."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID

from xapi.activities import ActivityState, merge, observe
from xapi.query import StoredAt

IRI = "https://example.id/a"


def said(ms: int, **definition: object) -> ActivityState:
    return observe(IRI, definition, StoredAt(ms, UUID(int=ms)))


def test_languages_of_all_statements_are_kept_and_the_latest_wins_for_each() -> None:
    states = [
        said(1, name={"en": "old", "id": "lama"}, type="https://example.id/t"),
        said(3, name={"en": "new"}),
        said(2, name={"fr": "nom"}, description={"en": "d"}, extensions={"https://x.y/z": {"a.b": 1}}),
    ]
    expected = {
        "name": {"en": "new", "id": "lama", "fr": "nom"},
        "description": {"en": "d"},
        "type": "https://example.id/t",
        "extensions": {"https://x.y/z": {"a.b": 1}},
    }
    for order in permutations(states):
        assert merge(order).definition() == expected
        assert merge([merge(order[:2]), order[2], order[2]]).definition() == expected


def test_an_interaction_is_replaced_as_a_whole() -> None:
    choice = said(1, interactionType="choice", choices=[{"id": "a"}], correctResponsesPattern=["a"])
    scale = said(2, interactionType="likert", scale=[{"id": "s"}])
    assert merge([scale, choice]).definition() == {"interactionType": "likert", "scale": [{"id": "s"}]}


def test_no_definition_takes_nothing_away() -> None:
    named = said(1, name={"en": "n"})
    assert merge([named, observe(IRI, None, StoredAt(5, UUID(int=5)))]).definition() == {"name": {"en": "n"}}


def test_dump_and_load_are_each_others_reverse() -> None:
    state = said(1, name={"en": "n/a"}, extensions={"https://x.y/z": [1, None, "é"]})
    assert ActivityState.load(IRI, state.dump()) == state
    assert ActivityState.load(IRI, state.dump()).definition() == state.definition()
