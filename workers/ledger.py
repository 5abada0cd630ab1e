"""Which changes of the directory and the catalogue have reached the profiles: kept in the store, so that it survives a crash.

An import writes first and refreshes afterwards. In between it may die, or the log may be away, and saying the same again would find
nothing changed. So the version that profiles have followed is kept beside the version itself; where they differ when an import
begins, an earlier one was interrupted (or another runs right now), and everything is derived again.
"""

from __future__ import annotations

from store.port import Refreshable


class Ledger:
    """One import's account of one aggregate. In this order: made before anything is read, `wrote` after each write, `close` when
    all is written, `settle` when all that follows from it is done."""

    def __init__(self, of: Refreshable) -> None:
        self._of = of
        refreshed = of.refreshed()
        self._opened_at = of.version()
        if refreshed is None:
            # Whatever is there was put there by something that kept no account, and is not ours to mend. From here on there is one,
            # so that the first import can be interrupted too.
            of.mark_refreshed(self._opened_at)
            refreshed = self._opened_at
        self.interrupted = refreshed != self._opened_at
        """Something was written that profiles may not have followed."""
        self._own = 0
        self._through = self._opened_at

    def wrote(self, changed: bool) -> None:
        self._own += changed

    def close(self) -> None:
        self._through = self._of.version()

    def settle(self, *, everything: bool) -> None:
        """Profiles follow: `everything` that stands here, or what this import wrote. In the second case nothing is marked when
        others wrote as well, for they may die yet; the next import then goes over everything."""
        if everything or self._through == self._opened_at + self._own:
            self._of.mark_refreshed(self._through)
