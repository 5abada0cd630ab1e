"""The words of attendance lists, from `words.json`: a spelling that is met for the first time is added there."""

from __future__ import annotations

from importlib.resources import files

import msgspec


class Containing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pattern that tells the role of a longer heading, and how surely, from 0 to 1."""

    pattern: str
    role: str
    confidence: float


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All in small letters. `headings` by role, `labels` by what they say of the event; of `containing` the first that fits.

    Of the marks of presence, `crosses` may mean either; `ticks` say something under a heading only; `absence` begins a text that
    says why somebody was not there; `telling` words are about presence wherever they stand, and so are `codes` where one of
    `telling_codes` is among them.
    """

    headings: dict[str, list[str]]
    labels: dict[str, list[str]]
    present: frozenset[str]
    absent: frozenset[str]
    crosses: frozenset[str]
    doubtful: frozenset[str]
    ticks: frozenset[str]
    codes: frozenset[str]
    telling: frozenset[str]
    absence: frozenset[str] = msgspec.field(name="absence begins with")
    containing: list[Containing] = msgspec.field(name="headings containing")
    telling_codes: frozenset[str] = msgspec.field(name="telling codes")
    before_names: frozenset[str] = msgspec.field(name="titles before names")
    same_names: dict[str, str] = msgspec.field(name="same names")


WORDS = msgspec.json.decode(files("schemas.attendance").joinpath("words.json").read_bytes(), type=Words)
