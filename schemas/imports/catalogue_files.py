"""Catalogue entries as files that import to the same entries: CSV for spreadsheets, JSON for everything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from competency.catalogue import Alignment, CatalogueEntry, DefinitionMatch
from schemas.imports.catalogue import CATALOGUE, read_catalogue
from schemas.imports.sheets import Format


def write_catalogue_csv(entries: Iterable[CatalogueEntry]) -> str:
    """The table `catalogue`. A few entries that JSON can hold don't fit into cells; `not_in_csv` says which."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in CATALOGUE.columns])
    for entry in entries:
        cells = _cells(entry)
        writer.writerow([cells[column.name] for column in CATALOGUE.columns])
    return text.getvalue()


def write_catalogue_json(entries: Iterable[CatalogueEntry]) -> str:
    """The list `catalogue`, as an import takes it."""
    return json.dumps({"catalogue": [_members(entry) for entry in entries]}, ensure_ascii=False, indent=1) + "\n"


def not_in_csv(entries: Sequence[CatalogueEntry]) -> list[str]:
    """The ids of the entries that would come back from CSV as others, or not at all: such as an activity id with a semicolon."""
    back = read_catalogue(io.BytesIO(write_catalogue_csv(entries).encode()), Format.CSV)
    found = {entry.id: entry for entry in back.rows}
    return [entry.id for entry in entries if found.get(entry.id) != _as_imported(entry)]


def _as_imported(entry: CatalogueEntry) -> CatalogueEntry:
    """As any import makes it: without the version, which is the store's, and with what has no order in order."""
    (read,) = read_catalogue(io.BytesIO(write_catalogue_json([entry]).encode()), Format.JSON).rows
    return read


def _cells(entry: CatalogueEntry) -> dict[str, str]:
    return {
        "id": entry.id,
        "activity_ids": "; ".join(entry.activity_ids),
        "patterns": "; ".join(entry.patterns),
        "definitions": "; ".join(_definition(one) for one in entry.definitions),
        "title": entry.title,
        "kind": entry.kind_id,
        "provider": entry.provider,
        "jp": _number(entry.jp),
        "finish": entry.finish.value,
        "min_score": _number(entry.min_score),
        "certificate": _certificate(entry),
        "from_year": str(entry.from_year or ""),
        "through_year": str(entry.through_year or ""),
        "repeats": entry.repeats.value,
        "counts_per": entry.counts_per.value,
        "alignments": "; ".join(_alignment(one) for one in entry.alignments),
        "siasn_training": entry.siasn_training,
    }


def _definition(one: DefinitionMatch) -> str:
    said = [("type", one.type), ("name", one.name), *one.extensions]
    return " & ".join(f"{name}={value}" for name, value in said if value is not None)


def _alignment(one: Alignment) -> str:
    weight = "" if one.weight == 1 else f"*{_number(one.weight)}"
    return f"{one.competency_id}:{one.level}{weight}"


def _number(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _certificate(entry: CatalogueEntry) -> str:
    if entry.certificate is None:
        return "no"
    return "yes" if entry.certificate.valid_months is None else str(entry.certificate.valid_months)


def _members(entry: CatalogueEntry) -> dict[str, Any]:
    certificate = entry.certificate
    members: dict[str, Any] = {
        "id": entry.id,
        "activity_ids": list(entry.activity_ids),
        "patterns": list(entry.patterns),
        "definitions": [_definition_members(one) for one in entry.definitions],
        "title": entry.title,
        "kind": entry.kind_id,
        "provider": entry.provider,
        "jp": _json_number(entry.jp),
        "finish": entry.finish.value,
        "min_score": _json_number(entry.min_score),
        "certificate": certificate is not None and (certificate.valid_months or True),
        "from_year": entry.from_year,
        "through_year": entry.through_year,
        "repeats": entry.repeats.value,
        "counts_per": entry.counts_per.value,
        "alignments": {one.competency_id: {"level": one.level, "weight": _json_number(one.weight)} for one in entry.alignments},
        "siasn_training": entry.siasn_training or None,
    }
    return {name: value for name, value in members.items() if value not in (None, [], {})}


def _definition_members(one: DefinitionMatch) -> dict[str, Any]:
    members = (("type", one.type), ("name", one.name), ("extensions", dict(one.extensions)))
    return {name: value for name, value in members if value}


def _json_number(number: Decimal | None) -> int | float | None:
    return None if number is None else int(number) if number == int(number) else float(number)
