"""Loading a file of statements through the front door: in batches, several at once, resumable, exactly once."""

from __future__ import annotations

import gzip
import hashlib
import json
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import jiter

from rekam.client import Refused, XapiClient

IDS = uuid.UUID("6f2bd0c8-6b0c-5d57-9d0a-0f4f3f5f7c11")
"""Name space of the ids given to statements that have none: the same line of the same file always gets the same."""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was not taken: its number (from 1), why, and the line."""

    line: int
    message: str
    text: bytes


@dataclass(slots=True)
class Progress:
    """How a load went. `skipped` lines were acknowledged by an earlier, interrupted run."""

    acknowledged: int = 0
    skipped: int = 0
    refused: list[RefusedLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Batch:
    lines: tuple[int, ...]
    statements: tuple[bytes, ...]
    read_bytes: int


class Load:
    """One file (NDJSON, plain or .gz) into one server. How far it came is kept in `state_folder` until it is through."""

    def __init__(
        self, path: Path, client: XapiClient, endpoint: str, state_folder: Path, *, batch_size: int, connections: int
    ) -> None:
        self._path = path
        self._client = client
        self._batch_size = batch_size
        self._connections = connections
        self.progress = Progress()
        name = hashlib.sha256(f"{path.resolve()}|{path.stat().st_size}|{endpoint}".encode()).hexdigest()[:24]
        self._state = state_folder / "loads" / f"{name}.json"

    @property
    def size_bytes(self) -> int:
        return self._path.stat().st_size

    def run(self, on_progress: Callable[[int], None]) -> Progress:
        """Send all; `on_progress` is told the bytes of the file read so far. Raises ClientError; then run it again."""
        done = json.loads(self._state.read_text())["lines"] if self._state.exists() else 0
        self._state.parent.mkdir(parents=True, exist_ok=True)
        waiting: deque[tuple[_Batch, Future[list[Refused]]]] = deque()
        with ThreadPoolExecutor(self._connections) as pool:
            try:
                for batch in self._batches(done):
                    if batch.statements:
                        waiting.append((batch, pool.submit(self._client.send, batch.statements)))
                    if len(waiting) >= 2 * self._connections:
                        self._settle(*waiting.popleft(), on_progress)
                while waiting:
                    self._settle(*waiting.popleft(), on_progress)
            finally:
                for _, future in waiting:
                    future.cancel()
        self._state.unlink(missing_ok=True)
        return self.progress

    def _settle(self, batch: _Batch, future: Future[list[Refused]], on_progress: Callable[[int], None]) -> None:
        refused = future.result()
        self.progress.acknowledged += len(batch.statements) - len(refused)
        self.progress.refused += [
            RefusedLine(batch.lines[found.index], f"{found.status}: {found.message}", batch.statements[found.index])
            for found in refused
        ]
        # Written beside and put in place at once: whoever is killed here leaves the last state or this one, never half of it.
        beside = self._state.with_suffix(".new")
        beside.write_text(json.dumps({"lines": batch.lines[-1]}))
        beside.replace(self._state)
        on_progress(batch.read_bytes)

    def _batches(self, done: int) -> Iterator[_Batch]:
        lines: list[int] = []
        statements: list[bytes] = []
        with self._path.open("rb") as raw:
            source: BinaryIO = gzip.GzipFile(fileobj=raw) if self._path.suffix == ".gz" else raw  # type: ignore[assignment]
            for number, line in enumerate(source, start=1):
                text = line.strip()
                if not text:
                    continue
                if number <= done:
                    self.progress.skipped += 1
                    continue
                try:
                    statements.append(_with_id(text, number))
                    lines.append(number)
                except ValueError as error:
                    self.progress.refused.append(RefusedLine(number, f"not a JSON object: {error}", text))
                if len(statements) == self._batch_size:
                    yield _Batch(tuple(lines), tuple(statements), raw.tell())
                    lines, statements = [], []
            yield _Batch(tuple(lines), tuple(statements), raw.tell())


def _with_id(text: bytes, number: int) -> bytes:
    """The statement with an id of its own, so that sending it again after a lost answer does not store it twice."""
    value = jiter.from_json(text)
    if not isinstance(value, dict):
        raise ValueError("a line must be one statement, {…}")
    if "id" in value:
        return text
    made_up = uuid.uuid5(IDS, f"{number}:{text.hex()}")
    return b'{"id":"' + str(made_up).encode() + b'"' + (b"," if value else b"") + text[1:]
