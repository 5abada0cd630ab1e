"""How the oracle says no, and the few checks that every object of the data model shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

type_of_json = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}

Check = Callable[[Any, str], None]
"""Looks at a value found at a path; raises `Finding` when it breaks a rule."""


class Finding(Exception):
    """What is wrong, and at which path."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path or '/'}: {what}")


def must_be(kind: type, value: Any, path: str) -> None:
    """Data 2.2: "MUST reject Statements … where the wrong data type is used". A boolean is not a number."""
    if type(value) is not kind:
        raise Finding(path, f"must be {type_of_json[kind]}")


def string(value: Any, path: str) -> None:
    must_be(str, value, path)


def boolean(value: Any, path: str) -> None:
    must_be(bool, value, path)


def number(value: Any, path: str) -> None:
    """RFC 8259 section 6: there is no infinity and no not-a-number, and no such literal can reach the record store."""
    if type(value) not in (int, float):
        raise Finding(path, "must be a number")


def constant(*allowed: str) -> Check:
    """Data 2.2: "where the case of a value restricted to enumerated values does not match … exactly"."""

    def check(value: Any, path: str) -> None:
        string(value, path)
        if value not in allowed:
            raise Finding(path, f"must be one of {', '.join(allowed)}")

    return check


def array_of(check: Check, at_least: int = 0) -> Check:
    def check_all(value: Any, path: str) -> None:
        must_be(list, value, path)
        if len(value) < at_least:
            raise Finding(path, f"must have {at_least} or more elements")
        for index, element in enumerate(value):
            check(element, f"{path}/{index}")

    return check_all


def members(value: Any, path: str, known: dict[str, Check], required: Iterable[str] = ()) -> None:
    """The members of an object: Data 2.2 refuses keys that the specification does not name, and keys in another case."""
    must_be(dict, value, path)
    for name in required:
        if name not in value:
            raise Finding(path, f"must have {name}")
    for name, member in value.items():
        if name not in known:
            raise Finding(f"{path}/{name}", "is not allowed here")
        known[name](member, f"{path}/{name}")
