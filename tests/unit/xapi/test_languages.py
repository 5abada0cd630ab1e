"""Which language a reader gets."""

from __future__ import annotations

import pytest

from xapi.languages import Languages

CHOICES = [
    ("id", ["en", "id"], "id"),
    ("ID", ["en", "id"], "id"),
    ("id-ID", ["en", "id"], "id"),  # RFC 4647, 3.4: the range loses its end until something fits
    ("zh-Hant-TW", ["zh", "zh-Hant", "en"], "zh-Hant"),
    ("zh-Hant-x-private", ["zh-x", "zh-Hant"], "zh-Hant"),  # a single letter goes with what follows it
    ("id", ["en", "id-ID"], "id-ID"),  # RFC 7231 lets a range match more specific tags
    ("i", ["en", "id"], "en"),  # but not the beginning of a subtag
    ("en;q=0.2, id;q=0.9", ["en", "id"], "id"),
    ("en;q=0.5,id;q=0.5", ["id", "en"], "en"),  # equal weights: the order of the header
    ("fr, *;q=0.1", ["en", "id"], "en"),
    ("en;q=0, *", ["en-US", "id"], "id"),
    ("en;q=0", ["en"], "en"),  # one has to be chosen
    ("fr", ["en-US", "id"], "en-US"),
    ("", ["id", "en"], "id"),
    (None, ["id", "en"], "id"),
    ("en;q=7, ;;, id;q=0.1", ["en", "id"], "id"),  # what is no language range is passed over
    ("en ; q=0.1, id", ["en", "id"], "id"),
    ("id", [], None),
]


@pytest.mark.parametrize(("header", "tags", "chosen"), CHOICES)
def test_choice(header: str | None, tags: list[str], chosen: str | None) -> None:
    assert Languages.parse(header).choose(tags) == chosen


def test_a_map_keeps_one_entry() -> None:
    languages = Languages.parse("id")
    assert languages.only({"en": "Course", "id": "Kursus"}) == {"id": "Kursus"}
    assert languages.only({}) == {}


def test_a_long_header_is_cheap() -> None:
    assert Languages.parse("x," * 100_000 + "id").choose(["en", "id"]) == "en"
