"""What a heading says that its column holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from schemas.attendance.words import WORDS


class Role(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    """The running number of the row."""
    NAME = "name"
    NIP = "nip"
    EMAIL = "email"
    POST = "post"
    UNIT = "unit"
    HOURS = "hours"
    """In jam pelajaran (JP)."""
    DURATION = "duration"
    """In hours of the clock."""
    DATE = "date"
    LAST_DATE = "lastDate"
    CERTIFICATE = "certificate"
    PRESENCE = "presence"
    SCORE = "score"
    OTHER = "other"
    """Known and of no use here: rank, telephone, note, …"""


@dataclass(frozen=True, slots=True)
class Guess:
    """A role and how sure it is, from 0 to 1."""

    role: Role
    confidence: float


def plain(heading: str) -> str:
    """Small letters and digits with single spaces: `N.I.P. / NRP` is `n i p nrp`."""
    return " ".join(re.sub(r"[^0-9a-z#&]+", " ", heading.casefold()).split())


def _tight(heading: str) -> str:
    return heading.replace(" ", "")


PLAIN_HEADINGS = {
    Role.NUMBER: "No",
    Role.NAME: "Nama",
    Role.NIP: "NIP",
    Role.EMAIL: "Email",
    Role.POST: "Jabatan",
    Role.UNIT: "Unit Kerja",
    Role.HOURS: "JP",
    Role.DURATION: "Durasi (jam)",
    Role.DATE: "Tanggal",
    Role.LAST_DATE: "Tanggal Selesai",
    Role.CERTIFICATE: "No Sertifikat",
    Role.PRESENCE: "Kehadiran",
    Role.SCORE: "Nilai",
    Role.OTHER: "Catatan",
}
"""A heading of each role that is surely known as such."""

_BY_SPELLING = {_tight(plain(spelling)): Role(role) for role, spellings in WORDS.headings.items() for spelling in spellings}
_PATTERNS = tuple((re.compile(one.pattern), Guess(Role(one.role), one.confidence)) for one in WORDS.containing)
_LONGEST_HEADING = 80


def role_of(heading: object) -> Guess | None:
    """What a heading says that its column holds; None for what is no heading that is known."""
    if not isinstance(heading, str) or len(heading) > _LONGEST_HEADING:
        return None
    words = plain(heading)
    if (role := _BY_SPELLING.get(_tight(words))) is not None:
        return Guess(role, 1.0)
    # What stands in brackets explains: `Jumlah (JP)`, `NIP (18 digit)`.
    bare = plain(re.sub(r"\([^)]*\)", " ", heading))
    if bare and (role := _BY_SPELLING.get(_tight(bare))) is not None:
        return Guess(role, 0.9)
    if len(words.split()) > 8 or ":" in heading:
        return None
    return next((guess for pattern, guess in _PATTERNS if pattern.search(words)), None)
