"""The compiled hot paths (native/), where they are installed; None where they are not, and Python does it all. Pure.

Each of its functions gives exactly what the Python gives that it stands for, or None where that has to decide.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

INTERFACE: Final = 1
"""What this release calls. A crate that was built for another one is left alone: it may lack a function, or mean another."""


def _installed() -> ModuleType | None:
    try:
        import rekam_native
    except ModuleNotFoundError:
        return None
    return rekam_native if rekam_native.INTERFACE == INTERFACE else None


compiled: Final = _installed()
