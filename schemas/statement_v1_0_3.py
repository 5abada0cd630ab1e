"""The statement of xAPI 1.0.3, every rule of its data model said once.

Section numbers are those of xAPI 1.0.3, Part Two (Data). Where the text is silent, the verdict of ADL's conformance
suite holds, named by its XAPI number. Unknown properties and nulls are refused everywhere but inside extensions (2.2).

A later version derives its own classes from these and says only what differs.
"""

from __future__ import annotations

from typing import Any, ClassVar

from schemas.fields import AnyValue, Boolean, Count, Formatted, Number, Text, Word
from schemas.objects import ByObjectType, ListOf, MapOf, ObjectOf, OneOrMany, Rule, StrictSchema
from schemas.rules import (
    ComponentList,
    ContextNeedsActivity,
    Exactly,
    HasMemberWith,
    NotEmpty,
    OnlyWith,
    ScoreOrder,
    VoidingRefers,
)
from xapi.statement import VOIDED
from xapi.values import (
    DURATION,
    IDENTIFIER,
    IRI,
    LANGUAGE_TAG,
    MAILTO,
    MEDIA_TYPE,
    SHA1,
    SHA2,
    TIMESTAMP,
    UUID,
    VERSION_1_0,
)

IDENTIFIERS = ("account", "mbox", "mbox_sha1sum", "openid")
INTERACTION_TYPES = (
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
)


class LanguageMap(MapOf):
    """4.2: a text in several languages."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(LANGUAGE_TAG, Text(), **kwargs)


class Extensions(MapOf):
    """4.1: the keys are IRIs, the values anything at all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(IRI, AnyValue(), **kwargs)


# --- who (2.4.2) -----------------------------------------------------------------------------------------------------


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
    rules: ClassVar[tuple[Rule, ...]] = (Exactly(IDENTIFIERS, "identifier"),)
    object_type = Word("Agent")


class ObjectAgentSchema(AgentSchema):
    """2.4.4.2: as the object of a statement an Agent has to say what it is."""

    name = "ObjectAgent"
    object_type = Word("Agent", required=True)


AGENT = AgentSchema()


class GroupSchema(IdentifiedSchema):
    """2.4.2.2: identified by one identifier, or anonymous with members; members are Agents."""

    name = "Group"
    rules: ClassVar[tuple[Rule, ...]] = (Exactly(IDENTIFIERS, "identifier", otherwise="member"),)
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


# --- did (2.4.3) -----------------------------------------------------------------------------------------------------


class VerbSchema(StrictSchema):
    name = "Verb"
    id = Formatted(IRI, required=True)
    display = LanguageMap()


# --- what (2.4.4) ----------------------------------------------------------------------------------------------------


class ComponentSchema(StrictSchema):
    name = "InteractionComponent"
    id = Text(required=True)
    description = LanguageMap()


COMPONENT = ObjectOf(ComponentSchema())


class DefinitionSchema(StrictSchema):
    """2.4.4.1, Activity Definition; XAPI-00064 for what needs an interactionType."""

    name = "ActivityDefinition"
    rules: ClassVar[tuple[Rule, ...]] = (
        OnlyWith("correctResponsesPattern", "interactionType", INTERACTION_TYPES),
        OnlyWith("choices", "interactionType", ("choice", "sequencing")),
        OnlyWith("scale", "interactionType", ("likert",)),
        OnlyWith("source", "interactionType", ("matching",)),
        OnlyWith("target", "interactionType", ("matching",)),
        OnlyWith("steps", "interactionType", ("performance",)),
    )
    activity_name = LanguageMap(data_key="name")
    description = LanguageMap()
    type = Formatted(IRI)
    more_info = Formatted(IRI)
    extensions = Extensions()
    interaction_type = Word(*INTERACTION_TYPES)
    correct_responses_pattern = ListOf(Text())
    choices = ComponentList(COMPONENT)
    scale = ComponentList(COMPONENT)
    source = ComponentList(COMPONENT)
    target = ComponentList(COMPONENT)
    steps = ComponentList(COMPONENT)


class ActivitySchema(StrictSchema):
    name = "Activity"
    object_type = Word("Activity")
    id = Formatted(IRI, required=True)
    definition = ObjectOf(DefinitionSchema())


