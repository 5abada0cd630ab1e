"""`rekam statements load` and `export`, as an operator uses them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Installation

SAMPLE = Path(__file__).parents[1] / "data" / "mooc-statements-sample.ndjson"
SENT = [json.loads(line) for line in SAMPLE.read_bytes().splitlines()]
ADDED = ("authority", "stored", "version")


# One installation of each mode for all that need one, in one process of the run.
pytestmark = pytest.mark.xdist_group("load")


@pytest.fixture(scope="module", params=["embedded", pytest.param("full", marks=[pytest.mark.kafka, pytest.mark.mongo])])
def rekam(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    settings = {"log_level": "warning"}
    if request.param == "full":
        name = f"load-{uuid.uuid4().hex[:8]}"
        settings["event_log"] = f"kafka://{request.getfixturevalue('kafka_server').bootstrap}"
        settings["topic_prefix"] = f"{name}."
        settings["store"] = request.getfixturevalue("mongo_server").database_url(name)
    with Installation(tmp_path_factory.mktemp(request.param) / "var", **settings) as installation:
        yield installation


def exported(rekam: Installation, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in rekam.cli("statements", "export", *options).stdout.splitlines()]


def plain(statement: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key not in ADDED}


def test_a_file_is_loaded_once_however_often_it_is_sent(rekam: Installation, tmp_path: Path) -> None:
    packed = tmp_path / "statements.ndjson.gz"
    packed.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    for path in (packed, SAMPLE, packed):
        told = rekam.cli("statements", "load", str(path), "--batch", "7").stdout
        assert told.startswith(f"{len(SENT)} acknowledged, 0 refused, 0 skipped")
    rekam.wait_until_idle()
    ids = {one["id"] for one in SENT}
    found = [one for one in exported(rekam) if one["id"] in ids]
    assert sorted((plain(one) for one in found), key=lambda one: one["id"]) == sorted(SENT, key=lambda one: one["id"])
    receipt = rekam.json(f"/api/v1/receipts/{SENT[0]['id']}")
    assert receipt["state"] == "stored"
    assert receipt["profile"]["state"] == "not relevant"
    assert SENT[0]["object"]["id"] in receipt["profile"]["why"]["detail"]


def test_numbers_and_keys_come_back_as_they_were_written(rekam: Installation, tmp_path: Path) -> None:
    text = (
        '{"actor":{"mbox":"mailto:a@example.id"},"verb":{"id":"https://example.id/v"},"object":{"id":"https://example.id/a"},'
        '"result":{"extensions":{"https://x.y/z.w":{"b":1.10,"a":12345678901234567890123,"$c.d":"\\u00e9","e":1e-7}}}}'
    )
    path = tmp_path / "exact.ndjson"
    path.write_text(text + "\n" + text.replace(",", " ,\t") + "\n")
    rekam.cli("statements", "load", str(path))
    lines = [line for line in rekam.cli("statements", "export").stdout.splitlines() if "https://x.y/z.w" in line]
    assert len(lines) == 2
    for kept in ('{"b":1.10,"a":12345678901234567890123,"$c.d":"\\u00e9","e":1e-7}', '"b":1.10 ,\t"a":12345678901234567890123 ,\t'):
        assert any(kept in line for line in lines)


def test_what_is_refused_is_named_and_the_rest_is_taken(tmp_path: Path) -> None:
    lines = [json.dumps(one) for one in SENT[:6]]
    lines[1] = "not json"
    lines[3] = json.dumps(SENT[3] | {"actor": {"mbox": "nobody"}})
    lines[4] = json.dumps(SENT[0] | {"verb": {"id": "https://example.id/other"}})
    path, report = tmp_path / "some.ndjson", tmp_path / "refused.ndjson"
    path.write_text("\n".join(lines))
    with Installation(tmp_path / "var", log_level="warning") as rekam:
        rekam.cli("statements", "load", str(path), "--batch", "2", check=False)
        done = rekam.cli("statements", "load", str(path), "--batch", "2", "--refused", str(report), check=False)
        assert done.returncode == 1
        assert done.stdout.startswith("3 acknowledged, 3 refused")
        told = {entry["line"]: entry["message"] for entry in map(json.loads, report.read_text().splitlines())}
        assert set(told) == {2, 4, 5}
        assert "not a JSON object" in told[2]
        assert told[4].startswith("400: ")
        assert "actor/mbox" in told[4]
        assert told[5].startswith("409: ")
        assert {plain(one)["id"] for one in exported(rekam)} == {SENT[0]["id"], SENT[2]["id"], SENT[5]["id"]}


def test_an_interrupted_load_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "many.ndjson"
    path.write_text("\n".join(json.dumps({key: one[key] for key in one if key != "id"}) for one in SENT * 40))
    with Installation(tmp_path / "var", log_level="warning") as rekam:
        command = [sys.executable, "-m", "rekam", "statements", "load", str(path), "--batch", "5", "--connections", "1"]
        process = subprocess.Popen(command, env=rekam.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while len(rekam.json("/xapi/statements?limit=20")["statements"]) < 20:
            assert time.monotonic() < deadline
            assert process.poll() is None, "the load was through before it could be interrupted"
            time.sleep(0.01)
        process.kill()
        process.wait()
        told = rekam.cli("statements", "load", str(path), "--batch", "50").stdout
        skipped = int(told.split(" skipped")[0].rsplit(" ", 1)[1])
        assert skipped > 0
        assert told.startswith(f"{len(SENT) * 40 - skipped} acknowledged, 0 refused")
        rekam.wait_until_idle()
        # Lines without an id got one made of the file, so what was sent twice is there once.
        assert len(rekam.every_statement()) == len(SENT) * 40


def test_a_load_waits_out_an_outage(tmp_path: Path) -> None:
    rekam = Installation(tmp_path / "var", log_level="warning")
    command = [sys.executable, "-m", "rekam", "statements", "load", str(SAMPLE)]
    process = subprocess.Popen(command, env=rekam.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    time.sleep(2)
    with rekam:
        told, _ = process.communicate(timeout=60)
        assert told.startswith(f"{len(SENT)} acknowledged")
