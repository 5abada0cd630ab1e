"""A unit path as one string, by which a subtree is one range of an index.

Every unit id ends with a slash, `dept/biro/`, so that `biro` and `biro-2` are apart. A slash or tilde within an id is escaped as in
a JSON pointer. Source: RFC 6901, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

_AFTER_SLASH = chr(ord("/") + 1)


def to_text(unit_path: Sequence[str]) -> str:
    return "".join(f"{unit_id.replace('~', '~0').replace('/', '~1')}/" for unit_id in unit_path)


def of_text(text: str) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[:-1])


def end_of_subtree(text: str) -> str | None:
    """The first string after all paths that begin with `text`; None where all do."""
    return text[:-1] + _AFTER_SLASH if text else None
