"""Real statements through the whole system, in both modes: load a file, load it again, read everything back and compare.

    python -m bench.mooc [FILE] [--mode embedded|full|both]

FILE is NDJSON, plain or .gz; without one, the sample of the tests. Prints a row per mode; exits 1 when anything differs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.installation import Installation
from tests.servers.discovery import kafka_source, mongo_source, new_kafka, new_mongo

SAMPLE = Path(__file__).parents[1] / "tests" / "data" / "mooc-statements-sample.ndjson"
ADDED = ("stored", "authority", "version")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--mode", choices=("embedded", "full", "both"), default="both")
    options = parser.parse_args()
    sent = {statement["id"]: statement for statement in _statements(options.file)}
    print(f"{len(sent)} statements of {options.file.name}\n")
    print("| mode | first load | statements/s | all recorded and profiled after | second load | read back | differing | doubled |")
    print("|---|---|---|---|---|---|---|---|")
    wrong = 0
    for mode in ("embedded", "full") if options.mode == "both" else (options.mode,):
        with _installation(mode) as rekam:
            wrong += _measure(mode, rekam, options.file, sent)
    return 1 if wrong else 0


def _measure(mode: str, rekam: Installation, path: Path, sent: dict[str, Any]) -> int:
    started = time.monotonic()
    first = _load(rekam, path)
    rekam.wait_until_idle(300)
    settled_s = time.monotonic() - started
    second = _load(rekam, path)
    started = time.monotonic()
    listed = rekam.every_statement()
    read_s = time.monotonic() - started
    held = {statement["id"]: {key: value for key, value in statement.items() if key not in ADDED} for statement in listed}
    differing = sum(held.get(name) != statement for name, statement in sent.items())
    doubled = len(listed) - len(held)
    rate = f"{len(sent) / first:,.0f}" if first else "too few to say"
    print(
        f"| {mode} | {first:.1f} s | {rate} | {settled_s:.1f} s | {second:.1f} s | {read_s:.1f} s | {differing} | {doubled} |",
        flush=True,
    )
    return differing + doubled + (len(listed) != len(sent))


def _load(rekam: Installation, path: Path) -> float:
    """Seconds, as `rekam statements load` counts them."""
    told = rekam.cli("statements", "load", str(path)).stdout
    found = re.search(r"([\d.]+) s, ", told)
    assert found is not None, told
    return float(found[1])


@contextmanager
def _installation(mode: str) -> Iterator[Installation]:
    with ExitStack() as closing, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {"log_level": "warning"}
        if mode == "full":
            kafka = closing.enter_context(new_kafka(kafka_source(), folder / "kafka")).start()
            mongo = closing.enter_context(new_mongo(mongo_source(), folder / "mongo")).start()
            settings |= {"event_log": f"kafka://{kafka.bootstrap}", "store": mongo.database_url("rekam")}
        yield closing.enter_context(Installation(folder / "var", **settings))


def _statements(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    sys.exit(main())
