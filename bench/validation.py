"""What parsing and validating a statement costs: CPU time per statement, best of several rounds.

    python -m bench.validation [FILE]

FILE holds one statement a line (plain or .gz; default: the sample of the tests). Not part of any test.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable
from pathlib import Path

from schemas.statements import V1_0_3, parse_statements, validate

SAMPLE = Path(__file__).parents[1] / "tests" / "data" / "mooc-statements-sample.ndjson"
ROUNDS = 15
STATEMENTS = 2_000
BATCH = 40  # fewer than the sample has, so that no batch holds an id twice
LIMIT = 1_000_000


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

    rows = [
        ("parse and validate, one a request", single),
        (f"parse and validate, {BATCH} a request", batched),
        ("  of which parse", parse),
        ("  of which validate (compiled)", compiled),
        ("explain a refusal (marshmallow)", explain),
    ]
    print(f"{path.name}: {STATEMENTS} statements, {sum(map(len, lines)) / STATEMENTS:.0f} bytes on average")
    for name, work in rows:
        print(f"{name:40} {cost_us(work):8.1f} µs of CPU a statement")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
