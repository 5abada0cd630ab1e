"""Searching people by parts of their names.

A name is indexed by the runs of three letters in it. A search reads the people who have those of its longest word, or, when
the database finds that quicker (for words that many have), walks the names in order; either way every word is then looked for.
"""

from __future__ import annotations

import re
from typing import Any

_LETTERS = 3


def folded(name: str) -> str:
    """A name without case."""
    return name.casefold()


def runs(folded_text: str) -> list[str]:
    """The runs of three letters in the words of a text, each once."""
    return list(dict.fromkeys(word[at : at + _LETTERS] for word in folded_text.split() for at in range(len(word) - _LETTERS + 1)))


def containing(words: str) -> dict[str, Any]:
    """The condition that a name contains every one of these words."""
    wanted = folded(words).split()
    conditions: dict[str, Any] = {}
    if wanted:
        conditions["$and"] = [{"folded_name": {"$regex": _literally(word)}} for word in wanted]
        longest = runs(max(wanted, key=len))
        if longest:
            # A few are enough, and each is one more plan for the database to weigh.
            conditions["name_runs"] = {"$all": longest[:: max(1, len(longest) // 3)]}
    return conditions


def _literally(word: str) -> str:
    return re.escape(word).replace("\0", r"\x00")  # MongoDB takes no pattern with a NUL in it
