"""Everything that stands in the way of a statement, not only the first. Pure.

`competency.derivation` says the first reason for which nothing came of a statement; who mends that one wants to know what is next.
It is asked again as if what it named were otherwise, so there is no second set of rules here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from competency.catalogue import CatalogueEntry, FinishRule
from competency.derivation import activity_id_of, derive
from competency.directory import Employee
from competency.evidence import NotRelevant
from competency.finishing import ATTENDED
from competency.matching import Catalogue
from competency.regulation import Rules

_FINISHED = {"verb": {"id": ATTENDED}, "result": {"completion": True, "success": True, "score": {"scaled": 1}}}
"""Finishes an activity whatever the catalogue asks for."""


def reasons(
    statement: Mapping[str, Any],
    *,
    stored_ms: int,
    voided: bool,
    catalogue: Catalogue,
    employees: Mapping[str, Sequence[Employee]],
    rules: Rules,
) -> tuple[NotRelevant, ...]:
    """Why nothing came of a statement: the first one is that of `derive`, which takes the same. Empty where something came of it.

    What can't be told as long as another reason stands is not there: an activity without an entry is neither finished nor not.
    """
    found: dict[str, NotRelevant] = {}
    for supposed, entries in _suppositions(statement, catalogue):
        derivation = derive(supposed, stored_ms=stored_ms, voided=voided, catalogue=entries, employees=employees, rules=rules)
        if derivation.not_relevant is None:
            break
        found.setdefault(derivation.not_relevant.reason, derivation.not_relevant)
    return tuple(found.values())


def _suppositions(statement: Mapping[str, Any], catalogue: Catalogue) -> Iterator[tuple[Mapping[str, Any], Catalogue]]:
    """As it is; as if it were finished; as if the catalogue had an entry for it that counts in every year."""
    yield statement, catalogue
    activity_id = activity_id_of(statement)
    if activity_id is None:
        return
    finished = {**statement, **_FINISHED}
    yield finished, catalogue
    held = catalogue.find(activity_id, statement["object"].get("definition"))
    entry = held or CatalogueEntry("", "", "", "", None, FinishRule.COMPLETED)
    yield finished, Catalogue([replace(entry, activity_ids=(activity_id,), from_year=None, through_year=None)])
