"""Structured logging: one JSON object a line on standard error. Never a NIP, a name, an e-mail, a query string or a body."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import structlog

Logger = structlog.stdlib.BoundLogger

_NUMBER_OF_A_PERSON = re.compile(r"(?<![0-9])[0-9]{8}[ ._+-]?[0-9]{6}[ ._+-]?[0-9][ ._+-]?[0-9]{3}(?![0-9])")
"""18 digits, as a NIP is written: nobody logs one, but the message of an exception that nobody expected may hold it."""

_encoder = json.JSONEncoder(default=repr)


def configure(level: str = "info", *, readable: bool = False) -> None:
    """Set up logging for this process. `readable` prints for people instead of machines."""
    numeric = logging.getLevelNamesMapping()[level.upper()]
    renderer: Any = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(serializer=_as_json)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_numbers,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    # An outage is told once by whoever meets it; the client would tell it hundreds of times.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=max(numeric, logging.WARNING), handlers=[handler])


def _as_json(event: Mapping[str, Any], default: Callable[[Any], Any]) -> str:
    """Like `json.dumps`, which makes an encoder each time; what JSON has no word for is told as Python shows it."""
    return _encoder.encode(event)


def logger(name: str) -> Any:
    return structlog.get_logger(component=name)


def without_numbers(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A step of the logger: what is logged, without the number of a person."""
    return {key: _unsaid(value) for key, value in event.items()}


class _Formatter(logging.Formatter):
    """The same for what libraries log."""

    def format(self, record: logging.LogRecord) -> str:
        return _hidden(super().format(record))


def _unsaid(value: Any) -> Any:
    if isinstance(value, str):
        return _hidden(value)
    if isinstance(value, list | tuple):
        return [_unsaid(one) for one in value]
    if isinstance(value, Mapping):
        return {_unsaid(key): _unsaid(one) for key, one in value.items()}
    return "*" * 18 if isinstance(value, int) and 10**17 <= value < 10**18 else value


def _hidden(text: str) -> str:
    return text if len(text) < 18 else _NUMBER_OF_A_PERSON.sub("*" * 18, text)
