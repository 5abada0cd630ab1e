"""NIPs as attendance lists have them: spaced, dotted, with words before them, or spoilt by a spreadsheet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from competency.nip import DIGITS, NipError, normalise

KEPT_DIGITS = 15
"""What a spreadsheet keeps of a number: the serial, the last three digits of a NIP, is lost."""
_LOST = "a spreadsheet holds the number as a number, and its last three digits are lost"
_PREFIX = re.compile(
    r"^\s*(?:nip|nrp|ni\s*p{2,3}k|nip{2,4}k|no(?:mor)?|pns|asn)\b[\s.:/]*(?:(?:nip|nrp|baru|pppk)\b[\s.:/]*)*", re.IGNORECASE
)
_WITHIN = re.compile(r"(?<![0-9])[0-9](?:[ .'-]{0,2}[0-9]){17}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Whole:
    """All digits are there; whether they are somebody's is another question."""

    digits: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Only the first digits are left."""

    kept: str
    reason: str = _LOST


@dataclass(frozen=True, slots=True)
class Broken:
    """No number can be made of it; the reason never repeats it."""

    reason: str


Number = Whole | Lost | Broken


def read_number(cell: object) -> Number | None:
    """What stands in a cell for NIPs; None where nothing does: `-` and words are nothing."""
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return Broken("it is no number of a person")
    if isinstance(cell, int | float):
        if not 0 < cell < 1e18:
            return Broken("it is no number of 18 digits")
        text = str(int(cell))
        if len(text) != DIGITS:
            return Broken(f"it has {len(text)} digits, not {DIGITS}")
        # Rounded, not cut: what a spreadsheet holds for …042000 is …041984.
        return Lost(f"{float(cell):.14e}".replace(".", "")[:KEPT_DIGITS])
    text = _PREFIX.sub("", cell)
    if not any(char.isdigit() for char in text):
        return None  # `Non ASN`, `belum ada`
    if not re.sub(r"[\s.\-_'=\"/]", "", text):
        return None
    try:
        digits = normalise(text)
    except NipError as error:
        found = within(text)
        if found is not None:
            return Whole(found)
        if (kept := _mantissa(text)) is not None:
            return Lost(kept)
        return Broken(str(error))
    # No serial is 000: this passed through a spreadsheet that kept 15 digits.
    return Lost(digits[:KEPT_DIGITS]) if digits.endswith("000") else Whole(digits)


def within(text: str) -> str | None:
    """The 18 digits of a NIP inside a text, as in `Siti Rahmawati NIP. 19860926 201505 1 001`."""
    found = _WITHIN.search(text)
    if found is None:
        return None
    digits = "".join(char for char in found[0] if char.isdigit())
    return digits if digits.isascii() else None


def without_number(text: str) -> str:
    """The text around a NIP: the name, where both stand in one cell."""
    bare = _WITHIN.sub(" ", text)
    return " ".join(re.sub(r"\b(?:NIP|NRP|NI\s*PPPK|NIPPPK)\b[\s.:/]*", " ", bare, flags=re.IGNORECASE).split()).strip(" -/,;()")


def _mantissa(text: str) -> str | None:
    """`1,98609262015051E+17` has 15 digits; fewer are no use."""
    found = re.fullmatch(r"\s*([0-9])[.,]([0-9]{14,17})[eE]\+?17\s*", text)
    return (found[1] + found[2])[:KEPT_DIGITS] if found else None
