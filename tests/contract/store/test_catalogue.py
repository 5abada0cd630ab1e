"""The catalogue, the frameworks and the rules, each with its versions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest

from competency.catalogue import CatalogueEntry, Certificate, CountsPer, DefinitionMatch, FinishRule, Repeats
from competency.frameworks import CompetencyKind, Framework, Publication
from store.port import CatalogueStore, Outdated, Rejected, Store
from tests.contract.store.builders import competency, entry, framework, iri
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once

FULL = replace(
    entry("c9", title="Pelatihan “Dasar”", patterns=["https://x.example/*", "*/dasar"]),
    activity_ids=(iri("b"), iri("a")),
    definitions=(DefinitionMatch("https://x.example/type", "*dasar*", (("https://x.example/e", "true"),)),),
    finish=FinishRule.ATTENDED,
    min_score=Decimal("0.65"),
    certificate=Certificate(36),
    from_year=2024,
    through_year=2027,
    repeats=Repeats.YEARLY,
    counts_per=CountsPer.ACTIVITY,
)


def test_entries_come_back_ordered_by_id(store: Store) -> None:
    bare = replace(entry("c3"), activity_ids=(), alignments=(), jp=None)
    store.catalogue.put_entries([FULL, entry("c2", jp="0.50"), entry("c1"), bare])
    assert store.catalogue.entries() == [entry("c1"), entry("c2", jp="0.50"), bare, FULL]
    assert str(store.catalogue.entries()[1].jp) == "0.50"


def test_an_entry_gets_a_version_whenever_it_changes_and_keeps_every_one(store: Store) -> None:
    store.catalogue.put_entries([entry("c1", version=7), entry("c2")])
    assert store.catalogue.put_entries([entry("c1", jp="20", version=1), entry("c2")])
    assert not store.catalogue.put_entries([entry("c1", jp="20", version=9)])
    assert store.catalogue.put_entries([entry("c1", version=1)])
    assert store.catalogue.entries() == [entry("c1", version=3), entry("c2")]
    versions = [store.catalogue.entry("c1", number) for number in range(5)]
    assert versions == [None, entry("c1"), entry("c1", jp="20", version=2), entry("c1", version=3), None]
    assert store.catalogue.entry("c2", 1) == entry("c2")
    assert store.catalogue.entry("c2", 2) is None
    assert store.catalogue.entry("c3", 1) is None


def test_of_two_with_one_id_in_a_call_the_last_stands_as_one_version(store: Store) -> None:
    store.catalogue.put_entries([entry("c1", iri("first")), entry("c1", iri("last"))])
    assert store.catalogue.entries() == [entry("c1", iri("last"))]
    store.catalogue.put_entries([entry("c2", iri("first"))])


@pytest.mark.parametrize("also_patterns", [False, True])
def test_an_activity_and_a_pattern_belong_to_one_entry(store: Store, also_patterns: bool) -> None:
    def of(entry_id: str, mark: str) -> CatalogueEntry:
        return entry(entry_id, iri(entry_id), patterns=[f"{mark}*"]) if also_patterns else entry(entry_id, iri(mark))

    store.catalogue.put_entries([of("c1", "a")])
    held, version = store.catalogue.entries(), store.catalogue.version()
    with pytest.raises(Rejected, match=r"c2.*c1"):
        store.catalogue.put_entries([of("c0", "z"), of("c2", "a"), of("c3", "y")])
    with pytest.raises(Rejected):
        store.catalogue.put_entries([of("c4", "x"), of("c5", "x")])
    with pytest.raises(Rejected):
        store.catalogue.put_entries([of("c1", "a"), of("c2", "a")])
    assert (store.catalogue.entries(), store.catalogue.version()) == (held, version)
    assert store.catalogue.entry("c0", 1) is None
    store.catalogue.put_entries([of("c0", "z"), of("c3", "y"), of("c4", "x")])


def test_an_activity_id_is_not_a_pattern(store: Store) -> None:
    store.catalogue.put_entries([entry("c1", "https://x.example/a"), entry("c2", patterns=["https://x.example/a"])])
    assert len(store.catalogue.entries()) == 2


def test_an_activity_given_up_can_be_taken_by_another_entry(store: Store) -> None:
    store.catalogue.put_entries([entry("c1", patterns=["a*"])])
    store.catalogue.put_entries([entry("c1", activity_id=iri("other"))])
    store.catalogue.put_entries([entry("c2", activity_id=iri("c1"), patterns=["a*"])])
    assert [one.activity_ids for one in store.catalogue.entries()] == [(iri("other"),), (iri("c1"),)]


def test_two_entries_can_exchange_their_activities_in_one_call(store: Store) -> None:
    store.catalogue.put_entries([entry("c1"), entry("c2")])
    exchanged = [entry("c1", activity_id=iri("c2"), version=2), entry("c2", activity_id=iri("c1"), version=2)]
    store.catalogue.put_entries(exchanged)
    assert store.catalogue.entries() == exchanged
    with pytest.raises(Rejected):
        store.catalogue.put_entries([entry("c3", activity_id=iri("c2"))])


def test_an_entry_may_name_an_activity_twice(store: Store) -> None:
    store.catalogue.put_entries([replace(entry("c1"), activity_ids=(iri("a"), iri("a")), patterns=("x*", "x*"))])
    assert store.catalogue.entries()[0].activity_ids == (iri("a"), iri("a"))


def test_of_two_entries_that_claim_an_activity_at_once_one_gets_it(store: Store, store_url: str) -> None:
    def claim(handle: Store, entry_id: str, activity_id: str) -> bool:
        try:
            handle.catalogue.put_entries([entry(entry_id, activity_id)])
        except Rejected:
            return False
        return True

    with closing(open_store(store_url)) as other:
        for turn in range(8):
            activity_id = iri(str(turn))
            got = at_once(
                lambda turn=turn, one=activity_id: claim(store, f"a{turn}", one),
                lambda turn=turn, one=activity_id: claim(other, f"b{turn}", one),
            )
            assert sorted(got) == [False, True]
            assert [one.id for one in store.catalogue.entries() if activity_id in one.activity_ids] == [
                f"a{turn}" if got[0] else f"b{turn}"
            ]


def test_entries_changed_by_several_at_once_get_every_version(store: Store, store_url: str) -> None:
    def change(handle: Store, of: int) -> None:
        for turn in range(6):
            handle.catalogue.put_entries([entry("c1", title=f"{of} {turn}")])

    with closing(open_store(store_url)) as other:
        at_once(lambda: change(store, 1), lambda: change(other, 2))
    (last,) = store.catalogue.entries()
    assert last.version == 12
    kept = [store.catalogue.entry("c1", number) for number in range(1, 13)]
    assert {one.title for one in kept if one is not None} == {f"{of} {turn}" for of in (1, 2) for turn in range(6)}


def test_many_entries_at_once(store: Store) -> None:
    many = [entry(f"c{number:05}") for number in range(2_500)]
    store.catalogue.put_entries(many)
    store.catalogue.put_entries([replace(one, title="Baru") for one in reversed(many)])
    assert store.catalogue.entries() == [replace(one, title="Baru", version=2) for one in many]


def test_frameworks_come_back_ordered_by_id(store: Store) -> None:
    part = replace(
        competency("a", "Analisis “data”", "teknis"),
        kind=CompetencyKind.TEKNIS,
        levels={1: "Paham", 5: "Ahli"},
        parent_id="b",
        uri="https://case.example/CFItems/1",
    )
    full = Framework(
        "teknis", "Kamus", (part, competency("b", "B", "teknis")), "BKN", "id", "Teknis", "2026", "https://case.example/1"
    )
    store.catalogue.put_framework(full)
    store.catalogue.put_framework(framework("a", "x", "y"))
    store.catalogue.put_framework(framework("empty"))
    assert store.catalogue.frameworks() == [framework("a", "x", "y"), framework("empty"), full]


def test_a_framework_gets_a_version_whenever_it_changes_and_keeps_every_one(store: Store) -> None:
    assert store.catalogue.put_framework(framework("f", "a", version=4))
    assert not store.catalogue.put_framework(framework("f", "a", version=2))
    assert store.catalogue.put_framework(framework("f", "a", "b"))
    assert store.catalogue.put_framework(framework("f", "a", "b", title="Baru"))
    assert store.catalogue.put_framework(framework("g", "a"))
    newest = framework("f", "a", "b", title="Baru", version=3)
    assert store.catalogue.frameworks() == [newest, framework("g", "a")]
    versions = [store.catalogue.framework("f", number) for number in range(5)]
    assert versions == [None, framework("f", "a"), framework("f", "a", "b", version=2), newest, None]
    assert store.catalogue.framework("h", 1) is None


def test_what_a_framework_was_read_from_is_kept_with_every_version(store: Store) -> None:
    catalogue = store.catalogue
    first, second = Publication("d1", bytes(range(256))), Publication("d2", b"\x00\xff")
    assert catalogue.put_framework(replace(framework("f", "a"), published=first))
    assert not catalogue.put_framework(replace(framework("f", "a"), published=replace(first, packed=b"packed otherwise")))
    assert catalogue.put_framework(replace(framework("f", "a"), published=second))
    assert catalogue.put_framework(framework("f", "a"))
    kept = [catalogue.framework("f", version) for version in (1, 2, 3)]
    assert [one and one.published for one in kept] == [first, second, None]
    assert kept[0] is not None
    assert kept[0].published is not None
    assert kept[0].published.packed == bytes(range(256))


def test_rules_are_numbered(store: Store) -> None:
    assert store.catalogue.rules() is None
    assert store.catalogue.rules_version(1) is None
    assert store.catalogue.put_rules(b'{"a": 1}') == 1
    assert store.catalogue.put_rules(b'{"a": 1}') == 1
    assert store.catalogue.put_rules(b'{"a":1}\x00\xff') == 2
    assert store.catalogue.put_rules(b'{"a": 1}') == 3
    assert store.catalogue.rules() == (3, b'{"a": 1}')
    kept = [store.catalogue.rules_version(number) for number in range(5)]
    assert kept == [None, b'{"a": 1}', b'{"a":1}\x00\xff', b'{"a": 1}', None]


def test_rules_put_by_several_at_once_get_a_number_each(store: Store, store_url: str) -> None:
    with closing(open_store(store_url)) as other:
        numbers = at_once(
            lambda: [store.catalogue.put_rules(b"one %d" % turn) for turn in range(5)],
            lambda: [other.catalogue.put_rules(b"other %d" % turn) for turn in range(5)],
        )
    assert sorted(number for mine in numbers for number in mine) == list(range(1, 11))


def test_only_the_expected_version_is_replaced(store: Store) -> None:
    catalogue = store.catalogue
    assert catalogue.put_entries([entry("c1")], expected={"c1": 0})
    assert catalogue.put_framework(framework("f", "a"), expected=0)
    assert catalogue.put_rules(b"1", expected=0) == 1
    for wrong in (0, 2):
        for refused in (
            lambda wrong=wrong: catalogue.put_entries([entry("c1", jp="20"), entry("c2", iri("2"))], expected={"c1": wrong}),
            lambda wrong=wrong: catalogue.put_entries([entry("c1")], expected={"c1": wrong}),
            lambda wrong=wrong: catalogue.put_framework(framework("f", "a", "b"), expected=wrong),
            lambda wrong=wrong: catalogue.put_rules(b"2", expected=wrong),
        ):
            with pytest.raises(Outdated):
                refused()
    assert (catalogue.entries(), catalogue.frameworks(), catalogue.rules()) == ([entry("c1")], [framework("f", "a")], (1, b"1"))
    assert catalogue.put_entries([entry("c1", jp="20")], expected={"c1": 1})
    assert catalogue.put_framework(framework("f", "a", "b"), expected=1)
    assert catalogue.put_rules(b"2", expected=1) == 2


def test_of_several_who_replace_one_version_at_once_one_does(store: Store, store_url: str) -> None:
    def tried(catalogue: CatalogueStore, name: str) -> list[bool]:
        done = []
        for version in range(4):
            try:
                done.append(catalogue.put_entries([entry("c1", title=f"{name} {version}")], expected={"c1": version}))
            except Outdated:
                done.append(False)
        return done

    with closing(open_store(store_url)) as other:
        mine, theirs = at_once(lambda: tried(store.catalogue, "one"), lambda: tried(other.catalogue, "other"))
    (held,) = store.catalogue.entries()
    assert held.version == sum(mine) + sum(theirs)
    assert held.version >= 1


def test_when_a_framework_changed_is_kept_and_makes_no_difference(store: Store) -> None:
    store.catalogue.put_framework(replace(framework("f", "a"), changed_at_ms=1_000))
    assert not store.catalogue.put_framework(replace(framework("f", "a"), changed_at_ms=2_000))
    assert [one.changed_at_ms for one in store.catalogue.frameworks()] == [1_000]
    assert store.catalogue.put_framework(replace(framework("f", "a", "b"), changed_at_ms=3_000))
    kept = [store.catalogue.framework("f", version) for version in (1, 2)]
    assert [one and one.changed_at_ms for one in kept] == [1_000, 3_000]


def test_each_change_is_one_version_of_the_whole(store: Store) -> None:
    changes: list[Callable[[], object]] = [
        lambda: store.catalogue.put_entries([entry("c1"), entry("c2")]),
        lambda: store.catalogue.put_framework(framework("f", "a")),
        lambda: store.catalogue.put_rules(b"{}"),
        lambda: store.catalogue.put_entries([entry("c1", title="Baru")]),
    ]
    assert store.catalogue.version() == 0
    for number, change in enumerate(changes, start=1):
        change()
        change()
        assert store.catalogue.version() == number
    store.catalogue.put_entries([])
    store.catalogue.entries()
    assert store.catalogue.version() == len(changes)
    assert store.directory.version() == 0
