"""Structured logging: one JSON object a line on standard error. Never a NIP, a name, an e-mail, a query string or a body."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

Logger = structlog.stdlib.BoundLogger


def configure(level: str = "info", *, readable: bool = False) -> None:
    """Set up logging for this process. `readable` prints for people instead of machines."""
    numeric = logging.getLevelNamesMapping()[level.upper()]
    renderer: Any = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    # An outage is told once by whoever meets it; the client would tell it hundreds of times.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    logging.basicConfig(level=max(numeric, logging.WARNING), stream=sys.stderr, format="%(name)s %(levelname)s %(message)s")


def logger(name: str) -> Any:
    return structlog.get_logger(component=name)
