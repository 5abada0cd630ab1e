"""Sending one message to one receiver: the port behind which HTTP stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answered:
    """The receiver answered. `retry_after` is that header as it stands, empty without one."""

    status: int
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer: `trouble` says why in a few words, nothing of it from the receiver. `aborted`: the sender was closed meanwhile."""

    trouble: str
    aborted: bool = False


class Sender(Protocol):
    """Thread-safe."""

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered | Unanswered:
        """POST `body` once, without following redirects, within a bound of seconds. Raises nothing that the receiver causes."""
        ...

    def close(self) -> None:
        """End what is under way."""
        ...
