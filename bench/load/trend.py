"""Whether what the workers are behind grows."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

ENOUGH = 6
_ALLOWED = 1.25
_SLACK = 20
"""Records that come and go between two looks."""


def growing(behind: Sequence[float]) -> bool | None:
    """Of evenly spaced looks: whether the last third is, on average, clearly above the middle third. The first third may climb, as
    a queue does until it has found its level. None: too few looks to say."""
    if len(behind) < ENOUGH:
        return None
    third = len(behind) // 3
    middle, last = mean(behind[third : 2 * third]), mean(behind[2 * third :])
    return last > middle * _ALLOWED + _SLACK
