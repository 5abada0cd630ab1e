"""Attendance lists over the API: previewed, confirmed, sent through the real endpoint for statements, bad rows given back."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

import eventlog.port
import store.port
from access.authenticator import Authenticator
from competency.catalogue import Certificate, FinishRule
from competency.derivation import BEGAN_ON, CERTIFICATE_NUMBER
from competency.directory import Identifier
from eventlog.port import LogAppender, Outgoing, Topic
from hr_api.attendance import SECRET
from ingest_api.app import create_app as create_ingest_app
from ingest_api.cursors import CursorCipher
from ingest_api.services import IngestServices, IngestSettings
from rekam.front_door import KEY, PARTNER, IngestFrontDoor
from schemas.attendance.dates import Days
from schemas.attendance.statements import Wording, statement_id
from schemas.attendance.verdicts import Judged, Verdict
from tests.integration.hr_api.world import (
    ACCOUNTS,
    BUDI,
    BUDI_NIP,
    SEMINAR,
    SITI,
    SITI_AISYAH_NIP,
    SITI_NIP,
    VOIDED,
    Down,
    World,
    said,
)
from tests.unit.schemas_attendance.lists import table
from xapi.query import StatementFilter

IMPORTS = "/api/v1/imports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STRANGER_NIP = "199001012015031001"
EVENTS = "https://rekam.example/events"


class Gate:
    """The log's appender with a switch: while it is shut, the log is down after so many appends more."""

    def __init__(self, appender: LogAppender) -> None:
        self._appender = appender
        self.open_for: int | None = None

    def append(self, topic: Topic, outgoing: Outgoing) -> Any:
        self._pass()
        return self._appender.append(topic, outgoing)

    def submit(self, topic: Topic, outgoing: Outgoing, decided: eventlog.port.Decided) -> None:
        try:
            self._pass()
        except eventlog.port.Unavailable as error:
            decided(error)
        else:
            self._appender.submit(topic, outgoing, decided)

    def _pass(self) -> None:
        if self.open_for is not None:
            if self.open_for == 0:
                raise eventlog.port.Unavailable("no log", 7)
            self.open_for -= 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._appender, name)


@pytest.fixture
def gate(world: World) -> Gate:
    """The world with a front door, and the gate behind it."""
    gate = Gate(world.appender)
    held = world.store
    authenticator = Authenticator(held.credentials, world.clock, unavailable=())
    services = IngestServices(
        appender=gate,
        inspector=world.inspector,
        statement_queries=held.statement_queries,
        activity_queries=held.activity_queries,
        positions=held.positions,
        documents=held.documents,
        attachments=held.attachments,
        store=held,
        authenticator=authenticator,
        cursors=CursorCipher(lambda: b"c" * 32),
        clock=world.clock,
        new_id=uuid.uuid4,
        settings=IngestSettings(authority_home_page="https://rekam.example/partners"),
    )
    door = IngestFrontDoor(lambda: create_ingest_app(services), held.credentials, held.secrets, world.clock)
    world.replace(front_door=door, settings=replace(world.services.settings, nip_home_page=ACCOUNTS, event_home_page=EVENTS))
    return gate


HEAD: list[list[Any]] = [
    ["DAFTAR HADIR PESERTA"],
    ["Kegiatan", None, "Bimtek Manajemen Risiko"],
    ["Hari/Tanggal", None, "Senin s.d. Rabu, 12 s.d. 14 Januari 2026"],
    ["Jumlah JP", None, "8 JP"],
    [],
    ["No", "Nama", "NIP/NRP", "No. Sertifikat"],
]
ROWS: list[list[Any]] = [
    [1, "SITI RAHMAWATI, S.Kom.", "19860926 201505 2 001", "S-1"],
    [2, "Budi Santoso", BUDI_NIP, "S-2"],
]


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def sent(world: World, rows: Sequence[Sequence[Any]], query: str = "", **more: Any) -> TestResponse:
    return world.ask("POST", f"{IMPORTS}{query}", data=workbook([*HEAD, *rows]), content_type=XLSX, **more)


def previewed(world: World, rows: Sequence[Sequence[Any]] = ROWS, query: str = "") -> dict[str, Any]:
    response = sent(world, rows, query)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.get_json()
    return found


