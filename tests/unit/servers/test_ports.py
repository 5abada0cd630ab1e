"""A reserved port is nobody else's until it is released."""

from tests.servers.ports import LOWEST, reserve, reserve_any


def test_a_reserved_port_is_not_given_twice() -> None:
    first = reserve_any()
    try:
        assert first.number >= LOWEST
        assert reserve(first.number) is None
        second = reserve_any(preferred=first.number)
        second.release()
        assert second.number != first.number
    finally:
        first.release()


def test_a_released_port_can_be_had_again() -> None:
    first = reserve_any()
    first.release()
    again = reserve_any(preferred=first.number)
    again.release()
    assert again.number == first.number
