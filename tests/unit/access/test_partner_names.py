"""What may name a partner: it stands in logs, in metrics and in the authority of statements."""

from __future__ import annotations

import pytest

from access.credentials import check_partner

NIP = "198609262015052001"


@pytest.mark.parametrize("name", ["lan-ri", "bkpsdm", "lms.univ-a.ac.id", "7", "a" * 63, "jp-2026-1", "x12345678901234567"])
def test_plain_names_are_taken(name: str) -> None:
    check_partner(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "siti@kpn.example", "lan ri", "LAN", "lan_ri", "-lan", ".lan", "lan\n", "lan\nri", "lan\x00", "lembaga-é"),
        *("a" * 64, "\N{ARABIC-INDIC DIGIT THREE}", "a/b"),
    ],
)
def test_others_are_refused_with_what_would_be_right(name: str) -> None:
    with pytest.raises(ValueError, match="a-z, 0-9, dot and hyphen") as refused:
        check_partner(name)
    assert "universitas-a" in str(refused.value)
    assert "@" not in str(refused.value)


@pytest.mark.parametrize("name", [NIP, f"pegawai-{NIP}", "19860926.201505.2.001", "19860926-201505-2-001", f"x{NIP}9"])
def test_a_name_that_may_hold_a_nip_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(ValueError, match="NIP") as refused:
        check_partner(name)
    assert name not in str(refused.value)
