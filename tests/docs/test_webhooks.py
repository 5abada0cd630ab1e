"""`docs/webhooks.md` is right: its examples verify our signatures, and what it promises is what the code does."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from access.webhook_signature import new_signing_secret, signature, signed_headers
from access.webhooks import WebhookEvent
from workers.deliveries import DeliveryPolicy
from workers.notices import KEPT_DAYS

GUIDE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
BODY = b'{"type":"ping","data":{"webhookId":"wh_1"}}'


def blocks(kind: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    return [text for named, text in found if named == kind]


@pytest.fixture
def is_from_rekam() -> Any:
    """The example's function."""
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)
    return names["is_from_rekam"]


def test_the_example_in_python_takes_ours_and_nothing_else(is_from_rekam: Any) -> None:
    secret, other, now = new_signing_secret(), new_signing_secret(), int(time.time())
    headers = dict(signed_headers([other, secret], "msg_1", now, BODY))
    assert is_from_rekam(secret, headers, BODY)
    assert is_from_rekam(other, headers, BODY)
    assert not is_from_rekam(new_signing_secret(), headers, BODY)
    assert not is_from_rekam(secret, headers, BODY + b" ")
    assert not is_from_rekam(secret, {**headers, "webhook-id": "msg_2"}, BODY)
    assert not is_from_rekam(secret, signed_headers([secret], "msg_1", now - 301, BODY), BODY)


def test_the_example_for_the_shell_signs_as_we_do() -> None:
    (script,) = [block for block in blocks("") if "openssl" in block]
    asked = script.replace("curl -i https://hr.example.go.id/rekam", "printf '%s\\n'").replace("NOW=$(date +%s)", "NOW=1700000000")
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", asked], capture_output=True, text=True, check=True)
    (secret,) = re.findall(r"SECRET=(whsec_[^;]+);", script)
    (body,) = re.findall(r"BODY='([^']+)'", script)
    assert f"webhook-signature: {signature(secret, 'msg_1', 1_700_000_000, body.encode())}" in done.stdout.splitlines()


def test_the_example_for_curl_is_signed_with_the_secret_beside_it() -> None:
    (example,) = [block for block in blocks("") if "msg_p5jXN8AQM9LWM0D4loKWxJek" in block]
    found = dict(re.findall(r"-H '(webhook-[a-z]+): ([^']+)'", example))
    (body,) = re.findall(r"-d '([^']+)'", example)
    (secret,) = re.findall(r"signed with the secret `(whsec_[^`]+)`", GUIDE)
    assert found == signed_headers([secret], found["webhook-id"], int(found["webhook-timestamp"]), body.encode())


def test_every_event_is_told_of_with_an_example() -> None:
    assert set(re.findall(r"^\| `([a-z.]+)` \|", GUIDE, re.MULTILINE)) >= set(WebhookEvent)
    (examples,) = blocks("json")
    assert re.findall(r'"type": "([^"]+)"', examples) == list(WebhookEvent)


def test_the_schedule_is_the_real_one() -> None:
    (told,) = re.findall(r"tried again after (.+?), each up to a fifth longer", GUIDE.replace("\n", " "))
    seconds = {"s": 1, "min": 60, "h": 3_600}
    waits = [int(number) * seconds[unit] for number, unit in re.findall(r"(\d+) (s|min|h)\b", told)]
    assert (tuple(waits), DeliveryPolicy().jitter) == (DeliveryPolicy().waits_s, 0.2)
    assert f"**For {KEPT_DAYS} days.**" in GUIDE
