"""Lists walk an index in order and stop at the end of the page: nothing is sorted, nothing is looked at in vain."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pymongo.database import Database

from store.mongodb import MongoStore
from store.mongodb.indexes import INDEXES
from store.mongodb.partners import all_partners
from store.mongodb.statement_queries import WALKS_AT_ONCE, conditions, index_for, order, places
from store.port import EmployeeSearch
from tests.contract.store.builders import (
    COMPLETED,
    PASSED,
    T0,
    activity,
    agent,
    agent_key_of,
    batch,
    employee,
    found,
    iri,
    record,
    recordable,
    reference,
    statement,
    uid,
    voiding,
)
from xapi.query import StatementFilter, StoredAt

Documents = Database[dict[str, Any]]
PARTNERS = ("univ-a", "univ-b", "univ-c")
LIMIT = 20
REGISTRATION = "6d9b3c1e-0c1b-4f5e-9d3f-0a1b2c3d4e5f"


@pytest.fixture
def filled(mongo_store: MongoStore) -> MongoStore:
    """900 statements of three partners, of ten people about thirty activities; every tenth in a registration."""
    rows = []
    for number in range(900):
        context: dict[str, Any] = {"contextActivities": {"grouping": [activity(f"g{number % 5}")]}, "instructor": agent("guru")}
        if number % 10 == 0:
            context["registration"] = REGISTRATION
        said = statement(
            number,
            actor=agent(f"p{number % 10}"),
            verb=PASSED if number % 3 else COMPLETED,
            target=activity(f"a{number % 30}"),
            context=context,
        )
        rows.append(recordable(said, partner=PARTNERS[number // 10 % 3], at_ms=T0 + number // 4))
    mongo_store.statements.record(batch(rows))
    return mongo_store


def _explained(behind: Documents, wanted: StatementFilter, after: StoredAt | None = None) -> list[dict[str, Any]]:
    """How MongoDB runs each part of a list, as `find` asks for it."""
    partners = all_partners(behind) if wanted.owner is None else [wanted.owner]
    plans = []
    for place in places(wanted, after):
        cursor = behind["statements"].find(conditions(wanted, partners, place), hint=index_for(wanted), limit=LIMIT)
        plans.append(cursor.sort(order(wanted, place)).explain())
    return plans


def _stages(plan: dict[str, Any]) -> set[str]:
    text = json.dumps(plan["queryPlanner"]["winningPlan"], default=str)
    return {name for name in ("SORT", "SORT_MERGE", "IXSCAN", "COLLSCAN") if f'"{name}"' in text}


SINGLE = {
    "no filter": StatementFilter(),
    "agent": StatementFilter(agent=agent_key_of("p3")),
    "related agent": StatementFilter(agent=agent_key_of("guru"), related_agents=True),
    "verb": StatementFilter(verb=PASSED),
    "activity": StatementFilter(activity=iri("a7")),
    "related activity": StatementFilter(activity=iri("g2"), related_activities=True),
    "registration": StatementFilter(
        registration=recordable(statement(1, context={"registration": REGISTRATION})).extract.keys.registration
    ),
    "since and until": StatementFilter(verb=PASSED, since_ms=T0 + 20, until_ms=T0 + 200),
    "nothing there": StatementFilter(agent=agent_key_of("nobody")),
}


@pytest.mark.parametrize("owner", [None, "univ-b"])
@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("name", SINGLE)
def test_a_single_filter_walks_an_index_and_reads_only_what_it_returns(
    filled: MongoStore, behind: Documents, name: str, ascending: bool, owner: str | None
) -> None:
    wanted = StatementFilter(
        **{field: getattr(SINGLE[name], field) for field in StatementFilter.__slots__} | {"ascending": ascending, "owner": owner}
    )
    for after in (None, StoredAt(T0 + 100, uid(401))):
        for plan in _explained(behind, wanted, after):
            assert "IXSCAN" in _stages(plan)
            assert not _stages(plan) & {"SORT", "COLLSCAN"}
            done = plan["executionStats"]
            walks = (1 if owner else len(PARTNERS)) * 2
            assert done["totalDocsExamined"] <= done["nReturned"]
            assert done["totalKeysExamined"] <= done["nReturned"] + walks + 1


@pytest.mark.parametrize("owner", [None, "univ-b"])
def test_several_filters_walk_an_index_in_order(filled: MongoStore, behind: Documents, owner: str | None) -> None:
    wanted = StatementFilter(agent=agent_key_of("p3"), verb=PASSED, activity=iri("g3"), related_activities=True, owner=owner)
    (plan,) = _explained(behind, wanted)
    assert not _stages(plan) & {"SORT", "COLLSCAN"}
    assert not plan["queryPlanner"]["rejectedPlans"]  # nothing is tried out for each list
    assert plan["executionStats"]["nReturned"] == LIMIT
    # The rarest of the three is true of a tenth, so nobody may look at all 900.
    assert plan["executionStats"]["totalDocsExamined"] <= 120


def test_voided_statements_cost_a_list_nothing(filled: MongoStore, behind: Documents) -> None:
    voiders = [recordable(voiding(1000 + n, n), partner=PARTNERS[n // 10 % 3], at_ms=T0 + 900) for n in range(870)]
    filled.statements.record(batch(voiders, partition=1))
    wanted = StatementFilter(agent=agent_key_of("p3"), activity=iri("a3"), ascending=True)
    assert found(filled, agent=agent_key_of("p3"), activity=iri("a3"), ascending=True) == [873, *range(1003, 1873, 30)]
    for plan in _explained(behind, StatementFilter(activity=iri("a3"), until_ms=T0 + 899)):
        assert plan["executionStats"]["totalKeysExamined"] <= 1 + 2 * len(PARTNERS)
    assert not _stages(_explained(behind, wanted)[0]) & {"SORT", "COLLSCAN"}


def test_more_partners_than_one_query_merges_are_listed_in_order(mongo_store: MongoStore, behind: Documents) -> None:
    partners = WALKS_AT_ONCE + 30
    rows = [recordable(statement(n), partner=f"univ-{n % partners}", at_ms=T0 + n // 3) for n in range(2 * partners)]
    mongo_store.statements.record(batch(rows))
    for wanted in ({}, {"verb": COMPLETED}, {"activity": iri("a"), "related_activities": True}):
        assert found(mongo_store, page_size=50, ascending=True, **wanted) == list(range(2 * partners))
        assert found(mongo_store, page_size=50, **wanted) == list(reversed(range(2 * partners)))


def test_only_statements_that_refer_to_others_are_in_the_index_of_targets(mongo_store: MongoStore, behind: Documents) -> None:
    record(mongo_store, *(statement(n) for n in range(50)), statement(50, target=reference(3)))
    in_index = behind["statements"].find({}, hint="by_target")  # a sparse index, named, shows only what it holds
    assert [one["_id"] for one in in_index] == [uid(50)]


def test_exactly_the_indexes_of_the_list_exist(mongo_store: MongoStore, behind: Documents) -> None:
    for collection, indexes in INDEXES.items():
        names = {str(index.document["name"]) for index in indexes}
        assert set(behind[collection].index_information()) == names | {"_id_"}


@pytest.mark.parametrize(
    "wanted",
    [
        EmployeeSearch("SITUMORANG"),
        EmployeeSearch("budi sit"),
        EmployeeSearch("budi santoso"),
        EmployeeSearch("b", frozenset({"u7", "u8"})),
        EmployeeSearch("", None, "p3"),
        EmployeeSearch(),
    ],
)
def test_a_search_reads_few_but_those_it_finds(mongo_store: MongoStore, behind: Documents, wanted: EmployeeSearch) -> None:
    people = [employee(f"e{n:04}", f"Budi Santoso {n}", unit_id=f"u{n % 300}", post_id=f"p{n % 300}") for n in range(1_500)]
    mongo_store.directory.put_employees([*people, employee("x", "Budi Ulfah Situmorang")])
    behind.command("profile", 2)
    try:
        found = mongo_store.directory.search(wanted, limit=5)
    finally:
        behind.command("profile", 0)
    assert found
    (seen,) = behind["system.profile"].find({"ns": f"{behind.name}.employees", "op": "query"})
    assert seen["docsExamined"] <= 12
    assert not seen.get("hasSortStage")
