"""Strings with a format: identifiers, times and languages (Data 2.2: "non-format-following key or value")."""

from __future__ import annotations

import calendar
import re
import string as ascii_letters
from typing import Any

from tests.fuzz.oracle.finding import Finding, must_be, string

_HEX = frozenset(ascii_letters.hexdigits)
_LETTERS = frozenset(ascii_letters.ascii_letters)
_DIGITS = frozenset(ascii_letters.digits)


def uuid(value: Any, path: str) -> None:
    """Data 2.4.1 and 4.4: the standard string form of RFC 4122, in either case; the variant is only recommended."""
    string(value, path)
    groups = value.split("-")
    if [len(group) for group in groups] != [8, 4, 4, 4, 12] or not all(_HEX.issuperset(group) for group in groups):
        raise Finding(path, "must be a UUID")


def iri(value: Any, path: str) -> None:
    """Data 4.3, RFC 3987: a scheme, a colon and what the grammar of an IRI allows after it.

    Two liberties of "best-effort validation for IRL and IRI formats" (Data 2.2): a scheme with nothing to name after it is refused,
    and an address in brackets is taken without looking whether it is one. An openid may be an IRI as well, not just a URI.
    """
    string(value, path)
    scheme, colon, rest = value.partition(":")
    if not colon or not scheme or scheme[0] not in _LETTERS or not (_LETTERS | _DIGITS | set("+-.")).issuperset(scheme):
        raise Finding(path, "must be an IRI with a scheme")
    before_fragment, _, fragment = rest.partition("#")
    hierarchical, _, query = before_fragment.partition("?")
    if not hierarchical:
        raise Finding(path, "must be an IRI with something after its scheme")
    if hierarchical.startswith("//"):
        authority, slash, tail = hierarchical[2:].partition("/")
        hierarchical = slash + tail
        _authority(authority, path)
    _characters(hierarchical, path, ":@/")
    _characters(query, path, ":@/?", private=True)
    _characters(fragment, path, ":@/?")


def _authority(authority: str, path: str) -> None:
    """RFC 3987, iauthority = [iuserinfo "@"] ihost [":" port]"""
    userinfo, at, host = authority.rpartition("@")
    if at:
        _characters(userinfo, path, ":")
    if host.startswith("["):
        literal, bracket, after = host[1:].partition("]")
        if not bracket or not literal or not set(literal) <= (_LETTERS | _DIGITS | set(":.")):
            raise Finding(path, "must be an IRI whose address literal is closed")
        host, colon, port = "", after[:1], after[1:]
        if colon not in ("", ":"):
            raise Finding(path, "must be an IRI with a port after the address")
    else:
        host, _, port = host.partition(":")
    _characters(host, path, "")
    if not _DIGITS.issuperset(port):
        raise Finding(path, "must be an IRI whose port is a number")


def _characters(part: str, path: str, besides: str, private: bool = False) -> None:
    """RFC 3987 section 2.2: iunreserved, sub-delims, pct-encoded and what this part allows besides."""
    allowed = _LETTERS | _DIGITS | set("-._~!$&'()*+,;=") | set(besides)
    position = 0
    while position < len(part):
        character = part[position]
        if character == "%":
            if len(part) < position + 3 or not _HEX.issuperset(part[position + 1 : position + 3]):
                raise Finding(path, "must be an IRI: % begins an octet of two hexadecimal digits")
            position += 3
            continue
        if character not in allowed and not _beyond_ascii(ord(character), private):
            raise Finding(path, f"must be an IRI: {character!r} is not allowed there")
        position += 1


def _beyond_ascii(code: int, private: bool) -> bool:
    """RFC 3987, ucschar and (in a query only) iprivate."""
    if 0xE000 <= code <= 0xF8FF or code >= 0xF0000:
        return private and code & 0xFFFF < 0xFFFE
    return (
        0xA0 <= code <= 0xD7FF
        or 0xF900 <= code <= 0xFDCF
        or 0xFDF0 <= code <= 0xFFEF
        or (0x10000 <= code < 0xE0000 and code & 0xFFFF < 0xFFFE)
        or 0xE1000 <= code <= 0xEFFFD
    )


