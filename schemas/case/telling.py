"""Whether two packages tell the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from competency.frameworks import Framework
from schemas.case.making import Json, Making
from schemas.case.shapes import FRAMEWORK_ID

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_BASES = 4
_END = re.compile(r"/CF[A-Za-z]+/[^/]*$")


def says_no_more(package: Json, framework: Framework) -> bool:
    """Whether the package is what is made of the framework anyhow, at whatever address; when it changed and what links call that to
    which they lead make no difference."""
    if (package["CFDocument"].get("extensions") or {}).get(FRAMEWORK_ID) != framework.id:
        return False
    bare = _bare(package)
    return any(_bare(Making(framework, base, _NEVER).package()) == bare for base in bases(package))


def bases(package: Json) -> list[str]:
    """What the URIs of its parts begin with, the most common ones first; at least one."""
    found = Counter(
        uri[: match.start()]
        for part in _parts(package)
        if isinstance(uri := part.get("uri"), str) and (match := _END.search(uri)) is not None
    )
    return [base for base, _ in found.most_common(_MOST_BASES)] or [""]


def _parts(value: Any) -> Iterator[Json]:
    """Whatever may change by itself, however deep it stands; links do not."""
    if isinstance(value, dict):
        if "lastChangeDateTime" in value:
            yield value
        for part in value.values():
            yield from _parts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _parts(part)


def _bare(value: Any, *, link: bool = False) -> Any:
    if isinstance(value, dict):
        return {
            name: _bare(part, link=name.endswith("URI"))
            for name, part in value.items()
            if name != "lastChangeDateTime" and not (link and name == "title")
        }
    return [_bare(one) for one in value] if isinstance(value, list) else value