def confirm(world: World, preview: dict[str, Any], **choices: Any) -> TestResponse:
    return world.ask("POST", f"{IMPORTS}/{preview['id']}/confirm", json=choices)


def confirmed(world: World, preview: dict[str, Any], **choices: Any) -> dict[str, Any]:
    response = confirm(world, preview, **choices)
    assert response.status_code == 200, response.text
    world.record()
    found: dict[str, Any] = response.get_json()
    return found


def statements(world: World) -> list[dict[str, Any]]:
    page = world.store.statement_queries.find(StatementFilter(ascending=True), after=None, limit=1000)
    return [json.loads(one.text) for one in page.statements]


def statement_id_of(world: World, preview: dict[str, Any], nip: str) -> uuid.UUID:
    """The id that the list's statement about this person will have."""
    day = date.fromisoformat(preview["event"]["lastDay"])
    row = Judged(1, 1, Verdict.OK, (), nip=nip, days=Days(day, day))
    wording = Wording(world.store.secrets.secret(SECRET), ACCOUNTS, EVENTS, ZoneInfo("Asia/Jakarta"))
    return statement_id(row, preview["event"]["activity"], wording)


def voiding_of(statement_id: str) -> dict[str, Any]:
    return said(9, verb=VOIDED, result={}, object={"objectType": "StatementRef", "id": statement_id})


