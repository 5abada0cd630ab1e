"""Webhooks go to public hosts over https, and anywhere else only where the operator says so."""

from __future__ import annotations

import pytest

from access.webhook_addresses import Receiver, UnfitAddress, WebhookHosts

ANYWHERE = WebhookHosts()
INSIDE = WebhookHosts.of(["hr.internal", "10.0.0.7", "::1"])

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.8",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::1",
    "2001:0:a00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_connected_to(address: str) -> None:
    assert not ANYWHERE.admits("hr.example.go.id", address)


@pytest.mark.parametrize("address", ["103.10.105.1", "8.8.8.8", "2404:6800:4003::1", "::ffff:8.8.8.8"])
def test_a_public_address_is(address: str) -> None:
    assert ANYWHERE.admits("hr.example.go.id", address)


def test_a_listed_host_may_stand_for_any_address_and_a_listed_address_be_called() -> None:
    assert INSIDE.admits("hr.internal", "192.168.1.1")
    assert INSIDE.admits("whatever.example", "10.0.0.7")
    assert not INSIDE.admits("whatever.example", "10.0.0.8")


@pytest.mark.parametrize("address", [one for one in PRIVATE if "%" not in one])
def test_a_url_with_a_private_address_is_refused_at_once(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(UnfitAddress, match="REKAM_WEBHOOK_HOSTS"):
        ANYWHERE.receiver(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    [
        "http://hr.example.go.id/hook",
        "ftp://hr.example.go.id/",
        "https://",
        "https:///path",
        "hr.example.go.id",
        "/path",
        "",
        "https://user:secret@hr.example.go.id/",
        "https://hr.example.go.id@10.0.0.1/",
        "https://hr.example.go.id\\@10.0.0.1/",
        "https://hr.example.go.id/#part",
        "https://hr.example.go.id/a b",
        "https://hr.example.go.id/\r\nX: y",
        "https://hr.example.go.id:0/",
        "https://hr.example.go.id:99999/",
        "https://hr.example.go.id:x/",
        "https://[::1/",
        "https://härte.example/",
        "https://a..b/",
        "https://" + "a" * 64 + ".example/",
        "https://hr.example.go.id/" + "a" * 2_000,
        # As the operating system's resolver reads numbers: 127.0.0.1 in other words.
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
    ],
)
def test_what_can_be_no_webhook_is_refused(url: str) -> None:
    with pytest.raises(UnfitAddress):
        ANYWHERE.receiver(url)


def test_a_refusal_does_not_repeat_the_url() -> None:
    with pytest.raises(UnfitAddress) as refused:
        ANYWHERE.receiver("https://siti:rahasia@hr.example.go.id/")
    assert "rahasia" not in str(refused.value)


def test_http_and_private_addresses_only_where_they_are_listed() -> None:
    assert INSIDE.receiver("http://HR.internal:8080/a/b?c=d") == Receiver(
        "http://HR.internal:8080/a/b?c=d", False, "hr.internal", 8080, "/a/b?c=d"
    )
    assert INSIDE.receiver("http://[::1]:81").host_header == "[::1]:81"
    assert INSIDE.receiver("https://10.0.0.7").target == "/"
    with pytest.raises(UnfitAddress):
        INSIDE.receiver("https://hr.example.go.id/")


def test_a_star_beside_listed_hosts_lets_every_public_one_be_called() -> None:
    both = WebhookHosts.of(["hr.internal", "*"])
    assert both.receiver("https://hr.example.go.id./x").host == "hr.example.go.id"
    assert both.receiver("http://hr.internal/").port == 80
    with pytest.raises(UnfitAddress):
        both.receiver("http://hr.example.go.id/")
