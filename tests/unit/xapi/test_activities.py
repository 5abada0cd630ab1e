"""Many statements, one definition, whatever the order in which they are applied."""

from __future__ import annotations

from itertools import permutations
from random import Random
from uuid import UUID

import pytest

from xapi.activities import INTERACTION_BYTES, LEAF_BYTES, MOST_LEAVES, ActivityState, merge, observe
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


@pytest.mark.parametrize(
    ("definition", "fits"),
    [
        ({"description": {"id": "x" * (LEAF_BYTES - len('description/id""'))}}, True),
        ({"description": {"id": "x" * (LEAF_BYTES - len('description/id""') + 1)}}, False),
        ({"description": {"id": "é" * (LEAF_BYTES // 2)}}, False),
        ({"description": {"id": "\ud800" * LEAF_BYTES}}, False),
        ({"name": {"i" * LEAF_BYTES: ""}}, False),
        ({"type": "https://x.y/" + "x" * LEAF_BYTES}, False),
        ({"extensions": {"https://x.y/z": ["x"] * LEAF_BYTES}}, False),
        ({"extensions": {"https://x.y/z": [1] * (LEAF_BYTES // 4)}}, True),
        ({"interactionType": "choice", "choices": [{"id": "x" * 100}] * 250}, True),
        ({"interactionType": "choice", "choices": [{"id": "x" * INTERACTION_BYTES}]}, False),
    ],
)
def test_a_leaf_that_is_too_large_is_left_out_and_the_others_stay(definition: dict[str, object], fits: bool) -> None:
    others = {"moreInfo": "https://x.y/more"}
    assert said(1, **definition, **others).definition() == (definition | others if fits else others)


def test_what_is_too_large_does_not_hide_what_was_said_before() -> None:
    assert merge([said(1, name={"id": "n"}), said(2, name={"id": "n" * LEAF_BYTES})]).definition() == {"name": {"id": "n"}}


def test_of_too_many_leaves_the_latest_stay() -> None:
    state = merge(said(ms, extensions={f"https://x.y/{ms}": ms}) for ms in range(1, MOST_LEAVES + 11))
    assert state.definition() == {"extensions": {f"https://x.y/{ms}": ms for ms in range(11, MOST_LEAVES + 11)}}


def test_of_one_statement_with_too_many_the_same_stay_whatever_their_order() -> None:
    names = [f"https://x.y/{number:03}" for number in range(3 * MOST_LEAVES)]
    states = [said(1, extensions=dict.fromkeys(order, 1)) for order in (names, names[::-1])]
    assert states[0] == states[1]
    assert len(states[0].leaves) == MOST_LEAVES


def test_the_bound_does_not_depend_on_the_order_nor_on_what_was_merged_before() -> None:
    rng = Random(7)
    for _ in range(100):
        states = [
            said(ms, extensions={f"https://x.y/{rng.randrange(3 * MOST_LEAVES)}": ms for _ in range(rng.randrange(MOST_LEAVES))})
            for ms in rng.sample(range(1, 100), 8)
        ]
        whole = merge(states)
        rng.shuffle(states)
        grown = states[0]
        for state in states[1:]:
            grown = merge([state, grown]) if rng.random() < 0.5 else merge([grown, state, state])
        cut = rng.randrange(1, len(states))
        assert whole == grown == merge([merge(states[cut:]), merge(states[:cut])])


def test_a_statement_that_differs_with_itself_says_the_same_in_any_order() -> None:
    one, other = (observe(IRI, {"name": {"id": name}}, StoredAt(1, UUID(int=1))) for name in ("a", "b"))
    assert merge([one, other]) == merge([other, one])


def test_an_activity_stays_small_whatever_is_said_of_it() -> None:
    large = "x" * (LEAF_BYTES - 100)
    states = [said(ms, description={f"x-{ms}-{n}": large for n in range(50)}) for ms in range(1, 20)]
    assert len(merge(states).dump()) < (MOST_LEAVES + 4) * LEAF_BYTES
