"""What: verbs and activities, with the maps that describe them (2.4.3, 2.4.4.1, 4.1, 4.2)."""

from __future__ import annotations

from typing import Any, ClassVar

from schemas.fields import AnyValue, Formatted, Text, Word
from schemas.objects import ListOf, MapOf, ObjectOf, Rule, StrictSchema
from schemas.rules import ComponentList, OnlyWith
from xapi.values import IRI, LANGUAGE_TAG

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


class VerbSchema(StrictSchema):
    name = "Verb"
    id = Formatted(IRI, required=True)
    display = LanguageMap()


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
