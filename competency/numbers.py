"""How numbers are spelt. Pure."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

_ONE = Decimal(1)


@lru_cache(maxsize=4096)
def plain(value: Decimal) -> Decimal:
    """One spelling for one number: 20, 20.0 and 2E+1 are written 20, and 0.50 is written 0.5."""
    return value.quantize(_ONE) if value == value.to_integral_value() else value.normalize()
