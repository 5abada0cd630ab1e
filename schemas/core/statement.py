"""The parts of a statement that no version changed: result, attachments, references, most of the context (2.4)."""

from __future__ import annotations

from typing import ClassVar

from schemas.core.activities import ACTIVITY, Extensions, LanguageMap, VerbSchema
from schemas.core.actors import ACTOR_BRANCHES, AUTHORITY_BRANCHES, GROUP, ObjectAgentSchema
from schemas.fields import Boolean, Count, Formatted, Number, Text, Word
from schemas.objects import ByObjectType, ListOf, ObjectOf, OneOrMany, Rule, StrictSchema
from schemas.rules import ContextNeedsActivity, NotEmpty, ScoreOrder, VoidingRefers
from xapi.statement import VOIDED
from xapi.values import DURATION, IRI, LANGUAGE_TAG, MEDIA_TYPE, SHA2, UUID


class StatementRefSchema(StrictSchema):
    """2.4.4.3, Statement References."""

    name = "StatementRef"
    object_type = Word("StatementRef", required=True)
    id = Formatted(UUID, required=True)


STATEMENT_REF = StatementRefSchema()


class ScoreSchema(StrictSchema):
    """2.4.5.1."""

    name = "Score"
    rules: ClassVar[tuple[Rule, ...]] = (ScoreOrder(),)
    scaled = Number(at_least=-1, at_most=1)
    raw = Number()
    min = Number()
    max = Number()


class ResultSchema(StrictSchema):
    """2.4.5."""

    name = "Result"
    score = ObjectOf(ScoreSchema())
    success = Boolean()
    completion = Boolean()
    response = Text()
    duration = Formatted(DURATION)
    extensions = Extensions()


class ContextActivitiesSchema(StrictSchema):
    """2.4.6.2. An empty object says nothing and is a known fault of senders: refused."""

    name = "ContextActivities"
    rules: ClassVar[tuple[Rule, ...]] = (NotEmpty('leave "contextActivities" out, or give "parent", for example'),)
    parent = OneOrMany(ByObjectType({"Activity": ACTIVITY}, default="Activity"))
    grouping = OneOrMany(ByObjectType({"Activity": ACTIVITY}, default="Activity"))
    category = OneOrMany(ByObjectType({"Activity": ACTIVITY}, default="Activity"))
    other = OneOrMany(ByObjectType({"Activity": ACTIVITY}, default="Activity"))


class ContextCore(StrictSchema):
    """2.4.6."""

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


class EventCore(StrictSchema):
    """What a Statement and a SubStatement have in common (2.4). A version adds `context` and `timestamp`."""

    rules: ClassVar[tuple[Rule, ...]] = (VoidingRefers(VOIDED), ContextNeedsActivity(("revision", "platform")))
    actor = ByObjectType(ACTOR_BRANCHES, default="Agent", required=True)
    verb = ObjectOf(VerbSchema(), required=True)
    object = ByObjectType(OBJECT_BRANCHES, default="Activity", required=True)
    result = ObjectOf(ResultSchema())
    attachments = ListOf(ObjectOf(AttachmentSchema()))


class SubStatementCore(StrictSchema):
    """2.4.4.3, SubStatements: an event with no id, stored, version or authority, and none inside another."""

    name = "SubStatement"
    object_type = Word("SubStatement", required=True)


class StatementCore(StrictSchema):
    """2.4.1, 2.4.9: the properties that only a whole statement has. A version adds `object`, `stored` and `version`."""

    name = "Statement"
    id = Formatted(UUID)
    authority = ByObjectType(AUTHORITY_BRANCHES, default="Agent")
