"""`/units/{unitId}/hours`, `/gaps`, `/needs` and `/trend`: a unit's subtree in figures, without naming anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from flask import Response

from access.credentials import Role
from competency.closing import trainings_for
from competency.rollup import BANDS, CompetencyRollup, Share, UnitRollup, YearRollup
from hr_api.auditing import audited
from hr_api.resource import Resource, answer, asked
from hr_api.rollups import Figures, figures
from hr_api.services import HrServices
from hr_api.trainings import shown_training
from hr_api.units import UNIT_ID, known_unit
from schemas.hr.document import Answer, Operation
from schemas.hr.figures import (
    HeatMapSchema,
    HoursFiguresSchema,
    NeedsAsked,
    NeedsParametersSchema,
    NeedsSchema,
    TrendSchema,
    YearParametersSchema,
)
from schemas.hr.payload import Asked
from store.reference import Reference, References

_HOURS, _GAPS, _NEEDS, _TREND = HoursFiguresSchema(), HeatMapSchema(), NeedsSchema(), TrendSchema()
_TRAININGS = 5
_STANDING = {"met": 12, "missing": 5, "exceeded": 0, "none": 3}
_SHARE = {"name": "Universitas Nusantara", "jp": 320.0, "items": 41}
_CELL = {
    "competency": "komunikasi",
    "withStandard": 20,
    "belowStandard": 7,
    "missingLevels": 9,
    "levelUnknown": 2,
    "averageGap": -0.4,
    "assessed": 11,
}
_ROW = {"unitId": "setjen", "name": "Sekretariat Jenderal", "employees": 20, "cells": [_CELL]}
_HEAD = {"unitId": "setjen", "employees": 20, "stale": False}


def _operation(
    operation_id: str, question: str, summary: str, description: str, shown: Answer, query: Asked | None = None
) -> Operation:
    return Operation(
        id=operation_id,
        method="GET",
        path=f"/units/{{unitId}}/{question}",
        tag="units",
        summary=summary,
        description=f"{description} Added up beforehand, so that it costs the same for a nation as for an office.",
        roles=(Role.HR,),
        path_parameters=(UNIT_ID,),
        query=query,
        answers=(shown,),
        refusals=(404,),
    )


HOURS = _operation(
    "readUnitHours",
    "hours",
    "How many hours a unit's people learnt in a year, and how they are distributed",
    "Of the unit and all units below it.",
    Answer(
        200,
        "The figures",
        _HOURS,
        {
            **_HEAD,
            "year": 2026,
            "jp": 412.5,
            "averageJp": 20.63,
            "standing": _STANDING,
            "bands": [{"band": "0", "employees": 1}, {"band": "<5", "employees": 4}],
            "providers": [_SHARE],
            "kinds": [{**_SHARE, "name": "Seminar"}],
            "units": [
                {
                    "unitId": "setjen",
                    "name": "Sekretariat Jenderal",
                    "employees": 20,
                    "jp": 412.5,
                    "averageJp": 20.63,
                    "standing": _STANDING,
                }
            ],
        },
    ),
    YearParametersSchema(),
)
GAPS = _operation(
    "readGapHeatMap",
    "gaps",
    "Where which competency is missing: a row for each unit directly below, a cell for each competency",
    "A gap is level minus standard, by the assessed level where there is one, else by the suggested one.",
    Answer(
        200,
        "The heat map",
        _GAPS,
        {**_HEAD, "competencies": [{"id": "komunikasi", "name": "Komunikasi"}], "total": _ROW, "rows": [_ROW]},
    ),
)
NEEDS = _operation(
    "listNeeds",
    "needs",
    "The most-needed competencies, and what training closes their gaps",
    "By how many people are below the standard.",
    Answer(
        200,
        "The needs",
        _NEEDS,
        {
            **_HEAD,
            "needs": [
                {
                    "competency": "komunikasi",
                    "name": "Komunikasi",
                    "belowStandard": 7,
                    "missingLevels": 9,
                    "levelUnknown": 2,
                    "standard": 3,
                    "trainings": [
                        {
                            "catalogueId": "ela-07",
                            "title": "Komunikasi Efektif",
                            "provider": "Portal Pembelajaran ASN",
                            "kind": "E-Learning",
                            "jp": 6.0,
                            "level": 3,
                            "weight": 1.0,
                            "reachesStandard": True,
                            "finished": False,
                        }
                    ],
                }
            ],
        },
    ),
    NeedsParametersSchema(),
)
TREND = _operation(
    "readTrend",
    "trend",
    "Hours by calendar year and provider",
    "Of those who are in the unit now, whatever unit they were in then.",
    Answer(
        200,
        "The years",
        _TREND,
        {
            **_HEAD,
            "years": [
                {
                    "year": 2026,
                    "jp": 412.5,
                    "employees": 20,
                    "averageJp": 20.63,
                    "standing": _STANDING,
                    "providers": [_SHARE],
                }
            ],
        },
    ),
)


def resource(services: HrServices, references: References) -> Resource:
    shown = Resource("figures", services)

    def hours(unit_id: str) -> Response:
        reference, found, head = _figures(unit_id)
        year = asked().get("year") or reference.rules.local_date(services.clock.now_ms()).year
        total = _year_of(found.total, year)
        return answer(
            _HOURS,
            {
                **head,
                **_year(total, found.total.employees),
                "providers": _shares(total.providers),
                "kinds": _shares({reference.rules.kind_name(kind): share for kind, share in total.kinds.items()}),
                "bands": [{"band": name, "employees": total.bands.get(name, 0)} for name, _ in BANDS],
                "units": [
                    {
                        "unit_id": part.unit_id,
                        "name": part.name,
                        **_year(_year_of(part.rollup, year), part.rollup.employees),
                        "employees": part.rollup.employees,
                    }
                    for part in found.parts
                ],
            },
        )

    def gaps(unit_id: str) -> Response:
        reference, found, head = _figures(unit_id)
        unit = known_unit(reference, unit_id)
        names = {one.id: one.name for one in found.total.competencies if one.with_standard}
        return answer(
            _GAPS,
            {
                **head,
                "competencies": [{"id": one, "name": name} for one, name in names.items()],
                "total": _row(unit.id, unit.name, found.total, names),
                "rows": [_row(part.unit_id, part.name, part.rollup, names) for part in found.parts],
            },
        )

    def needs(unit_id: str) -> Response:
        wanted: NeedsAsked = asked()
        reference, found, head = _figures(unit_id)
        year = reference.rules.local_date(services.clock.now_ms()).year
        needed = sorted(
            (one for one in found.total.competencies if one.below_standard),
            key=lambda one: (-one.below_standard, -one.missing_levels, one.id),
        )
        return answer(_NEEDS, {**head, "needs": [_need(one, reference, year) for one in needed[: wanted.limit]]})

    def trend(unit_id: str) -> Response:
        _, found, head = _figures(unit_id)
        years = [{**_year(one, one.employees), "providers": _shares(one.providers)} for one in found.total.years]
        return answer(_TREND, {**head, "years": years})

    def _figures(unit_id: str) -> tuple[Reference, Figures, dict[str, object]]:
        reference = references.current()
        unit = known_unit(reference, unit_id)
        audited(services, "unit.figures", [f"unit {unit.id}"])
        found = figures(services, reference, unit)
        return reference, found, {"unit_id": unit.id, "employees": found.total.employees, "stale": found.stale}

    shown.serve(HOURS, hours)
    shown.serve(GAPS, gaps)
    shown.serve(NEEDS, needs)
    shown.serve(TREND, trend)
    return shown


def _year_of(rollup: UnitRollup, year: int) -> YearRollup:
    none = YearRollup(year, 0, Decimal(0), {}, {}, {}, {})
    return next((one for one in rollup.years if one.year == year), none)


def _year(one: YearRollup, employees: int) -> dict[str, object]:
    return {
        "year": one.year,
        "employees": employees,
        "jp": one.jp,
        "average_jp": _average(one.jp, employees),
        "standing": {name: one.standing.get(name, 0) for name in ("met", "missing", "exceeded", "none")},
    }


def _average(total: Decimal, number: int) -> Decimal:
    return (total / number).quantize(Decimal("0.01")) if number else Decimal(0)


def _shares(shares: Mapping[str, Share]) -> list[dict[str, object]]:
    ordered = sorted(shares.items(), key=lambda one: (-one[1].jp, one[0]))
    return [{"name": name, "jp": share.jp, "items": share.items} for name, share in ordered]


def _row(unit_id: str, name: str, rollup: UnitRollup, competencies: Iterable[str]) -> dict[str, object]:
    held = {one.id: one for one in rollup.competencies}
    cells = [_cell(competency, held.get(competency)) for competency in competencies]
    return {"unit_id": unit_id, "name": name, "employees": rollup.employees, "cells": cells}


def _cell(competency: str, one: CompetencyRollup | None) -> dict[str, object]:
    if one is None:
        nothing = dict.fromkeys(("with_standard", "below_standard", "missing_levels", "level_unknown", "assessed"), 0)
        return {"competency": competency, "average_gap": None, **nothing}
    known = sum(one.gaps.values())
    total = sum(int(gap) * number for gap, number in one.gaps.items())
    return {
        "competency": competency,
        "with_standard": one.with_standard,
        "below_standard": one.below_standard,
        "missing_levels": one.missing_levels,
        "level_unknown": one.with_standard - known,
        "average_gap": round(total / known, 2) if known else None,
        "assessed": sum(one.gaps_assessed.values()),
    }


def _need(one: CompetencyRollup, reference: Reference, year: int) -> dict[str, object]:
    standard = max(one.standards_missed.items(), key=lambda missed: (missed[1], missed[0]), default=("1", 0))[0]
    entries = reference.catalogue.by_id.values()
    found = trainings_for(one.id, above=0, standard=int(standard), entries=entries, year=year)
    return {
        "competency": one.id,
        "name": one.name,
        "below_standard": one.below_standard,
        "missing_levels": one.missing_levels,
        "level_unknown": one.with_standard - sum(one.gaps.values()),
        "standard": int(standard),
        "trainings": [shown_training(training, reference) for training in found[:_TRAININGS]],
    }
