"""Every setting of Rekam, in one table. Each is read from the environment as `REKAM_` and its name in capitals."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "REKAM_"


class SettingError(ValueError):
    """A setting has a value it can't have; the message says which, what was found and what would be right."""


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.lstrip("-").isdigit() or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return parse


def _flag(text: str) -> bool:
    if text.lower() not in ("0", "1", "true", "false"):
        raise ValueError("1 or 0")
    return text.lower() in ("1", "true")


def _text(text: str) -> str:
    return text


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and not any(text.startswith(scheme + "://") and len(text) > len(scheme) + 3 for scheme in schemes):
            raise ValueError(" or ".join(f"{scheme}://…" for scheme in schemes))
        return text

    return parse


def _level(text: str) -> str:
    if text not in ("debug", "info", "warning", "error"):
        raise ValueError("debug, info, warning or error")
    return text


def _version(text: str) -> str:
    if text not in ("1.0.3", "2.0.0"):
        raise ValueError("1.0.3 or 2.0.0")
    return text


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        url = urlsplit(origin)
        whole = f"{url.scheme}://{url.netloc}"
        if origin != "*" and (url.scheme not in ("http", "https") or not url.netloc or origin.lower() != whole.lower()):
            raise ValueError("origins such as https://lms.example.id, with commas between them and no path, or *")
    return tuple(origin.lower() for origin in origins)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if any(re.fullmatch(r"\*|[a-z0-9._-]+|[0-9a-f:.]+", host) is None for host in hosts):
        raise ValueError("names or addresses of hosts with commas between them, without scheme and port, or *")
    return hosts


def _days(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and int(part) <= 3_650 for part in parts):
        raise ValueError("whole numbers of days from 0 to 3650 with commas between them, such as 30,7")
    return tuple(sorted({int(part) for part in parts}, reverse=True))


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("a time zone of the IANA database, such as Asia/Jakarta") from error
    return text


def _setting(default: str, parse: Callable[[str], Any], help: str, *, secret: bool = False) -> Any:
    return field(metadata={"default": default, "parse": parse, "help": help, "secret": secret})


MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says, parsed. `Settings.read(os.environ)` makes one."""

    data_dir: Path = _setting("./var", Path, "where embedded files live")
    event_log: str = _setting(
        "",
        _url("sqlite", "kafka"),
        "`sqlite:///path` or `kafka://host:port[,host:port…]`; empty: `log.db` in the data directory",
    )
    store: str = _setting(
        "",
        _url("sqlite", "mongodb", "mongodb+srv"),
        "`sqlite:///path` or `mongodb://…/database`; empty: `store.db` in the data directory",
    )
    host: str = _setting("127.0.0.1", _text, "address to listen on")
    port: int = _setting("8080", _number(1, 65535), "port to listen on")
    api_processes: int = _setting("2", _number(1, 64), "processes that answer HTTP")
    api_threads: int = _setting("16", _number(1, 256), "requests one API process works on at once")
    recorders: int = _setting("1", _number(1, 64), "recorder processes of `rekam up`")
    profilers: int = _setting("1", _number(1, 64), "profiler processes of `rekam up`")
    bootstrap_key: str = _setting("", _text, "key of an administrator credential that exists from the first start")
    bootstrap_secret: str = _setting(
        "", _text, "its secret; `rekam up` makes one up and keeps it in the data directory", secret=True
    )
    demo: bool = _setting("0", _flag, "`rekam up` loads the demonstration on its first start (`make run` sets 1)")
    max_body_bytes: int = _setting(str(20 * MIB), _number(1024, 64 * MIB), "largest request body; more is answered 413")
    max_attachments_bytes: int = _setting(
        str(200 * MIB),
        _number(1024, 4096 * MIB),
        "largest request with attachments, all parts together; more is answered 413",
    )
    max_statement_bytes: int = _setting(str(4 * MIB), _number(1024, 12 * MIB), "largest single statement; more is answered 413")
    max_document_bytes: int = _setting(
        str(10 * MIB), _number(1024, 15 * MIB), "largest state or profile document; more is answered 413"
    )
    page_limit: int = _setting("100", _number(1, 5000), "statements on a page when the client names no limit")
    max_page_limit: int = _setting("500", _number(1, 5000), "most statements on a page whatever the client asks")
    read_wait_ms: int = _setting("2000", _number(0, 30_000), "how long a GET waits for what was acknowledged before it")
    default_version: str = _setting(
        "1.0.3", _version, "version of xAPI that the answer to a request without a version names: 1.0.3 or 2.0.0"
    )
    cors_origins: tuple[str, ...] = _setting(
        "", _origins, "origins whose pages may call the xAPI endpoint from a browser, separated by commas; `*`: every page"
    )
    authority_home_page: str = _setting(
        "https://rekam.example/partners", _url("http", "https"), "home page of the account that `authority` names a partner by"
    )
    nip_home_page: str = _setting(
        "https://asn.example/nip", _url("http", "https"), "home page of the account by which an actor is named with a NIP"
    )
    event_home_page: str = _setting(
        "https://rekam.example/events",
        _url("http", "https"),
        "begins the IRIs of events that attendance lists are of and that have none of their own",
    )
    case_base_uri: str = _setting(
        "https://rekam.example/ims/case/v1p1",
        _url("http", "https"),
        "begins the URIs, in 1EdTech CASE, of frameworks that have none of their own; what was exported once is known by them",
    )
    time_zone: str = _setting("Asia/Jakarta", _zone, "time zone whose calendar years count")
    webhook_hosts: tuple[str, ...] = _setting(
        "",
        _hosts,
        "hosts that webhooks may go to, separated by commas, over http and at private addresses too; `*` among them, or none: "
        "every public host over https",
    )
    webhook_notice_days: tuple[int, ...] = _setting(
        "30,7", _days, "days before a certificate expires on which webhooks are told, separated by commas"
    )
    accepted_partitions: int = _setting(
        "0", _number(0, 1000), "partitions of `statements.accepted`; 0: 1 when embedded, 3 on Kafka"
    )
    recorded_partitions: int = _setting(
        "0", _number(0, 1000), "partitions of `statements.recorded` and `profiles.updated`; 0: 4 when embedded, 12 on Kafka"
    )
    replication: int = _setting("1", _number(1, 10), "copies Kafka keeps of each topic; 3 in production")
    min_insync_replicas: int = _setting(
        "1", _number(1, 10), "copies that must have a record before it is acknowledged; 2 in production"
    )
    retention_days: int = _setting("30", _number(-1, 36_500), "days a record stays on the log; -1: for ever")
    topic_prefix: str = _setting("", _text, "put before every topic name on Kafka")
    append_timeout_ms: int = _setting("10000", _number(100, 120_000), "how long the log may take to acknowledge before a 503")
    log_level: str = _setting("info", _level, "debug, info, warning or error")

    @staticmethod
    def read(environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises SettingError for a value that can't be, and for a `REKAM_` name that is no setting."""
        known = {variable(row.name) for row in fields(Settings)}
        strange = sorted(name for name in environment if name.startswith(PREFIX) and name not in known | INTERNAL)
        strange = [name for name in strange if not name.startswith("REKAM_TEST_")]
        if strange:
            raise SettingError(f"{strange[0]} is not a setting; `rekam config` lists those there are")
        values = {}
        for row in fields(Settings):
            text = environment.get(variable(row.name), row.metadata["default"])
            try:
                values[row.name] = row.metadata["parse"](text)
            except ValueError as error:
                shown = "(hidden)" if row.metadata["secret"] else repr(text)
                raise SettingError(f"{variable(row.name)} is {shown}, and must be {error}") from error
        return Settings(**values)

    @property
    def event_log_url(self) -> str:
        return self.event_log or f"sqlite:///{self.data_dir / 'log.db'}"

    @property
    def store_url(self) -> str:
        return self.store or f"sqlite:///{self.data_dir / 'store.db'}"


INTERNAL = frozenset({"REKAM_SUPERVISOR_PID", "REKAM_SERVER_PID", "REKAM_INSTANCE"})
"""Variables that Rekam's own processes hand to each other."""


def variable(name: str) -> str:
    return PREFIX + name.upper()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table as `rekam config` and the documentation show it."""

    variable: str
    default: str
    value: str
    help: str
    differs: bool
    """From the default."""


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(int(value) if isinstance(value, bool) else value)


def table(settings: Settings) -> list[Row]:
    """Every setting with its value; secrets hidden."""
    rows = []
    for row in fields(Settings):
        value = getattr(settings, row.name)
        shown = ("(set)" if value else "") if row.metadata["secret"] else _shown(value)
        differs = value != row.metadata["parse"](row.metadata["default"])
        rows.append(Row(variable(row.name), row.metadata["default"], shown, row.metadata["help"], differs))
    return rows
