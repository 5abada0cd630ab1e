"""An attendance list from the command line and over HTTP, in a running Rekam: from the file to the profile, once."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from openpyxl import Workbook, load_workbook

from tests.e2e.installation import Installation

SITI, BUDI = "198609262015052001", "197901022005011002"
ACTIVITY = "https://lms.example/bimtek/1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DIRECTORY: dict[str, Any] = {
    "units": [{"id": "unit-1", "name": "Kementerian Contoh"}],
    "posts": [{"id": "post-1", "title": "Analis", "kind": "fungsional", "tier": "pengawas"}],
    "employees": [
        {"nip": SITI, "name": "Siti Rahmawati", "employment": "PNS", "unit": "unit-1", "post": "post-1"},
        {"nip": BUDI, "name": "Budi Santoso", "employment": "PNS", "unit": "unit-1", "post": "post-1"},
    ],
}
CATALOGUE = """id,activity,title,kind,provider,jp,finish
bimtek-1,https://lms.example/bimtek/1,Bimtek Manajemen Risiko,16,Pusat SDM,8,attended
"""


def attendance_list(path: Path, *, budi: str | int = BUDI) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["DAFTAR HADIR"],
        ["Kegiatan : Bimtek Manajemen Risiko"],
        ["Hari/Tanggal : Senin, 12 Januari 2026"],
        ["NO", "NAMA", "N I P"],
        [1, "Dr. SITI RAHMAWATI, M.Si.", "19860926 201505 2 001"],
        [2, "Budi Santoso", budi],
    ):
        sheet.append(row)
    book.save(path)
    return path


@pytest.fixture(scope="module")
def rekam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("attendance")
    with Installation(folder / "var", log_level="warning") as installation:
        (folder / "directory.json").write_text(json.dumps(DIRECTORY))
        (folder / "catalogue.csv").write_text(CATALOGUE)
        for words in (("directory", "import", "directory.json"), ("catalogue", "import", "catalogue.csv")):
            done = installation.cli(*words[:2], str(folder / words[2]))
            assert done.returncode == 0, done.stderr
        yield installation


def profile_of_siti(rekam: Installation) -> dict[str, Any]:
    found = rekam.ask("POST", "/api/v1/employees/lookup", {"nip": SITI}).json()["employees"][0]["id"]
    profile: dict[str, Any] = rekam.ask("GET", f"/api/v1/employees/{found}/profile").json()
    return profile


@pytest.mark.timeout(180)
@pytest.mark.xdist_group("attendance")
class TestAttendance:
    """In this order, on one installation."""

    def test_the_command_shows_sends_and_gives_bad_rows_back(self, rekam: Installation, tmp_path: Path) -> None:
        path = attendance_list(tmp_path / "hadir.xlsx", budi="1979")
        done = rekam.cli("attendance", "import", str(path), "--yes", check=False)
        assert done.returncode == 1, done.stderr
        assert f"Activity  {ACTIVITY}" in done.stdout
        assert "19860926******2001" in done.stdout
        assert SITI not in done.stdout
        assert "1 sent, 0 were imported before, 0 refused" in done.stdout
        sheet = load_workbook(tmp_path / "hadir.rejected.xlsx").active
        assert sheet is not None
        row = [cell.value for cell in sheet[sheet.max_row]]
        assert row[:3] == [2, "Budi Santoso", "1979"]
        assert "it has 4 digits" in str(row[3])

    def test_what_was_sent_is_in_the_profile(self, rekam: Installation) -> None:
        rekam.wait_until_idle()
        deadline = time.monotonic() + 30
        while "Bimtek Manajemen Risiko" not in json.dumps(profile_of_siti(rekam)):
            assert time.monotonic() < deadline, profile_of_siti(rekam)
            time.sleep(0.2)

    def test_the_same_list_again_adds_nothing(self, rekam: Installation, tmp_path: Path) -> None:
        before = rekam.every_statement()
        done = rekam.cli("attendance", "import", str(attendance_list(tmp_path / "hadir.xlsx")), "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "1 sent, 1 were imported before, 0 refused" in done.stdout
        rekam.wait_until_idle()
        assert len(rekam.every_statement()) == len(before) + 1

    def test_over_http_it_is_the_same_door(self, rekam: Installation, tmp_path: Path) -> None:
        data = attendance_list(tmp_path / "hadir.xlsx").read_bytes()
        pool = urllib3.PoolManager(headers={**rekam.headers(), "Content-Type": XLSX})
        preview = pool.request("POST", f"{rekam.base}/api/v1/imports?title=Lokakarya&date=2026-01-13", body=data)
        assert preview.status == 201, preview.data
        import_id = preview.json()["id"]
        done = rekam.ask("POST", f"/api/v1/imports/{import_id}/confirm", {})
        assert done.json()["result"]["sent"] == 2
        rekam.wait_until_idle()
        assert len({one["id"] for one in rekam.every_statement()}) == len(rekam.every_statement()) == 4
        rejected = pool.request("GET", f"{rekam.base}/api/v1/imports/{import_id}/rejected.xlsx")
        sheet = load_workbook(io.BytesIO(rejected.data)).active
        assert sheet is not None
        assert sheet.cell(sheet.max_row, 1).value == "NO"

    def test_it_asks_about_lost_digits_and_before_it_sends(self, rekam: Installation, tmp_path: Path) -> None:
        path = attendance_list(tmp_path / "hadir.xlsx", budi=int(BUDI))
        command = [sys.executable, "-m", "rekam", "attendance", "import", str(path), "--title", "Diskusi", "--date", "14-01-2026"]

        def answering(text: str) -> str:
            done = subprocess.run(
                command, env=rekam.environment, input=text, capture_output=True, text=True, check=False, timeout=60
            )
            return done.stdout

        told = answering("n\nn\n")
        assert "the last digits of the NIP are lost" in told
        assert "Send it as Budi Santoso?" in told
        assert "Send 1 of 2 rows?" in told
        assert "Nothing was sent." in told
        told = answering("y\ny\n")
        assert "Send 2 of 2 rows?" in told
        assert "2 sent, 0 were imported before, 0 refused" in told

    def test_the_template_is_written_once(self, rekam: Installation, tmp_path: Path) -> None:
        path = tmp_path / "kosong.xlsx"
        assert rekam.cli("attendance", "template", str(path)).returncode == 0
        assert load_workbook(path).sheetnames == ["Daftar Hadir"]
        assert rekam.cli("attendance", "template", str(path), check=False).returncode == 1

    def test_what_is_no_list_is_told(self, rekam: Installation, tmp_path: Path) -> None:
        path = tmp_path / "surat.pdf"
        path.write_bytes(b"%PDF-1.7")
        done = rekam.cli("attendance", "import", str(path), check=False)
        assert done.returncode == 1
        assert "right would be: an .xlsx or .csv file" in done.stderr
