"""What a cell says of presence, and which columns without a known heading hold such cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from enum import StrEnum

from schemas.attendance.headings import plain
from schemas.attendance.words import WORDS


class Mark(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    CROSS = "cross"
    """`x`: a tick or its opposite; which, the other marks of the column tell."""
    DOUBT = "doubt"
    """`?`"""


PLACE = "-"
"""What `–` and `—` are, too: absent, though it is also what fills a column that says nothing."""

_CLOCK = re.compile(r"[0-2]?[0-9][.:][0-5][0-9](?:[.:][0-5][0-9])?(?: ?(?:wib|wita|wit|am|pm))?", re.IGNORECASE)
_NO = re.compile(r"(?:tidak|tdk|tak|belum|blm|bukan) ")
_YES = re.compile(r"(?:hadir|terlambat|telat)\b")
_GONE = re.compile(rf"(?:{'|'.join(sorted(map(re.escape, WORDS.absence), reverse=True))})\b")
_PART = re.compile(r"\b(?:sebagian|setengah|separuh|pulang|hanya|cuma|[0-9]+ (?:hari|hr|sesi|jam|jp|kali|x))\b")
_NOT_THERE = re.compile(
    r"(?:tidak|tdk|tak|belum|blm) (?:dapat |bisa |sempat |pernah )?(?:hadir|ikut|mengikuti|datang|ada di tempat)\b"
)


def word_of(cell: object) -> str:
    """The cell as a word to look up; empty for what is no word."""
    if not isinstance(cell, str):
        return ""
    text = cell.casefold().replace("–", PLACE).replace("—", PLACE).strip(" .()")
    return PLACE if text and not text.strip(PLACE) else " ".join(text.split())


def mark_of(cell: object) -> Mark | None:
    """None for what says neither, like the number beside a signature. A time of arrival is a mark of presence."""
    if isinstance(cell, bool):
        return Mark.PRESENT if cell else Mark.ABSENT
    if isinstance(cell, time) or (isinstance(cell, datetime) and cell.time() != time()):
        return Mark.PRESENT
    word = word_of(cell)
    if not word:
        return None
    if word in WORDS.crosses:
        return Mark.CROSS
    if word in WORDS.doubtful or word.startswith("? "):
        return Mark.DOUBT
    if word == PLACE or word in WORDS.absent or _NO.match(word):
        return Mark.ABSENT
    if _PART.search(word) and (_GONE.match(word) or _YES.match(word) or _PART.match(word)):
        return Mark.DOUBT
    if _GONE.match(word):
        return Mark.ABSENT
    return Mark.PRESENT if word in WORDS.present or _YES.match(word) or _CLOCK.fullmatch(word) else None


def noted(cell: object) -> Mark | None:
    """What a note says of presence: it may be about anything, so only what surely says so is absence; DOUBT: it may be."""
    word = word_of(cell)
    if len(word) <= 3 or word == "tidak ada":
        return None
    bare = " ".join(re.sub(r"\([^)]*\)?", " ", word).split())
    if _NOT_THERE.match(word) or bare in WORDS.absence or bare in WORDS.absent or (bare and set(bare.split()) <= WORDS.absence):
        return Mark.ABSENT
    return Mark.DOUBT if _GONE.match(word) else None


def counted(cells: Sequence[object]) -> bool:
    """Whether a column marks presence by 1 and 0; a lone 1 may as well number a signature."""
    numbers = [str(cell) for cell in cells if cell is not None and not isinstance(cell, bool)]
    return set(numbers) <= {"0", "1"} and ("0" in numbers or len(numbers) > 1) and "1" in numbers


_DAY_WORDS = frozenset(
    ["hari", "hr", "day", "ke", "sesi", "session", "pertemuan", "tatap", "muka", "tgl", "tanggal", "h", "d", "dan", "s"]
)
"""Only beside a word that tells which."""
_WHICH = frozenset(
    (
        *("pagi", "siang", "sore", "malam", "am", "pm", "satu", "dua", "tiga", "empat", "lima", "enam"),
        *("pertama", "kedua", "ketiga", "keempat", "kelima", "keenam"),
        *("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "ahad"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    )
)
_MONTH = re.compile(
    r"jan(?:uari|uary)?|[fp]eb(?:ruari|ruary)?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|ag(?:ustus|ust|u|t|s)"
    r"|aug(?:ust)?|sept?(?:ember)?|o[kc]t(?:ober)?|no[vp](?:ember)?|de[sc](?:ember)?"
)
_NUMBERED = re.compile(r"(?:hari|hr|h|d|sesi|day|ke|p)?(?:[0-9]{1,2}|[ivx]{1,5})|(?:19|20)[0-9]{2}")
_MIDNIGHT = re.compile(r" 00 00 00$")
_MOST_WORDS = 8


def names_a_day(heading: str) -> bool:
    """Whether a heading names a day or a session: `6 Agt`, `Hari II`, `Sesi 1 (Pagi)`, `Senin, 3/8`, or just `2`."""
    words = _MIDNIGHT.sub("", plain(heading)).replace("jum at", "jumat").split()
    if not 0 < len(words) <= _MOST_WORDS:
        return False
    which = [word in _WHICH or _NUMBERED.fullmatch(word) is not None for word in words]
    return any(which) and all(
        tells or word in _DAY_WORDS or _MONTH.fullmatch(word) is not None for word, tells in zip(words, which, strict=True)
    )


_ABSENCE = frozenset(("s", "i", "a", "c", "th", "tk", "dl"))
"""Heads a column only beside one of `h`, so that `Hari I` stays a day."""
_HEADS_ABSENCE = re.compile(r"\b(?:tidak|tdk|tak) hadir\b")


def letters_of_presence(headings: Sequence[str]) -> frozenset[int]:
    """Places of the headings `H`, `S`, `I`, `A` and the like, where they stand together."""
    last = [(plain(heading).split() or [""])[-1] for heading in headings]
    found = frozenset(place for place, word in enumerate(last) if word in _ABSENCE or word == "h")
    return found if any(last[place] == "h" for place in found) and len(found) > 1 else frozenset()


def heads_absence(heading: str, *, letter: bool) -> bool:
    """Whether a tick under the heading says that somebody was not there; `letter`: it is one of `letters_of_presence`."""
    words = plain(heading)
    if letter:
        return words.split()[-1] in _ABSENCE
    if _HEADS_ABSENCE.search(words):
        return not re.search(r"(?<!tidak )(?<!tdk )(?<!tak )\bhadir\b", words)
    return words in WORDS.absence or words.split()[-1:] in (
        ["sakit"],
        ["izin"],
        ["ijin"],
        ["alpa"],
        ["alpha"],
        ["alfa"],
        ["mangkir"],
    )


SURE, BY_WORDS, BY_TICKS = 0.9, 0.7, 0.5
"""How surely a column holds presence: by the day it is headed with, by the words in it, by nothing but ticks."""


def likely_presence(heading: str, cells: Sequence[object], *, beside: bool = False) -> float:
    """How surely a column without a known heading marks presence, 0 where it does not. `cells` are those of the people;
    `beside`: it has no heading, and the one on its left marks presence."""
    filled = [cell for cell in cells if cell is not None]
    marks = [mark for cell in filled if (mark := mark_of(cell)) is not None]
    words = {word_of(cell) for cell in filled}
    if names_a_day(heading) or beside:
        return SURE if 2 * len(marks) > len(filled) or counted(filled) else 0.0
    if not marks or any(isinstance(cell, date | time | bool) for cell in filled):
        return 0.0
    codes = words <= WORDS.codes | {PLACE} and bool(words & WORDS.telling_codes)
    if 3 * len(marks) > 2 * len(filled) and (codes or any(_tells(word) for word in words)):
        return BY_WORDS
    ticked = len(marks) == len(filled) and words <= WORDS.ticks | WORDS.crosses | {PLACE} and bool(words - {PLACE})
    return BY_TICKS if ticked else 0.0


def _tells(word: str) -> bool:
    """Whether a word speaks of presence, whatever it stands under: `ya` and `ada` may answer any question."""
    return word in WORDS.telling or _YES.match(word) is not None or "hadir" in word.split()
