"""HR's questions about the people of a unit and the units below it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from competency.directory import Employment, Unit
from competency.facts import facts_of
from competency.profile_json import read
from store.port import Order, OrderKind
from store.profile_marks import MARKED_ANEW
from tests.integration.hr_api.world import (
    AISYAH,
    BUDI,
    BUDI_NIP,
    COURSE,
    SEMINAR,
    SITI,
    SITI_NIP,
    WORKSHOP,
    World,
    said,
)

AGENCY, OFFICE, BUREAU = "unit-01", "unit-0100", "unit-0101"


@pytest.fixture
def office(world: World) -> World:
    """Aisyah works in another unit than Siti and Budi; Siti learnt 27.5 JP in 2026, Budi 3, Aisyah nothing."""
    directory = world.store.directory
    directory.put_units([Unit("unit-0102", "Bagian Hukum", OFFICE)])
    aisyah = directory.employee(AISYAH)
    assert aisyah is not None
    directory.put_employees([replace(aisyah, unit_id="unit-0102")])
    world.learn(said(1), said(2, activity=COURSE), said(3, BUDI_NIP, WORKSHOP))
    world.compute_everyone()
    return world


def _pages(world: World, path: str) -> Iterator[dict[str, Any]]:
    following: str | None = path
    while following is not None:
        answer = world.get(following).get_json()
        yield answer
        following = answer["next"]


def _ids(page: dict[str, Any]) -> list[str]:
    return [item["employee"]["id"] for item in page["items"]]


def test_the_tree_is_walked_from_the_agencies_down(office: World) -> None:
    agencies = office.get("/api/v1/units").get_json()["units"]
    assert [(unit["id"], unit["parentId"], unit["unitsBelow"]) for unit in agencies] == [(AGENCY, None, 1)]
    below = office.get(f"/api/v1/units?parent={OFFICE}").get_json()["units"]
    assert [unit["name"] for unit in below] == ["Bagian Hukum", "Bagian Kepegawaian"]
    one = office.get(f"/api/v1/units/{BUREAU}").get_json()
    assert one["path"] == ["Kementerian Contoh", "Sekretariat Jenderal", "Bagian Kepegawaian"]
    assert office.get("/api/v1/units/nothing").status_code == 404
    assert office.get("/api/v1/units?parent=nothing").status_code == 404


def test_who_is_in_a_subtree_page_by_page(office: World) -> None:
    pages = list(_pages(office, f"/api/v1/units/{AGENCY}/employees?limit=2"))
    assert [_ids(page) for page in pages] == [[SITI, BUDI], [AISYAH]]
    assert _ids(office.get(f"/api/v1/units/{BUREAU}/employees").get_json()) == [SITI, BUDI]
    assert _ids(office.get(f"/api/v1/units/{OFFICE}/employees?direct=true").get_json()) == []


def test_who_has_not_reached_the_hours_owed_with_what_is_missing(office: World) -> None:
    pages = list(_pages(office, f"/api/v1/units/{AGENCY}/missing-hours?limit=1"))
    assert [_ids(page) for page in pages] == [[BUDI], [AISYAH]]
    budi = pages[0]["items"][0]
    assert (budi["jp"], budi["requiredJp"], budi["missingJp"], budi["rule"]) == (3, 20, 17, "obligation-pns/1")
    assert budi["employee"]["nipMasked"].count("*") == 6
    assert pages[0]["year"] == 2026


def test_a_pppk_owes_no_floor_and_is_not_listed(office: World) -> None:
    budi = office.store.directory.employee(BUDI)
    assert budi is not None
    office.store.directory.put_employees([replace(budi, employment=Employment.PPPK, contract_start=date(2026, 1, 1))])
    office.compute_everyone()
    assert _ids(office.get(f"/api/v1/units/{AGENCY}/missing-hours").get_json()) == [AISYAH]


def test_earlier_years_without_any_learning_are_missing_too(office: World) -> None:
    """Whoever was appointed in 2015 owed 20 JP in 2024, whether a statement came in or not."""
    assert _ids(office.get(f"/api/v1/units/{AGENCY}/missing-hours?year=2024").get_json()) == [SITI, BUDI, AISYAH]


def test_who_has_left_is_in_no_list_and_no_figure(office: World) -> None:
    aisyah = office.store.directory.employee(AISYAH)
    assert aisyah is not None
    office.store.directory.put_employees([replace(aisyah, left_on=date(2026, 1, 1))])
    office.compute_everyone()
    assert _ids(office.get(f"/api/v1/units/{AGENCY}/employees").get_json()) == [SITI, BUDI]
    assert office.get(f"/api/v1/units/{AGENCY}/hours").get_json()["employees"] == 2
    assert office.get(f"/api/v1/employees/{AISYAH}/profile").status_code == 200


@pytest.fixture
def contracted(office: World) -> World:
    """Siti and Budi are PPPK in their second and first contract year; Siti has learnt 27.5 JP in hers, Budi 3."""
    for employee_id, began in ((SITI, date(2025, 1, 10)), (BUDI, date(2026, 1, 1))):
        employee = office.store.directory.employee(employee_id)
        assert employee is not None
        office.store.directory.put_employees([replace(employee, employment=Employment.PPPK, contract_start=began)])
    office.compute_everyone()
    return office


def test_who_has_gone_over_the_ceiling_of_the_contract_year_that_runs(contracted: World) -> None:
    (item,) = contracted.get(f"/api/v1/units/{AGENCY}/over-ceiling").get_json()["items"]
    assert item["employee"]["id"] == SITI
    assert {name: value for name, value in item.items() if name not in ("employee", "revision", "source")} == {
        "contractYear": 2,
        "fromDay": "2026-01-10",
        "throughDay": "2027-01-09",
        "jp": 27.5,
        "allowedJp": 24,
        "overJp": 3.5,
        "rule": "obligation-pppk/1",
    }
    assert contracted.noted()[-1] == ("hr", "unit.over-ceiling", SITI)
    assert _ids(contracted.get("/api/v1/units/unit-0102/over-ceiling").get_json()) == []
    assert contracted.get("/api/v1/units/nothing/over-ceiling").status_code == 404
    assert contracted.get(f"/api/v1/units/{AGENCY}/over-ceiling?year=2026").status_code == 400


def test_those_over_the_ceiling_come_page_by_page(contracted: World) -> None:
    contracted.learn(said(20, BUDI_NIP, COURSE), said(21, BUDI_NIP, SEMINAR))
    pages = list(_pages(contracted, f"/api/v1/units/{AGENCY}/over-ceiling?limit=1"))
    assert [_ids(page) for page in pages] == [[SITI], [BUDI]]


def test_a_contract_year_that_is_over_is_in_the_answer_no_more(contracted: World) -> None:
    contracted.clock.advance_ms(365 * 24 * 3_600_000)
    before = contracted.get(f"/api/v1/units/{AGENCY}/over-ceiling").get_json()
    assert before["items"] == [], "also before the keeper has built the profiles of the day"
    contracted.keep()
    assert contracted.get(f"/api/v1/units/{AGENCY}/over-ceiling").get_json()["items"] == []


def test_profiles_of_before_are_in_the_answer_once_they_are_built_anew(contracted: World) -> None:
    """What an older program kept has no first days in its lines, and nobody was marked as over the ceiling."""
    held = contracted.store.profiles.get(SITI)
    assert held is not None
    older = re.sub(rb'"beganOn":(?:null|"[0-9-]+"),', b"", held.text)
    assert older != held.text
    facts = replace(facts_of(read(held.text), held.unit_path, True), contract=None)
    assert contracted.store.profiles.put(SITI, older, facts, expected_revision=held.revision)
    assert _ids(contracted.get(f"/api/v1/units/{AGENCY}/over-ceiling").get_json()) == []
    contracted.store.orders.place([Order(MARKED_ANEW, OrderKind.EVERYONE)])
    contracted.keep()
    assert _ids(contracted.get(f"/api/v1/units/{AGENCY}/over-ceiling").get_json()) == [SITI]


def test_the_hours_export_has_contract_years_beside_calendar_years(contracted: World) -> None:
    header, *rows = _csv(contracted, f"/api/v1/units/{AGENCY}/exports/hours.csv?year=2026")
    told = [dict(zip(header, row, strict=True)) for row in rows]
    of_siti = [one for one in told if one["employeeId"] == SITI]
    columns = ("periode", "tahun", "dari", "sampai", "jp", "standing", "jpWajib", "selisih", "kegiatan")
    assert [tuple(one[name] for name in columns) for one in of_siti] == [
        ("calendar", "2026", "2026-01-01", "2026-12-31", "27.5", "", "", "", "2"),
        ("contract", "2", "2026-01-10", "2027-01-09", "27.5", "exceeded", "24", "3.5", "2"),
    ]
    assert [one["periode"] for one in told if one["employeeId"] == AISYAH] == ["calendar"]
    later = _csv(contracted, f"/api/v1/units/{AGENCY}/exports/hours.csv?year=2027")[1:]
    assert [row[header.index("periode")] for row in later if row[0] == SITI] == ["contract"], "it reaches into 2027"


def test_who_is_below_a_standard(office: World) -> None:
    page = office.get(f"/api/v1/units/{AGENCY}/below-standard?competency=komunikasi").get_json()
    assert _ids(page) == [SITI]
    assert {name: page["items"][0][name] for name in ("level", "levelFrom", "standard", "gap")} == {
        "level": 2,
        "levelFrom": "assessed",
        "standard": 3,
        "gap": -1,
    }
    assert office.get(f"/api/v1/units/{AGENCY}/below-standard?competency=unheard-of").status_code == 404
    missing = office.get(f"/api/v1/units/{AGENCY}/below-standard")
    assert (missing.status_code, missing.get_json()["error"]["pointer"]) == (400, "/competency")


def test_lists_are_audited_person_by_person(office: World) -> None:
    before = len(office.noted())
    office.get(f"/api/v1/units/{AGENCY}/missing-hours?limit=1")
    assert office.noted()[before:] == [("hr", "unit.missing-hours", BUDI)]


@pytest.mark.parametrize("after", ["x", "W10", "WyJhIiwgMV0", "____"])
def test_a_cursor_that_is_none_is_refused(office: World, after: str) -> None:
    response = office.get(f"/api/v1/units/{AGENCY}/employees?after={after}")
    assert (response.status_code, response.get_json()["error"]["pointer"]) == (400, "/after")


def test_the_hours_of_a_subtree_and_their_distribution(office: World) -> None:
    found = office.get(f"/api/v1/units/{AGENCY}/hours").get_json()
    assert (found["employees"], found["jp"], found["averageJp"], found["stale"]) == (3, 30.5, 10.17, False)
    assert found["standing"] == {"met": 1, "missing": 2, "exceeded": 0, "none": 0}
    assert [band["employees"] for band in found["bands"]] == [1, 1, 0, 0, 0, 1]
    assert [(share["name"], share["jp"]) for share in found["providers"]] == [("Universitas B", 20), ("Universitas A", 10.5)]
    assert [(part["unitId"], part["employees"], part["jp"]) for part in found["units"]] == [(OFFICE, 3, 30.5)]
    below = office.get(f"/api/v1/units/{OFFICE}/hours").get_json()
    assert [(part["unitId"], part["jp"]) for part in below["units"]] == [("unit-0102", 0), (BUREAU, 30.5)]


def test_figures_follow_what_is_learnt(office: World) -> None:
    office.learn(said(4, BUDI_NIP, COURSE))
    found = office.get(f"/api/v1/units/{AGENCY}/hours").get_json()
    assert (found["jp"], found["standing"]["met"], found["stale"]) == (50.5, 2, False)


def test_figures_that_are_not_added_up_yet_say_so(office: World) -> None:
    office.send(said(4, BUDI_NIP, COURSE))
    office.record()
    office.profile()
    stale = office.get(f"/api/v1/units/{BUREAU}/hours").get_json()
    assert stale["stale"]


def test_the_heat_map_has_a_row_for_each_unit_below(office: World) -> None:
    found = office.get(f"/api/v1/units/{OFFICE}/gaps").get_json()
    place = [one["id"] for one in found["competencies"]].index("komunikasi")
    cells = {row["unitId"]: row["cells"][place] for row in found["rows"]}
    assert cells[BUREAU] == {
        "competency": "komunikasi",
        "withStandard": 2,
        "belowStandard": 1,
        "missingLevels": 1,
        "levelUnknown": 1,
        "averageGap": -1,
        "assessed": 1,
    }
    assert cells["unit-0102"]["averageGap"] is None
    assert found["total"]["cells"][place]["withStandard"] == 3


def test_needs_name_the_training_that_closes_them(office: World) -> None:
    needs = office.get(f"/api/v1/units/{AGENCY}/needs").get_json()["needs"]
    assert [(need["competency"], need["belowStandard"]) for need in needs] == [("komunikasi", 1)]
    assert [(one["catalogueId"], one["level"]) for one in needs[0]["trainings"]] == [("cat-1", 3)]


def test_the_trend_is_by_year_and_provider(office: World) -> None:
    office.learn(said(9, BUDI_NIP, SEMINAR, timestamp="2025-05-05T03:00:00Z"))
    years = office.get(f"/api/v1/units/{AGENCY}/trend").get_json()["years"]
    assert [(year["year"], year["jp"]) for year in years][-2:] == [(2025, 7.5), (2026, 30.5)]
    assert [share["name"] for share in years[-1]["providers"]] == ["Universitas B", "Universitas A"]


def test_the_training_that_closes_an_employees_gaps(office: World) -> None:
    gaps = office.get(f"/api/v1/employees/{SITI}/trainings").get_json()["gaps"]
    komunikasi = next(one for one in gaps if one["competency"] == "komunikasi")
    assert (komunikasi["standard"], komunikasi["level"], komunikasi["levelFrom"]) == (3, 2, "assessed")
    assert [(one["catalogueId"], one["reachesStandard"], one["finished"]) for one in komunikasi["trainings"]] == [
        ("cat-1", True, True)
    ]


def test_a_search_by_name_unit_and_employment(office: World) -> None:
    def found(**wanted: Any) -> list[str]:
        answer = office.ask("POST", "/api/v1/employees/search", json=wanted).get_json()
        return [one["id"] for one in answer["employees"]]

    assert found(name="siti") == [AISYAH, SITI]
    assert found(name="SITI rahma") == [SITI]
    assert found(unitId=BUREAU) == [BUDI, SITI]
    assert found(unitId=AGENCY, employment="PPPK") == []
    first = office.ask("POST", "/api/v1/employees/search", json={"limit": 2}).get_json()
    assert [one["id"] for one in first["employees"]] == [BUDI, AISYAH]
    assert found(limit=2, after=first["next"]) == [SITI]
    assert office.ask("POST", "/api/v1/employees/search", json={"unitId": "nothing"}).status_code == 404


def _csv(world: World, path: str, **more: Any) -> list[list[str]]:
    response = world.get(path, **more)
    assert response.status_code == 200, response.text
    assert response.data.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def test_riwayat_kursus_has_siasns_fields_and_dates(office: World) -> None:
    siti = office.store.directory.employee(SITI)
    assert siti is not None
    office.store.directory.put_employees([replace(siti, siasn_id="A8ACA7A4ECE03912E040640A040269BB")])
    header, *rows = _csv(office, f"/api/v1/units/{AGENCY}/exports/riwayat-kursus.csv?year=2026")
    assert header[:3] == ["instansiId", "institusiPenyelenggara", "jenisDiklatId"]
    by_title = {row[header.index("namaKursus")]: dict(zip(header, row, strict=True)) for row in rows}
    assert set(by_title) == {"Seminar Reformasi Birokrasi", "Kursus Data", "Lokakarya Etika"}
    seminar = by_title["Seminar Reformasi Birokrasi"]
    assert (seminar["jumlahJam"], seminar["tahunKursus"], seminar["tanggalSelesaiKursus"]) == ("7", "2026", "31-01-2026")
    assert (seminar["pnsOrangId"], seminar["jenisDiklatId"]) == ("A8ACA7A4ECE03912E040640A040269BB", "9")


@pytest.mark.parametrize("shape", ["hours", "history", "competencies", "riwayat-kursus", "riwayat-diklat"])
def test_a_workbook_says_the_same_as_the_csv(office: World, shape: str) -> None:
    rows = _csv(office, f"/api/v1/units/{AGENCY}/exports/{shape}.csv")
    response = office.get(f"/api/v1/units/{AGENCY}/exports/{shape}.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
    assert sheet is not None
    assert [["" if cell is None else str(cell) for cell in row][:1] for row in sheet.iter_rows(values_only=True)] == [
        row[:1] for row in rows
    ]
    assert f'filename="{shape}-{AGENCY}.xlsx"' in response.headers["Content-Disposition"]


def test_nips_are_masked_unless_the_role_allows_otherwise(office: World) -> None:
    path = f"/api/v1/units/{AGENCY}/exports/hours.csv"
    masked = _csv(office, path)
    assert all("******" in row[1] for row in masked[1:])
    assert office.get(path + "?nip=clear").status_code == 403
    assert SITI_NIP in str(_csv(office, path + "?nip=clear", who="admin"))


def test_an_export_notes_everybody_in_it(office: World) -> None:
    before = len(office.noted())
    office.get(f"/api/v1/units/{AGENCY}/exports/hours.csv")
    assert office.noted()[before:] == [("hr", "unit.export", one) for one in (SITI, BUDI, AISYAH)]


def test_a_name_that_a_spreadsheet_would_run_is_text(office: World) -> None:
    siti = office.store.directory.employee(SITI)
    assert siti is not None
    office.store.directory.put_employees([replace(siti, name="=HYPERLINK(1)")])
    rows = _csv(office, f"/api/v1/units/{AGENCY}/exports/hours.csv")
    assert "'=HYPERLINK(1)" in [row[2] for row in rows]


def test_an_unknown_table_is_not_there(office: World) -> None:
    assert office.get(f"/api/v1/units/{AGENCY}/exports/nothing.csv").status_code == 404
    assert office.get(f"/api/v1/units/{AGENCY}/exports/hours.pdf").status_code == 404
