"""Strategies for the leaves of statements: strings of every format, built from the grammar of each, not from our patterns."""

from __future__ import annotations

import calendar
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

ALPHA = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
_BEYOND_ASCII = "\u00a0é学ا\ud7ff\uf900\ufdcf\ufdf0\uffef\U00010000\U0001fffd\U000dfffd\U000e1000"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


def spelt(alphabet: str, at_least: int, at_most: int) -> SearchStrategy[str]:
    return st.text(alphabet, min_size=at_least, max_size=at_most)


def optional(*parts: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.just("") | joined(*parts)


def joined(*parts: SearchStrategy[str] | str) -> SearchStrategy[str]:
    strategies = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*strategies).map("".join)


def runs(alphabet: str, at_most: int = 4) -> SearchStrategy[str]:
    """Characters and percent-encoded octets (RFC 3986, 2.1)."""
    return st.lists(st.sampled_from([*alphabet, "%41", "%e5%AD%a6"]), max_size=at_most).map("".join)


_UNRESERVED = "aZ9-._~" + _BEYOND_ASCII
_PCHAR = _UNRESERVED + "!$&'()*+,;=:@"
_authorities = joined(
    optional(runs(_UNRESERVED + "!$&:"), st.just("@")),
    st.sampled_from(["example.com", "", "bücher.example", "127.0.0.1", "[::1]", "[2001:db8::7]", "a_b%20c"]),
    optional(st.just(":"), spelt(DIGITS, 0, 5)),
)
iris = joined(
    st.sampled_from(["http", "https", "urn", "tag", "a", "X-1.2+3", "course-v1", "mailto"]),
    ":",
    joined("//", _authorities, optional(st.just("/"), runs(_PCHAR + "/")))
    | joined(st.sampled_from(["", "/"]), st.sampled_from([*_PCHAR]), runs(_PCHAR + "/"))
    | st.just("/"),
    optional(st.just("?"), runs(_PCHAR + "/?\ue000\U000f0000")),
    optional(st.just("#"), runs(_PCHAR + "/?")),
)
mailtos = joined(
    "mailto:",
    spelt("aZ9.+_-!#$%&'*/=?^`{|}~é学", 1, 5),
    "@",
    st.sampled_from(["example.com", "Go.ID", "localhost", "a-b.c_d.id", "bücher.example", "[127.0.0.1]", "[IPv6:2001:db8::1]"]),
)
_hexadecimal = "0123456789abcdefABCDEF"
uuids = st.lists(spelt(_hexadecimal, 32, 32), min_size=1, max_size=1).map(
    lambda one: "-".join((one[0][:8], one[0][8:12], one[0][12:16], one[0][16:20], one[0][20:]))
)
sha1s = spelt(_hexadecimal, 40, 40)
sha2s = st.sampled_from([56, 64, 96, 128]).flatmap(lambda size: spelt(_hexadecimal, size, size))

_alphanumeric = ALPHA + DIGITS
_private_use = joined(
    st.sampled_from("xX"), st.lists(spelt(_alphanumeric, 1, 8), min_size=1, max_size=2).map(lambda s: "-" + "-".join(s))
)
_language_tags = joined(
    joined(spelt(ALPHA, 2, 3), st.sampled_from(["", "-yue", "-abc-def", "-abc-def-GHI"])) | spelt(ALPHA, 4, 8),
    optional(st.just("-"), spelt(ALPHA, 4, 4)),
    optional(st.just("-"), spelt(ALPHA, 2, 2) | spelt(DIGITS, 3, 3)),
    st.sampled_from(["", "-1996", "-valencia", "-1abc", "-rozaj-biske", "-heploc-12345678"]),
    st.sampled_from(["", "-u-co-phonebk", "-t-en-0-ab", "-a-bc-12", "-9-aa", "-a-12345678"]),
    optional(st.just("-"), _private_use),
)
language_tags = st.one_of(
    st.sampled_from(
        ["en", "en-US", "id-ID", "zh-Hant-TW", "es-419", "i-klingon", "I-Klingon", "zh-min-nan", "art-lojban", "sgn-BE-FR"]
    ),
    _language_tags,
    _private_use,
)
language_maps = st.dictionaries(language_tags, texts, max_size=2)


def _number(at_least: int, at_most: int, width: int = 2) -> SearchStrategy[str]:
    return st.integers(at_least, at_most).map(lambda number: f"{number:0{width}}")


@st.composite
def _moments(draw: DrawFn, dash: str, colon: str, marks: str, least: int) -> str:
    """A date and a time with `least` two or three elements, and a fraction after any of `marks`."""
    year, month = draw(st.integers(1, 9999)), draw(st.integers(1, 12))
    day = draw(st.integers(1, calendar.monthrange(year, month)[1]))
    elements = [draw(_number(0, 23)), draw(_number(0, 59))]
    fraction = ""
    if least == 3 or draw(st.booleans()):
        elements.append(draw(_number(0, 59) | st.just("60")))
        fraction = draw(optional(st.sampled_from(marks), spelt(DIGITS, 1, 9)))
    return f"{year:04}{dash}{month:02}{dash}{day:02}T{colon.join(elements)}{fraction}"


_hours, _minutes = _number(0, 23), _number(0, 59)
_zones = st.just("Z") | joined(st.sampled_from("+-"), _hours, ":", _minutes).filter(lambda zone: zone != "-00:00")
_loose_zones = st.one_of(
    _zones,
    st.just(""),
    joined("+", _hours),
    joined("-", _number(1, 23)),
    joined("+", _hours, _minutes),
    joined("-", _number(1, 23), _minutes),
)
newer_timestamps = joined(_moments("-", ":", ".", 3), _zones)
timestamps = joined(_moments("-", ":", ".,", 2) | _moments("", "", ".,", 2), _loose_zones) | newer_timestamps


@st.composite
def durations(draw: DrawFn) -> str:
    """ISO 8601:2004, 4.4.3.2: some of the elements in their order, the last with a fraction perhaps; or weeks."""
    amounts = spelt(DIGITS, 1, 4)
    fractions = optional(st.sampled_from(".,"), spelt(DIGITS, 1, 4))
    if draw(st.integers(0, 7)) == 0:
        return f"P{draw(amounts)}{draw(fractions)}W"
    chosen = sorted(draw(st.sets(st.integers(0, 5), min_size=1)))
    days = "".join(f"{draw(amounts)}{'YMD'[place]}" for place in chosen if place < 3)
    time = "".join(f"{draw(amounts)}{'HMS'[place - 3]}" for place in chosen if place >= 3)
    whole = f"P{days}T{time}" if time else f"P{days}"
    return whole[:-1] + draw(fractions) + whole[-1]


media_types = st.sampled_from(
    ["text/plain", "application/octet-stream", "text/plain; charset=ascii", 'application/vnd.a+json;q=0.1 ; b="c d\\"e"', "A/*"]
)
versions = st.sampled_from(["1.0", "1.0.0", "1.0.3", "1.0.9", "1.0.10", "1.0.3beta", "1.0.1rc-2"])
newer_versions = versions | st.sampled_from(["2.0", "2.0.0", "2.0.1"])
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)

json_values: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
extensions = st.dictionaries(iris, json_values, max_size=2)
