"""The compiled hot paths (native/), where they are installed; None where they are not, and Python does it all. Pure.

Each of its functions gives exactly what the Python gives that it stands for, or None where that has to decide.
"""

from __future__ import annotations

from types import ModuleType

compiled: ModuleType | None
try:
    import rekam_native as compiled
except ModuleNotFoundError:
    compiled = None
