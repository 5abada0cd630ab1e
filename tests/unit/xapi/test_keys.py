"""The order of a statement's keys, of which the first are lent."""

from __future__ import annotations

import time
from uuid import UUID

from xapi.keys import KeyKind, in_order
from xapi.statement import StatementKeys

REGISTRATION = UUID("6d9b3c1e-0c1b-4f5e-9d3f-0a1b2c3d4e5f")


def test_the_few_kinds_stand_before_the_crowds_and_nothing_comes_twice() -> None:
    keys = StatementKeys(
        agents=("b", "a"),
        related_agents=("b", "a", "teacher", "authority"),
        verb="v",
        activities=("x",),
        related_activities=("x", "parent", "category"),
        registration=REGISTRATION,
    )
    assert in_order(keys) == [
        (KeyKind.VERB, "v"),
        (KeyKind.ACTIVITY, "x"),
        (KeyKind.REGISTRATION, str(REGISTRATION)),
        (KeyKind.AGENT, "b"),
        (KeyKind.AGENT, "a"),
        (KeyKind.RELATED_ACTIVITY, "parent"),
        (KeyKind.RELATED_ACTIVITY, "category"),
        (KeyKind.RELATED_AGENT, "teacher"),
        (KeyKind.RELATED_AGENT, "authority"),
    ]


def test_a_statement_of_little_has_few() -> None:
    keys = StatementKeys(agents=(), related_agents=(), verb="v", activities=(), related_activities=(), registration=None)
    assert in_order(keys) == [(KeyKind.VERB, "v")]


def test_a_crowd_is_not_compared_with_itself() -> None:
    crowd = tuple(f"mbox|mailto:{n}@example.id" for n in range(60_000))
    keys = StatementKeys(agents=crowd, related_agents=crowd, verb="v", activities=(), related_activities=(), registration=None)
    begun = time.process_time()
    assert len(in_order(keys)) == len(crowd) + 1
    assert time.process_time() - begun < 2
