"""The leaf rules: what matches and what does not, in Python and in the engine of the compiled schemas; times as numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xapi import values
from xapi.values import Format, format_timestamp, in_utc, parse_timestamp

RULES: dict[str, Format] = {name: rule for name, rule in vars(values).items() if isinstance(rule, Format)}


def compiled(rule: Format) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": f"^(?:{rule.pattern})$"}, pattern_options=jsonschema_rs.RegexOptions())


ENGINE = {name: compiled(rule) for name, rule in RULES.items()}

MATCHING = {
    "UUID": ["00000000-0000-0000-0000-000000000000", "FD41C918-b88b-4b20-a0a5-a4c32391aaa0"],
    "IRI": [
        *("http://example.com", "https://u:p@example.com:8443/a/b;c?d=e&f#g", "http://[2001:db8::1]/", "HTTP://x"),
        *("urn:isbn:0451450523", "course-v1:FUN-MOOC+00002+session01", "uuid://7d4f3c70-1e79", "tag:example.com,2020:a"),
        *("http://مثال.إختبار/é%41", "http://例え.jp/学?\ue000", "mailto:a@b.c", "file:///x", "x:/", "http://x/?#"),
    ],
    "MAILTO": ["mailto:a@b", "mailto:o'neil+x@sub.example.co.id", "mailto:用户@例子.公司", "mailto:a@[127.0.0.1]"],
    "SHA1": ["a" * 40, "A" * 40],
    "SHA2": ["a" * 56, "b" * 64, "C" * 96, "0" * 128],
    "IDENTIFIER": ["", "a\nb", "198609262015051001", "é"],
    "LANGUAGE_TAG": [
        *("id", "en-US", "zh-Hant-TW", "sl-rozaj-biske", "de-CH-1901", "es-419", "zh-cmn-Hans-CN", "x-private", "cmn", "tlh"),
        *("en-a-myext-b-another", "de-DE-u-co-phonebk", "ar-x-abc", "i-klingon", "I-LUX", "en-gb-OED", "abcd", "abcdefgh"),
    ],
    "MEDIA_TYPE": ["text/plain; charset=ascii", 'a/b;c="d;\\"e"', "application/vnd.ms-excel", "image/svg+xml\t;a=b"],
    "VERSION_1_0": ["1.0", "1.0.0", "1.0.3", "1.0.12", "1.0.0beta"],
    "VERSION_2_0": ["1.0", "1.0.9", "2.0", "2.0.0", "2.0.12"],
    "TIMESTAMP": [
        *("2015-11-18T12:17:00+00:00", "2015-11-18T12:17:00Z", "2015-11-18T12:17:00.123456789-07:00", "2015-11-18T12:17Z"),
        *("20151118T121700Z", "2000-02-29T00:00:00", "2016-12-31T23:59:60Z", "2015-11-18T12:17:00,5+0530", "0001-01-01T00:00Z"),
        *("2015-11-18T12:17:00+07", "2015-11-18T12:17:00-00:30", "2015-11-18T12:17:00+00", "9999-12-31T23:59:59Z"),
    ],
    "TIMESTAMP_RFC3339": [
        *("2015-11-18T12:17:00+00:00", "2015-11-18T12:17:00Z", "2015-11-18T12:17:00.123456789-07:00", "2016-12-31T23:59:60Z"),
        *("2000-02-29T00:00:00+23:59", "2015-11-18T12:17:00-00:30", "9999-12-31T23:59:59Z"),
    ],
    "DURATION": [
        *("PT0S", "PT16559.14S", "P3Y1M29DT4H35M59.14S", "P3Y", "P1M", "P4W", "PT1,5H", "P0.5D", "P1DT1M", "PT36H", "P1YT1S"),
    ],
}
NOT_MATCHING = {
    "UUID": [
        "",
        "fd41c918b88b4b20a0a5a4c32391aaa0",
        "{fd41c918-b88b-4b20-a0a5-a4c32391aaa0}",
        "fd41c918-b88b-4b20-a0a5-a4c32391aaag",
    ],
    "IRI": [
        *("", "example.com", "/a", "//x/y", "ab=c://x", "1http://x", "http:", "http://x y", "http://x/%zz", "http://x/%4"),
        *("http://x/#a#b", "http://x/<a>", "http://x/\x00", "http://x/\u0085", "http://[::1", "http://x/[a]", "http://x:a/", "é:x"),
        *("http://x/\ue000", "http://x/\ufffe", "http://x/\\", 'http://x/"', "http://x/{a}", "http://x/|", "http://x/^"),
    ],
    "MAILTO": ["a@b.c", "mailto:a", "mailto:@b", "mailto:a@", "mailto:a@b@c", "mailto:a b@c", "mailto:a@b?subject=x", "MAILTO:a@b"],
    "SHA1": ["a" * 39, "a" * 41, "g" * 40],
    "SHA2": ["a" * 40, "a" * 63, "a" * 65, "z" * 64],
    "IDENTIFIER": ["\x00", "a\x00b"],
    "LANGUAGE_TAG": ["", "a", "a12345678", "en_US", "en-", "-en", "en--US", "abcdefghi", "en-US-a", "12", "i-unknown", "x", "en-*"],
    "MEDIA_TYPE": ["", "text", "text/", "/plain", "text/plain;", "text/plain; charset", "a b/c", 'a/b;c="d'],
    "VERSION_1_0": ["", "1", "1.1", "1.1.0", "0.9.9", "2.0.0", "1.0.", "1.0.03", "1.0.3.1", "v1.0", "1.00"],
    "VERSION_2_0": ["2", "2.0.", "2.0.01", "2.1.0", "1.1.0", "0.95", "3.0.0"],
    "TIMESTAMP": [
        *("", "2015-11-18", "2015-11-18T12", "12:17:00Z", "2015-11-18 12:17:00Z", "2015-11-18t12:17:00z", "2015-11-18T12:17:00 Z"),
        *("2015-13-18T12:17:00Z", "2015-00-18T12:17:00Z", "2015-11-31T12:17:00Z", "2015-02-29T12:17:00Z", "2100-02-29T00:00Z"),
        *("0000-01-01T00:00:00Z", "2015-11-18T24:00:00Z", "2015-11-18T12:60:00Z", "2015-11-18T12:17:61Z", "2015-11-18T12:17:00.Z"),
        *("2015-11-18T12:17:00-00", "2015-11-18T12:17:00-0000", "2015-11-18T12:17:00-00:00", "2015-11-18T12:17:00+24:00"),
        *("2015-11-18T12:17:00+5:30", "2015-W47-3T12:17:00Z", "20151118T12:17:00Z", "2015-11-18T1217Z", "２015-11-18T12:17:00Z"),
    ],
    "TIMESTAMP_RFC3339": [
        *("2015-11-18T12:17Z", "20151118T121700Z", "2015-11-18T12:17:00", "2015-11-18T12:17:00,5Z", "2015-11-18T12:17:00+07"),
        *("2015-11-18T12:17:00+0700", "2015-11-18T12:17:00-00:00", "2015-02-29T12:17:00Z", "2015-11-18t12:17:00z", "2015-11-18"),
    ],
    "DURATION": [
        *("", "P", "PT", "P1", "1H", "P1H", "PT1D", "P4W1D", "P1DT", "PT1.5H30M", "-PT1S", "PT-1S", "P1S", "PA1H0M0S", "pt1h"),
        *("PT.5S", "PT5.S", "P1M1Y", "P0001-01-01T00:00:00", "PT1S "),
    ],
}


@pytest.mark.parametrize("name", RULES)
def test_each_rule_tells_right_from_wrong_alike_in_both_engines(name: str) -> None:
    rule, engine = RULES[name], ENGINE[name]
    for text in [rule.example, *MATCHING[name]]:
        assert rule.matches(text), text
        assert engine.is_valid(text), text
    wrong = list(NOT_MATCHING[name])
    if name != "IDENTIFIER":
        wrong += [rule.example + "\n", " " + rule.example, rule.example + "\x00"]
    for text in wrong:
        assert not rule.matches(text), text
        assert not engine.is_valid(text), text


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(RULES)), st.data())
def test_both_engines_agree_on_what_nobody_thought_of(name: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([RULES[name].example, *MATCHING[name], *NOT_MATCHING[name]]))
    position = data.draw(st.integers(0, len(text)))
    junk = data.draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=2))
    text = text[:position] + junk + text[position + data.draw(st.integers(0, 1)) :]
    assert RULES[name].matches(text) == ENGINE[name].is_valid(text), text


@pytest.mark.parametrize("name", RULES)
def test_a_long_text_is_answered_in_linear_time(name: str) -> None:
    """Half a megabyte that almost matches: a pattern that backtracks badly would not come back."""
    for text in MATCHING[name]:
        RULES[name].matches(text + text[-2:] * 250_000 + "\x00")
        RULES[name].matches(text + text[:1] * 500_000 + "\x00")


moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31))
zones = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(deadline=None, derandomize=True)
@given(moments, zones)
def test_a_timestamp_is_its_instant_in_milliseconds_rounded_down(moment: datetime, zone: timezone) -> None:
    there = moment.replace(tzinfo=zone)
    text = there.isoformat()
    expected = (there - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert parse_timestamp(text) == expected
    assert parse_timestamp(format_timestamp(expected)) == expected


@settings(deadline=None, derandomize=True)
@given(moments, zones)
def test_in_utc_is_the_same_instant(moment: datetime, zone: timezone) -> None:
    text = moment.replace(tzinfo=zone, second=0, microsecond=moment.microsecond).isoformat()
    assert in_utc(text).endswith("Z")
    assert parse_timestamp(in_utc(text)) == parse_timestamp(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-05-04T12:00:00-05:00", "2023-05-04T17:00:00Z"),
        ("2026-01-01T06:30:00.1234567890+07:00", "2025-12-31T23:30:00.1234567890Z"),
        ("2026-01-01T06:30:00.50Z", "2026-01-01T06:30:00.50Z"),
        ("2016-12-31T18:59:60.5-05:00", "2017-01-01T00:00:00.5Z"),
        ("0001-01-01T00:00:00.5+23:00", "0001-01-01T00:00:00.5+23:00"),
    ],
)
def test_in_utc_keeps_the_digits(text: str, expected: str) -> None:
    assert in_utc(text) == expected


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00", 0),
        ("1970-01-01T07:00:00.0019+07", 1),
        ("1969-12-31T23:59:59.9999Z", -1),
        ("1969-12-31T23:30:00-00:30", 0),
        ("19700101T000001,25Z", 1250),
        ("1970-01-01T00:01Z", 60_000),
        ("1970-01-01T00:00:60.5Z", 60_500),
    ],
)
def test_timestamps_in_every_spelling(text: str, ms: int) -> None:
    assert parse_timestamp(text) == ms


def test_instants_beyond_the_calendar_are_its_ends() -> None:
    assert format_timestamp(parse_timestamp("9999-12-31T23:59:59-12:00")) == "9999-12-31T23:59:59.999Z"
    assert format_timestamp(parse_timestamp("0001-01-01T00:00:00+12:00")) == "0001-01-01T00:00:00.000Z"


def test_a_formatted_timestamp_always_has_three_decimals() -> None:
    assert format_timestamp(0) == "1970-01-01T00:00:00.000Z"
    assert format_timestamp(1_772_245_800_007) == "2026-02-28T02:30:00.007Z"
    with pytest.raises(ValueError, match="years"):
        format_timestamp(10**17)


@pytest.mark.parametrize("text", ["", "2015-02-29T00:00:00Z", "2015-11-18T12:17:00-00:00", "x", "2015-11-18"])
def test_what_is_no_timestamp_has_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_timestamp(text)
