"""Bodies as earlier releases wrote them, turned into those of the release that gave identifiers a validity.

On JSON, not on the types of today: what was released once never changes. A body that has the later shape stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

REBUILD = "identities-with-validity"
"""The id of the order that has every employee built anew after the conversion."""
REBUILD_DURATIONS = "durations-as-said"
"""The id of the order that has them built anew since durations are kept as they were said: by `rekam profiles rebuild`."""

Body = dict[str, Any]


def employee(body: Body) -> Body:
    """Identifiers were agent keys; each was valid for ever, and of the directory."""
    identifiers = [
        {"key": one, "valid_from": None, "valid_through": None, "source": "directory"} if isinstance(one, str) else one
        for one in body["identifiers"]
    ]
    return {**body, "identifiers": identifiers}


def keys(converted_employee: Body) -> list[str]:
    """The agent keys of an employee, each once."""
    return list(dict.fromkeys(one["key"] for one in converted_employee["identifiers"]))


def entry(body: Body) -> Body:
    """An entry had one activity id."""
    if "activity_id" not in body:
        return body
    return {
        **{name: value for name, value in body.items() if name != "activity_id"},
        "activity_ids": [body["activity_id"]],
        "version": 1,
    }


def frameworks(competencies: Iterable[Body]) -> list[Body]:
    """Competencies stood alone, each naming its framework; nothing was known of that but its id."""
    ordered = sorted(competencies, key=lambda one: (one["framework"], one["id"]))
    return [
        {"id": framework_id, "title": framework_id, "competencies": list(parts), "version": 1}
        for framework_id, parts in groupby(ordered, key=lambda one: str(one["framework"]))
    ]
