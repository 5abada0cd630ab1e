"""Every index, with the query it serves. `_id` is indexed by MongoDB itself and not listed.

The keys by which a statement is found are one array (`match.keys`, see `statement_keys`), so that one index serves every filter:
equality on a key, then (stored, id) in order, both ways. A key has the partner in it because most may read only their own; a list
of all partners' merges one walk per partner, which costs a step per partner and not per statement. (Further keys, without the
partner, would nearly double what a statement costs to record and to keep.) Voided statements are not in it: they cost a list
nothing.

On a sharded cluster: `statements` by hashed `_id`, for an id must be unique over all shards, and recording spreads evenly (a list
then asks every shard for its part of one page, in order); `activities`, `activity_notes`, `evidence` and `profiles` by hashed
`_id`; `audit` by hashed `subject`; `dead_letters` by `_id`; `attachments`, `attachment_pieces`, `documents` and
`webhook_deliveries` by hashed `_id`. The others are small, or (`employees`, `sightings`) are searched in many orders or have a
unique index that no shard key begins, and stay whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import OperationFailure

from store.mongodb.client import Document

_UNVOIDED = {"voided": False}

BY_PARTNER = IndexModel(
    [("partner", ASCENDING), ("stored", ASCENDING), ("_id", ASCENDING)], name="by_partner", partialFilterExpression=_UNVOIDED
)
"""Statements without a filter, in order."""

BY_KEY = IndexModel(
    [("match.keys", ASCENDING), ("stored", ASCENDING), ("_id", ASCENDING)],
    name="by_key",
    partialFilterExpression=_UNVOIDED,
)
"""Statements by any filter or several, in order."""

BY_TARGET = IndexModel([("match.to", ASCENDING)], name="by_target", sparse=True)
"""Which statements refer to one, directly or through others: asked for every recorded statement."""

PROFILES_BY_MARK = IndexModel([("marks", ASCENDING), ("path", ASCENDING), ("_id", ASCENDING)], name="by_mark")
"""The answer to a question over all profiles, in order."""

PROFILES_BY_CHANGE = IndexModel([("next_change_on", ASCENDING), ("_id", ASCENDING)], name="by_change")
"""Profiles that a day makes others of, in order for each day."""

SIGHTINGS_BY_KEY = IndexModel([("kind", ASCENDING), ("key", ASCENDING)], name="by_key", unique=True)
"""What was noted of an actor or activity, and the keys in order."""

SIGHTINGS_BY_WEIGHT = IndexModel(
    [("kind", ASCENDING), ("matched", ASCENDING), ("rejected", ASCENDING), ("weight", DESCENDING), ("_id", ASCENDING)],
    name="by_weight",
)
"""What HR has to look at, the heaviest first."""

INDEXES: Mapping[str, tuple[IndexModel, ...]] = {
    "statements": (BY_PARTNER, BY_KEY, BY_TARGET),
    "activities": (
        # What all partners say of an activity; what one says is found by `_id`.
        IndexModel([("_id.activity", ASCENDING)], name="by_activity"),
    ),
    "activity_notes": (
        # What is noted of an activity, and what was left behind.
        IndexModel([("activities", ASCENDING)], name="by_activity"),
        IndexModel([("noted_at", ASCENDING)], name="by_age"),
    ),
    "documents": (
        # Ids of a scope's documents, with or without a registration, in order, since a time: all from the index, which for
        # this carries what is not looked up by.
        IndexModel(
            [
                ("owner", ASCENDING),
                ("kind", ASCENDING),
                ("activity_id", ASCENDING),
                ("agent", ASCENDING),
                ("registration", ASCENDING),
                ("document_id", ASCENDING),
                ("updated_ms", ASCENDING),
            ],
            name="by_scope",
        ),
    ),
    "dead_letters": (
        # A reason's letters in order of id.
        IndexModel([("reason", ASCENDING), ("_id", ASCENDING)], name="by_reason"),
        # The letters of one statement.
        IndexModel([("statement_id", ASCENDING), ("_id", ASCENDING)], name="by_statement", sparse=True),
        # How many wait: only those never resubmitted are in it.
        IndexModel([("waiting", ASCENDING)], name="waiting", sparse=True),
    ),
    "audit": (
        # Newest entries of all, and of one subject.
        IndexModel([("at_ms", DESCENDING), ("_id", DESCENDING)], name="by_time"),
        IndexModel([("subject", ASCENDING), ("at_ms", DESCENDING), ("_id", DESCENDING)], name="by_subject"),
    ),
    "employees": (
        # Who has an agent key at some time.
        IndexModel([("keys", ASCENDING)], name="by_key"),
        # Look-up by NIP.
        IndexModel([("nip", ASCENDING)], name="by_nip"),
        # Search, in order: by what the words of a name begin with, of some units, of a post, of all.
        IndexModel([("beginnings", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)], name="by_beginning"),
        IndexModel([("unit_id", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)], name="by_unit"),
        IndexModel([("post_id", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)], name="by_post"),
        IndexModel([("name", ASCENDING), ("_id", ASCENDING)], name="by_name"),
    ),
    "catalogue_matches": (
        # The activity ids and patterns of an entry.
        IndexModel([("entry", ASCENDING)], name="by_entry"),
    ),
    "orders": (
        # The next one to take, and all of a kind.
        IndexModel([("placed", ASCENDING), ("_id", ASCENDING)], name="as_placed"),
        IndexModel([("kind", ASCENDING), ("placed", ASCENDING), ("_id", ASCENDING)], name="by_kind"),
    ),
    "evidence": (
        # An employee's history, newest first (and, walked backwards, oldest first).
        IndexModel([("pieces.employee_id", ASCENDING), ("finished_at_ms", DESCENDING), ("_id", DESCENDING)], name="by_employee"),
        # Who took part in an activity, the newest first.
        IndexModel([("pieces.activity_id", ASCENDING), ("finished_at_ms", DESCENDING), ("_id", DESCENDING)], name="by_activity"),
    ),
    "profiles": (PROFILES_BY_MARK, PROFILES_BY_CHANGE),
    "rollups": (
        # The stale ones, the longest stale first.
        IndexModel([("stale_since", ASCENDING)], name="stale", sparse=True),
    ),
    "sightings": (SIGHTINGS_BY_KEY, SIGHTINGS_BY_WEIGHT),
    "webhook_deliveries": (
        # What a webhook is to be sent next: only those that wait are in it.
        IndexModel(
            [("webhook_id", ASCENDING), ("due_ms", ASCENDING), ("_id", ASCENDING)],
            name="due",
            partialFilterExpression={"state": "waiting"},
        ),
        # A webhook's deliveries, newest first, all or of one state.
        IndexModel([("webhook_id", ASCENDING), ("created_at_ms", DESCENDING), ("_id", DESCENDING)], name="by_webhook"),
        IndexModel(
            [("webhook_id", ASCENDING), ("state", ASCENDING), ("created_at_ms", DESCENDING), ("_id", DESCENDING)], name="by_state"
        ),
        # What may be forgotten.
        IndexModel([("keep_until_ms", ASCENDING)], name="kept"),
    ),
    "pending_imports": (
        # Those whose time is over.
        IndexModel([("expires_at_ms", ASCENDING)], name="by_expiry"),
    ),
}

IN_TRANSACTIONS = {
    "catalogue",
    "catalogue_versions",
    "framework_versions",
    "post_versions",
    "frameworks",
    "identifiers",
    "posts",
    "rules",
    "units",
    "versions",
}
"""Collections without an index that transactions write to. One that had to make its collection would collide with all others."""

_ALREADY_EXISTS = 48


def create_all(database: Database[Document]) -> None:
    """Make the collections and indexes that are missing. Several processes may do it at once."""
    for collection in IN_TRANSACTIONS - set(database.list_collection_names()):
        _create_collection(database, collection)
    for collection, indexes in INDEXES.items():
        database[collection].create_indexes(list(indexes))


def name_of(index: IndexModel) -> str:
    """What `hint` takes."""
    document: Mapping[str, Any] = index.document
    return str(document["name"])


def _create_collection(database: Database[Document], name: str) -> None:
    try:
        database.command("create", name)
    except OperationFailure as error:
        if error.code != _ALREADY_EXISTS:
            raise
