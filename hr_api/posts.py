"""`/posts`: posts (jabatan) and the levels of competencies they demand."""

from __future__ import annotations

from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import Response

from access.credentials import Role
from competency.directory import Post
from hr_api.auditing import audited
from hr_api.catalogue import LOCATION, READERS, WRITTEN, written
from hr_api.errors import Refusal
from hr_api.post_changes import PostChanges
from hr_api.preconditions import ETAG, PRECONDITIONS, etag, precondition
from hr_api.resource import Resource, answer, asked, body
from hr_api.services import HrServices
from schemas.hr.cursors import write_cursor
from schemas.hr.document import BASE_PATH, Answer, Operation, PathParameter
from schemas.hr.posts import (
    PostBodySchema,
    PostPageSchema,
    PostsAsked,
    PostSchema,
    PostsParametersSchema,
    PostVersionSchema,
    read_post,
)
from store.reference import References

_POST = PostSchema()
_PAGE = PostPageSchema()
_POST_ID = PathParameter("postId", "The post's id: letters, digits, dots, hyphens and underscores, at most 100", "post-17")
_BODY: dict[str, Any] = {
    "title": "Analis SDM Aparatur Ahli Muda",
    "kind": "fungsional",
    "tier": "pengawas",
    "standards": {"komunikasi": 3, "integritas": 3},
}
_EXAMPLE = {"id": "post-17", "version": 2, **_BODY}

LIST = Operation(
    id="listPosts",
    method="GET",
    path="/posts",
    tag="catalogue",
    summary="The posts (jabatan) with their standards",
    description="By id, in pages: follow `next` until it is null. Every filter that is given must hold.",
    roles=READERS,
    query=PostsParametersSchema(),
    answers=(Answer(200, "A page", _PAGE, {"items": [_EXAMPLE], "next": None}),),
)
READ = Operation(
    id="readPost",
    method="GET",
    path="/posts/{postId}",
    tag="catalogue",
    summary="One post, as it is now or as it was in a version that a profile names",
    description="Versions that were replaced before Rekam kept them are not there.",
    roles=READERS,
    path_parameters=(_POST_ID,),
    query=PostVersionSchema(),
    answers=(Answer(200, "The post", _POST, _EXAMPLE, (ETAG,)),),
    refusals=(404,),
)
WRITE = Operation(
    id="writePost",
    method="PUT",
    path="/posts/{postId}",
    tag="catalogue",
    summary="Make a post, or say all of it anew",
    description="The properties mean what the columns of the table `posts` of an import mean; without `standards` the post has "
    "none of its own. A standard is in a competency of one of the frameworks. The profiles of those who hold the post follow "
    "within moments; the version before stays readable.",
    roles=(Role.CATALOGUE,),
    path_parameters=(_POST_ID,),
    request_headers=PRECONDITIONS,
    bodies=((PostBodySchema(), _BODY),),
    answers=(
        Answer(200, "It stands", WRITTEN, {"id": "post-17", "version": 2, "changed": True}, (ETAG,)),
        Answer(201, "It is new", WRITTEN, {"id": "post-17", "version": 1, "changed": True}, (ETAG, LOCATION)),
    ),
    refusals=(412, 413, 415),
)


def resource(services: HrServices, references: References) -> Resource:
    posts = Resource("posts", services)
    changes = PostChanges(services.directory)

    def list_page() -> Response:
        wanted: PostsAsked = asked()
        known = references.current().posts
        words = wanted.title.casefold().split()
        found = (known[one] for one in sorted(known) if one > (wanted.after or "") and _meets(known[one], words, wanted))
        page = list(islice(found, wanted.limit + 1))
        following = _next(wanted, page[wanted.limit - 1].id) if len(page) > wanted.limit else None
        return answer(_PAGE, {"items": page[: wanted.limit], "next": following})

    def read(post_id: str) -> Response:
        version: int | None = asked()
        current = references.current().posts.get(post_id)
        post = current if version is None else services.directory.post(post_id, version)
        if post is None:
            raise Refusal(404, "there is no such post, or it has no such version; GET /api/v1/posts lists them")
        return answer(_POST, post, etag(post.version))

    def write(post_id: str) -> Response:
        wanted = body()
        reference = references.current()
        competencies = {one.id for one in reference.competencies}

        def said(held: Post | None) -> Post:
            return read_post(post_id, wanted, held, competencies)

        own_id = said(reference.posts.get(post_id)).id
        audited(services, "post.write", [f"post {own_id}"])
        return written(WRITTEN, own_id, changes.put(own_id, said, precondition().check), f"/posts/{own_id}")

    posts.serve(LIST, list_page)
    posts.serve(READ, read)
    posts.serve(WRITE, write)
    return posts


def _meets(post: Post, words: list[str], wanted: PostsAsked) -> bool:
    title = post.title.casefold()
    return all(word in title for word in words) and (wanted.competency is None or wanted.competency in post.standards)


def _next(wanted: PostsAsked, last: str) -> str:
    filters = {"title": wanted.title or None, "competency": wanted.competency}
    query = {name: value for name, value in filters.items() if value is not None}
    return f"{BASE_PATH}/posts?{urlencode({**query, 'limit': wanted.limit, 'after': write_cursor(last)})}"
