from __future__ import annotations

from competency.directory import Unit
from competency.units import unit_path


def names(unit_id: str, *units: Unit) -> list[str]:
    return [unit.id for unit in unit_path(unit_id, {unit.id: unit for unit in units})]


def test_the_path_goes_from_the_agency_down() -> None:
    assert names("c", Unit("a", "A"), Unit("b", "B", "a"), Unit("c", "C", "b")) == ["a", "b", "c"]


def test_it_ends_at_what_is_not_known_and_at_a_circle() -> None:
    assert names("c", Unit("c", "C", "gone")) == ["c"]
    assert names("gone") == []
    assert names("a", Unit("a", "A", "b"), Unit("b", "B", "a")) == ["b", "a"]
