"""Every reason for a dead letter comes with something to do."""

from __future__ import annotations

import pytest

from hr_api.advice import advice
from workers import recorder


@pytest.mark.parametrize("reason", [recorder.CONFLICT, recorder.UNDECODABLE, recorder.REJECTED])
def test_the_recorders_reasons_have_advice_of_their_own(reason: str) -> None:
    assert advice(reason) != advice("a reason nobody has thought of")


def test_an_unforeseen_reason_has_advice_too() -> None:
    assert "resubmit" in advice("a reason nobody has thought of")