class TestPreview:
    def test_it_tells_what_the_list_says_and_who_is_in_it(self, world: World, gate: Gate) -> None:
        preview = previewed(world)
        assert preview["status"] == "previewed"
        assert preview["event"]["title"] == "Bimtek Manajemen Risiko"
        assert (preview["event"]["firstDay"], preview["event"]["lastDay"], preview["event"]["jp"]) == (
            "2026-01-12",
            "2026-01-14",
            8,
        )
        assert preview["event"]["activity"].startswith(f"{EVENTS}/2026-01-12/bimtek-manajemen-risiko-")
        assert not preview["event"]["catalogued"]
        assert preview["headerRow"] == 6
        assert [(one["column"], one["role"]) for one in preview["columns"]] == [
            ("A", "number"),
            ("B", "name"),
            ("C", "nip"),
            ("D", "certificate"),
        ]
        first, second = preview["rows"]
        assert (first["verdict"], first["employeeId"], first["knownName"], first["likeness"]) == ("ok", SITI, "Siti Rahmawati", 1.0)
        assert (first["nipMasked"], first["line"], first["certificate"]) == ("19860926******2001", 7, "S-1")
        assert second["employeeId"] == BUDI
        assert preview["counts"] == {"ok": 2, "warning": 0, "question": 0, "unknown": 0, "bad": 0}
        assert statements(world) == []

    def test_the_hours_of_a_duration_are_shown(self, world: World, gate: Gate) -> None:
        event = [["Kegiatan", "Diskusi"], ["Tanggal", "12 Januari 2026"]]
        rows = [*event, ["Nama", "NIP", "Jml. Jam"], ["Budi Santoso", BUDI_NIP, "1:30"]]
        preview = world.ask("POST", IMPORTS, data=workbook(rows), content_type=XLSX).get_json()
        assert [(row["jp"], row["durationMinutes"]) for row in preview["rows"]] == [(2.0, 90)]

    def test_it_tells_what_each_row_would_bring(self, world: World, gate: Gate) -> None:
        assert [row["jpCounted"] for row in previewed(world)["rows"]] == [None, None]
        counted = previewed(world, query=f"?activity={SEMINAR}")
        assert [(row["verdict"], row["jpCounted"]) for row in counted["rows"]] == [("ok", 7.5), ("ok", 7.5)]
        confirmed(world, counted)
        world.profile()
        world.keep()
        profile = world.get(f"/api/v1/employees/{SITI}/profile").get_json()["profile"]
        assert 7.5 in [line["jp"] for year in profile["hours"] for line in year["lines"]]

    def test_it_tells_when_the_catalogue_wants_more_than_presence(self, world: World, gate: Gate) -> None:
        entry = world.store.catalogue.entry("cat-1", 1)
        assert entry is not None
        world.store.catalogue.put_entries([replace(entry, finish=FinishRule.PASSED)])
        row = previewed(world, query=f"?activity={SEMINAR}")["rows"][0]
        assert (row["verdict"], row["jpCounted"]) == ("warning", None)
        assert "it would bring nothing" in row["remarks"][-1]["message"]

    def test_a_name_that_one_person_of_the_unit_has_is_suggested(self, world: World, gate: Gate) -> None:
        employee = world.store.directory.get_many([BUDI])[BUDI]
        unit = {one.id: one.name for one in world.store.directory.units()}[employee.unit_id]
        for listed, told in ((unit.upper(), True), (None, True), ("Biro Lain", False)):
            rows = [["Nama", "NIP", "Unit Kerja"], [employee.name, "1.98609E+17", listed]]
            found = world.ask("POST", IMPORTS, data=workbook([*HEAD[:-1], *rows]), content_type=XLSX).get_json()["rows"][0]
            assert (found["verdict"], found["employeeId"]) == ("bad", None)
            assert ("the only one of this name" in found["remarks"][0]["wouldBeRight"]) is told
            assert BUDI_NIP not in json.dumps(found)

    def test_no_nip_is_shown_in_clear(self, world: World, gate: Gate) -> None:
        assert SITI_NIP not in sent(world, ROWS).text

    def test_parameters_win_over_the_list(self, world: World, gate: Gate) -> None:
        query = f"?title=Lain&date=5%20Januari%202026&jp=2,5&activity={SEMINAR}&verb=completed&provider=P&place=Q"
        event = previewed(world, query=query)["event"]
        assert event == {
            "title": "Lain",
            "firstDay": "2026-01-05",
            "lastDay": "2026-01-05",
            "jp": 2.5,
            "provider": "P",
            "place": "Q",
            "instructor": None,
            "activity": SEMINAR,
            "catalogued": True,
            "verb": "completed",
        }

    def test_a_catalogued_title_finds_its_activity(self, world: World, gate: Gate) -> None:
        event = previewed(world, query="?title=seminar%20reformasi%20birokrasi")["event"]
        assert (event["activity"], event["catalogued"]) == (SEMINAR, True)

    def test_a_form_takes_the_file_and_what_names_a_person(self, world: World, gate: Gate) -> None:
        form = {
            "file": (io.BytesIO(workbook([*HEAD, *ROWS])), "daftar/hadir.xlsx"),
            "instructor": "Dr. Contoh",
            "title": "Dari formulir",
            "place": "",
        }
        preview = world.ask("POST", IMPORTS, data=form, content_type="multipart/form-data").get_json()
        assert (preview["fileName"], preview["event"]["instructor"], preview["event"]["title"]) == (
            "hadir.xlsx",
            "Dr. Contoh",
            "Dari formulir",
        )

    def test_csv_is_taken_too(self, world: World, gate: Gate) -> None:
        data = f"Nama;NIP\r\nSiti Rahmawati;{SITI_NIP}\r\n".encode()
        query = "?title=Seminar&date=2026-01-12&fileName=a.csv"
        preview = world.ask("POST", f"{IMPORTS}{query}", data=data, content_type="text/csv").get_json()
        assert (preview["fileName"], preview["counts"]["warning"]) == ("a.csv", 1)

    def test_the_mapping_of_columns_can_be_overruled(self, world: World, gate: Gate) -> None:
        rows = [["a", "b"], [SITI_NIP, "Siti Rahmawati"]]
        query = "?columns=nip=A,name=B&headerRow=1&title=x&date=2026-01-12"
        response = world.ask("POST", f"{IMPORTS}{query}", data=workbook(rows), content_type=XLSX)
        assert response.get_json()["rows"][0]["employeeId"] == SITI

    def test_it_can_be_read_again(self, world: World, gate: Gate) -> None:
        preview = previewed(world)
        assert world.get(f"{IMPORTS}/{preview['id']}").get_json() == preview

    @pytest.mark.parametrize(
        ("query", "pointer"),
        [
            ("?date=besok", "/date"),
            ("?jp=banyak", "/jp"),
            ("?activity=bimtek", "/activity"),
            ("?verb=slept", "/verb"),
            ("?columns=nip", "/columns"),
            ("?columns=nip=A,name=A", "/columns"),
            ("?headerRow=0", "/headerRow"),
            ("?instructor=x", "/instructor"),
            ("?title=", "/title"),
        ],
    )
    def test_wrong_parameters_are_refused(self, world: World, gate: Gate, query: str, pointer: str) -> None:
        response = sent(world, ROWS, query)
        assert response.status_code == 400
        assert response.get_json()["error"]["pointer"] == pointer

    def test_what_is_no_list_is_refused_with_what_would_be_right(self, world: World, gate: Gate) -> None:
        for data in (b"", b"%PDF-1.7", b"hello", workbook([["x"]]), b"PK\x03\x04"):
            response = world.ask("POST", IMPORTS, data=data, content_type="application/octet-stream")
            assert response.status_code == 400
            assert "right would be" in response.get_json()["error"]["message"]

    def test_another_kind_of_body_is_refused(self, world: World, gate: Gate) -> None:
        assert world.ask("POST", IMPORTS, data=b"{}", content_type="application/json").status_code == 415
        assert world.ask("POST", IMPORTS, data={"title": "x"}, content_type="multipart/form-data").status_code == 400

    def test_too_large_a_body_is_refused(self, world: World, gate: Gate) -> None:
        data = b"x" * (11 * 1024 * 1024)
        assert world.ask("POST", IMPORTS, data=data, content_type="text/csv").status_code == 413
        part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + data + b"\r\n--b--\r\n"
        assert world.ask("POST", IMPORTS, data=part, content_type="multipart/form-data; boundary=b").status_code == 413

    def test_it_is_for_hr_and_leaves_a_trace(self, world: World, gate: Gate) -> None:
        assert sent(world, ROWS, who="univ-a").status_code == 403
        assert sent(world, ROWS, who=None).status_code == 401
        preview = previewed(world)
        listed = f"attendance list {preview['id']}"
        assert world.noted() == [("hr", "import.previewed", subject) for subject in (listed, SITI, BUDI)]


