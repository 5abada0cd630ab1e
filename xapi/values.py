"""The leaf rules of xAPI: which strings are a UUID, an IRI, a timestamp, …

Also timestamps and durations as numbers, and back; nothing here knows what time it is.

Every rule is one regular expression that means the same to Python's ``re`` and to the linear engine behind the compiled
schemas: no look-around, no back-references, no shorthand classes (``\\d`` is wider in Python), and no ``^`` and ``$``,
because a rule always speaks of the whole string (``$`` would let a final newline pass in Python).

Sources: xAPI 1.0.3, Data, 2.4 and 4.0; RFC 4122, 3987, 5646, 7231; ISO 8601:2004.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

import msgspec


@dataclass(frozen=True, slots=True)
class Format:
    """One rule for a string: what it is called, the pattern the whole string must match, and an example that does."""

    name: str
    pattern: str
    example: str
    _compiled: re.Pattern[str] | None = field(default=None, init=False, repr=False, compare=False)

    def matches(self, text: str) -> bool:
        # Compiled when it is first needed: that takes long for some, and few processes need them all.
        compiled = self._compiled
        if compiled is None:
            compiled = re.compile(self.pattern)
            object.__setattr__(self, "_compiled", compiled)
        return compiled.fullmatch(text) is not None


def _any_case(word: str) -> str:
    return "".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in word)


# --- identifiers -----------------------------------------------------------------------------------------------------

# Any variant and version: Data 4.4 demands the standard string form and only recommends variant 2.
UUID = Format(
    "a UUID in its standard form",
    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
    "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
)

# RFC 3987, 2.2. The ranges are spelled with the characters themselves: the two engines disagree about escapes.
_UCS = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 0xE)
)
_UCS += "\U000e1000-\U000efffd"
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_REG_NAME = r"A-Za-z0-9._~!$&'()*+,;=\-" + _UCS
_PCHAR = _REG_NAME + ":@"


def _run(chars: str) -> str:
    """Any number of these characters or percent-encoded octets; written so that there is one way to match."""
    return f"[{chars}]*(?:%[0-9A-Fa-f]{{2}}[{chars}]*)*"


_AUTHORITY = rf"(?:{_run(_REG_NAME + ':')}@)?(?:\[[0-9A-Za-z:.]+\]|{_run(_REG_NAME)})(?::[0-9]*)?"
_TAIL = _run(_PCHAR + "/")

IRI = Format(
    "an absolute IRI with a scheme",
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://{_AUTHORITY}(?:/{_TAIL})?|/?(?:[{_PCHAR}]|%[0-9A-Fa-f]{{2}}){_TAIL}|/)"
    rf"(?:\?{_run(_PCHAR + '/?' + _PRIVATE)})?(?:#{_run(_PCHAR + '/?')})?",
    "http://example.com/activities/course-1",
)

_MAIL_ATOM = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-" + _UCS
MAILTO = Format(
    "a mailto IRI",
    rf"mailto:[{_MAIL_ATOM}]+@(?:[A-Za-z0-9_.\-{_UCS}]+|\[[0-9A-Za-z:.]+\])",
    "mailto:learner@example.com",
)

SHA1 = Format(
    "a SHA-1 hash of 40 hexadecimal digits",
    "[0-9a-fA-F]{40}",
    "ebd31e95054c018b10727ccffd2ef2ec3a016ee9",
)
SHA2 = Format(
    "a SHA-2 hash in hexadecimal (56, 64, 96 or 128 digits)",
    "[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}",
    "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
)

# Free text that identifies something and so becomes a key: U+0000 cannot be one in every store.
IDENTIFIER = Format("text without the character U+0000", "[^\x00]*", "1625378")

# --- languages and media ---------------------------------------------------------------------------------------------

_IRREGULAR = (
    *("en-GB-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo", "i-navajo"),
    *("i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE"),
)

# RFC 5646, 2.1: well-formed tags. Whether each subtag is registered is not checked (Data 2.2 allows best effort).
LANGUAGE_TAG = Format(
    "an RFC 5646 language tag",
    "(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})"
    "(?:-[A-Za-z]{4})?"
    "(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    "(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    "(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*"
    "(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?"
    "|[xX](?:-[A-Za-z0-9]{1,8})+"
    "|" + "|".join(map(_any_case, _IRREGULAR)),
    "id-ID",
)

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z\-]+"  # noqa: S105  (RFC 7230 calls this a token)
MEDIA_TYPE = Format(
    "an Internet media type",
    rf"{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|\"(?:[^\"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t -~])*\"))*",
    "application/pdf",
)

# --- versions --------------------------------------------------------------------------------------------------------

# Data 2.4.10: starts with "1.0.", formatted by Semantic Versioning 1.0.0 (whose rule 4 allows "1.0.3beta").
_V1_0 = r"1\.0(?:\.(?:0|[1-9][0-9]*)(?:[A-Za-z][0-9A-Za-z\-]*)?)?"
VERSION_1_0 = Format('the version "1.0" or "1.0.x"', _V1_0, "1.0.0")
VERSION_2_0 = Format('the version "2.0.0", "1.0" or "1.0.x"', rf"{_V1_0}|2\.0(?:\.(?:0|[1-9][0-9]*))?", "2.0.0")

# --- times -----------------------------------------------------------------------------------------------------------

_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"


def _date(dash: str) -> str:
    """A day that exists in the Gregorian calendar, 29 February included only where the year has one."""
    return (
        f"(?:{_YEAR}{dash}(?:(?:0[13578]|1[02]){dash}(?:0[1-9]|[12][0-9]|3[01])"
        f"|(?:0[469]|11){dash}(?:0[1-9]|[12][0-9]|30)|02{dash}(?:0[1-9]|1[0-9]|2[0-8]))"
        f"|{_LEAP_YEAR}{dash}02{dash}29)"
    )


def _time(colon: str) -> str:
    return f"(?:[01][0-9]|2[0-3]){colon}[0-5][0-9](?:{colon}(?:[0-5][0-9]|60)(?:[.,][0-9]+)?)?"


# Data 4.5; the suite (XAPI-00123) refuses the offsets -00, -0000 and -00:00. A missing zone is read as UTC.
TIMESTAMP = Format(
    "an ISO 8601 date and time that exists",
    rf"(?:{_date('-')}T{_time(':')}|{_date('')}T{_time('')})"
    r"(?:Z|\+(?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?|-(?:0[1-9]|1[0-9]|2[0-3])(?::?[0-5][0-9])?"
    r"|-00:?(?:0[1-9]|[1-5][0-9]))?",
    "2026-02-28T09:30:00.000Z",
)

# RFC 3339, 5.6, which IEEE 9274.1.1 demands: extended format, seconds, a zone. "-00:00" is refused as above; capital letters only.
TIMESTAMP_RFC3339 = Format(
    "an RFC 3339 date and time that exists, with its zone",
    rf"{_date('-')}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:Z|\+(?:[01][0-9]|2[0-3]):[0-5][0-9]|-(?:0[1-9]|1[0-9]|2[0-3]):[0-5][0-9]|-00:(?:0[1-9]|[1-5][0-9]))",
    "2026-02-28T09:30:00.000Z",
)

_N = "[0-9]+"
_F = "[0-9]+(?:[.,][0-9]+)?"  # ISO 8601 allows a fraction in the last component only
_DAYS = f"(?:{_F}Y|(?:{_N}Y)?{_F}M|(?:{_N}Y)?(?:{_N}M)?{_F}D)"
_HOURS = f"(?:{_F}H|(?:{_N}H)?{_F}M|(?:{_N}H)?(?:{_N}M)?{_F}S)"

# Data 4.6: ISO 8601:2004, 4.4.3.2; weeks stand alone.
DURATION = Format(
    "an ISO 8601 duration",
    f"P(?:{_DAYS}|(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?T{_HOURS}|{_F}W)",
    "PT1H30M",
)

_EPOCH = datetime(1970, 1, 1)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000
_MIN_MS = (1 - _EPOCH_ORDINAL) * _DAY_MS
_MAX_MS = (date(9999, 12, 31).toordinal() - _EPOCH_ORDINAL + 1) * _DAY_MS - 1

_TIMESTAMP_PARTS = re.compile(
    "([0-9]{4})-?([0-9]{2})-?([0-9]{2})T([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]+))?)?"
    "(?:Z|([+-])([0-9]{2}):?([0-9]{2})?)?"
)


def parse_timestamp(text: str) -> int:
    """Milliseconds since 1970-01-01T00:00:00Z, rounded down; no time zone means UTC.

    A leap second (``:60``) is the first second of the next minute. An instant whose UTC date lies outside the years
    1 to 9999 is moved to the nearest one inside. Raises ``ValueError`` for what ``TIMESTAMP`` refuses.
    """
    parts = _TIMESTAMP_PARTS.fullmatch(text)
    if parts is None or not TIMESTAMP.matches(text):
        raise ValueError(f"not {TIMESTAMP.name}")
    year, month, day, hour, minute, second, fraction, sign, off_hour, off_minute = parts.groups()
    days = date(int(year), int(month), int(day)).toordinal() - _EPOCH_ORDINAL
    ms = days * _DAY_MS + (int(hour) * 60 + int(minute)) * 60_000 + int(second or 0) * 1000
    if fraction:
        ms += int(fraction[:3].ljust(3, "0"))
    if sign:
        offset_ms = (int(off_hour) * 60 + int(off_minute or 0)) * 60_000
        ms += offset_ms if sign == "-" else -offset_ms
    return min(max(ms, _MIN_MS), _MAX_MS)


def format_timestamp(ms: int) -> str:
    """``ms`` since the epoch as ``YYYY-MM-DDTHH:MM:SS.mmmZ``; ``ValueError`` outside the years 1 to 9999."""
    return timestamp_text(ms).decode()


def timestamp_text(ms: int) -> bytes:
    """The same as ASCII: what lists are made of."""
    if not _MIN_MS <= ms <= _MAX_MS:
        raise ValueError("outside the years 1 to 9999")
    seconds, rest = divmod(ms, 1000)
    return b"%b.%03dZ" % (_second_text(seconds), rest)


@lru_cache(maxsize=4096)
def _second_text(seconds: int) -> bytes:
    """Kept, for what is stored together is asked for together."""
    return (_EPOCH + timedelta(seconds=seconds)).isoformat().encode()


_ZONED = re.compile(r"([0-9T:\-]{19})(\.[0-9]+)?([+-][0-9]{2}:[0-9]{2})")


def in_utc(text: str) -> str:
    """An RFC 3339 time as the same instant in UTC, its fraction of a second kept digit by digit. Other text stays as it is, and so
    does an instant whose UTC date lies outside the years 1 to 9999."""
    parts = _ZONED.fullmatch(text)
    if parts is None:
        return text
    second, fraction, zone = parts.groups()
    converted = f"{format_timestamp(parse_timestamp(second + zone))[:19]}{fraction or ''}Z"
    return converted if parse_timestamp(converted) == parse_timestamp(text) else text


def uuid_of(text: str) -> uuid.UUID:
    """The UUID that a text of the form `UUID` names, in a fraction of the time that `uuid.UUID` takes."""
    try:
        return msgspec.convert(text, uuid.UUID)
    except msgspec.ValidationError:
        return uuid.UUID(text)
