"""What is said of the event as a whole: guessed from the rows above the list, or said by the user, who wins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from schemas.attendance.dates import Days, find_days
from schemas.attendance.grids import GridRow
from schemas.attendance.headings import plain
from schemas.attendance.words import WORDS
from xapi.values import IRI


class Taken(StrEnum):
    """What the statements say that people did."""

    ATTENDED = "attended"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Facts:
    """None where nothing is known. `hours` are in jam pelajaran; `end_minute` is the minute of the day at which it ended."""

    title: str | None = None
    days: Days | None = None
    hours: Decimal | None = None
    provider: str | None = None
    place: str | None = None
    instructor: str | None = None
    activity: str | None = None
    taken: Taken | None = None
    end_minute: int | None = None

    def over(self, guessed: Facts) -> Facts:
        """These, and what they leave open as it was guessed."""
        said = {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}
        return replace(guessed, **said)


MAX_TEXT = 300
MAX_HOURS = Decimal(2000)
HOURS_EXPECTED = f"a number above 0 and at most {MAX_HOURS}, with at most two decimal places, like 8 or 7,5"

_BY_LABEL = {plain(label): fact for fact, labels in WORDS.labels.items() for label in labels}
_HOURS = re.compile(r"([0-9]{1,4}(?:[.,][0-9]{1,2})?)\s*(?:\(\s*[a-z ]+\)\s*)?(?:jp|jpl|jampel|jam pelajaran)\b", re.IGNORECASE)
_NUMBER = re.compile(r"([0-9]{1,4}(?:[.,][0-9]{1,2})?)")
_CLOCK = re.compile(
    r"([0-2]?[0-9])[.:]([0-5][0-9])\s*(?:wib|wita|wit)?\s*(?:s\.?\s*/?\s*d\.?|sampai(?: dengan)?|hingga|[-–—])\s*"
    r"([0-2]?[0-9])[.:]([0-5][0-9])",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"(?:^|\n)(?:s\.d\.|sampai(?: dengan)?|pukul s\.d\.) ([0-2][0-9])\.([0-5][0-9])(?=\s*(?:\n|$))", re.IGNORECASE)
_SHEET_WORDS = re.compile(
    r"^(?:daftar|rekap(?:itulasi)?|absensi|presensi|laporan|data|lampiran|form(?:ulir)?)\b"
    r"(?:\s+(?:hadir|kehadiran|absensi|presensi|peserta|nama|penerima|sertifikat|rekap(?:itulasi)?|dan|nilai))*\s*[:\-–]?\s*",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"^(?:kementerian|pemerintah|badan|dinas|sekretariat|direktorat|biro|pusat|jalan|jl\.?|telp|website|lampiran|nomor)\b",
    re.IGNORECASE,
)


def guess_facts(above: Sequence[GridRow]) -> Facts:
    """What the rows over a list say of the event."""
    found: dict[str, str] = {}
    loose: list[str] = []
    for label, value in _lines(above):
        fact = _BY_LABEL.get(plain(label)) if label else None
        if fact is None:
            loose.append(f"{label} {value}".strip())
        elif fact not in found:
            found[fact] = value
        elif fact == "days":
            found[fact] += f" {value}"
    everything = " \n".join([*loose, *found.values()])
    days = find_days(found.get("days", "")) or next((days for line in loose if (days := find_days(line))), None)
    hours = parse_hours(found["hours"]) if "hours" in found else None
    in_words = _HOURS.search(everything)
    activity = found.get("activity", "").strip()
    return Facts(
        title=_text(found.get("title")) or _title(loose),
        days=days,
        hours=hours or (parse_hours(in_words[1]) if in_words else None),
        provider=_text(found.get("provider")),
        place=_text(found.get("place")),
        instructor=_text(found.get("instructor")),
        activity=activity if IRI.matches(activity) and len(activity) <= MAX_TEXT else None,
        taken=next((taken for taken in Taken if taken == found.get("taken", "").strip().casefold()), None),
        end_minute=_end(everything),
    )


def parse_hours(value: object) -> Decimal | None:
    """Jam pelajaran as a cell or a text says them, `8`, `7,5` or `8 JP`; None for what is none or can't be."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        text = format(value, "f") if abs(value) < 1e9 else ""
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = str(value).strip()
        found = _HOURS.match(text) or _NUMBER.fullmatch(text)
        text = found[1] if found else ""
    try:
        hours = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not 0 < hours <= MAX_HOURS or hours != round(hours, 2):
        return None
    return hours


def _lines(above: Sequence[GridRow]) -> Iterator[tuple[str, str]]:
    """Each row as (label, value): in one cell with a colon, in neighbouring cells, or without a label."""
    for row in above:
        cells = [str(cell.date() if hasattr(cell, "date") else cell) for cell in row.cells if cell is not None]
        if not cells:
            continue
        label, colon, value = cells[0].partition(":")
        if colon and value.strip():
            yield label.strip(), " ".join([value.strip(), *cells[1:]])
        elif len(cells) > 1 and (colon or cells[1].strip().startswith(":") or plain(cells[0]) in _BY_LABEL):
            yield label.strip(), " ".join(cells[1:]).lstrip(": ").strip()
        else:
            yield "", " ".join(cells)


def _title(loose: Sequence[str]) -> str | None:
    """The first line that tells what it was, without `Daftar Hadir` before it."""
    for line in loose:
        bare = _SHEET_WORDS.sub("", line, count=1).strip(" :-–")
        if len(bare) < 4 or _NOTHING.match(bare) or IRI.matches(bare):
            continue
        if find_days(bare) and len(re.sub(r"[^A-Za-z]", "", bare)) < 25:
            continue
        return _text(bare)
    return None


def _text(text: str | None) -> str | None:
    if not text:
        return None
    return text.strip()[:MAX_TEXT].strip() or None


def parse_clock(text: str) -> tuple[int, int] | None:
    """From when to when, as minutes of one day."""
    found = _CLOCK.search(text)
    if found is None:
        return None
    begin, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return (begin, end) if begin < end < 24 * 60 else None


def _end(text: str) -> int | None:
    if (clock := parse_clock(text)) is not None:
        return clock[1]
    until = _UNTIL.search(text)
    end = int(until[1]) * 60 + int(until[2]) if until is not None else 0
    return end if 0 < end < 24 * 60 else None
