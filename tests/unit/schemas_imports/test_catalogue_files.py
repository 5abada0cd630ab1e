"""The catalogue as a file imports to the same catalogue."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.catalogue import Alignment, CatalogueEntry, Certificate, CountsPer, DefinitionMatch, FinishRule, Repeats
from schemas.imports.catalogue import read_catalogue
from schemas.imports.catalogue_files import not_in_csv, write_catalogue_csv, write_catalogue_json
from schemas.imports.sheets import Format

words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=20).map(
    lambda text: " ".join(text.split())
)
text = words.filter(bool)
names = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
iris = names.map(lambda name: f"https://x.example/{name}")
decimals = st.decimals(min_value=Decimal("0.01"), max_value=2000, places=2)


@st.composite
def definitions(draw: st.DrawFn) -> DefinitionMatch:
    extensions = tuple(sorted(draw(st.dictionaries(iris, names, max_size=2)).items()))
    return DefinitionMatch(draw(iris), draw(st.none() | names.map(lambda name: f"{name}*")), extensions)


@st.composite
def entries(draw: st.DrawFn, entry_id: str) -> CatalogueEntry:
    own = f"https://{entry_id}.example/"
    certificate = st.none() | st.just(Certificate()) | st.integers(1, 600).map(Certificate)
    alignments = draw(st.dictionaries(names, st.tuples(st.integers(1, 5), st.sampled_from(["1", "0.5", "0.125"])), max_size=3))
    return CatalogueEntry(
        entry_id,
        draw(text),
        draw(st.sampled_from(["1", "9", "16"])),
        draw(text),
        draw(st.none() | decimals),
        draw(st.sampled_from(FinishRule)),
        activity_ids=tuple(own + one for one in draw(st.lists(names, unique=True, min_size=1, max_size=3))),
        patterns=tuple(own + one + "/*" for one in draw(st.lists(names, unique=True, max_size=2))),
        definitions=tuple(draw(st.lists(definitions(), unique=True, max_size=2))),
        alignments=tuple(Alignment(one, level, Decimal(weight)) for one, (level, weight) in sorted(alignments.items())),
        min_score=draw(st.none() | st.decimals(min_value=-1, max_value=1, places=3)),
        certificate=draw(certificate),
        from_year=draw(st.none() | st.integers(1945, 2030)),
        through_year=draw(st.none() | st.integers(2030, 2100)),
        repeats=draw(st.sampled_from(Repeats)),
        counts_per=draw(st.sampled_from(CountsPer)),
        siasn_training=draw(st.sampled_from(["", "54", "A8ACA7A4ECE0"])),
    )


catalogues = st.tuples(entries("a"), entries("b-2"))


@given(catalogues)
def test_json_imports_to_the_same_entries(catalogue: tuple[CatalogueEntry, ...]) -> None:
    back = read_catalogue(io.BytesIO(write_catalogue_json(catalogue).encode()), Format.JSON)
    assert (back.rows, back.problems) == (catalogue, ())


@given(catalogues)
def test_csv_imports_to_the_same_entries_but_those_it_names(catalogue: tuple[CatalogueEntry, ...]) -> None:
    unfit = not_in_csv(catalogue)
    fit = [entry for entry in catalogue if entry.id not in unfit]
    back = read_catalogue(io.BytesIO(write_catalogue_csv(fit).encode()), Format.CSV)
    assert (list(back.rows), back.problems) == (fit, ())


@pytest.mark.parametrize(
    "change",
    [
        {"activity_ids": ("https://x.example/a;b",)},
        {"patterns": ("https://x.example/a;*",)},
        {"definitions": (DefinitionMatch(name="a & b*"), DefinitionMatch(name="c=d"))},
        {"definitions": (DefinitionMatch(extensions=(("https://x.example/e", "a=b"),)),)},
        {"title": "dua  spasi"},
    ],
)
def test_what_no_cell_can_hold_is_named(change: dict[str, object]) -> None:
    entry = CatalogueEntry("a", "T", "9", "B", Decimal(1), FinishRule.PASSED, activity_ids=("https://x.example/1",))
    assert not_in_csv([entry]) == []
    unfit = replace(entry, **change)  # type: ignore[arg-type]
    assert not_in_csv([replace(entry, id="b", activity_ids=("https://x.example/2",)), unfit]) == ["a"]
    back = read_catalogue(io.BytesIO(write_catalogue_json([unfit]).encode()), Format.JSON)
    assert back.rows == (unfit,)