def mailto(value: Any, path: str) -> None:
    """Data 2.4.2.3: "The required format is mailto:email address", as RFC 5322 (3.4.1) and RFC 6531 write one; without a quoted
    local part, which needs characters that no IRI has."""
    string(value, path)
    local, at, domain = value.removeprefix("mailto:").partition("@")
    of_local = _LETTERS | _DIGITS | set("!#$%&'*+-/=?^_`{|}~.")
    of_domain = _LETTERS | _DIGITS | set("-._")
    if domain.startswith("[") and domain.endswith("]") and set(domain[1:-1]) <= _LETTERS | _DIGITS | set(":."):
        domain = "a-literal"
    if (
        not value.startswith("mailto:")
        or not (local and at and domain)
        or not all(character in of_local or _beyond_ascii(ord(character), private=False) for character in local)
        or not all(character in of_domain or _beyond_ascii(ord(character), private=False) for character in domain)
    ):
        raise Finding(path, "must be mailto: and an e-mail address")


def sha1_sum(value: Any, path: str) -> None:
    """Data 2.4.2.3: "The hex-encoded SHA1 hash of a mailto IRI"."""
    string(value, path)
    if len(value) != 40 or not _HEX.issuperset(value):
        raise Finding(path, "must be 40 hexadecimal digits")


def sha2_sum(value: Any, path: str) -> None:
    """Data 2.4.11: "The SHA-2 hash of the Attachment data": SHA-224, 256, 384 or 512 in hexadecimal digits."""
    string(value, path)
    if len(value) not in (56, 64, 96, 128) or not _HEX.issuperset(value):
        raise Finding(path, "must be a SHA-2 hash in hexadecimal digits")


def media_type(value: Any, path: str) -> None:
    """Data 2.4.11, RFC 2045 section 5.1: type "/" subtype *(";" attribute "=" value)."""
    string(value, path)
    token = r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+"
    quoted = r'"(?:[\t !#-\[\]-~\u0080-\U0010ffff]|\\[\t -~])*"'
    if not re.fullmatch(rf"{token}/{token}(?:[ \t]*;[ \t]*{token}=(?:{token}|{quoted}))*", value):
        raise Finding(path, "must be an Internet media type")


def timestamp(value: Any, path: str) -> None:
    """Data 4.5: a combined date and time of ISO 8601, extended or basic (XAPI-00123); that it has a zone is a SHOULD*.

    Taken are the forms that RFC 3339, which the section recommends, differs from in punctuation and in what is left out: no week
    and no ordinal dates, no 24:00, no fraction of a minute, no year 0.
    """
    string(value, path)
    extended = r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
    basic = r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})(?:([0-9]{2})(?:[.,][0-9]+)?)?"
    zone = r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
    form = re.fullmatch(extended + zone, value) or re.fullmatch(basic + zone, value)
    _ranges(form, path)


def rfc_3339_timestamp(value: Any, path: str) -> None:
    """IEEE 9274.1.1, 4.2.7: RFC 3339, whose section 5.6 has seconds and a zone always, here with capital letters."""
    string(value, path)
    full_date, partial_time = r"([0-9]{4})-([0-9]{2})-([0-9]{2})", r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    _ranges(re.fullmatch(rf"{full_date}T{partial_time}(Z|[+-][0-9]{{2}}:[0-9]{{2}})", value), path)


def _ranges(form: re.Match[str] | None, path: str) -> None:
    if form is None:
        raise Finding(path, "must be a timestamp")
    year, month, day, hour, minute, second = (int(part or 0) for part in form.groups()[:6])
    if not year or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Finding(path, "must be a day of the calendar")
    if hour > 23 or minute > 59 or second > 60:  # 60: a leap second
        raise Finding(path, "must be a time of day")
    zone = (form[7] or "Z").replace(":", "")
    if zone in ("-00", "-0000"):  # ISO 8601 has no negative zero; the ADL suite refuses it in both versions
        raise Finding(path, "must not have a negative zone of zero")
    if zone != "Z" and (int(zone[1:3]) > 23 or int(zone[3:] or 0) > 59):
        raise Finding(path, "must have a zone within a day")


