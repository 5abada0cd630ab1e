"""The compiled paths make the rows and the sayings that Python makes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given

from store.port import Recordable
from store.sqlite import keys
from store.sqlite.activities import ActivityRecorder
from tests.unit.schemas.strategies import statements
from tests.unit.xapi.corpora import ordinary
from tests.unit.xapi.test_native_reading import ID, json
from xapi.reading import extract_in_python

compiled = pytest.importorskip("rekam_native")

TEXTS = list(ordinary())


@given(statements().map(lambda statement: json.dumps(ID | statement).encode()))
def test_keys_of_every_valid_statement(text: bytes) -> None:
    found = compiled.extract_text(text)
    if found is not None:
        assert keys.own_keys(found) == keys.keys_of(extract_in_python(text).keys)


def test_keys_of_ordinary_ones() -> None:
    for text in TEXTS:
        assert keys.own_keys(compiled.extract_text(text)) == keys.keys_of(extract_in_python(text).keys)


def test_rows_in_the_order_of_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(1)
    chosen = dice.choices(TEXTS, k=300)
    partners = [dice.choice(("univ-a", "univ-b")) for _ in chosen]
    places = [dice.randrange(1 << 62) for _ in chosen]
    mixed = [compiled.extract_text(text) if dice.random() < 0.8 else extract_in_python(text) for text in chosen]
    found = keys.own_rows(mixed, partners, places, 7, at_once=64)
    monkeypatch.setattr(keys, "_compiled", None)
    expected = keys.own_rows([extract_in_python(text) for text in chosen], partners, places, 7, at_once=64)
    assert list(map(tuple, found)) == list(map(tuple, expected))
    assert {len(some) for some in found[:-1]} == {192}


@pytest.mark.parametrize("owner", ["univ-a", 'univ "b" \\ é'])
def test_sayings(owner: str) -> None:
    dice = random.Random(2)
    chosen = dice.choices(TEXTS, k=600)
    times = [dice.randrange(5) for _ in chosen]
    recorder = ActivityRecorder()

    def rows(read: object) -> list[tuple[bytes, int, Recordable]]:
        made = [Recordable(text, read(text), owner, False, 0, 0, 0) for text in chosen]  # type: ignore[operator]
        return [(row.extract.key, at, row) for at, row in zip(times, made, strict=True)]

    assert recorder.gather(rows(compiled.extract_text)) == recorder.gather_in_python(rows(extract_in_python))
