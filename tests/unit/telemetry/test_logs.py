"""What a program writes to its log, as it comes out on standard error."""

from __future__ import annotations

import json
import subprocess
import sys

NIP = "198609262015052001"
PROGRAM = f"""
import logging
from telemetry.logs import configure, logger
configure("info")
log = logger("test")
log.info("one", text="of {NIP}", spaced="19860926 201505 2 001", number={NIP}, parts=["a {NIP}", {{"b": "{NIP}"}}])
log.info("other", id="7c9e6679-7425-40de-944b-e07fc1f90ae7", at=1769843700000, took_ms=0.1, ok=True, nothing=None)
try:
    raise KeyError("{NIP}")
except KeyError as error:
    log.error("fault", exc_info=error)
logging.getLogger("library").warning("no idea what %s is", "{NIP}")
try:
    raise ValueError("{NIP}")
except ValueError:
    logging.getLogger("library").exception("again")
"""


def test_no_number_of_a_person_comes_out_whoever_logs_it() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert NIP not in ended.stderr
    assert "20150" not in ended.stderr
    one, other, fault, *library = ended.stderr.splitlines()
    hidden = "*" * 18
    told = json.loads(one)
    assert (told["text"], told["spaced"], told["number"]) == (f"of {hidden}", hidden, hidden)
    assert told["parts"] == [f"a {hidden}", {"b": hidden}]
    told = json.loads(other)
    assert (told["id"], told["at"], told["ok"]) == ("7c9e6679-7425-40de-944b-e07fc1f90ae7", 1769843700000, True)
    assert (told["took_ms"], told["nothing"]) == (0.1, None)
    assert "KeyError" in json.loads(fault)["exception"]
    assert library[0] == f"library WARNING no idea what {hidden} is"
    assert f"ValueError: {hidden}" in library
