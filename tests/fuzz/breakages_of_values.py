"""Values that are wrong wherever a value of their kind stands (xAPI 1.0.3, Data 2.2 and 4.0)."""

from __future__ import annotations

from typing import Any

JSON_TYPES: dict[str, Any] = {
    "null": None,
    "true": True,
    "an integer": 12345,
    "a fraction": 0.5,
    "a string": "should fail",
    "an empty string": "",
    "an array": [],
    "an array of one": ["should fail"],
    "an empty array in an array": [[]],
    "an object": {"key": "should fail"},
}

# The type that each kind of leaf has; what is not here is an object, or with a star an array.
TYPE_OF: dict[str, type] = {
    **dict.fromkeys(("uuid", "iri", "mailto", "sha1", "sha2", "timestamp", "duration", "language", "media type", "version"), str),
    **{"text": str, "word": str, "boolean": bool, "number": float, "length": int},
}

_NO_IRI = [
    *("", "a", "should fail", "example.com/x", "/activities/1", "//example.com/x", "?q", "#part", ":", ":x", "1a:b", "é:b", "-a:b"),
    *("ab=c://should.fail.com", "http://example.com/a b", "http://example.com/%", "http://example.com/%4"),
    "http://example.com/%zz",
    *("http://example.com/<x>", 'http://example.com/"x"', "http://example.com/x|y", "http://example.com/{x}"),
    "http://exa mple.com",
    *("http://example.com/a\\b", "http://example.com/`", "http://example.com/^", "http://example.com/#a#b", "http://exa[mple.com"),
    *("http://example.com/[x]", "http://example.com/x\n", "\nhttp://example.com/", " http://example.com/", "http://example.com/ "),
    *("http://example.com:port/", "http://example.com/\x00", "http://example.com/\x7f", "http://example.com/\u200e\ud7ff\ue000"),
    *("http://[::1", "http://[]/", "http://[::1]x/", "urn:", "http:", "x:?q", "http://example.com/\ufdd0"),
    "http://example.com/\ufffe",
]
_NO_LANGUAGE = [
    *("", "a", "a12345678", "a12345", "en_US", "en-", "-en", "en--US", "en US", "abcdefghi", "en-abcdefghi", "x", "x-", "i-foo"),
    "é",
    *("en-US-", "en-U", "en-a", "en-a-", "1", "12", "en-x", "en-US-US", "en-Latn-Latn", "de-419-DE", "en-US\n", "en-É"),
    "i-klingons",
    *("en-GB-oedx", "ab-c-d", "a-DE", "zh-abc-def-ghi-jkl", "en-12", "und-1234-abcd"),
]
_NO_TIME = [
    *("", "01/011/2015", "should fail", "2015-01-01", "2015-01-01T", "T10:00:00Z", "2015-01-01 10:00:00Z", "2015-13-01T10:00:00Z"),
    *("2015-00-10T10:00:00Z", "2015-02-29T10:00:00Z", "2015-04-31T10:00:00Z", "2015-01-32T10:00:00Z", "2015-01-00T10:00:00Z"),
    *("1900-02-29T10:00:00Z", "2015-01-01T25:00:00Z", "2015-01-01T10:60:00Z", "2015-01-01T10:00:61Z", "2015-01-01T10:00:00.Z"),
    *("2015-01-01T10:00:00+24:00", "2015-01-01T10:00:00+10:60", "2015-01-01T10:00:00+1", "2015-01-01T10:00:00+1:00"),
    *("2008-09-15T15:53:00.601-00", "2008-09-15T15:53:00.601-0000", "2008-09-15T15:53:00.601-00:00", "2015-01-01T10Z"),
    "1420106400",
    *("2015-1-1T10:00:00Z", "15-01-01T10:00:00Z", "12015-01-01T10:00:00Z", "2015-01-01T10:00:00ZZ", "2015-01-01T10:00:00Z\n"),
    *("2015-01-01T10:00:00 Z", "２０15-01-01T10:00:00Z", "2015-01-01T10:00:00UTC", "2015-01-01t10:00:00Z", "2015-W01-1T10:00:00Z"),
    *("2015-01-01T10:00:00z", "0000-01-01T10:00:00Z", "2015-01-01T10:0000Z", "201501-01T10:00:00Z", "2015-01-01T24:00:01Z"),
]
NO_TIME_OF_2_0 = [
    *("2015-01-01T10:00:00", "2015-01-01T10:00Z", "20150101T100000Z", "2015-01-01T10:00:00+07", "2015-01-01T10:00:00+0700"),
    *("2015-01-01T10:00:00,5Z", "2015-01-01T10:00", "20150101T1000"),
]
_NO_DURATION = [
    *("", "P", "PT", "PA1H0M0S", "should fail", "P4W1D", "P1D4W", "P1Y1W", "PT1D", "P1H", "PT1W", "P1M1Y", "PT1S1M", "PT1S1H"),
    "1D",
    *("P-1D", "-P1D", "+P1D", "P1.5Y1M", "PT1.5H1M", "P1.5DT1H", "PT1.S", "PT.5S", "P1DT", "p1d", "PT1s", "P1D ", " P1D", "P1D\n"),
    *("P1Y2Y", "PT1H1H", "P0003-06-04T12:30:05", "P00030604T123005", "PT1..5S", "PT1.5.5S", "PT1H 1M", "P１D", "P1YT1H1Y"),
    "PT1M1D",
    *("2015-01-01T00:00:00Z/P1D", "PT1", "P1", "P1DT1", "T1H", "PT1h"),
]
BAD_VALUES: dict[str, list[Any]] = {
    "uuid": [
        *("", "AA97B177-9383-4934-8543-0F91A7A028368", "MA97B177-9383-4934-8543-0F91A7A02836"),
        "AA97B17793834934-8543-0F91A7A02836",
        *("aa97b177938349348543-0f91a7a02836", "{aa97b177-9383-4934-8543-0f91a7a02836}"),
        "urn:uuid:aa97b177-9383-4934-8543-0f91a7a02836",
        *("aa97b177-9383-4934-8543-0f91a7a0283", "aa97b177938349348543ffffff91a7a02836", "aa97b177-9383-4934-8543-0f91a7a02836\n"),
        *(" aa97b177-9383-4934-8543-0f91a7a02836", "aa97b177-9383-4934-85430-f91a7a02836", "٠a97b177-9383-4934-8543-0f91a7a02836"),
    ],
    "iri": _NO_IRI,
    "mailto": [
        *("", "mailto:", "ani@example.com", "mailto:should.fail.com", "http://should.fail.com", "mailto:@example.com"),
        "mailto:ani@",
        *("mailto: ani@example.com", "mailto:ani@example.com ", "mailto:ani@@example.com", "mailto:a@b@example.com"),
        "MAILTO:ani@example.com",
        *("mailto:ani@example.com?subject=x", "mailto:ani@example.com,budi@example.com", "mailto:ani@exa mple.com"),
        "mailto:ani@example.com\n",
        *("mailto://ani@example.com/", "mailto:<ani@example.com>", "mailto:ani@[127.0.0.1", 'mailto:"a b"@example.com'),
        "mailto:ani@a/b",
    ],
    "sha1": ["", "x" * 40, "a" * 39, "a" * 41, "a" * 64, "0x" + "a" * 38, "a" * 40 + "\n", " " + "a" * 39, "٠" * 40],
    "sha2": ["", "x" * 64, "a" * 40, "a" * 63, "a" * 65, "a" * 32, "a" * 64 + "\n", "sha256:" + "a" * 57, "a" * 127],
    "timestamp": _NO_TIME,
    "duration": _NO_DURATION,
    "language": _NO_LANGUAGE,
    "version": [
        "",
        "1",
        "0.9.9",
        "0.95",
        "1.1.0",
        "1.1",
        "1.0.",
        "2",
        "2.1.0",
        "3.0.0",
        "v1.0.0",
        "1.0.x",
        "1.0.-1",
        "1.0.0\n",
        " 1.0.0",
        "01.0.0",
    ],
    "media type": [
        "",
        "text",
        "text/",
        "/plain",
        "text /plain",
        "text/plain;",
        "text/plain; charset",
        "text/pl ain",
        "text/plain\n",
        "é/x",
        "a/b/c",
    ],
    "length": [-1, -0.5, 27.5, "27", 1e-9],
    "word": ["", "x", "agent ", "Activity\n"],
    "number": ["1", "0.5"],
    "boolean": [0, 1, "true", "false"],
}
BAD_KEYS: dict[str, list[tuple[str, Any]]] = {
    "map": [*((tag, "x") for tag in _NO_LANGUAGE), ("en-US", None), ("en-US", 1), ("en-US", ["x"]), ("en-US", {"en": "x"})],
    "extensions": [(key, True) for key in _NO_IRI],
}
