"""What `deploy/` says of the code is true of the code."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from rekam.settings import Settings, variable

ROOT = Path(__file__).parents[2]
# Read by docker compose itself.
NOT_SETTINGS = {"REKAM_PUBLISHED_PORT"}
CRATE = "native"
"""The compiled hot paths, which have a stage of their own."""


def _packages() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_the_image_is_built_from_every_package_and_the_crate() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE))
    assert copied == {*_packages(), CRATE}


def test_the_image_is_given_every_package_and_nothing_that_does_not_exist() -> None:
    given = set(re.findall(r"^!(.+)$", (ROOT / "deploy/Dockerfile.dockerignore").read_text(), re.MULTILINE))
    assert {*_packages(), CRATE} < given
    assert all((ROOT / name).exists() for name in given)


def test_every_setting_that_deploy_names_is_one() -> None:
    settings = {variable(row.name) for row in fields(Settings)}
    for file in (path for path in (ROOT / "deploy").rglob("*") if path.is_file()):
        named = set(re.findall(r"\bREKAM_[A-Z_]*[A-Z]", file.read_text()))
        assert named - NOT_SETTINGS <= settings, file