class TestConfirm:
    def test_each_row_becomes_a_statement(self, world: World, gate: Gate) -> None:
        preview = previewed(world)
        done = confirmed(world, preview)
        assert done["status"] == "done"
        assert done["result"] == {"sent": 2, "duplicates": 0, "refused": [], "left": 0}
        assert [row["result"] for row in done["rows"]] == ["sent", "sent"]
        found = {one["actor"]["account"]["name"]: one for one in statements(world)}
        assert set(found) == {SITI_NIP, BUDI_NIP}
        one = found[SITI_NIP]
        assert one["object"]["id"] == preview["event"]["activity"]
        assert one["result"]["duration"] == "PT360M"
        assert one["result"]["extensions"][CERTIFICATE_NUMBER] == "S-1"
        assert one["authority"]["account"]["name"] == PARTNER
        assert one["timestamp"].startswith("2026-01-14T")

    def test_what_was_sent_counts_once_it_is_catalogued(self, world: World, gate: Gate) -> None:
        confirmed(world, previewed(world, query=f"?activity={SEMINAR}"))
        world.profile()
        world.keep()
        profile = world.get(f"/api/v1/employees/{SITI}/profile").get_json()
        assert "Seminar Reformasi Birokrasi" in json.dumps(profile)

    def test_importing_twice_adds_nothing(self, world: World, gate: Gate) -> None:
        confirmed(world, previewed(world))
        before = statements(world)
        again = previewed(world, [*ROWS, [3, "Siti Aisyah", SITI_AISYAH_NIP, "S-3"]])
        assert [row["verdict"] for row in again["rows"]] == ["warning", "warning", "ok"]
        assert "imported before" in again["rows"][0]["remarks"][0]["message"]
        done = confirmed(world, again)
        assert done["result"] == {"sent": 1, "duplicates": 2, "refused": [], "left": 0}
        assert [one for one in statements(world) if one in before] == before
        assert len(statements(world)) == 3

    def test_two_lists_confirmed_before_anything_is_recorded_add_nothing_twice(self, world: World, gate: Gate) -> None:
        first, second = previewed(world), previewed(world, list(reversed(ROWS)))
        assert confirm(world, first).status_code == 200
        assert confirm(world, second).status_code == 200
        world.record()
        assert len(statements(world)) == 2
        assert world.store.dead_letters.count() == 0

    def test_confirming_again_sends_nothing_again(self, world: World, gate: Gate) -> None:
        preview = previewed(world)
        first = confirmed(world, preview)
        assert confirmed(world, preview)["result"] == first["result"]
        assert len(statements(world)) == 2

    def test_what_was_voided_comes_back_only_with_a_yes(self, world: World, gate: Gate) -> None:
        confirmed(world, previewed(world, ROWS[:1]))
        first = statements(world)[0]
        world.learn(voiding_of(first["id"]), partner=PARTNER)
        again = previewed(world)
        assert [row["verdict"] for row in again["rows"]] == ["question", "ok"]
        assert "has been voided" in again["rows"][0]["remarks"][0]["message"]
        assert confirmed(world, again)["result"] == {"sent": 1, "duplicates": 0, "refused": [], "left": 1}
        assert confirmed(world, again, accept=[1])["result"]["sent"] == 2
        anew = [one for one in statements(world) if one["actor"] == first["actor"] and one["verb"] == first["verb"]]
        assert [one["id"] == first["id"] for one in anew] == [False]
        assert previewed(world)["counts"]["warning"] == 2

    def test_bad_rows_stay_and_come_back_with_the_reason(self, world: World, gate: Gate) -> None:
        rows = [*ROWS, [3, "Tono", "123", "S-3"], [4, "Siti Rahmawati", SITI_NIP, "S-4"]]
        preview = previewed(world, rows)
        assert [row["verdict"] for row in preview["rows"]] == ["ok", "ok", "bad", "bad"]
        done = confirmed(world, preview)
        assert done["result"] == {"sent": 2, "duplicates": 0, "refused": [], "left": 2}
        response = world.get(f"{IMPORTS}/{preview['id']}/rejected.xlsx")
        assert response.headers["Content-Disposition"] == 'attachment; filename="rejected.xlsx"'
        cells = table(response.data)
        assert [row[:4] for row in cells[1:]] == [[3, "Tono", "123", "S-3"], [4, "Siti Rahmawati", SITI_NIP, "S-4"]]
        assert "it has 3 digits" in str(cells[1][4])
        assert "line 7 has the same person" in str(cells[2][4])

    @pytest.mark.parametrize("query", ["", f"?activity={SEMINAR}&verb=completed&date=5%20s.d.%206%20Januari%202026"])
    def test_what_is_put_right_in_the_rejected_file_is_of_the_same_event(self, world: World, gate: Gate, query: str) -> None:
        first = previewed(world, [ROWS[0], [2, "Budi Santoso", "123", "S-2"]], query)
        confirmed(world, first)
        book = load_workbook(io.BytesIO(world.get(f"{IMPORTS}/{first['id']}/rejected.xlsx").data))
        sheet = book.active
        assert sheet is not None
        sheet.cell(sheet.max_row, 3).value = BUDI_NIP
        held = io.BytesIO()
        book.save(held)
        response = world.ask("POST", IMPORTS, data=held.getvalue(), content_type=XLSX)
        again: dict[str, Any] = response.get_json()
        assert again["event"] == first["event"]
        assert confirmed(world, again)["result"] == {"sent": 1, "duplicates": 0, "refused": [], "left": 0}
        found = {one["actor"]["account"]["name"]: one for one in statements(world)}
        assert len(statements(world)) == len(found) == 2
        siti, budi = found[SITI_NIP], found[BUDI_NIP]
        for name in ("object", "verb", "timestamp", "context"):
            assert budi.get(name) == siti.get(name)

    def test_whoever_was_absent_gets_no_hours(self, world: World, gate: Gate) -> None:
        head = [*HEAD[:3], ["Nama", "NIP", "Hari 1", "Hari 2"]]
        rows = [*head, ["Siti Rahmawati", SITI_NIP, "v", "v"], ["Budi Santoso", BUDI_NIP, "Sakit", "Izin (rapat)"]]
        query = f"{IMPORTS}?activity={SEMINAR}&verb=completed"
        preview = world.ask("POST", query, data=workbook(rows), content_type=XLSX).get_json()
        assert [(row["verdict"], row["jpCounted"]) for row in preview["rows"]] == [("ok", 7.5), ("bad", None)]
        assert preview["rows"][1]["remarks"][0]["message"] == "it is not marked as present"
        assert confirmed(world, preview, accept=[2])["result"] == {"sent": 1, "duplicates": 0, "refused": [], "left": 1}
        assert [one["actor"]["account"]["name"] for one in statements(world)] == [SITI_NIP]

    def test_a_corrected_list_adds_only_what_is_new(self, world: World, gate: Gate) -> None:
        confirmed(world, previewed(world, ROWS[:1], "?jp=8"))
        first = statements(world)
        again = previewed(world, [[1, "Siti Rahmawaty, S.E.", SITI_NIP, "S-1"], ROWS[1]], "?jp=16")
        assert [row["verdict"] for row in again["rows"]] == ["warning", "ok"]
        assert "not taken over" in again["rows"][0]["remarks"][-1]["message"]
        assert confirmed(world, again)["result"] == {"sent": 1, "duplicates": 1, "refused": [], "left": 0}
        assert [one for one in statements(world) if one["actor"]["account"]["name"] == SITI_NIP] == first
        assert len(statements(world)) == 2

    @pytest.mark.parametrize("days", ["12 s.d. 15 Januari 2026", "11 s.d. 14 Januari 2026", "13 Januari 2026"])
    def test_a_corrected_date_is_asked_about(self, world: World, gate: Gate, days: str) -> None:
        """Else both would be there, and whoever is in both would have been there twice."""
        confirmed(world, previewed(world, ROWS[:1]))
        again = previewed(world, query=f"?date={days}")
        assert [row["verdict"] for row in again["rows"]] == ["question", "ok"]
        assert "2026-01-12/2026-01-14" in again["rows"][0]["remarks"][0]["message"]
        assert confirmed(world, again)["result"] == {"sent": 1, "duplicates": 0, "refused": [], "left": 1}
        assert len(statements(world)) == 2
        siti = next(one for one in statements(world) if one["actor"]["account"]["name"] == SITI_NIP)
        world.learn(voiding_of(siti["id"]), partner=PARTNER)
        assert previewed(world, query=f"?date={days}")["rows"][0]["verdict"] == "ok"

    def test_other_days_of_one_event_are_others(self, world: World, gate: Gate) -> None:
        query = f"?activity={SEMINAR}&date="
        confirmed(world, previewed(world, query=f"{query}12 Januari 2026"))
        assert previewed(world, query=f"{query}13 Januari 2026")["counts"]["ok"] == 2

    def test_a_person_known_by_another_key_is_asked_about(self, world: World, gate: Gate) -> None:
        employee = world.store.directory.get_many([SITI])[SITI]
        mail = Identifier("mbox|mailto:siti@kementerian.example")
        world.store.directory.put_employees([replace(employee, identifiers=(*employee.identifiers, mail))])
        confirmed(world, previewed(world, ROWS[:1]))
        by_mail = workbook([*HEAD[:-1], ["Nama", "Email"], ["Siti Rahmawati", "siti@kementerian.example"]])
        again = world.ask("POST", IMPORTS, data=by_mail, content_type=XLSX).get_json()
        assert [row["verdict"] for row in again["rows"]] == ["question"]
        assert "the same person at this event" in again["rows"][0]["remarks"][0]["message"]

    def test_a_certificate_number_and_the_first_day_arrive(self, world: World, gate: Gate) -> None:
        entry = world.store.catalogue.entry("cat-1", 1)
        assert entry is not None
        world.store.catalogue.put_entries([replace(entry, certificate=Certificate())])
        confirmed(world, previewed(world, query=f"?activity={SEMINAR}"))
        world.profile()
        world.keep()
        one = next(one for one in statements(world) if one["actor"]["account"]["name"] == SITI_NIP)
        assert one["result"]["extensions"][BEGAN_ON] == "2026-01-12"
        profile = world.get(f"/api/v1/employees/{SITI}/profile").get_json()["profile"]
        assert [one["number"] for one in profile["certificates"]] == ["S-1"]
        exported = world.get("/api/v1/units/unit-01/exports/riwayat-kursus.csv?year=2026").data.decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(exported, newline=""))
        assert {row[header.index("nomorSertipikat")] for row in rows} == {"S-1", "S-2"}

    def test_a_question_is_sent_only_with_a_yes(self, world: World, gate: Gate) -> None:
        rows = [[1, "Siti Rahmawati", int(SITI_NIP), "S-1"], [2, "Budi Santoso", int(BUDI_NIP), "S-2"]]
        preview = previewed(world, rows)
        assert [row["verdict"] for row in preview["rows"]] == ["question", "question"]
        assert confirmed(world, preview)["result"]["sent"] == 0
        done = confirmed(world, preview, accept=[2])
        assert done["result"] == {"sent": 1, "duplicates": 0, "refused": [], "left": 1}
        assert [one["actor"]["account"]["name"] for one in statements(world)] == [BUDI_NIP]

    def test_unknown_people_are_sent_when_they_are_taken(self, world: World, gate: Gate) -> None:
        preview = previewed(world, [*ROWS, [3, "Tamu Undangan", STRANGER_NIP, None]])
        assert preview["counts"]["unknown"] == 1
        assert confirmed(world, preview)["result"]["sent"] == 2
        assert confirmed(world, preview, takeUnknown=True)["result"]["sent"] == 3
        waiting = [one for one in statements(world) if one["actor"]["account"]["name"] == STRANGER_NIP]
        assert [one["actor"]["name"] for one in waiting] == ["Tamu Undangan"]

    def test_rows_can_be_left_out(self, world: World, gate: Gate) -> None:
        done = confirmed(world, previewed(world), leaveOut=[1])
        assert done["result"] == {"sent": 1, "duplicates": 0, "refused": [], "left": 1}
        assert [one["actor"]["account"]["name"] for one in statements(world)] == [BUDI_NIP]

    def test_while_the_log_is_down_it_is_503_and_can_be_confirmed_again(self, world: World, gate: Gate) -> None:
        preview = previewed(world)
        gate.open_for = 0
        response = confirm(world, preview)
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert world.get(f"{IMPORTS}/{preview['id']}").get_json()["status"] == "confirmed"
        gate.open_for = None
        assert confirmed(world, preview)["result"]["sent"] == 2
        assert len(statements(world)) == 2

    def test_a_log_that_goes_down_in_between_loses_and_doubles_nothing(self, world: World, gate: Gate) -> None:
        rows = [[n, f"Tamu {n}", f"19900101201503{1 + n % 2}{n:03}", None] for n in range(1, 251)]
        preview = previewed(world, rows)
        assert preview["counts"]["unknown"] == 250
        gate.open_for = 1
        assert confirm(world, preview, takeUnknown=True).status_code == 503
        gate.open_for = None
        done = confirmed(world, preview, takeUnknown=True)
        assert done["result"] == {"sent": 250, "duplicates": 0, "refused": [], "left": 0}
        assert len(statements(world)) == 250
        assert world.store.dead_letters.count() == 0

    def test_one_refused_statement_does_not_hold_up_the_others(self, world: World, gate: Gate) -> None:
        confirmed(world, previewed(world, ROWS[:1]))
        (ours,) = statements(world)
        preview = previewed(world, [*ROWS, [3, "Siti Aisyah", SITI_AISYAH_NIP, "S-3"]])
        taken = str(statement_id_of(world, preview, BUDI_NIP))
        world.learn(said(1, id=taken), partner="univ-a")
        done = confirmed(world, preview)
        assert done["result"]["sent"] == 1
        assert done["result"]["duplicates"] == 1
        assert [one["row"] for one in done["result"]["refused"]] == [2]
        assert ours in statements(world)
        rejected = table(world.get(f"{IMPORTS}/{preview['id']}/rejected.xlsx").data)
        assert [row[1] for row in rejected[1:]] == ["Budi Santoso"]

    def test_without_an_event_nothing_can_be_sent(self, world: World, gate: Gate) -> None:
        response = world.ask(
            "POST",
            IMPORTS,
            data=workbook([["Nama", "NIP", "Tanggal"], ["Siti Rahmawati", SITI_NIP, "12-01-2026"]]),
            content_type=XLSX,
        )
        preview = response.get_json()
        assert preview["event"]["activity"] is None
        refused = confirm(world, preview)
        assert refused.status_code == 400
        assert "title and date" in refused.get_json()["error"]["message"]

    def test_a_revoked_credential_is_told(self, world: World, gate: Gate) -> None:
        confirmed(world, previewed(world))
        held = world.store.credentials.get(KEY)
        assert held is not None
        assert {role.value for role in held.roles} == {"statements:write"}
        world.store.credentials.put(replace(held, revoked_at_ms=1))
        world.clock.advance_ms(3_600_000)
        response = confirm(world, previewed(world, [[1, "Siti Aisyah", SITI_AISYAH_NIP, None]]))
        assert response.status_code == 503
        assert KEY in response.get_json()["error"]["message"]

    def test_after_seven_days_only_the_head_is_left(self, world: World, gate: Gate) -> None:
        preview = previewed(world)
        world.clock.advance_ms(7 * 86_400_000)
        left = world.get(f"{IMPORTS}/{preview['id']}").get_json()
        assert (left["status"], left["rows"], left["event"], left["fileName"]) == ("expired", [], None, preview["fileName"])
        assert confirm(world, preview).status_code == 404
        assert world.get(f"{IMPORTS}/{preview['id']}/rejected.xlsx").status_code == 404
        previewed(world)
        held = world.store.pending_imports.get(preview["id"])
        assert held is not None
        assert held.body == b""

    def test_an_unknown_import_is_a_404(self, world: World, gate: Gate) -> None:
        for method, path in (("GET", "x"), ("POST", "x/confirm"), ("GET", "x/rejected.xlsx")):
            assert world.ask(method, f"{IMPORTS}/{path}", json={} if method == "POST" else None).status_code == 404

    @pytest.mark.parametrize(
        "choices", [{"accept": ["1"]}, {"accept": [0]}, {"takeUnknown": "yes"}, {"all": True}, {"leaveOut": 1}]
    )
    def test_wrong_choices_are_refused(self, world: World, gate: Gate, choices: dict[str, Any]) -> None:
        assert confirm(world, previewed(world), **choices).status_code == 400

    def test_while_the_store_is_down_it_is_503(self, world: World, gate: Gate) -> None:
        preview = previewed(world)
        world.replace(pending_imports=Down(store.port.Unavailable("gone")))
        assert confirm(world, preview).status_code == 503
        assert sent(world, ROWS).status_code == 503


