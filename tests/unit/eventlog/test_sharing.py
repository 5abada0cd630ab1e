"""How members of the embedded log's groups come to share partitions."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventlog.sqlite.sharing import change_for

MEMBERS = ("a", "b", "c", "d", "e")


def settle(alive: list[str], partitions: int, claims: dict[int, str]) -> dict[int, str]:
    """Let each member act in turn, as its polls would, until nobody has anything to change."""
    claims = dict(claims)
    for _round in range(4):
        changes = 0
        for member in alive:
            change = change_for(member, alive, partitions, claims)
            for partition in change.give:
                del claims[partition]
            for partition in change.take:
                claims[partition] = member
            changes += bool(change)
        if not changes:
            return claims
    pytest.fail(f"{alive} do not settle: {claims}")


@given(
    alive=st.lists(st.sampled_from(MEMBERS), min_size=1, unique=True),
    partitions=st.integers(0, 16),
    claims=st.dictionaries(st.integers(0, 15), st.sampled_from(MEMBERS)),
)
def test_from_any_claims_members_come_to_equal_shares_of_everything(
    alive: list[str], partitions: int, claims: dict[int, str]
) -> None:
    settled = settle(alive, partitions, {partition: owner for partition, owner in claims.items() if partition < partitions})

    assert set(settled) == set(range(partitions))
    shares = Counter(dict.fromkeys(alive, 0))
    shares.update(settled.values())
    assert set(shares) == set(alive)
    assert max(shares.values()) - min(shares.values()) <= 1


@given(
    alive=st.lists(st.sampled_from(MEMBERS), min_size=1, unique=True),
    partitions=st.integers(0, 16),
    claims=st.dictionaries(st.integers(0, 15), st.sampled_from(MEMBERS)),
)
def test_nobody_takes_what_a_living_member_holds(alive: list[str], partitions: int, claims: dict[int, str]) -> None:
    for member in alive:
        assert all(claims.get(partition) not in alive for partition in change_for(member, alive, partitions, claims).take)


def test_a_newcomer_moves_no_more_than_its_share() -> None:
    before = settle(["a", "b"], 8, {})
    after = settle(["a", "b", "c"], 8, before)

    assert sum(before[partition] != after[partition] for partition in before) == 2


def test_a_departed_members_partitions_are_divided_and_nothing_else_moves() -> None:
    before = settle(["a", "b", "c"], 9, {})
    after = settle(["a", "b"], 9, before)

    assert all(after[partition] == owner for partition, owner in before.items() if owner != "c")


def test_a_member_too_many_waits() -> None:
    assert not change_for("b", ["a", "b"], 1, {0: "a"})
