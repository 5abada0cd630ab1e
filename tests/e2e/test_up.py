"""`make run`, as a newcomer meets it: the demonstration, the README's commands, a second start, Ctrl-C."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.installation import KEY, SECRET, STOP_S, Installation

ROOT = Path(__file__).parents[2]
LAST_WORDS = "Ctrl-C ends Rekam."
STATEMENTS = 2206


def shown(rekam: Installation, times: int = 1) -> str:
    """The log, once the demonstration has been shown so often."""
    deadline = time.monotonic() + 90
    while rekam.log.count(LAST_WORDS) < times:
        assert time.monotonic() < deadline, rekam.log[-3000:]
        time.sleep(0.2)
    return rekam.log


@pytest.fixture(scope="module")
def rekam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(tmp_path_factory.mktemp("up") / "var", demo="1", log_level="warning") as installation:
        shown(installation)
        yield installation


@pytest.mark.timeout(300)
@pytest.mark.xdist_group("up")
class TestUp:
    """In this order, on one installation, so by one worker of a parallel run."""

    def test_it_says_where_it_is_and_how_to_get_in(self, rekam: Installation) -> None:
        for words in (f"{rekam.base}/xapi", f"{rekam.base}/api/v1/openapi.json", f"key        {KEY}", f"secret     {SECRET}"):
            assert words in rekam.log

    def test_it_shows_one_employee_in_words_with_the_number_masked(self, rekam: Installation) -> None:
        told = shown(rekam)
        assert "Siti Rahmawati · PNS · NIP 19860926******2001" in told
        assert re.search(r"In 2025: \d+ JP; the obligation is at least 20 JP: reached", told)
        assert "198609262015052001" not in told

    def test_every_statement_of_the_demonstration_was_sent_and_can_be_read(self, rekam: Installation) -> None:
        assert f"{STATEMENTS} statements were sent over HTTP" in rekam.log
        listed = rekam.every_statement()
        assert len({one["id"] for one in listed}) == len(listed)
        assert STATEMENTS - 60 < len(listed) <= STATEMENTS

    def test_profiles_are_what_a_rebuild_gives(self, rekam: Installation) -> None:
        assert rekam.cli("profiles", "rebuild", "--check").stdout == "0 profiles differ\n"

    def test_the_doctor_finds_nothing(self, rekam: Installation) -> None:
        report = rekam.cli("doctor").stdout
        assert "BAD" not in report
        assert "recorder: 0 records behind" in report

    def test_the_readme_posts_a_statement_and_reads_the_profile_it_changed(self, rekam: Installation) -> None:
        readme = (ROOT / "README.md").read_text()
        (commands,) = re.findall(r"```\n(AUTH=.*?)```", readme, flags=re.DOTALL)
        script = commands.replace("admin:SECRET", f"'{KEY}:{SECRET}'").replace("-u $AUTH", '-u "$AUTH"')
        script = script.replace("http://127.0.0.1:8080", rekam.base)
        done = subprocess.run(["bash", "-euc", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
        statement_id = json.loads(done.stdout.splitlines()[0])[0]
        deadline = time.monotonic() + 10
        while statement_id not in done.stdout.splitlines()[-1]:
            assert time.monotonic() < deadline, done.stdout
            done = subprocess.run(["bash", "-euc", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
        assert "Pelayanan Prima" in done.stdout

    def test_what_dies_is_started_again(self, rekam: Installation) -> None:
        before = {
            process.pid for words in (("serve",), ("work", "recorder"), ("work", "profiler")) for process in rekam.members(*words)
        }
        for words in (("serve",), ("work", "recorder"), ("work", "profiler")):
            rekam.members(*words)[0].kill()
        deadline = time.monotonic() + 30
        while not all(rekam.members(*words) for words in (("serve",), ("work", "recorder"), ("work", "profiler"))):
            assert time.monotonic() < deadline, rekam.log[-2000:]
            time.sleep(0.1)
        rekam.wait_until_ready()
        rekam.wait_until_idle()
        assert before - {process.pid for process in rekam.family()}

    def test_ctrl_c_ends_every_process_within_five_seconds(self, rekam: Installation) -> None:
        assert rekam.stop() < STOP_S

    def test_a_second_start_adds_nothing(self, rekam: Installation) -> None:
        rekam.start()
        told = shown(rekam, times=2)
        assert told.count("statements were sent over HTTP") == 1
        assert len(rekam.every_statement()) <= STATEMENTS + 3
        assert rekam.cli("profiles", "rebuild", "--check").stdout == "0 profiles differ\n"


def test_without_the_demonstration_nothing_is_there(tmp_path: Path) -> None:
    with Installation(tmp_path / "var", log_level="warning") as rekam:
        assert rekam.every_statement() == []
        assert "Loading the demonstration" not in rekam.log
        answer = rekam.ask("POST", "/api/v1/employees/lookup", {"nip": "198609262015052001"})
        assert answer.json()["employees"] == []
