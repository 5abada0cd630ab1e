"""A post that HR makes or changes; the profiles of its holders follow."""

from __future__ import annotations

from collections.abc import Callable

from competency.directory import Post
from hr_api.changes import Check, Put, while_others_write
from store.consequences import of_posts
from store.port import DirectoryStore


class PostChanges:
    """Thread-safe; any number of processes may change things at once."""

    def __init__(self, directory: DirectoryStore) -> None:
        self._directory = directory

    def put(self, post_id: str, read: Callable[[Post | None], Post], check: Check) -> Put:
        """What `read` makes of the post as it stands (None: it is not there) stands from now on. Raises Refusal (what `check` and
        `read` raise)."""

        def put() -> Put:
            held = next((one for one in self._directory.posts() if one.id == post_id), None)
            version = 0 if held is None else held.version
            check(version)
            changed = self._directory.put_posts([read(held)], orders=of_posts([post_id]), expected={post_id: version})
            return Put(version + changed, held is None, changed)

        return while_others_write(put)
