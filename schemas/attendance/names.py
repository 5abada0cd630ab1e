"""How alike two names are: titles, degrees, spelling and the order of words put aside, as far as that goes."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from schemas.attendance.words import WORDS

_DEGREE = re.compile(
    r"\b(?:[SMABD]\.\s?[A-Z][A-Za-z]{0,4}(?:\.\s?[A-Za-z]{1,4})*\.?|S\.?H\.?|S\.?E\.?|M\.?M\.?|M\.?H\.?|S\.?T\.?|M\.?T\.?|M\.?A\.?|Ph\.?\s?D\.?"
    r"|A\.?Md\.?(?:\.?[A-Z][a-z]*)*\.?|SKM|MKM|MPH|MBA|MPA|MSc|CFrA|CIA|Ak|CA)(?=[\s,.]|$)"
)
SAME_PERSON = 0.8
"""From this likeness on, two spellings are taken for one name."""


def likeness(one: str, other: str) -> float:
    """From 0 to 1; 1 for the same words, whatever their order, titles and initials."""
    words, others = _words(one), _words(other)
    if not words or not others:
        return 0.0
    if sorted(words) == sorted(others):
        return 1.0
    straight = SequenceMatcher(None, " ".join(words), " ".join(others), autojunk=False).ratio()
    ordered = SequenceMatcher(None, " ".join(sorted(words)), " ".join(sorted(others)), autojunk=False).ratio()
    return round(max(straight, ordered, _by_words(words, others)), 2)


def telling_words(name: str) -> tuple[str, ...]:
    """The words to look a person up by: at most three, without titles and initials."""
    return tuple(word for word in _plain_words(name) if len(word) > 2)[:3]


def _by_words(words: list[str], others: list[str]) -> float:
    """The share of the longer name's words that the shorter one has, an initial counting for the word it begins."""
    short, rest = (words, list(others)) if len(words) <= len(others) else (others, list(words))
    longest, met = len(rest), 0.0
    for word in short:
        found = next((one for one in rest if one == word), None)
        if found is None and len(word) == 1:
            found = next((one for one in rest if one.startswith(word)), None)
        if found is None:
            found = next((one for one in rest if len(one) == 1 and word.startswith(one)), None)
        if found is not None:
            rest.remove(found)
            met += 0.9 if 1 in (len(found), len(word)) and found != word else 1.0
    # One word in common is what many have: a lone first name is never enough.
    return met / longest if met > 1 or longest == 1 else 0.0


def _words(name: str) -> list[str]:
    return [WORDS.same_names.get(word, word) for word in _plain_words(name)]


def _plain_words(name: str) -> list[str]:
    main = name.split(",")[0][:200]
    main = _DEGREE.sub(" ", main) if len(main.split()) > 2 else main
    letters = "".join(char for char in unicodedata.normalize("NFKD", main.casefold()) if not unicodedata.combining(char))
    words = re.findall(r"[a-z]+", letters.replace("'", "").replace("`", ""))
    kept = [word for place, word in enumerate(words) if not (word in WORDS.before_names and place < 3 and len(words) > 1)]
    return kept or words
