"""How the members of a group share the partitions of a topic: a pure rule that every member computes alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """What one member is to do now: partitions to take, and to give up for others to take."""

    take: frozenset[int]
    give: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.take or self.give)


def change_for(member: str, alive: Collection[str], partitions: int, claims: Mapping[int, str]) -> Change:
    """The step of `member` (one of `alive`) towards an even division of `partitions`, given who claims what.

    Shares differ by one at most; the larger ones go to those who hold more already, so that as little as possible moves. Only
    what nobody alive claims is taken: a member first gives, and then another takes.
    """
    held = Counter(owner for owner in claims.values() if owner in alive)
    by_seniority = sorted(alive, key=lambda name: (-held[name], name))
    share, larger_shares = divmod(partitions, len(by_seniority))
    quota = share + (by_seniority.index(member) < larger_shares)
    mine = sorted(partition for partition, owner in claims.items() if owner == member)
    free = [partition for partition in range(partitions) if claims.get(partition) not in alive]
    return Change(frozenset(free[: max(0, quota - len(mine))]), frozenset(mine[quota:]))
