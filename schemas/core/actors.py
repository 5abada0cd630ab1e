"""Who: Agents, Groups and authorities (2.4.2, 2.4.9)."""

from __future__ import annotations

from typing import ClassVar

from schemas.fields import Formatted, Text, Word
from schemas.objects import ByObjectType, ListOf, ObjectOf, Rule, StrictSchema
from schemas.rules import Exactly, HasMemberWith
from xapi.values import IDENTIFIER, IRI, MAILTO, SHA1

IDENTIFIERS = ("account", "mbox", "mbox_sha1sum", "openid")
IDENTIFIED = f'"mbox": "{MAILTO.example}"'


class AccountSchema(StrictSchema):
    name = "Account"
    home_page = Formatted(IRI, required=True)
    # The class attribute "name" is taken by the definition's own name.
    account_name = Formatted(IDENTIFIER, required=True, data_key="name")


class IdentifiedSchema(StrictSchema):
    """2.4.2.3: what identifies an Agent or a Group."""

    person_name = Text(data_key="name")
    account = ObjectOf(AccountSchema())
    mbox = Formatted(MAILTO)
    mbox_sha1sum = Formatted(SHA1, data_key="mbox_sha1sum")
    openid = Formatted(IRI)


class AgentSchema(IdentifiedSchema):
    name = "Agent"
    rules: ClassVar[tuple[Rule, ...]] = (Exactly(IDENTIFIERS, "identifier", IDENTIFIED),)
    object_type = Word("Agent")


class ObjectAgentSchema(AgentSchema):
    """2.4.4.2: as the object of a statement an Agent has to say what it is."""

    name = "ObjectAgent"
    object_type = Word("Agent", required=True)


AGENT = AgentSchema()


class GroupSchema(IdentifiedSchema):
    """2.4.2.2: identified by one identifier, or anonymous with members; members are Agents."""

    name = "Group"
    rules: ClassVar[tuple[Rule, ...]] = (Exactly(IDENTIFIERS, "identifier", IDENTIFIED, otherwise="member"),)
    object_type = Word("Group", required=True)
    member = ListOf(ByObjectType({"Agent": AGENT}, default="Agent"))


GROUP = GroupSchema()


class AuthorityGroupSchema(StrictSchema):
    """2.4.9: the OAuth consumer, known by its account, together with the user."""

    name = "AuthorityGroup"
    rules: ClassVar[tuple[Rule, ...]] = (HasMemberWith("member", "account", "the application is known by its account"),)
    object_type = Word("Group", required=True)
    group_name = Text(data_key="name")
    member = ListOf(ByObjectType({"Agent": AGENT}, default="Agent"), at_least=2, at_most=2, required=True)


ACTOR_BRANCHES = {"Agent": AGENT, "Group": GROUP}
AUTHORITY_BRANCHES = {"Agent": AGENT, "Group": AuthorityGroupSchema()}
