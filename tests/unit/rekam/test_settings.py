"""Settings are read strictly, and say what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest_api.versions import SUPPORTED
from rekam.settings import SettingError, Settings, table


def test_defaults_are_an_embedded_system_on_this_machine() -> None:
    settings = Settings.read({})
    assert settings.event_log_url == "sqlite:///var/log.db"
    assert settings.store_url == "sqlite:///var/store.db"
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 8080, False)


def test_the_environment_wins() -> None:
    settings = Settings.read({"REKAM_DATA_DIR": "/d", "REKAM_PORT": "9", "REKAM_EVENT_LOG": "kafka://a:1,b:2", "REKAM_DEMO": "1"})
    assert settings.data_dir == Path("/d")
    assert settings.port == 9
    assert settings.event_log_url == "kafka://a:1,b:2"
    assert settings.store_url == "sqlite:////d/store.db"
    assert settings.demo is True


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("REKAM_PORT", "http", "a whole number from 1 to 65535"),
        ("REKAM_PORT", "70000", "a whole number from 1 to 65535"),
        ("REKAM_DEMO", "yes please", "1 or 0"),
        ("REKAM_EVENT_LOG", "redis://x", "sqlite://… or kafka://…"),
        ("REKAM_STORE", "mongodb://", "mongodb://…"),
        ("REKAM_TIME_ZONE", "Asia/Nowhere", "Asia/Jakarta"),
        ("REKAM_LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("REKAM_DEFAULT_VERSION", "1.0", "1.0.3 or 2.0.0"),
        ("REKAM_CORS_ORIGINS", "lms.example.id", "origins such as https://lms.example.id"),
        ("REKAM_CORS_ORIGINS", "https://lms.example.id/", "no path"),
        ("REKAM_CORS_ORIGINS", "https://a.id https://b.id", "commas"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(name: str, value: str, advice: str) -> None:
    with pytest.raises(SettingError) as refusal:
        Settings.read({name: value})
    assert name in str(refusal.value)
    assert value in str(refusal.value)
    assert advice in str(refusal.value)


def test_origins_are_a_list_and_shown_as_one() -> None:
    settings = Settings.read({"REKAM_CORS_ORIGINS": "https://LMS.example.id, http://localhost:3000"})
    assert settings.cors_origins == ("https://lms.example.id", "http://localhost:3000")
    shown = {row.variable: row.value for row in table(settings)}
    assert shown["REKAM_CORS_ORIGINS"] == "https://lms.example.id,http://localhost:3000"
    assert Settings.read({"REKAM_CORS_ORIGINS": "*"}).cors_origins == ("*",)
    assert Settings.read({}).cors_origins == ()


@pytest.mark.parametrize("version", SUPPORTED)
def test_every_version_may_be_the_default(version: str) -> None:
    assert Settings.read({"REKAM_DEFAULT_VERSION": version}).default_version == version


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(SettingError, match="REKAM_PROT is not a setting"):
        Settings.read({"REKAM_PROT": "1"})


def test_variables_of_the_tests_are_not_settings() -> None:
    assert Settings.read({"REKAM_TEST_KAFKA": "kafka://x"}) == Settings.read({})


def test_the_table_hides_secrets() -> None:
    settings = Settings.read({"REKAM_BOOTSTRAP_SECRET": "hidden"})
    assert "hidden" not in str(table(settings))
    assert {row.variable: row.value for row in table(settings)}["REKAM_BOOTSTRAP_SECRET"] == "(set)"


def test_the_table_marks_what_differs_from_the_default() -> None:
    assert [row.variable for row in table(Settings.read({})) if row.differs] == []
    changed = {"REKAM_PORT": "9", "REKAM_DEMO": "1", "REKAM_DATA_DIR": "./var"}
    assert [row.variable for row in table(Settings.read(changed)) if row.differs] == ["REKAM_PORT", "REKAM_DEMO"]
