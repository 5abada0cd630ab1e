"""One key an agent, and only for the same agent."""

from __future__ import annotations

from typing import Any

import pytest

from xapi.agents import agent_key, agent_keys, learner_keys

M1 = {"mbox": "mailto:a@example.id"}
M2 = {"account": {"homePage": "https://h", "name": "n"}}


@pytest.mark.parametrize(
    ("actor", "key"),
    [
        ({"mbox": "mailto:A.b@Example.ID"}, "mbox|mailto:A.b@example.id"),
        ({"mbox_sha1sum": "ABCDEF"}, "mbox_sha1sum|abcdef"),
        ({"openid": "https://o/Id"}, "openid|https://o/Id"),
        ({"account": {"name": "Ani|Budi", "homePage": "https://h"}}, "account|https://h|Ani|Budi"),
        ({"objectType": "Group", "member": [M1]}, None),
    ],
)
def test_key(actor: dict[str, Any], key: str | None) -> None:
    assert agent_key(actor) == key


def test_the_same_name_at_two_home_pages_is_two_agents() -> None:
    assert agent_key({"account": {"homePage": "https://a", "name": "1"}}) != agent_key(
        {"account": {"homePage": "https://b", "name": "1"}}
    )


def test_a_group_is_found_by_itself_and_its_members() -> None:
    group = {"objectType": "Group", **M2, "member": [M1]}
    assert list(agent_keys(group)) == ["account|https://h|n", "mbox|mailto:a@example.id"]


def test_the_learners_of_a_group_are_its_members_alone_each_once() -> None:
    assert learner_keys({"objectType": "Group", **M2, "member": [M1, M1]}) == ("mbox|mailto:a@example.id",)
    assert learner_keys(M2) == ("account|https://h|n",)
    assert learner_keys({"objectType": "Group", **M2}) == ()
