"""Statements as platforms send them, complete as the recorder finds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import jiter

from bench.load.statements import rendered
from xapi.statement import complete

SAMPLE = Path(__file__).parents[2] / "data" / "mooc-statements-sample.ndjson"
AUTHORITY = b'{"objectType":"Agent","account":{"homePage":"https://rekam.example","name":"univ-a"}}'


def ordinary() -> Iterator[bytes]:
    """A platform's statements, and those of the load."""
    sent = SAMPLE.read_bytes().splitlines()
    sent += [one.text(str(UUID(int=number + 1)), "2026-05-04T03:02:01.123Z") for number, one in enumerate(rendered(3, 500))]
    for number, raw in enumerate(sent):
        new_id = UUID(int=(1 << 100) + number)
        yield complete(raw, jiter.from_json(raw), new_id=new_id, authority=AUTHORITY)[1]
