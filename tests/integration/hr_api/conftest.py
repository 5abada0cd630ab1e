from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.hr_api.world import World


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a world in which nothing has happened yet."""
    folder = tmp_path_factory.mktemp("world")
    with ExitStack() as later:
        World(folder, later)
    return folder


@pytest.fixture
def world(tmp_path: Path, founded: Path) -> Iterator[World]:
    with ExitStack() as later:
        yield World(tmp_path, later, like=founded)
