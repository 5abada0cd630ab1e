"""The settings of webhooks: read strictly, or refused with what would be right."""

from __future__ import annotations

import pytest

from rekam.settings import SettingError, Settings


def test_hosts_and_days_are_lists() -> None:
    settings = Settings.read({"REKAM_WEBHOOK_HOSTS": " HR.internal , 10.0.0.7,::1,*", "REKAM_WEBHOOK_NOTICE_DAYS": "7, 60,7"})
    assert settings.webhook_hosts == ("hr.internal", "10.0.0.7", "::1", "*")
    assert settings.webhook_notice_days == (60, 7)


def test_without_them_every_public_host_and_30_and_7_days() -> None:
    settings = Settings.read({})
    assert (settings.webhook_hosts, settings.webhook_notice_days) == ((), (30, 7))


@pytest.mark.parametrize("text", ["https://hr.internal", "hr.internal:8080", "hr.internal/path", "*.internal", "a b"])
def test_a_host_is_no_url_and_no_pattern(text: str) -> None:
    with pytest.raises(SettingError, match="without scheme and port"):
        Settings.read({"REKAM_WEBHOOK_HOSTS": text})


@pytest.mark.parametrize("text", ["soon", "-1", "1.5", "99999"])
def test_days_are_whole_numbers(text: str) -> None:
    with pytest.raises(SettingError, match="whole numbers"):
        Settings.read({"REKAM_WEBHOOK_NOTICE_DAYS": text})
