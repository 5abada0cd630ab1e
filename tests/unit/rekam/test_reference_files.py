"""`rekam catalogue|frameworks|rules`: out to files, and in again to the same."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from competency.rules import core_framework, rules_text
from rekam.cli import rekam
from store.port import OrderKind
from store.sqlite import SqliteStore

CATALOGUE = (Path(__file__).parents[3] / "samples" / "files" / "catalogue.csv").read_text()


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REKAM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rekam, arguments)


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("name", ["out.csv", "out.json"])
def test_the_catalogue_goes_out_and_comes_in_unchanged(installation: Path, name: str) -> None:
    (installation / "catalogue.csv").write_text(CATALOGUE)
    done("catalogue", "import", "catalogue.csv")
    entries = len(CATALOGUE.strip().splitlines()) - 1
    assert done("catalogue", "export", name) == f"{name}: {entries} entries\n"
    assert f"0 new, 0 changed, {entries} unchanged" in done("catalogue", "import", name)


def test_an_export_has_a_kind_of_file_that_can_be_imported() -> None:
    refused = run("catalogue", "export", "out.xlsx")
    assert refused.exit_code == 2
    assert ".csv or .json" in refused.output


def test_frameworks_go_out_as_case_and_as_csv_and_come_in_unchanged(installation: Path) -> None:
    core = core_framework()
    assert done("frameworks", "export", "core.json", "--format", "case") == f"core.json: {core.id}\n"
    assert json.loads((installation / "core.json").read_text())["CFDocument"]["title"] == core.title
    done("frameworks", "export", "core.csv", "--format", "csv")
    assert "competencies: 0 new, 0 changed, 9 unchanged" in done("frameworks", "import", "core.csv")
    assert "frameworks: 0 new, 0 changed, 1 unchanged" in done("frameworks", "import", "core.json")
    done("frameworks", "export", "again.json", "--format", "case")
    assert "frameworks: 0 new, 0 changed, 1 unchanged" in done("frameworks", "import", "again.json")


@pytest.mark.parametrize("name", ["full.json", "plain.json"])
def test_a_published_package_comes_out_as_it_was(installation: Path, name: str) -> None:
    published = (Path(__file__).parents[1] / "schemas_case" / name).read_bytes()
    (installation / "in.json").write_bytes(published)
    assert "frameworks: 1 new" in done("frameworks", "import", "in.json")
    framework_id = json.loads(published)["CFDocument"]["title"].casefold().replace(" ", "-")
    done("frameworks", "export", "out.json", "--format", "case", "--framework", framework_id)
    assert json.loads((installation / "out.json").read_text()) == json.loads(published)
    for again in ("in.json", "out.json"):
        assert "frameworks: 0 new, 0 changed, 1 unchanged" in done("frameworks", "import", again)


def test_rows_change_a_published_framework_and_its_export_says_both(installation: Path) -> None:
    published = (Path(__file__).parents[1] / "schemas_case" / "full.json").read_bytes()
    (installation / "in.json").write_bytes(published)
    done("frameworks", "import", "in.json")
    framework_id = "kamus-kompetensi-teknis-bidang-data"
    (installation / "rows.csv").write_text(f"id,name,kind,framework,parent\nDT.2,Visualisasi data,teknis,{framework_id},DT\n")
    done("frameworks", "import", "rows.csv")
    done("frameworks", "export", "out.json", "--format", "case", "--framework", framework_id)
    before, after = json.loads(published), json.loads((installation / "out.json").read_text())
    item, was = after["CFItems"][2], before["CFItems"][2]
    kept = {
        name: value for name, value in was.items() if name not in ("fullStatement", "abbreviatedStatement", "lastChangeDateTime")
    }
    assert item == {**kept, "fullStatement": "Visualisasi data", "lastChangeDateTime": item["lastChangeDateTime"]}
    assert item["lastChangeDateTime"] > was["lastChangeDateTime"]
    assert after["CFItems"][:2] == before["CFItems"][:2]
    assert after["CFRubrics"] == before["CFRubrics"]
    assert "frameworks: 0 new, 0 changed, 1 unchanged" in done("frameworks", "import", "out.json")


def test_a_case_package_holds_one_framework(installation: Path) -> None:
    (installation / "k.csv").write_text("id,name,kind,framework\nti,TI,teknis,kamus-ti\n")
    done("frameworks", "import", "k.csv")
    refused = run("frameworks", "export", "all.json", "--format", "case")
    assert refused.exit_code == 2
    assert "kamus-ti, permenpan-rb-38-2017" in refused.output
    done("frameworks", "export", "one.json", "--format", "case", "--framework", "kamus-ti")
    package = json.loads((installation / "one.json").read_text())
    assert package["CFItems"][0]["humanCodingScheme"] == "ti"
    assert not package["CFDocument"]["lastChangeDateTime"].startswith("1970")
    assert (
        "there is no framework kamus-x"
        in run("frameworks", "export", "x.json", "--format", "case", "--framework", "kamus-x").output
    )


def test_rules_go_out_are_changed_and_come_into_force(installation: Path) -> None:
    version = json.loads(rules_text())["version"]
    shown = done("rules", "show")
    assert f"version {version} (they come with Rekam)" in shown
    assert "/zone: " in shown
    done("rules", "export", "rules.json")
    assert (installation / "rules.json").read_bytes() == rules_text()
    assert "in force already, file number 0" in done("rules", "import", "rules.json")
    (installation / "rules.json").write_bytes(rules_text().replace(version.encode(), b"2027.1", 1))
    assert done("rules", "import", "rules.json") == "rules 2027.1 are in force, file number 1\n"
    assert "version 2027.1 (file number 1)" in done("rules", "show")
    done("rules", "export", "first.json", "--number", "0")
    assert (installation / "first.json").read_bytes() == rules_text()
    with closing(SqliteStore(installation / "data" / "store.db")) as store:
        assert store.orders.of_kind(OrderKind.EVERYONE) == []


def test_rules_that_will_not_do_are_refused_with_their_place(installation: Path) -> None:
    path = installation / "rules.json"
    path.write_bytes(rules_text().replace(b'"jp": 20', b'"jp": "20"', 1))
    refused = run("rules", "import", "rules.json")
    assert refused.exit_code == 1
    assert "rules.json, /obligations/0/jp: " in refused.output
    path.write_bytes(rules_text().replace(b'"jp": 20', b'"jp": 24', 1))
    refused = run("rules", "import", "rules.json")
    assert refused.exit_code == 1
    assert "`version`" in refused.output
    assert "they come with Rekam" in done("rules", "show")
    assert "there is no rules file number 4" in run("rules", "export", "x.json", "--number", "4").output
