"""The kinds of cells the tables of a directory, a catalogue and a framework are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from competency.nip import EXAMPLE as NIP_EXAMPLE
from competency.nip import NipError, normalise
from competency.rules import load_rules
from schemas.imports import dates
from schemas.imports.columns import Kind, json_text, of_text, simplified, text_of
from schemas.imports.outcome import CellRefused
from xapi.values import IRI, MAILTO

_T = TypeVar("_T")
_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_MAX_TEXT = 500
_MAX_LONG_TEXT = 5000
_MAX_CODE = 64
_SHEET_ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"))

NIP_EXPECTED = f"18 digits like {NIP_EXAMPLE}, in a cell formatted as text"
ID_EXPECTED = "letters, digits, dots, hyphens and underscores, at most 100, like unit-17"


def _text(text: str, longest: int = _MAX_TEXT) -> str:
    if text in _SHEET_ERRORS:
        raise CellRefused("it is the error of a formula", "text")
    if len(text) > longest:
        raise CellRefused(f"it is longer than {longest} characters", f"at most {longest} characters")
    if any(ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise CellRefused("it has characters that can't be printed", "printable text")
    return text


def _long_text(text: str) -> str:
    return _text(" ".join(text.split()), _MAX_LONG_TEXT)


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise CellRefused("it is no id", ID_EXPECTED)
    return text


def _iri(text: str) -> str:
    if not IRI.matches(text):
        raise CellRefused("it is not an absolute IRI", f"{IRI.name}, like {IRI.example}")
    return text


def _email(text: str) -> str:
    address = text.removeprefix("mailto:")
    if not MAILTO.matches(f"mailto:{address}"):
        raise CellRefused("it is not an e-mail address", "an address like budi@kementerian.example")
    return address


def _account(text: str) -> tuple[str, str]:
    home_page, bar, name = text.partition("|")
    home_page, name = home_page.strip(), name.strip()
    if not bar or not name or not IRI.matches(home_page):
        raise CellRefused("it is not homePage|name", "an account like https://lms.example|budi.s")
    return home_page, _text(name)


def _level_of(text: str) -> tuple[str, int]:
    competency, _, level = text.rpartition(":")
    level = level.strip()
    if level not in ("1", "2", "3", "4", "5") or not _ID.fullmatch(competency.strip()):
        raise CellRefused("it is not competency:level", "pairs like integritas:3; kerja-sama:2 with levels 1 to 5")
    return competency.strip(), int(level)


def _nip_cell(cell: object) -> str:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        # A spreadsheet keeps 15 digits of a number, so the serial is lost whatever it shows.
        raise CellRefused("a spreadsheet holds it as a number, and its last digits are lost", NIP_EXPECTED)
    return _nip(text_of(cell))


def _nip(text: str) -> str:
    try:
        return normalise(text)
    except NipError as error:
        raise CellRefused(str(error), NIP_EXPECTED) from error


def _date_cell(cell: object) -> date:
    try:
        return dates.parse_date(cell)
    except ValueError:
        raise CellRefused("it is not a date that exists", dates.EXPECTED) from None


def _date_json(value: Any) -> date:
    try:
        return date.fromisoformat(json_text(value))
    except ValueError:
        raise CellRefused("it is not an ISO date that exists", "a date like 2026-03-17") from None


def _kind_id(text: str) -> str:
    kinds = load_rules().kinds
    if text in kinds:
        return text
    wanted = simplified(text)
    for kind in kinds.values():
        if wanted in (simplified(kind.name), simplified(kind.name.partition("(")[0])):
            return kind.id
    raise CellRefused("it is none of BKN's kinds (jenis diklat)", "a code from 1 to 25 or its name, like 16 or E-Learning")


def split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


def several(one: Kind[_T], says: str, expected: str) -> Kind[tuple[_T, ...]]:
    """Several, with semicolons or new lines between them; in JSON an array of the same."""

    def parse(cell: object) -> tuple[_T, ...]:
        parts = split(cell) if isinstance(cell, str) else [cell]
        return tuple(one.parse(part) for part in parts)

    def from_json(value: Any) -> tuple[_T, ...]:
        if not isinstance(value, list):
            raise CellRefused("it is not an array", f"an array of {says}")
        return tuple(one.from_json(part) for part in value)

    return Kind(f"{says}, with `;` between them; in JSON an array", expected, parse, from_json)


def _levels(parse_one: Callable[[str], tuple[str, int]]) -> Kind[tuple[tuple[str, int], ...]]:
    expected = "pairs like integritas:3; kerja-sama:2 with levels 1 to 5"

    def once(pairs: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
        if len({competency for competency, _ in pairs}) < len(pairs):
            raise CellRefused("it names a competency twice", "each competency once")
        return tuple(sorted(pairs))

    def parse(cell: object) -> tuple[tuple[str, int], ...]:
        if not isinstance(cell, str):
            raise CellRefused("it is not text", expected)
        return once([parse_one(part) for part in split(cell)])

    def from_json(value: Any) -> tuple[tuple[str, int], ...]:
        if not isinstance(value, dict) or not all(type(level) is int for level in value.values()):
            raise CellRefused("it is not an object of levels", 'an object like {"integritas": 3}')
        return once([parse_one(f"{competency}:{level}") for competency, level in value.items()])

    return Kind("`competency:level` pairs, with `;` between them; in JSON an object of levels", expected, parse, from_json)


TEXT = of_text(f"text, at most {_MAX_TEXT} characters", "text", _text)
LONG_TEXT = of_text(f"text, at most {_MAX_LONG_TEXT} characters", "text", _long_text)
CODE = of_text(f"text, at most {_MAX_CODE} characters", "text", lambda text: _text(text, _MAX_CODE))
ID = of_text(ID_EXPECTED, ID_EXPECTED, _id)
IRI_CELL = of_text("an absolute IRI", IRI.name, _iri)
KIND_ID = of_text("a code of BKN's jenis diklat, or its name", "a code from 1 to 25 or its name", _kind_id)
NIP: Kind[str] = Kind(
    "18 digits; spaces, dots and apostrophes are dropped", NIP_EXPECTED, _nip_cell, lambda value: _nip(json_text(value))
)
DATE: Kind[date] = Kind("a date: ISO, Indonesian or a date cell; in JSON ISO", dates.EXPECTED, _date_cell, _date_json)
LEVELS = _levels(_level_of)
DATES = several(DATE, "dates", "dates like 2022-03-01; 2024-03-01")
EMAIL = of_text("an e-mail address", "an address like budi@kementerian.example", _email)
ACCOUNT = of_text("`homePage|name`", "an account like https://lms.example|budi.s", _account)
OPENID = of_text("an OpenID IRI", "an IRI like https://id.example/budi", _iri)
EMAILS = several(EMAIL, "e-mail addresses", "addresses like budi@kementerian.example")
ACCOUNTS = several(ACCOUNT, "`homePage|name` pairs", "accounts like https://lms.example|budi.s")
OPENIDS = several(OPENID, "OpenID IRIs", "IRIs like https://id.example/budi")

__all__ = [
    "ACCOUNT",
    "ACCOUNTS",
    "CODE",
    "DATE",
    "DATES",
    "EMAIL",
    "EMAILS",
    "ID",
    "IRI_CELL",
    "KIND_ID",
    "LEVELS",
    "LONG_TEXT",
    "NIP",
    "OPENID",
    "OPENIDS",
    "TEXT",
    "several",
    "split",
]
