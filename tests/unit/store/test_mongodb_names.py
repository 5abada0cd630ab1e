"""Names are searched by runs of letters; the condition may never miss a name that has every word."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from store.mongodb.names import containing, folded, runs

_NAMES = st.text(st.sampled_from("AaBbÉéİßs. -'\0"), max_size=14)


def _meets(name: str, condition: dict[str, Any]) -> bool:
    """What MongoDB does with the condition."""
    fits = all(re.search(one["folded_name"]["$regex"], folded(name)) for one in condition.get("$and", ()))
    return fits and set(condition.get("name_runs", {}).get("$all", ())) <= set(runs(folded(name)))


@given(_NAMES, _NAMES)
def test_a_name_is_found_exactly_when_it_contains_every_word(name: str, words: str) -> None:
    has_all = all(word in folded(name) for word in folded(words).split())
    assert _meets(name, containing(words)) == has_all


def test_part_of_a_word_in_any_case_finds_a_name() -> None:
    assert _meets("Siti Rahmawati, S.Kom.", containing("RAHMA s.kom"))
    assert not _meets("Siti Rahmawati", containing("siti budi"))
