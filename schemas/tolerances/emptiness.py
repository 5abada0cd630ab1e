"""Tolerances for what says nothing: nulls, PHP's empty arrays, empty context activities."""

from __future__ import annotations

from schemas.objects import ByObjectType, MapOf, ObjectOf, OneOrMany
from schemas.tolerances.places import Place


def without_null(place: Place) -> bytes | None:
    """A property that is null is left out. An item of an array stays, for the places of the others depend on it."""
    return None if place.value is None and isinstance(place.path[-1], str) else place.text


def without_empty_array(place: Place) -> bytes | None:
    """An empty array that stands for an object becomes the empty object."""
    return b"{}" if place.value == [] and isinstance(place.field, ObjectOf | MapOf) else place.text


def without_empty_context_activities(place: Place) -> bytes | None:
    """contextActivities with nothing in it is left out, and so is an activity in it that has no property at all."""
    if place.path[-1] == "contextActivities" and place.value in ({}, []):
        return None
    if place.value == {} and "contextActivities" in place.path and isinstance(place.field, OneOrMany | ByObjectType):
        return None
    return place.text
