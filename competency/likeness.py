"""How alike two names of people are, for suggestions that an officer decides. Pure.

Academic titles (`Dr.`, `S.Kom.`, `M.Si`) say nothing of who somebody is and are left out; initials (`M. Budi`) may stand for words;
letters that are commonly exchanged in Indonesian spellings (`oe`/`u`, `dj`/`j`, `tj`/`c`, `y`/`i`) count as the same.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from competency.nip import NipError, normalise

ALIKE: Final = 0.8
"""From here on two names may be one person's."""

_TITLES_WRITTEN: Final = """
    dr dra drs drg ir prof h hj kh ust apt ns bapak bpk ibu sdr sdri sh se st skom ssi spd sip ssos sag sap skm
    sked skep stp ssn sikom spsi mh mm mt mkom msi mpd mip mag map mkes mkep msc ma mba mph mak phd amd amdkom
    sstp sst lc cpa ca
"""
_TITLES: Final = frozenset(_TITLES_WRITTEN.split())
_JOINED: Final = 0.95
"""Of names that differ in where a word ends: Nur Aini, Nuraini."""
_OLD_SPELLINGS: Final = (("oe", "u"), ("dj", "j"), ("tj", "c"), ("nj", "ny"), ("ch", "h"), ("y", "i"))


@lru_cache(maxsize=100_000)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name without case, accents, punctuation and titles, in the order they stand; at most 12."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    front, *titles = plain.split(",")
    words = [word for part in re.split(r"[\s/]+", front) if (word := "".join(char for char in part if char.isalpha()))]
    # What follows a comma is a title, unless the name is written with its family name first.
    if len(words) == 1 and titles:
        words = [word for part in re.split(r"[\s,/.]+", plain) if (word := "".join(char for char in part if char.isalpha()))]
    kept = [word for word in words if word not in _TITLES]
    return tuple((kept or words)[:12])


def likeness(one: str, other: str) -> float:
    """From 0 (nothing alike) to 1 (the same words, in whatever order). Symmetric."""
    first, second = sorted((words_of(one), words_of(other)), key=lambda words: (len(words), words))
    if not first:
        return 0.0
    remaining = [_spelt(word) for word in second]
    total, weight = 0.0, 0.0
    for word in sorted((_spelt(word) for word in first), key=lambda word: (-len(word), word)):
        best = max(remaining, key=lambda candidate: (_alike(word, candidate), candidate))
        share = min(len(word), 4)
        total += _alike(word, best) * share
        weight += share
        remaining.remove(best)
    # A word that only one of them has takes a little: people leave names out.
    left = sum(min(len(word), 4) for word in remaining)
    found = total / (weight + left * 0.35)
    return max(found, _JOINED) if found < 1 and _together(first) == _together(second) else found


def nip_in(name: str) -> str | None:
    """The 18 digits when an account's name is written like a NIP."""
    try:
        return normalise(name)
    except NipError:
        return None


def _together(words: tuple[str, ...]) -> str:
    return "".join(map(_spelt, words))


@lru_cache(maxsize=100_000)
def _spelt(word: str) -> str:
    for old, new in _OLD_SPELLINGS:
        word = word.replace(old, new)
    return word


@lru_cache(maxsize=200_000)
def _alike(one: str, other: str) -> float:
    """Of two words. Kept: among the names of a country few words are new, and comparing letters is what takes long."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) == 1:
        return 0.75 if one[0] == other[0] else 0.0
    first, second = sorted((one, other))
    ratio = SequenceMatcher(None, first, second, autojunk=False).ratio()
    return ratio if ratio >= 0.7 else ratio * 0.3