ACTIVITY = ActivitySchema()


class StatementRefSchema(StrictSchema):
    """2.4.4.3, Statement References."""

    name = "StatementRef"
    object_type = Word("StatementRef", required=True)
    id = Formatted(UUID, required=True)


STATEMENT_REF = StatementRefSchema()


# --- with what outcome (2.4.5) ---------------------------------------------------------------------------------------


class ScoreSchema(StrictSchema):
    name = "Score"
    rules: ClassVar[tuple[Rule, ...]] = (ScoreOrder(),)
    scaled = Number(at_least=-1, at_most=1)
    raw = Number()
    min = Number()
    max = Number()


class ResultSchema(StrictSchema):
    name = "Result"
    score = ObjectOf(ScoreSchema())
    success = Boolean()
    completion = Boolean()
    response = Text()
    duration = Formatted(DURATION)
    extensions = Extensions()


# --- in which context (2.4.6) ----------------------------------------------------------------------------------------


class ContextActivitiesSchema(StrictSchema):
    """2.4.6.2. An empty object says nothing and is a known fault of senders: refused."""

    name = "ContextActivities"
    rules: ClassVar[tuple[Rule, ...]] = (NotEmpty('leave "contextActivities" out, or give "parent", for example'),)
    parent = OneOrMany(ByObjectType({"Activity": ACTIVITY}, default="Activity"))
    grouping = OneOrMany(ByObjectType({"Activity": ACTIVITY}, default="Activity"))
    category = OneOrMany(ByObjectType({"Activity": ACTIVITY}, default="Activity"))
    other = OneOrMany(ByObjectType({"Activity": ACTIVITY}, default="Activity"))


class ContextSchema(StrictSchema):
    name = "Context"
    registration = Formatted(UUID)
    instructor = ByObjectType(ACTOR_BRANCHES, default="Agent")
    team = ByObjectType({"Group": GROUP})
    context_activities = ObjectOf(ContextActivitiesSchema())
    revision = Text()
    platform = Text()
    language = Formatted(LANGUAGE_TAG)
    statement = ByObjectType({"StatementRef": STATEMENT_REF})
    extensions = Extensions()


# --- the whole (2.4) -------------------------------------------------------------------------------------------------


class AttachmentSchema(StrictSchema):
    """2.4.11."""

    name = "Attachment"
    usage_type = Formatted(IRI, required=True)
    display = LanguageMap(required=True)
    description = LanguageMap()
    content_type = Formatted(MEDIA_TYPE, required=True)
    length = Count(required=True)
    sha2 = Formatted(SHA2, required=True)
    file_url = Formatted(IRI)


OBJECT_BRANCHES: dict[str, StrictSchema] = {
    "Activity": ACTIVITY,
    "Agent": ObjectAgentSchema(),
    "Group": GROUP,
    "StatementRef": STATEMENT_REF,
}


class EventSchema(StrictSchema):
    """What a Statement and a SubStatement have in common."""

    rules: ClassVar[tuple[Rule, ...]] = (VoidingRefers(VOIDED), ContextNeedsActivity(("revision", "platform")))
    actor = ByObjectType(ACTOR_BRANCHES, default="Agent", required=True)
    verb = ObjectOf(VerbSchema(), required=True)
    object = ByObjectType(OBJECT_BRANCHES, default="Activity", required=True)
    result = ObjectOf(ResultSchema())
    context = ObjectOf(ContextSchema())
    timestamp = Formatted(TIMESTAMP)
    attachments = ListOf(ObjectOf(AttachmentSchema()))


class SubStatementSchema(EventSchema):
    """2.4.4.3, SubStatements: no id, stored, version or authority, and none inside another."""

    name = "SubStatement"
    object_type = Word("SubStatement", required=True)


class StatementSchema(EventSchema):
    name = "Statement"
    id = Formatted(UUID)
    object = ByObjectType(OBJECT_BRANCHES | {"SubStatement": SubStatementSchema()}, default="Activity", required=True)
    stored = Formatted(TIMESTAMP)
    authority = ByObjectType(AUTHORITY_BRANCHES, default="Agent")
    version = Formatted(VERSION_1_0)
