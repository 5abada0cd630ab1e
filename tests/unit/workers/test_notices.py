"""What messages read of a profile is what a profile has."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import msgspec
import pytest

from access.webhooks import SigningSecret, Webhook, WebhookEvent
from competency import profile_json
from store.port import StoredProfile
from workers import notices

TODAY = date(2026, 5, 29)
MOMENT = notices.Moment(1_780_000_000_000, TODAY)
STATEMENT = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def webhook(name: str = "wh_1") -> Webhook:
    return Webhook(name, "https://hr.example.go.id/", frozenset(WebhookEvent), (SigningSecret("whsec_"),), 0, "admin")


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (notices._Profile, profile_json.Profile),
        (notices._Hours, profile_json.HoursPart),
        (notices._Obligation, profile_json.ObligationPart),
        (notices._Certificate, profile_json.CertificatePart),
    ],
)
def test_every_member_that_is_read_is_written(read: type[msgspec.Struct], written: type[msgspec.Struct]) -> None:
    members = {field.encode_name for field in msgspec.structs.fields(read)}
    assert members <= {field.encode_name for field in msgspec.structs.fields(written)}


def test_a_certificate_as_it_is_written_is_told_of() -> None:
    part = profile_json.CertificatePart(
        title="Sertifikat",
        provider="LAN",
        number=None,
        issued_on=date(2024, 6, 5),
        expires_on=date(2026, 6, 5),
        valid=True,
        catalogue_id="cat-1",
        catalogue_version=1,
        statement_ids=(UUID(STATEMENT),),
    )
    text = msgspec.json.encode({"certificates": [part]})
    (told,) = notices.certificates_expiring([webhook()], StoredProfile("e1", 4, text), MOMENT, (30, 7))
    data = msgspec.json.decode(told.body)["data"]
    assert (data["statementId"], data["expiresOn"], data["noticeDays"]) == (STATEMENT, "2026-06-05", 7)
    assert "LAN" not in told.body.decode()


def test_the_same_message_to_the_same_webhook_has_the_same_id_and_no_other_has() -> None:
    def ids(employee: str, revision: int, *names: str) -> list[str]:
        webhooks = [webhook(name) for name in names]
        return [one.id for one in notices.profile_changed(webhooks, employee, revision, at_ms=1, now_ms=2)]

    assert ids("e1", 1, "a") == ids("e1", 1, "a")
    every = ids("e1", 1, "a", "b") + ids("e1", 11, "a") + ids("e11", 1, "a") + ids("e2", 1, "a")
    assert len(set(every)) == 5
    assert all(re.fullmatch(r"msg_[0-9a-f]{32}", one) for one in every)
