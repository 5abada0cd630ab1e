"""What parsing and validating a statement costs: CPU time per statement, best of several rounds.

    python -m bench.validation [FILE]

Beside each other stand the way in Python and, where the crate is installed, the compiled one, and what a whole request comes to
before it is looked up: judged, completed, with ids. FILE holds one statement a line (plain or .gz; default: the sample of the
tests). Not part of any test.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from schemas.native_rules import NativeRules, native_rules
from schemas.statements import V1_0_3, parse_statements, plain_statement, plain_texts, validate
from xapi.statement import VOIDED, complete

SAMPLE = Path(__file__).parents[1] / "tests" / "data" / "mooc-statements-sample.ndjson"
ROUNDS = 15
STATEMENTS = 2_000
BATCH = 40  # fewer than the sample has, so that no batch holds an id twice
LIMIT = 1_000_000
AUTHORITY = b'{"objectType":"Agent","account":{"homePage":"https://rekam.example","name":"partner"}}'


def read(path: Path) -> list[bytes]:
    """At least ``STATEMENTS`` lines, repeating the file if it has fewer."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = content.splitlines()[:STATEMENTS]
    return (lines * (STATEMENTS // len(lines) + 1))[:STATEMENTS]


def cost_us(work: Callable[[], object]) -> float:
    """CPU microseconds a statement."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time_ns()
        work()
        best = min(best, time.process_time_ns() - start)
    return best / 1000 / STATEMENTS


def main(path: Path) -> None:
    lines = read(path)
    batches = [b"[" + b",".join(lines[start : start + BATCH]) + b"]" for start in range(0, STATEMENTS, BATCH)]
    requests = [parse_statements(body, max_statement_bytes=LIMIT) for body in batches]
    values = [[statement.value for statement in request.statements] for request in requests]
    refused = [{**value, "actor": {}} for found in values for value in found]

    def single() -> None:
        for line in lines:
            (statement,) = parse_statements(line, max_statement_bytes=LIMIT).statements
            validate(statement.value, V1_0_3)

    def batched() -> None:
        for body in batches:
            validate([statement.value for statement in parse_statements(body, max_statement_bytes=LIMIT).statements], V1_0_3)

    def parse() -> None:
        for body in batches:
            parse_statements(body, max_statement_bytes=LIMIT)

    def compiled() -> None:
        for found in values:
            validate(found, V1_0_3)

    def explain() -> None:
        for value in refused:
            V1_0_3.schema.validate(value)

    def prepare() -> None:
        for body in batches:
            _, texts = plain_texts(body) or (False, [])
            for text in texts:
                value = plain_statement(text, V1_0_3, max_depth=1_000, max_bytes=LIMIT)
                assert value is not None
                complete(text, value, new_id=None if "id" in value else uuid4(), authority=AUTHORITY)

    rows = [
        ("parse and validate, one a request", single),
        (f"parse and validate, {BATCH} a request", batched),
        ("  of which parse", parse),
        ("  of which validate (compiled)", compiled),
        ("explain a refusal (marshmallow)", explain),
        (f"prepare, {BATCH} a request", prepare),
    ]
    native = native_rules(V1_0_3)
    if native is not None:
        rows += [
            ("compiled: parse and validate", lambda: compiled_accept(native, lines)),
            (f"compiled: prepare, {BATCH} a request", lambda: compiled_prepare(native, batches)),
            ("compiled: prepare, one a request", lambda: compiled_prepare(native, lines)),
        ]
    print(f"{path.name}: {STATEMENTS} statements, {sum(map(len, lines)) / STATEMENTS:.0f} bytes on average")
    for name, work in rows:
        print(f"{name:40} {cost_us(work):8.1f} µs of CPU a statement")


def compiled_accept(native: NativeRules, texts: list[bytes]) -> None:
    assert all(map(native.accept, texts))


def compiled_prepare(native: NativeRules, bodies: list[bytes]) -> None:
    for body in bodies:
        prepared = native.prepare(
            body,
            authority=AUTHORITY,
            version="1.0.0",
            times_in_utc=False,
            voided=VOIDED,
            max_depth=100,
            max_bytes=LIMIT,
            new_names=lambda count: sorted(str(uuid4()) for _ in range(count)),
        )
        assert prepared is not None


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
