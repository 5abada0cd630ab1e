"""`rekam directory import`: who may leave by it, and what a preview says of somebody new."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from competency.profile_json import read
from rekam.cli import rekam
from store.sqlite import SqliteStore

FOREIGN = Path(__file__).parents[1] / "schemas_case" / "foreign.json"
UNITS = "id,name\nu1,Biro\n"
POSTS = "id,title,kind,tier\np1,Analis,fungsional,ahli-muda\n"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REKAM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "units.csv").write_text(UNITS)
    (tmp_path / "posts.csv").write_text(POSTS)
    return tmp_path


def people(folder: Path, count: int) -> None:
    rows = [f"1986092620150510{number:02},Pegawai {number},PNS,u1,p1" for number in range(1, count + 1)]
    (folder / "employees.csv").write_text("\n".join(["nip,name,employment,unit,post", *rows, ""]))


def imported(*options: str) -> Result:
    return CliRunner().invoke(rekam, ["directory", "import", "units.csv", "posts.csv", "employees.csv", *options])


def gone(folder: Path) -> int:
    with closing(SqliteStore(folder / "data" / "store.db")) as store:
        return sum(one.left_on is not None for one in store.directory.employees())


def test_more_than_a_tenth_and_more_than_ten_leave_only_by_saying_so(installation: Path) -> None:
    people(installation, 40)
    assert imported("--complete").exit_code == 0
    people(installation, 29)
    refused = imported("--complete")
    assert refused.exit_code == 1
    assert "11 of 40 employees" in refused.output
    assert "--yes-many" in refused.output
    assert gone(installation) == 0
    shown = imported("--complete", "--preview")
    assert "--yes-many" in shown.output
    assert shown.output.count("\n  - ") == 11
    assert imported("--complete", "--yes-many").exit_code == 0
    assert gone(installation) == 11


def test_a_few_leave_without_a_word(installation: Path) -> None:
    people(installation, 12)
    imported()
    people(installation, 2)
    assert imported("--complete").exit_code == 0
    assert gone(installation) == 10


def test_a_contract_that_is_followed_by_another_stays_known_with_its_years(installation: Path) -> None:
    def contract(start: str) -> None:
        header = "nip,name,employment,unit,post,contract_start"
        (installation / "employees.csv").write_text(f"{header}\n199203112023211014,Budi,PPPK,u1,p1,{start}\n")
        assert imported().exit_code == 0

    for start in ("2021-03-01", "2023-03-01", "2025-03-01", "2025-03-01"):
        contract(start)
    with closing(SqliteStore(installation / "data" / "store.db")) as store:
        (budi,) = store.directory.employees()
        held = store.profiles.get(budi.id)
    assert (budi.contract_start, budi.former_contracts) == (date(2025, 3, 1), (date(2021, 3, 1), date(2023, 3, 1)))
    assert held is not None
    present = read(held.text).contract_hours[-1]
    assert (present.from_day.month, present.from_day.day) == (3, 1)
    assert present.year == present.from_day.year - 2020


def test_a_preview_makes_up_no_ids(installation: Path) -> None:
    people(installation, 2)
    first, second = imported("--preview").output, imported("--preview").output
    assert first == second
    assert "+ new (19860926******1001)" in first


def test_a_package_of_which_all_was_taken_ends_well_and_the_rest_is_noted(installation: Path) -> None:
    package = json.loads(FOREIGN.read_bytes())
    package["CFItems"] = [one for one in package["CFItems"] if one["fullStatement"].strip()]
    (installation / "case.json").write_text(json.dumps({**package, "CFRubrics": []}))
    taken = CliRunner().invoke(rekam, ["frameworks", "import", "case.json"])
    assert "note: case" in taken.output
    assert "problems" not in taken.output
    assert taken.exit_code == 0
