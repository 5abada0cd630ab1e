"""What profiles are made of, and how far they have followed it."""

from __future__ import annotations

from typing import Protocol


class Refreshable(Protocol):
    """Something that profiles are made of, and how far profiles have followed it."""

    def version(self) -> int:
        """Grows by one with every call that changes anything, so that readers may cache; 0 while there is nothing."""
        ...

    def refreshed(self) -> int | None:
        """The greatest version that was marked; None when none ever was."""
        ...

    def mark_refreshed(self, version: int) -> None:
        """Everything that `version` changed has reached the profiles, or is on the log on its way there. Never goes back."""
        ...
