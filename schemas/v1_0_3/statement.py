"""The statement of xAPI 1.0.3, on top of `schemas.core`.

Sections: https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md
"""

from __future__ import annotations

from schemas.core.statement import OBJECT_BRANCHES, ContextCore, EventCore, StatementCore, SubStatementCore
from schemas.fields import Formatted
from schemas.objects import ByObjectType, ObjectOf
from xapi.values import TIMESTAMP, VERSION_1_0


class ContextSchema(ContextCore):
    """2.4.6 (#246-context): nothing beyond the core; `contextAgents` and `contextGroups` are unknown and so refused."""


class EventSchema(EventCore):
    context = ObjectOf(ContextSchema())
    # 2.4.7 and 4.5 (#45-iso-8601-timestamps): ISO 8601; RFC 3339 and a zone are recommended only.
    timestamp = Formatted(TIMESTAMP)


class SubStatementSchema(EventSchema, SubStatementCore):
    """2.4.4.3 (#substatements)."""


class StatementSchema(EventSchema, StatementCore):
    """2.4 (#24-statement-properties)."""

    object = ByObjectType(OBJECT_BRANCHES | {"SubStatement": SubStatementSchema()}, default="Activity", required=True)
    # 2.4.8 (#248-stored): replaced by the store, validated all the same.
    stored = Formatted(TIMESTAMP)
    # 2.4.10 (#2410-version): "1.0." and a patch number; 1.0 is taken as 1.0.0.
    version = Formatted(VERSION_1_0)
