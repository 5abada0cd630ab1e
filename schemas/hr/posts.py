"""Posts (jabatan) and the standards they demand, as HR reads and writes them. A body means what the same row of an import means,
but says all of it: without `standards` the post has none of its own."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from competency.directory import Post, PostKind
from schemas.hr.columns import ColumnField, advice, read_id
from schemas.hr.cursors import CursorField
from schemas.hr.payload import Answered, Asked, Choice, InvalidPayload, WholeNumber, load
from schemas.hr.units import NEXT, page_limit
from schemas.imports.directory import POSTS
from schemas.imports.outcome import CellRefused

_TEXT = {"type": "string"}
_HELD = {"description": "As GET gives it; it is not looked at"}
_STANDARDS = {
    "type": "object",
    "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 5},
    "description": "The level, 1 to 5, that the post demands, by the competency's id",
    "examples": [{"komunikasi": 3}],
}


@dataclass(frozen=True, slots=True)
class PostsAsked:
    limit: int
    title: str = ""
    competency: str | None = None
    after: str | None = None


class PostsParametersSchema(Asked):
    title = fields.String(
        load_default="",
        validate=validate.Length(max=200, error="must be at most 200 characters"),
        metadata={
            "description": "Only posts whose title has every one of these words, whatever their case",
            "examples": ["analis"],
        },
    )
    competency = fields.String(metadata={"description": "Only posts that have a standard in it", "examples": ["komunikasi"]})
    limit = page_limit()
    after = CursorField(str)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> PostsAsked:
        return PostsAsked(**data)


class PostVersionSchema(Asked):
    version = WholeNumber(
        validate=validate.Range(min=1, error="must be a version, 1 or more"),
        metadata={"description": "As it was in this version; as it is now where it is left out", "examples": [1]},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> int | None:
        version: int | None = data.get("version")
        return version


class PostBodySchema(Asked):
    """The columns of the table `posts`; `id` is in the path."""

    id = fields.String(metadata={"description": "That of the path, if it is given"})
    version = fields.Raw(metadata={"type": "integer", **_HELD})
    title = ColumnField(POSTS, "title", _TEXT)
    kind = ColumnField(POSTS, "kind", {"type": "string", "enum": [kind.value for kind in PostKind]})
    tier = ColumnField(POSTS, "tier", _TEXT)
    standards = ColumnField(POSTS, "standards", _STANDARDS)


_BODY = PostBodySchema()


def read_post(post_id: str, body: Mapping[str, Any], held: Post | None, competencies: Container[str]) -> Post:
    """The post that is to stand under the id of the path, where `held` stands now. Raises InvalidPayload, also for a standard in
    what is none of `competencies`, unless the post has that very standard already: what GET answers may be sent back."""
    own_id = read_id(POSTS, post_id, "/postId")
    values: dict[str, Any] = load(_BODY, body)
    if values.get("id", own_id) != own_id:
        raise InvalidPayload("must be the id that stands in the path", "/id")
    try:
        post = POSTS.build({**values, "id": own_id}, 1).post
    except CellRefused as refusal:
        raise InvalidPayload(advice(refusal), f"/{_BODY.fields[refusal.column].data_key}") from refusal
    known = {} if held is None else held.standards
    for competency_id, level in post.standards.items():
        if competency_id not in competencies and known.get(competency_id) != level:
            raise InvalidPayload(
                "no framework has this competency; GET /api/v1/frameworks lists the frameworks", f"/standards/{competency_id}"
            )
    return post


class PostSchema(Answered):
    """It may be sent back as it is."""

    id = fields.String(required=True, metadata={"examples": ["post-17"]})
    version = fields.Integer(required=True, metadata={"description": "Grows by one whenever the post changes; profiles name it"})
    title = fields.String(required=True, metadata={"examples": ["Analis SDM Aparatur Ahli Muda"]})
    kind = Choice(PostKind, required=True)
    tier = fields.String(
        required=True,
        metadata={
            "description": "The rules say which tiers have standards in the managerial and socio-cultural competencies that the "
            "post itself says nothing of",
            "examples": ["pengawas"],
        },
    )
    standards = fields.Dict(fields.String(), fields.Integer(), required=True, metadata=_STANDARDS)


class PostPageSchema(Answered):
    items = fields.List(fields.Nested(PostSchema), required=True, metadata={"description": "By id"})
    next = fields.String(required=True, allow_none=True, metadata=NEXT)
