"""A post that HR makes or changes, and the profiles of those who hold it."""

from __future__ import annotations

from collections.abc import Callable

from competency.directory import Post
from hr_api.changes import Check, Put, while_others_write
from store.consequences import of_posts
from store.port import DirectoryStore, EmployeeSearch, Orders, SearchAfter

_PAGE = 1_000


class PostChanges:
    """Thread-safe; any number of processes may change things at once."""

    def __init__(self, directory: DirectoryStore, orders: Orders) -> None:
        self._directory = directory
        self._orders = orders

    def put(self, post_id: str, read: Callable[[Post | None], Post], check: Check) -> Put:
        """What `read` makes of the post as it stands (None: it is not there) stands from now on. Raises Refusal (what `check` and
        `read` raise)."""

        def put() -> Put:
            directory = self._directory.version()
            held = next((one for one in self._directory.posts() if one.id == post_id), None)
            version = 0 if held is None else held.version
            check(version)
            holders = self._holders(post_id)
            changed = self._directory.put_posts([read(held)], orders=of_posts(holders), expected={post_id: version})
            if changed and self._directory.version() > directory + 1:
                # Whoever got the post meanwhile may have been computed with what it was.
                self._orders.place(of_posts(one for one in self._holders(post_id) if one not in holders))
            return Put(version + changed, held is None, changed)

        return while_others_write(put)

    def _holders(self, post_id: str) -> dict[str, None]:
        """The ids of those who hold it, also of who has left."""
        found: dict[str, None] = {}
        after: SearchAfter | None = None
        everyone = EmployeeSearch(post_id=post_id, include_left=True)
        while page := self._directory.search(everyone, after=after, limit=_PAGE):
            found |= dict.fromkeys(one.id for one in page)
            after = SearchAfter(page[-1].name, page[-1].id)
        return found
