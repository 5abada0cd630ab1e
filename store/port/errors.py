"""What a store raises."""

from __future__ import annotations


class StoreError(Exception):
    """Base of what a store adapter raises."""


class Unavailable(StoreError):
    """The store is not reachable or did not answer in time; `retry_after_s` seconds is a sensible wait."""

    def __init__(self, message: str, retry_after_s: int = 2) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Rejected(StoreError):
    """The store refuses this for good."""


class Outdated(StoreError):
    """What is to be replaced is not of the version that was expected; nothing was written."""


class AnotherLog(StoreError):
    """The partition's position is of another log than these records: their offsets mean nothing there."""
