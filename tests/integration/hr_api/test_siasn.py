"""What SIASN takes of the people of a unit, and what it takes that is missing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from competency.catalogue import CatalogueEntry, FinishRule
from competency.derivation import BEGAN_ON
from tests.integration.hr_api.world import AISYAH, BUDI, BUDI_NIP, COURSE, SITI, SITI_NIP, WORKSHOP, World, said

AGENCY = "unit-01"
LEADERSHIP = "https://lms.example.ac.id/pka/1"
PKA = CatalogueEntry("pka", "PKA Angkatan I", "1", "LAN", Decimal(200), FinishRule.COMPLETED, activity_ids=(LEADERSHIP,))


@pytest.fixture
def office(world: World) -> World:
    """Siti and Budi finished leadership training of several days; each something else as well."""
    world.store.catalogue.put_entries([PKA])
    several = {"completion": True, "duration": "P2D", "extensions": {BEGAN_ON: "2026-01-12"}}
    when = "2026-01-20T08:00:00Z"
    world.learn(
        said(1, SITI_NIP, LEADERSHIP, timestamp=when, result=several),
        said(2, BUDI_NIP, LEADERSHIP, timestamp=when),
        said(3, SITI_NIP, COURSE, timestamp=when, result={"completion": True, "duration": "P2D"}),
        said(4, BUDI_NIP, WORKSHOP, timestamp=when),
    )
    world.compute_everyone()
    return world


def _table(world: World, shape: str, more: str = "?year=2026") -> list[dict[str, str]]:
    response = world.get(f"/api/v1/units/{AGENCY}/exports/{shape}.csv{more}")
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def _gaps(world: World, more: str = "?year=2026") -> list[tuple[str, str, str]]:
    return [(row["jenis"], row["id"], row["kurang"]) for row in _table(world, "siasn-gaps", more)]


def _known(world: World, **ids: str) -> None:
    directory = world.store.directory
    people = directory.get_many(ids)
    directory.put_employees([replace(one, siasn_id=ids[employee_id]) for employee_id, one in people.items()])


def test_riwayat_kursus_has_the_first_day_and_the_last(office: World) -> None:
    by_title = {row["namaKursus"]: row for row in _table(office, "riwayat-kursus")}
    assert set(by_title) == {"Kursus Data", "Lokakarya Etika"}
    course, workshop = by_title["Kursus Data"], by_title["Lokakarya Etika"]
    assert (course["tanggalKursus"], course["tanggalSelesaiKursus"]) == ("18-01-2026", "20-01-2026")
    assert (workshop["tanggalKursus"], workshop["tanggalSelesaiKursus"]) == ("20-01-2026", "20-01-2026")


def test_riwayat_diklat_has_the_first_day_that_was_said_and_bkns_id_of_the_training(office: World) -> None:
    siti, budi = _table(office, "riwayat-diklat")
    assert (siti["tanggal"], siti["tanggalSelesai"], siti["latihanStrukturalId"]) == ("12-01-2026", "20-01-2026", "")
    assert budi["tanggal"] == "20-01-2026"
    office.store.catalogue.put_entries([replace(PKA, siasn_training="54")])
    assert [row["latihanStrukturalId"] for row in _table(office, "riwayat-diklat")] == ["54", "54"]


def test_a_profile_shows_when_each_thing_began(office: World) -> None:
    profile = office.get(f"/api/v1/employees/{SITI}/profile").get_json()["profile"]
    (year,) = [one for one in profile["hours"] if one["year"] == 2026]
    assert {line["title"]: line["beganOn"] for line in year["lines"]} == {
        "PKA Angkatan I": "2026-01-12",
        "Kursus Data": "2026-01-18",
    }
    profile = office.get(f"/api/v1/employees/{BUDI}/profile").get_json()["profile"]
    (year,) = [one for one in profile["hours"] if one["year"] == 2026]
    assert {line["beganOn"] for line in year["lines"]} == {None}


def test_what_siasn_needs_and_nobody_said_is_listed_once_with_what_to_do(office: World) -> None:
    assert _gaps(office) == [
        ("employee", SITI, "pnsOrangId"),
        ("unit", AGENCY, "instansiId"),
        ("catalogue", "pka", "latihanStrukturalId"),
        ("employee", BUDI, "pnsOrangId"),
        ("employee", AISYAH, "pnsOrangId"),
    ]
    rows = _table(office, "siasn-gaps")
    assert "siasn_id of the table employees" in rows[0]["tindakan"]
    assert "siasn_id of the table units" in rows[1]["tindakan"]
    assert "siasn_training of the catalogue" in rows[2]["tindakan"]
    assert rows[0]["nip"].count("*") == 6
    assert (rows[1]["nip"], rows[2]["nip"]) == ("", "")


def test_what_was_said_is_no_longer_missing(office: World) -> None:
    _known(office, **{SITI: "A1", BUDI: "B2", AISYAH: "C3"})
    assert _gaps(office) == [("unit", AGENCY, "instansiId"), ("catalogue", "pka", "latihanStrukturalId")]
    (agency,) = [unit for unit in office.store.directory.units() if unit.id == AGENCY]
    office.store.directory.put_units([replace(agency, siasn_id="D4")])
    office.store.catalogue.put_entries([replace(PKA, siasn_training="54")])
    assert _gaps(office) == []


def test_only_trainings_of_the_year_are_missing_their_id(office: World) -> None:
    assert ("catalogue", "pka", "latihanStrukturalId") not in _gaps(office, "?year=2025")
    assert ("catalogue", "pka", "latihanStrukturalId") in _gaps(office, "")


def test_everybody_in_the_list_is_noted(office: World) -> None:
    before = len(office.noted())
    _gaps(office)
    assert office.noted()[before:] == [("hr", "unit.export", one) for one in (SITI, BUDI, AISYAH)]