def duration(value: Any, path: str) -> None:
    """Data 4.6, ISO 8601:2004 section 4.4.3.2: designators in order, at least one, a fraction in the last only; weeks alone."""
    string(value, path)
    if re.fullmatch(r"P[0-9]+(?:[.,][0-9]+)?W", value):
        return
    days, separator, time = value[1:].partition("T")
    if not value.startswith("P") or (separator and not time) or not (days or time):
        raise Finding(path, "must be a duration")
    elements = _elements(days, "YMD", path) + _elements(time, "HMS", path)
    if any("." in element or "," in element for element in elements[:-1]):
        raise Finding(path, "must be a duration with a fraction in its last element only")


def _elements(part: str, designators: str, path: str) -> list[str]:
    found = re.findall(r"([0-9]+(?:[.,][0-9]+)?)([A-Z])", part)
    places = [designators.find(designator) for _, designator in found]
    if "".join(amount + designator for amount, designator in found) != part or -1 in places or places != sorted(set(places)):
        raise Finding(path, "must be a duration")
    return [amount for amount, _ in found]


_IRREGULAR_TAGS = (
    "en-GB-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay i-tsu "
    "sgn-BE-FR sgn-BE-NL sgn-CH-DE art-lojban cel-gaulish no-bok no-nyn zh-guoyu zh-hakka zh-min zh-min-nan zh-xiang"
)
_GRANDFATHERED = frozenset(_IRREGULAR_TAGS.lower().split())


def language_tag(value: Any, path: str) -> None:
    """Data 2.2, RFC 5646 section 2.1: "the sequence of token lengths", walked subtag by subtag."""
    string(value, path)
    if value.lower() in _GRANDFATHERED:
        return
    subtags = value.split("-")
    if not all(subtag.isascii() and subtag.isalnum() and len(subtag) <= 8 for subtag in subtags):
        raise Finding(path, "must be a language tag")
    rest = subtags if subtags[0].lower() == "x" else _after_language(subtags)
    rest = _after_extensions(rest)
    if rest and (rest[0].lower() != "x" or len(rest) < 2):
        raise Finding(path, "must be a language tag")


def _after_language(subtags: list[str]) -> list[str]:
    """language [extlang] [script] [region] *variant; an empty list when the first subtag is no language."""
    language, rest = subtags[0], subtags[1:]
    if not language.isalpha() or len(language) < 2:
        return ["?"]
    if len(language) <= 3:
        for _ in range(3):
            if rest and len(rest[0]) == 3 and rest[0].isalpha():
                rest = rest[1:]
    if rest and len(rest[0]) == 4 and rest[0].isalpha():
        rest = rest[1:]
    if rest and ((len(rest[0]) == 2 and rest[0].isalpha()) or (len(rest[0]) == 3 and rest[0].isdigit())):
        rest = rest[1:]
    while rest and (5 <= len(rest[0]) <= 8 or (len(rest[0]) == 4 and rest[0][0].isdigit())):
        rest = rest[1:]
    return rest


def _after_extensions(rest: list[str]) -> list[str]:
    """*(singleton 1*("-" 2to8alphanum)), where x is no singleton."""
    while rest and len(rest[0]) == 1 and rest[0].lower() != "x":
        values = 1
        while values < len(rest) and 2 <= len(rest[values]) <= 8:
            values += 1
        if values == 1:
            return ["?"]
        rest = rest[values:]
    return rest


def language_map(value: Any, path: str) -> None:
    """Data 4.2: language tags to strings; an empty map breaks no rule."""
    must_be(dict, value, path)
    for tag, text in value.items():
        language_tag(tag, f"{path}/{tag}")
        string(text, f"{path}/{tag}")


def extensions(value: Any, path: str) -> None:
    """Data 4.1: "keys … MUST be IRIs"; no value may be a reason to reject."""
    must_be(dict, value, path)
    for key in value:
        iri(key, f"{path}/{key}")
