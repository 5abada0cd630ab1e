"""`python -m tests.servers provision` and `python -m tests.servers run-full [command …]`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.servers.cache import Unobtainable
from tests.servers.kafka_broker import provision_kafka
from tests.servers.mongod import provision_mongod
from tests.servers.run_full import run_full


def main(arguments: Sequence[str]) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("provision", help="fetch Apache Kafka and MongoDB into the cache, if they are not there")
    full = commands.add_parser("run-full", help="run Rekam on an Apache Kafka and a MongoDB of its own")
    full.add_argument("--flush", action="store_true", help="Kafka puts each record on disk before it acknowledges it")
    full.add_argument("program", nargs=argparse.REMAINDER, help="what to run instead of `rekam up`")
    chosen = parser.parse_args(arguments)
    if chosen.command == "provision":
        return _provision()
    program = chosen.program or [str(Path(sys.executable).with_name("rekam")), "up"]
    data_dir = Path(os.environ.get("REKAM_DATA_DIR") or "var/full").absolute()
    return run_full(program, data_dir, flush_every_message=chosen.flush)


def _provision() -> int:
    missing = 0
    for name, provision in (("Apache Kafka", provision_kafka), ("MongoDB", provision_mongod)):
        try:
            program = provision()
        except Unobtainable as unobtainable:
            print(f"{name} could not be had: {unobtainable.reason}", file=sys.stderr)
            missing += 1
        else:
            print(f"{name} {program.version}: {program.found}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
