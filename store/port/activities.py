"""What the statements say of activities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from xapi.activities import ActivityState


class ActivityQueries(Protocol):
    """What the statements say of activities, kept apart for each partner: what one says is not another's to read or to change."""

    def activities(self, activity_ids: Iterable[str], *, owner: str | None) -> dict[str, ActivityState]:
        """Those that statements of the partner `owner` speak of, None for those of all partners, merged by
        `xapi.activities.merge` over all of those statements. Any number of ids; one state is bounded as that module says."""
        ...
