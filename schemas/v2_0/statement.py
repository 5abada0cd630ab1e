"""The statement of xAPI 2.0, on top of `schemas.core`.

Sections: IEEE 9274.1.1,
https://opensource.ieee.org/xapi/xapi-base-standard-documentation/-/blob/main/9274.1.1%20xAPI%20Base%20Standard%20for%20LRSs.md
"""

from __future__ import annotations

from schemas.core.actors import AGENT, GROUP
from schemas.core.statement import OBJECT_BRANCHES, ContextCore, EventCore, StatementCore, SubStatementCore
from schemas.fields import Formatted, Word
from schemas.objects import ByObjectType, ListOf, ObjectOf, StrictSchema
from xapi.values import IRI, TIMESTAMP_RFC3339, VERSION_2_0


class ContextAgentSchema(StrictSchema):
    """4.2.2.5 (#4225-context), Context Agents Table. relevantTypes left out means a general relation; empty, it is refused."""

    name = "ContextAgent"
    object_type = Word("contextAgent", required=True)
    agent = ByObjectType({"Agent": AGENT}, default="Agent", required=True)
    relevant_types = ListOf(Formatted(IRI), at_least=1)


class ContextGroupSchema(StrictSchema):
    """4.2.2.5 (#4225-context), Context Group Table: the same for an identified or anonymous Group."""

    name = "ContextGroup"
    object_type = Word("contextGroup", required=True)
    group = ByObjectType({"Group": GROUP}, required=True)
    relevant_types = ListOf(Formatted(IRI), at_least=1)


class ContextSchema(ContextCore):
    """4.2.2.5 (#4225-context), Context Table."""

    context_agents = ListOf(ObjectOf(ContextAgentSchema()))
    context_groups = ListOf(ObjectOf(ContextGroupSchema()))


class EventSchema(EventCore):
    context = ObjectOf(ContextSchema())
    # 4.2.7 (Timestamps) and 5.2.7: RFC 3339, which has a zone; another zone than UTC is converted, not refused.
    timestamp = Formatted(TIMESTAMP_RFC3339)


class SubStatementSchema(EventSchema, SubStatementCore):
    """4.2.2.3 (#4223-object), Object As Sub-Statement Table."""


class StatementSchema(EventSchema, StatementCore):
    """4.2.2 (#422-statement)."""

    object = ByObjectType(OBJECT_BRANCHES | {"SubStatement": SubStatementSchema()}, default="Activity", required=True)
    # 4.2.4.2: replaced by the store, validated all the same.
    stored = Formatted(TIMESTAMP_RFC3339)
    # 4.1.7 (#417-versioning) says 2.0.0 for every 2.0.x; 4.2.4.2 asks not to refuse others, the suite to refuse 1.1.0 and 0.9.
    version = Formatted(VERSION_2_0)
