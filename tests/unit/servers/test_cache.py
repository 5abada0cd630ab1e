"""The cache of server programs is filled once, whole or not at all."""

import threading
from pathlib import Path

import pytest

from tests.servers.cache import Unobtainable, cache_dir, provisioned, run_tool


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REKAM_TEST_CACHE", str(tmp_path / "cache"))


def test_callers_at_once_fill_it_once() -> None:
    fills: list[Path] = []
    together = threading.Barrier(4)

    def fill(folder: Path) -> None:
        fills.append(folder)
        (folder / "program").write_text("complete")

    def call() -> None:
        together.wait()
        assert (provisioned("server", fill) / "program").read_text() == "complete"

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(fills) == 1


def test_a_fill_that_fails_leaves_nothing_that_looks_complete() -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("")
        raise Unobtainable("no network")

    with pytest.raises(Unobtainable, match="no network"):
        provisioned("server", fail)
    assert [path.name for path in cache_dir().iterdir()] == ["server.lock"]
    assert provisioned("server", lambda folder: (folder / "program").touch()).name == "server"


def test_what_a_killed_run_left_is_removed() -> None:
    abandoned = cache_dir() / ".server.abc"
    abandoned.mkdir(parents=True)
    provisioned("server", lambda folder: None)
    assert not abandoned.exists()


def test_a_cache_that_cannot_be_written_is_a_reason_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(Unobtainable, match="not usable"):
        provisioned("server", lambda folder: None)


def test_a_tool_that_fails_is_quoted() -> None:
    with pytest.raises(Unobtainable, match=r"fetching failed \(3\): ERROR: no such artefact"):
        run_tool(["sh", "-c", "echo noise; echo ERROR: no such artefact; echo more noise; exit 3"], "fetching", 10)
    with pytest.raises(Unobtainable, match="could not be run"):
        run_tool(["/no/such/tool"], "fetching", 10)
