"""How the addresses of brokers are read."""

from __future__ import annotations

import pytest

from eventlog.kafka.wire import Address, addresses


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("kafka-1:9093", ("kafka-1", 9093)),
        ("kafka-1", ("kafka-1", 9092)),
        ("10.0.0.7:9092", ("10.0.0.7", 9092)),
        ("[fd00::7]:9093", ("fd00::7", 9093)),
        ("[fd00::7]", ("fd00::7", 9092)),
    ],
)
def test_a_broker_is_a_host_and_a_port(given: str, meant: Address) -> None:
    assert addresses([given]) == [meant]
