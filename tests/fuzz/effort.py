"""How many examples are tried: few and always the same ones as a rule, many new ones with `--hypothesis-profile explore`."""

from __future__ import annotations

from hypothesis import settings


def exploring() -> bool:
    return settings().max_examples > 1_000


def examples(as_a_rule: int, exploring_times: int = 1) -> settings:
    """Settings with this many examples; when exploring, with the profile's many divided by `exploring_times`."""
    return settings(max_examples=settings().max_examples // exploring_times if exploring() else as_a_rule)
