"""Random small universes: the store answers as a naive model does, whatever came in whichever order."""

from __future__ import annotations

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.port import Store
from tests.contract.store.builders import COMPLETED, PASSED, batch, number_of, uid
from tests.contract.store.naive_model import Question, Said, World
from xapi.query import StoredAt
from xapi.statement import VOIDED

_WORLD_SIZE = 1_000
_NUMBERS = st.integers(1, 7)
_PEOPLE = st.sampled_from(["ani", "budi", "cici"])
_ACTIVITIES = st.sampled_from(["a", "b"])
_PARTNERS = st.sampled_from(["univ-a", "univ-b"])
_TIMES = st.integers(0, 4)
_REGISTRATIONS = st.none() | st.integers(1, 2)
_VERBS = st.sampled_from([COMPLETED, PASSED])

_rest = {
    "number": _NUMBERS,
    "actors": st.lists(_PEOPLE, min_size=1, max_size=2, unique=True).map(tuple),
    "registration": _REGISTRATIONS,
    "instructor": st.none() | _PEOPLE,
    "parent": st.none() | _ACTIVITIES,
    "partner": _PARTNERS,
    "may_void_any": st.booleans(),
    "at": _TIMES,
}
_plain = st.builds(
    Said,
    verb=_VERBS,
    target=_ACTIVITIES.map("activity:{}".format) | _PEOPLE.map("person:{}".format) | _ACTIVITIES.map("sub:{}".format),
    name=st.none() | st.sampled_from(["Satu", "Dua"]),
    **_rest,
)
_referring = st.builds(Said, verb=_VERBS, target=_NUMBERS.map("ref:{}".format), **_rest)
_voiding = st.builds(Said, verb=st.just(VOIDED), target=_NUMBERS.map("ref:{}".format), **_rest)
_batches = st.lists(st.lists(_plain | _referring | _voiding, max_size=6), min_size=1, max_size=5)

_questions = st.builds(
    Question,
    agent=st.none() | _PEOPLE | st.just("inner"),
    related_agents=st.booleans(),
    verb=st.none() | _VERBS,
    activity=st.none() | _ACTIVITIES,
    related_activities=st.booleans(),
    registration=_REGISTRATIONS,
    owner=st.none() | _PARTNERS,
    since=st.none() | st.integers(-1, 5),
    until=st.none() | st.integers(-1, 5),
    ascending=st.booleans(),
)

_bases = count(_WORLD_SIZE, _WORLD_SIZE)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    batches=_batches,
    again=st.integers(0, 4),
    promises=st.lists(st.none() | _TIMES, min_size=5, max_size=5),
    questions=st.lists(_questions, min_size=6, max_size=12),
    page_size=st.integers(1, 4),
)
def test_the_store_answers_as_the_model_does(
    store: Store,
    batches: list[list[Said]],
    again: int,
    promises: list[int | None],
    questions: list[Question],
    page_size: int,
) -> None:
    world = World(next(_bases))
    batches = [*batches, batches[again % len(batches)]]
    for place, (said, promise) in enumerate(zip(batches, [*promises, None], strict=False)):
        _record(store, world, said, place)
        if promise is not None:
            _promise(store, world, place + 1, promise)
    kept = store.statement_queries.get_many(uid(world.base + number) for number in range(10))
    assert {number_of(one) - world.base: row.stored_ms for one, row in kept.items()} == {
        number: world.time(stored) for number, (_, stored) in world.held.items()
    }
    assert {number_of(one) - world.base for one, row in kept.items() if row.voided} == world.voided()
    for question in [Question(), *questions]:
        assert _found(store, world, question, page_size) == world.find(question), question
    for owner in (None, "univ-a", "univ-b"):
        whose = None if owner is None else world.partner(owner)
        states = store.activity_queries.activities((world.activity_id(name) for name in ("a", "b")), owner=whose)
        assert {one: state.definition() for one, state in states.items() if state.definition()} == {
            world.activity_id(name): {"name": {"id": told}} for name, told in world.names(owner).items()
        }, owner


def _record(store: Store, world: World, said: list[Said], place: int) -> None:
    rows = [world.row(one) for one in said]
    new, duplicates, conflicts, voided = world.record(said)
    outcome = store.statements.record(batch(rows, partition=world.base, next_offset=place + 1))
    assert outcome.recorded == tuple(world.row(one) for one in new)
    assert outcome.duplicates == tuple(world.row(one) for one in duplicates)
    assert outcome.conflicts == tuple(world.row(one) for one in conflicts)
    assert {number_of(one.statement_id) - world.base for one in outcome.voided} == voided
    assert all(one.voided for one in outcome.voided)


def _promise(store: Store, world: World, next_offset: int, until: int) -> None:
    store.positions.advance(world.base, next_offset, world.time(world.through))
    store.positions.raise_through({world.base: next_offset}, world.time(until))
    world.through = max(world.through, until)


def _found(store: Store, world: World, question: Question, page_size: int) -> list[int]:
    wanted = world.filter(question)
    result: list[int] = []
    after: StoredAt | None = None
    while True:
        page = store.statement_queries.find(wanted, after=after, limit=page_size)
        result += [number_of(one.statement_id) - world.base for one in page.statements]
        if page.next_after is None:
            return result
        assert page.next_after != after, "the list does not go on"
        after = page.next_after
