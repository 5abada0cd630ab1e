"""The catalogue and the competencies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store.port import Rejected, Store
from tests.contract.store.builders import competency, entry, iri


def test_entries_come_back_ordered_by_id(store: Store) -> None:
    entries = [entry("c2", jp="0.50"), entry("c1"), replace(entry("c3", title="Pelatihan “Dasar”"), alignments=())]
    store.catalogue.put_entries(entries)
    assert store.catalogue.entries() == [entries[1], entries[0], entries[2]]
    assert str(store.catalogue.entries()[1].jp) == "0.50"


def test_putting_an_entry_again_replaces_it(store: Store) -> None:
    store.catalogue.put_entries([entry("c1"), entry("c2")])
    store.catalogue.put_entries([entry("c1", title="Baru", jp="20")])
    assert store.catalogue.entries() == [entry("c1", title="Baru", jp="20"), entry("c2")]


def test_an_activity_belongs_to_one_entry(store: Store) -> None:
    store.catalogue.put_entries([entry("c1")])
    version = store.catalogue.version()
    with pytest.raises(Rejected):
        store.catalogue.put_entries([entry("c0"), entry("c2", activity_id=iri("c1")), entry("c3")])
    with pytest.raises(Rejected):
        store.catalogue.put_entries([entry("c4", activity_id=iri("x")), entry("c5", activity_id=iri("x"))])
    assert store.catalogue.entries() == [entry("c1")]
    assert store.catalogue.version() == version


def test_an_activity_given_up_can_be_taken_by_another_entry(store: Store) -> None:
    store.catalogue.put_entries([entry("c1")])
    store.catalogue.put_entries([entry("c1", activity_id=iri("other"))])
    store.catalogue.put_entries([entry("c2", activity_id=iri("c1"))])
    assert [one.activity_id for one in store.catalogue.entries()] == [iri("other"), iri("c1")]


def test_two_entries_can_exchange_their_activities_in_one_call(store: Store) -> None:
    store.catalogue.put_entries([entry("c1"), entry("c2")])
    exchanged = [entry("c1", activity_id=iri("c2")), entry("c2", activity_id=iri("c1"))]
    store.catalogue.put_entries(exchanged)
    assert store.catalogue.entries() == exchanged


def test_competencies_come_back_ordered_by_id(store: Store) -> None:
    store.catalogue.put_competencies([competency("b"), competency("a")])
    store.catalogue.put_competencies([competency("b", "Baru"), competency("c")])
    assert store.catalogue.competencies() == [competency("a"), competency("b", "Baru"), competency("c")]


def test_the_version_grows_with_every_change(store: Store) -> None:
    versions = [store.catalogue.version()]
    for change in (
        lambda: store.catalogue.put_entries([entry()]),
        lambda: store.catalogue.put_competencies([competency()]),
        lambda: store.catalogue.put_entries([entry(title="Baru")]),
    ):
        change()
        versions.append(store.catalogue.version())
    assert versions == sorted(set(versions))


def test_putting_says_whether_it_changed_anything_and_each_change_is_one_version(store: Store) -> None:
    start = store.catalogue.version()
    assert store.catalogue.put_entries([entry()])
    assert not store.catalogue.put_entries([entry()])
    assert store.catalogue.put_competencies([competency()])
    assert not store.catalogue.put_competencies([competency()])
    assert store.catalogue.version() == start + 2


def test_what_profiles_have_followed_is_kept_and_never_goes_back(store: Store) -> None:
    assert store.catalogue.refreshed() is None
    store.catalogue.mark_refreshed(0)
    assert store.catalogue.refreshed() == 0
    store.catalogue.put_entries([entry()])
    version = store.catalogue.version()
    assert store.catalogue.refreshed() == 0
    store.catalogue.mark_refreshed(version)
    store.catalogue.mark_refreshed(version - 1)
    assert (store.catalogue.refreshed(), store.catalogue.version()) == (version, version)
    assert store.directory.refreshed() is None
