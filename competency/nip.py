"""NIP and NI PPPK: the 18 digits of an employee. Pure.

NIP of a PNS: date of birth (YYYYMMDD), month of appointment (YYYYMM), sex (1 male, 2 female), serial of three digits. NI of a PPPK:
date of birth, year of appointment, a code of two digits, sex, serial of three. Neither has a check digit, so a number alone proves
nothing: it is matched against the directory. It tells birth date and sex and is personal data: show it `mask`ed.

    NipError   not such a number; the message never repeats it
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from competency.directory import Employment

DIGITS = 18
EXAMPLE = "198609262015051001"

_SEPARATORS = frozenset(" .-='’‘`\"\t\u00a0\u2007\u202f\u200b\ufeff")
_YOUNGEST_YEARS = 15
_BETWEEN = r"(?:[ ._+-]|%20)?"
_WITHIN = re.compile(rf"(?:(?<![0-9])|(?<=%20))[0-9]{{8}}{_BETWEEN}[0-9]{{6}}{_BETWEEN}[0-9]{_BETWEEN}[0-9]{{3}}(?![0-9])")
"""18 digits that are no part of a longer number, as they are commonly grouped, also in IRIs."""


class NipError(ValueError):
    """Not a NIP or NI PPPK."""


class Sex(StrEnum):
    MALE = "1"
    FEMALE = "2"


@dataclass(frozen=True, slots=True)
class Nip:
    """What the digits say. `appointed_month` is None for a NI PPPK, `code` for a NIP."""

    digits: str
    employment: Employment
    born_on: date
    appointed_year: int
    appointed_month: int | None
    code: str | None
    sex: Sex
    serial: str


def normalise(text: str) -> str:
    """The digits without the spaces, dots, hyphens, apostrophes and `="…"` that documents and spreadsheets put between them.

    Raises NipError when something else remains or it is not 18 digits long.
    """
    if len(text) == DIGITS and text.isascii() and text.isdigit():
        return text
    digits = "".join(char for char in text if char not in _SEPARATORS)
    if _is_scientific(digits):
        raise NipError("a spreadsheet has turned the number into a power of ten and lost its last digits")
    if digits and not (digits.isascii() and digits.isdigit()):
        raise NipError("it has characters other than digits")
    if len(digits) != DIGITS:
        raise NipError(f"it has {len(digits)} digits, not {DIGITS}")
    return digits


def parse(text: str, employment: Employment) -> Nip:
    """A number of an employee with this employment, in whatever spelling. Raises NipError."""
    digits = normalise(text)
    born_on = _birth(digits[:8])
    appointed_year = int(digits[8:12])
    if not born_on.year + _YOUNGEST_YEARS <= appointed_year <= born_on.year + 99:
        raise NipError("digits 9 to 12, the year of appointment, do not fit the year of birth")
    month, code = None, None
    if employment is Employment.PNS:
        month = int(digits[12:14])
        if not 1 <= month <= 12:
            raise NipError("digits 13 and 14, the month of appointment of a PNS, are not 01 to 12; is this the NI of a PPPK?")
    else:
        code = digits[12:14]
    if digits[14] not in ("1", "2"):
        raise NipError("digit 15, the sex, is neither 1 nor 2")
    serial = digits[15:]
    if serial == "000":
        raise NipError("it ends in 000: a spreadsheet that read it as a number has lost its last digits")
    return Nip(digits, employment, born_on, appointed_year, month, code, Sex(digits[14]), serial)


def mask(text: str) -> str:
    """A NIP for readers who may not see it: `19860926******1001`. Whatever is no NIP is hidden entirely."""
    try:
        digits = normalise(text)
    except NipError:
        return "*" * min(len(text), DIGITS)
    return f"{digits[:8]}******{digits[14:]}"


def nips_within(text: str) -> tuple[str, ...]:
    """The digits of every NIP or NI that stands anywhere in a text, as in `198609262015051001@bkn.example`; each once, in order.

    Only of what `parse` takes for a PNS or a PPPK: other long numbers are no personal data.
    """
    return tuple(dict.fromkeys(digits for _, digits in _within(text)))


def masked_within(text: str) -> str:
    """The text with each of `nips_within` masked as by `mask`, and nothing else changed."""
    parts, done = [], 0
    for found, digits in _within(text):
        parts += [text[done : found.start()], mask(digits)]
        done = found.end()
    return "".join((*parts, text[done:])) if parts else text


def unsaid_within(text: str) -> str:
    """The text with all 18 digits of every such number hidden, also of a mistyped one: for messages, which repeat nobody's."""
    return _WITHIN.sub("*" * DIGITS, text)


def _within(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for found in _WITHIN.finditer(text):
        digits = "".join(char for char in found[0].replace("%20", "") if char.isdigit())
        if any(_fits(digits, employment) for employment in Employment):
            yield found, digits


def _fits(digits: str, employment: Employment) -> bool:
    try:
        parse(digits, employment)
    except NipError:
        return False
    return True


def _birth(digits: str) -> date:
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise NipError("its first eight digits are no date of birth (YYYYMMDD)") from None
    if born_on.year < 1900:
        raise NipError("its first eight digits are a date of birth before 1900")
    return born_on


def _is_scientific(text: str) -> bool:
    mantissa, _, exponent = text.upper().replace(",", "").partition("E")
    return bool(exponent) and mantissa.isdigit() and exponent.lstrip("+").isdigit()
