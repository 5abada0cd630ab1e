"""`rekam directory import --preview|--complete` and `rekam profiles rebuild --processes`, as an administrator runs them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from competency.directory import Employment
from competency.facts import facts_of
from competency.profile_json import read
from rekam.settings import Settings
from rekam.wiring import open_store
from store.port import Store
from tests.e2e.installation import Installation

EMPLOYEES = 450
HEADER = "nip,name,employment,unit,post\n"


def nip(number: int) -> str:
    return f"19850101200501{1 + number % 2}{number + 1:03d}"


def people(folder: Path, *numbers: int, name: str = "Pegawai") -> Path:
    path = folder / "employees.csv"
    path.write_text(HEADER + "".join(f"{nip(number)},{name} {number},{Employment.PNS},u1,p1\n" for number in numbers))
    return path


@pytest.fixture
def rekam(tmp_path: Path) -> Installation:
    """Not started: commands work beside nothing."""
    installation = Installation(tmp_path / "var")
    (tmp_path / "units.csv").write_text("id,name,parent\nu1,Dinas,\n")
    (tmp_path / "posts.csv").write_text("id,title,kind,tier\np1,Analis,fungsional,ahli-muda\n")
    installation.cli("directory", "import", str(tmp_path / "units.csv"), str(tmp_path / "posts.csv"))
    return installation


@contextlib.contextmanager
def store_of(rekam: Installation) -> Iterator[Store]:
    with contextlib.closing(
        open_store(Settings.read({name: value for name, value in rekam.environment.items() if name.startswith("REKAM_")}))
    ) as store:
        yield store


def test_an_import_is_shown_before_it_is_done(rekam: Installation, tmp_path: Path) -> None:
    file = str(people(tmp_path, 1, 2))
    shown = rekam.cli("directory", "import", "--preview", file).stdout
    assert "employees: 2 new, 0 changed, 0 unchanged" in shown
    assert "nothing was changed" in shown
    assert "19850101******2002" in shown
    assert nip(1) not in shown
    assert "employees: 2 new" in rekam.cli("directory", "import", file).stdout
    file = str(people(tmp_path, 2, 3, name="Nama"))
    shown = rekam.cli("directory", "import", "--preview", "--complete", file).stdout
    assert "employees: 1 new, 1 changed, 0 unchanged" in shown
    assert "employees: 1 left" in shown
    assert ": name" in shown, "which columns change"
    rekam.cli("directory", "import", "--complete", "--left-on", "2026-02-28", file)
    with store_of(rekam) as store:
        left = {employee.nip: str(employee.left_on) for employee in store.directory.employees() if employee.left_on}
        assert left == {nip(1): "2026-02-28"}
        assert len(list(store.profiles.all())) == 3, "everyone has a profile, though no worker runs"
    wrong = rekam.cli("directory", "import", "--left-on", "2026-02-28", file, check=False)
    assert wrong.returncode == 2
    assert "--complete" in wrong.stderr


def test_a_rebuild_by_several_processes(rekam: Installation, tmp_path: Path) -> None:
    rekam.cli("directory", "import", str(people(tmp_path, *range(EMPLOYEES))))
    with store_of(rekam) as store:
        before = {profile.employee_id: profile.text for profile in store.profiles.all()}
        assert len(before) == EMPLOYEES
    done = rekam.cli("profiles", "rebuild", "--processes", "2")
    assert done.stdout == "rebuilt: 3 parts\n"
    assert "3 parts to rebuild, 2 at a time" in done.stderr
    with store_of(rekam) as store:
        assert {profile.employee_id: profile.text for profile in store.profiles.all()} == before
        assert store.orders.waiting() == 0
        wrong = sorted(before)[:: EMPLOYEES // 3]
        for employee_id in wrong:
            held = store.profiles.get(employee_id)
            assert held is not None
            facts = facts_of(read(held.text), held.unit_path, active=True)
            assert store.profiles.put(employee_id, held.text + b" ", facts, expected_revision=held.revision)
    alone, together = (rekam.cli("profiles", "rebuild", "--check", "--processes", one, check=False) for one in ("1", "2"))
    assert alone.stdout == together.stdout
    assert [line.split(":")[0] for line in together.stdout.splitlines()] == [*wrong, f"{len(wrong)} profiles differ"]
    assert (alone.returncode, together.returncode) == (1, 1)
    rekam.cli("profiles", "rebuild")
    assert rekam.cli("profiles", "rebuild", "--check").stdout == "0 profiles differ\n"
    assert "rebuild: none is under way" in rekam.cli("doctor", check=False).stdout
