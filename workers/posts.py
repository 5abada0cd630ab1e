"""What packages make of posts and the standards that posts demand: two tables, one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from competency.directory import Post
from schemas.imports import identities
from schemas.imports.directory import StandardRow
from schemas.imports.package import Package
from workers.preview import Taken


def posts_after(held: Mapping[str, Post], packages: Sequence[Package], taken: Sequence[Taken]) -> dict[str, Post]:
    """All posts by id as they are from now on. Posts and standards together: no profile is ever made of a post whose standards are
    still to come. What becomes of each row is added to `taken`, one for each package."""
    now = dict(held)
    for package in packages:
        for row in package.posts:
            before = now.get(row.post.id)
            post = row.upon(before)
            # Versions are the store's, and no difference.
            now[row.post.id] = post if before is None else replace(post, version=before.version)
    for package, one in zip(packages, taken, strict=True):
        standards = identities.apply_standards(package.standards, now)
        one.problems += standards.problems
        now |= {post.id: post for post in standards.rows}
    _count(held, now, packages, taken)
    return now


def _count(held: Mapping[str, Post], now: Mapping[str, Post], packages: Sequence[Package], taken: Sequence[Taken]) -> None:
    apart: dict[str, set[str]] = {}
    for package in packages:
        for row in package.standards:
            apart.setdefault(row.post_id, set()).add(row.competency_id)

    def own(posts: Mapping[str, Post], post_id: str) -> Post | None:
        """The post without the standards that the table of standards says."""
        post = posts.get(post_id)
        others = apart.get(post_id, set())
        return post and replace(post, standards={name: level for name, level in post.standards.items() if name not in others})

    for package, one in zip(packages, taken, strict=True):
        for post_row in package.posts:
            name = post_row.post.id
            one.tally("posts").compare(name, own(held, name), own(now, name))
        _count_standards(package.standards, held, now, one)


def _count_standards(rows: Sequence[StandardRow], held: Mapping[str, Post], now: Mapping[str, Post], taken: Taken) -> None:
    for row in rows:
        if row.post_id in now:
            before = held[row.post_id].standards.get(row.competency_id) if row.post_id in held else None
            taken.tally("standards").compare(f"{row.post_id}: {row.competency_id}", before, row.level)
