"""The demonstration as files that `rekam … import` takes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from competency.catalogue import CatalogueEntry
from samples.demo.courses import CATALOGUE
from samples.demo.organisation import POSTS, TECHNICAL, UNITS
from samples.demo.people import people

_OF_FRAMEWORK = ("framework_title", "framework_publisher", "framework_edition")

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
        "units": (
            ("id", "name", "parent", "siasn_id"),
            [(unit.id, unit.name, unit.parent_id or "", unit.siasn_id) for unit in UNITS],
        ),
        "competencies": (
            ("id", "name", "kind", "framework", "description", *(f"level_{level}" for level in range(1, 6)), *_OF_FRAMEWORK),
            [
                (
                    *(one.id, one.name, one.kind, one.framework, one.description),
                    *(one.levels.get(level, "") for level in range(1, 6)),
                    *(TECHNICAL.title, TECHNICAL.publisher, TECHNICAL.edition),
                )
                for one in TECHNICAL.competencies
            ],
        ),
        "posts": (
            ("id", "title", "kind", "tier", "standards"),
            [(post.id, post.title, post.kind, post.tier, _pairs(post.standards)) for post in POSTS],
        ),
        "employees": (
            ("nip", "name", "employment", "unit", "post", "emails", "accounts", "former_nips", "contract_start", "siasn_id"),
            [
                (
                    one.nip,
                    one.name,
                    one.employment,
                    one.unit_id,
                    one.post_id,
                    one.email,
                    "; ".join(f"{home}|{login}" for home, login in one.accounts),
                    "; ".join(f"{number} ({first}..{last})" for number, first, last in one.former),
                    one.contract_start or "",
                    one.siasn_id,
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
            (
                *("id", "activity_ids", "patterns", "definitions", "title", "kind", "provider", "jp", "finish", "min_score"),
                *("certificate", "from_year", "through_year", "repeats", "counts_per", "alignments"),
            ),
            [_entry(entry) for entry in CATALOGUE],
        ),
    }


def _entry(entry: CatalogueEntry) -> tuple[object, ...]:
    return (
        entry.id,
        "; ".join(entry.activity_ids),
        "; ".join(entry.patterns),
        "; ".join(f"type={one.type} & name={one.name}" for one in entry.definitions),
        entry.title,
        entry.kind_id,
        entry.provider,
        "" if entry.jp is None else entry.jp,
        entry.finish,
        "" if entry.min_score is None else entry.min_score,
        "" if entry.certificate is None else entry.certificate.valid_months or "yes",
        entry.from_year or "",
        entry.through_year or "",
        entry.repeats,
        entry.counts_per,
        "; ".join(f"{one.competency_id}:{one.level}" + (f"*{one.weight}" if one.weight != 1 else "") for one in entry.alignments),
    )


def _pairs(levels: Mapping[str, int]) -> str:
    return "; ".join(f"{competency}:{level}" for competency, level in levels.items())
