"""The reference: read again when it changed, and only then; the same on every store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from competency.rules import core_framework, load_rules, rules_text
from store.port import Store
from store.reference import References
from tests.contract.store.builders import employee, entry, post, unit


def test_nothing_is_read_again_while_nothing_changes(store: Store) -> None:
    references = References(store.directory, store.catalogue, load_rules())
    assert references.current() is references.current()


def test_employees_change_its_versions_and_leave_the_rest_as_it_is(store: Store) -> None:
    store.directory.put_units([unit()])
    references = References(store.directory, store.catalogue, load_rules())
    before = references.current()
    for name in ("Satu", "Dua"):
        store.directory.put_employees([employee("e1", name)])
        after = references.current()
        assert after.versions == (store.directory.version(), store.catalogue.version()) != before.versions
        assert after.catalogue is before.catalogue, "it was read anew for an employee"
        assert after == replace(before, versions=after.versions)
        before = after


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.directory.put_units([unit("u1", "Baru")]),
        lambda store: store.directory.put_posts([post("p1", integritas=4)]),
        lambda store: store.catalogue.put_entries([entry("c2")]),
        lambda store: store.catalogue.put_framework(replace(core_framework(), title="Lain")),
        lambda store: store.catalogue.put_rules(rules_text()),
    ],
    ids=["units", "posts", "entries", "frameworks", "rules"],
)
def test_whatever_else_changes_is_in_it_at_once(store: Store, change: Callable[[Store], object]) -> None:
    store.directory.put_units([unit()])
    store.directory.put_posts([post()])
    references = References(store.directory, store.catalogue, load_rules())
    before = references.current()
    store.directory.put_employees([employee()])
    change(store)
    after, fresh = references.current(), References(store.directory, store.catalogue, load_rules()).current()
    for name in ("versions", "posts", "units", "frameworks", "competencies", "known_competencies", "framework_versions", "rules"):
        assert getattr(after, name) == getattr(fresh, name)
    assert after.catalogue.by_id == fresh.catalogue.by_id
    shown = [(one.posts, one.units, one.frameworks, one.rules, one.catalogue.by_id) for one in (before, after)]
    assert shown[0] != shown[1]
