"""Outages are the point of these tests; the library's many lines about each would bury a failure's own."""

import gc
import logging
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _kafka_python_is_quiet() -> Iterator[None]:
    # Its log records also hold on to the sockets it dropped, which would then be found long after the test.
    logger = logging.getLogger("kafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    yield
    logger.setLevel(level)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "unclosed <socket", ResourceWarning)
        gc.collect()