def test_the_templates_can_be_had(world: World, gate: Gate) -> None:
    response = world.get(f"{IMPORTS}/templates/attendance.xlsx")
    assert response.content_type == XLSX
    assert load_workbook(io.BytesIO(response.data)).sheetnames == ["Daftar Hadir"]
    assert "NIP" in world.get(f"{IMPORTS}/templates/attendance.csv").data.decode("utf-8-sig")
    assert world.get(f"{IMPORTS}/templates/attendance.xlsx", who="univ-a").status_code == 403


_cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    st.sampled_from([SITI_NIP, BUDI_NIP, int(SITI_NIP), "14 Januari 2026", "hadir", "8 JP"]),
    st.dates(),
)


_choices = st.sampled_from([{}, {"takeUnknown": True, "accept": [1, 2, 3]}])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(_cells, min_size=1, max_size=5), max_size=8), _choices)
def test_any_cells_are_answered(world: World, gate: Gate, rows: list[list[Any]], choices: dict[str, Any]) -> None:
    data = workbook([*HEAD[:-1], ["Nama", "NIP", "Tanggal", "JP", "Email"], *rows])
    response = world.ask("POST", IMPORTS, data=data, content_type=XLSX)
    assert response.status_code == 201
    done = confirm(world, response.get_json(), **choices)
    assert done.status_code == 200
    assert done.get_json()["result"]["refused"] == []
