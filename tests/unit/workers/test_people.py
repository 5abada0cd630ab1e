"""The directory as it is in the middle of an import."""

from __future__ import annotations

from dataclasses import replace

from competency.directory import Employee, Employment, Identifier
from workers.people import People

ANI = Employee("e1", "Ani", "198001012005012001", Employment.PNS, "u1", "p1", (Identifier("mbox|mailto:a@x.id"),))
BUDI = Employee("e2", "Budi", "198001012005011002", Employment.PNS, "u1", "p1", (Identifier("mbox|mailto:b@x.id"),))


def test_people_are_found_as_they_are_by_then() -> None:
    people = People({"e1": ANI, "e2": BUDI})
    people.put(replace(ANI, nip="199001012005012001", identifiers=BUDI.identifiers))
    assert people.by_nip(ANI.nip) is None
    assert people.by_nip("199001012005012001") == people.get("e1")
    assert people.by_identifiers(["mbox|mailto:a@x.id", "mbox|mailto:b@x.id"]) == {"mbox|mailto:b@x.id": (people.get("e1"), BUDI)}


def test_who_became_what_they_were_is_not_changed() -> None:
    people = People({"e1": ANI, "e2": BUDI})
    people.put(replace(ANI, name="Lain"))
    people.put(ANI)
    people.put(replace(BUDI, name="Budi Santoso"))
    people.put(replace(BUDI, id="e3", nip="1", identifiers=()))
    assert [employee.id for employee in people.changed()] == ["e2", "e3"]
    assert people.former["e2"] == BUDI
