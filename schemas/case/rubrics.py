"""The rubrics of a published package, with the levels of competencies that are otherwise now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from competency.frameworks import Competency
from schemas.case.making import Json, Making

Levels = tuple[str, Competency | None, Competency]
"""The identifier of a competency's item, how it was read (None: it was not), and how it is."""


class Rubrics:
    """`package` is changed in place. `links`, by identifier, are those of items that are called or found otherwise now."""

    def __init__(self, package: Json, making: Making, links: Mapping[str, Mapping[str, str]]) -> None:
        self._package = package
        self._making = making
        self._links = links
        self._criteria: dict[str, list[Json]] = {}
        for rubric in package.get("CFRubrics") or ():
            for criterion in rubric.get("CFRubricCriteria") or ():
                item = criterion.get("CFItemURI")
                if item is not None:
                    self._criteria.setdefault(item["identifier"], []).append(criterion)

    def merge(self, gone: set[str], competencies: Iterable[Levels]) -> None:
        """`gone` are identifiers of items that are no longer there."""
        self._drop(gone)
        without: list[Competency] = []
        for identifier, before, now in competencies:
            had: Mapping[int, str] = before.levels if before is not None else {}
            if now.levels != had:
                criteria = self._criteria.get(identifier, []) if before is not None else []
                if criteria:
                    self._say(criteria, had, now)
                else:
                    without.append(now)
        for identifier, link in self._links.items():
            for criterion in self._criteria.get(identifier, []):
                criterion["CFItemURI"] = {**criterion["CFItemURI"], **link}
        if without:
            self._add(without)

    def _drop(self, gone: set[str]) -> None:
        ended = [id(one) for identifier in gone for one in self._criteria.get(identifier, [])]
        if not ended:
            return
        left = []
        for rubric in self._package["CFRubrics"]:
            held = rubric.get("CFRubricCriteria") or []
            kept = [one for one in held if id(one) not in ended]
            if len(kept) < len(held):
                rubric["CFRubricCriteria"] = kept
                rubric |= self._making.changed
            if kept or not held:
                left.append(rubric)
        self._package["CFRubrics"] = left

    def _say(self, criteria: list[Json], had: Mapping[int, str], now: Competency) -> None:
        for number in sorted(had.keys() | now.levels.keys()):
            if now.levels.get(number) == had.get(number):
                continue
            told = False
            for criterion in criteria:
                told = self._say_level(criterion, number, now, told=told)
            if number in now.levels and not told:
                first = criteria[0]
                held = first.get("CFRubricCriterionLevels") or []
                first["CFRubricCriterionLevels"] = [*held, self._making.level(now, number, first.get("identifier", ""))]
                first |= self._making.changed

    def _say_level(self, criterion: Json, number: int, now: Competency, *, told: bool) -> bool:
        """Let the criterion's levels of this number say what is so now, once, or be gone; whether it has been told."""
        kept = []
        for level in criterion.get("CFRubricCriterionLevels") or ():
            if _number(level) == number:
                if number not in now.levels:
                    criterion |= self._making.changed
                    continue
                if not told:
                    told = True
                    level |= {"description": now.levels[number], **self._making.changed}
            kept.append(level)
        criterion["CFRubricCriterionLevels"] = kept
        return told

    def _add(self, competencies: list[Competency]) -> None:
        """Criteria of items that had none, in the rubric of Rekam."""
        made = self._making.rubric([one for one in competencies if one.levels])
        rubrics = self._package.get("CFRubrics") or []
        own = next((one for one in rubrics if one.get("identifier") == made["identifier"]), None)
        if own is not None:
            own["CFRubricCriteria"] = [*(own.get("CFRubricCriteria") or ()), *made["CFRubricCriteria"]]
        elif made["CFRubricCriteria"]:
            self._package["CFRubrics"] = [*rubrics, made]


def _number(level: Json) -> Any:
    """As it is read: the score, else the position."""
    score = level.get("score")
    return score if score is not None else level.get("position")
