"""Statements on statements on statements, and everything a store may be asked of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from store.port import Store, StoredStatement
from tests.contract.store.builders import (
    COMPLETED,
    PASSED,
    activity,
    agent,
    agent_key_of,
    found,
    iri,
    reference,
    statement,
    uid,
    voiding,
)
from xapi.activities import ActivityState

Said = Mapping[str, Any]
PEOPLE = ("ani", "budi", "citra")


def everything(store: Store, count: int) -> tuple[dict[UUID, StoredStatement], dict[str, list[int]], dict[str, ActivityState]]:
    """All that is seen of `tangle(…, count)`: the statements, what lists find, the activities."""
    texts = store.statement_queries.get_many(uid(number) for number in range(count))
    return texts, _lists(store), store.activity_queries.activities([iri("a"), iri("b")], owner=None)


def _lists(store: Store) -> dict[str, list[int]]:
    """What every filter finds."""
    lists = {"all": found(store)}
    for person in PEOPLE:
        key = agent_key_of(person)
        lists[person] = found(store, agent=key)
        for verb in (COMPLETED, PASSED):
            lists[f"{person} {verb}"] = found(store, agent=key, verb=verb)
    for name in ("a", "b"):
        lists[name] = found(store, activity=iri(name), related_activities=True)
    for partition in (0, 1):
        lists[f"of univ-{partition}"] = found(store, agent=agent_key_of("ani"), owner=f"univ-{partition}")
    return lists


def tangle(seed: int, count: int) -> list[Said]:
    """Statements on statements on statements, in chains, trees and cycles, some voided by others, in any order."""
    rng = random.Random(seed)
    said: list[Said] = []
    for number in range(count):
        who, verb = agent(rng.choice(PEOPLE)), rng.choice((COMPLETED, PASSED))
        match rng.randrange(5):
            case 0:
                said.append(voiding(number, rng.randrange(count), actor=who))
            case 1 | 2:
                said.append(statement(number, actor=who, verb=verb, target=reference(rng.randrange(count))))
            case _:
                what = activity(rng.choice("ab"), {"name": {rng.choice(("id", "en")): f"said by {number}"}})
                said.append(statement(number, actor=who, verb=verb, target=what))
    rng.shuffle(said)
    return said
