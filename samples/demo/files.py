"""The demonstration as files that `rekam … import` takes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from samples.demo.courses import COURSES
from samples.demo.organisation import COMPETENCIES, POSTS, UNITS
from samples.demo.people import people

Rows = tuple[Sequence[str], Iterable[Sequence[object]]]


def write_files(folder: Path, seed: int) -> tuple[Path, ...]:
    """Write a CSV file for each table into `folder`, which exists, and return them in the order in which to import them."""
    written = []
    for name, (header, rows) in _tables(seed).items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        written.append(path)
    return tuple(written)


def _tables(seed: int) -> dict[str, Rows]:
    persons = people(seed)
    return {
        "units": (("id", "name", "parent"), [(unit.id, unit.name, unit.parent_id or "") for unit in UNITS]),
        "competencies": (
            ("id", "name", "kind", "framework", "description"),
            [(one.id, one.name, one.kind, one.framework, one.description) for one in COMPETENCIES],
        ),
        "posts": (
            ("id", "title", "kind", "tier", "standards"),
            [(post.id, post.title, post.kind, post.tier, _pairs(post.standards)) for post in POSTS],
        ),
        "employees": (
            ("nip", "name", "employment", "unit", "post", "emails", "accounts", "contract_start"),
            [
                (
                    one.nip,
                    one.name,
                    one.employment,
                    one.unit_id,
                    one.post_id,
                    one.email,
                    "; ".join(f"{home}|{login}" for home, login in one.accounts),
                    one.contract_start or "",
                )
                for one in persons
            ],
        ),
        "assessments": (
            ("nip", "competency", "level", "assessed_on", "source"),
            [
                (one.nip, found.competency_id, found.level, found.assessed_on, found.source)
                for one in persons
                for found in one.assessments
            ],
        ),
        "catalogue": (
            ("id", "activity_id", "title", "kind", "provider", "jp", "finish", "alignments"),
            [
                (
                    entry.id,
                    entry.activity_id,
                    entry.title,
                    entry.kind_id,
                    entry.provider,
                    entry.jp,
                    entry.finish,
                    _pairs({one.competency_id: one.level for one in entry.alignments}),
                )
                for entry in (course.entry for course in COURSES)
            ],
        ),
    }


def _pairs(levels: Mapping[str, int]) -> str:
    return "; ".join(f"{competency}:{level}" for competency, level in levels.items())
