"""What the first release kept of a directory and a catalogue, as its bodies were."""

from __future__ import annotations

import json
from typing import Any

from competency.catalogue import CatalogueEntry
from competency.directory import Employee
from competency.frameworks import Framework
from tests.contract.store.builders import competency, employee, entry, iri

EMPLOYEES: list[dict[str, Any]] = [
    {
        "id": f"e{number}",
        "name": name,
        "nip": f"19860926201505100{number}",
        "employment": "PNS",
        "unit_id": "u1",
        "post_id": "p1",
        "identifiers": keys,
        "contract_start": "2024-03-01",
        "assessments": [],
    }
    for number, name, keys in ((1, "Siti Ütami", ["account|https://h|1", "mbox|mailto:siti@x.example"]), (2, "Budi", []))
]
ENTRIES: list[dict[str, Any]] = [
    {
        "id": one,
        "activity_id": iri(one),
        "title": "Pelatihan Dasar",
        "kind_id": "1",
        "provider": "univ-a",
        "jp": "12.5",
        "finish": "completed",
        "alignments": [{"competency_id": "integritas", "level": 3}],
    }
    for one in ("c1", "c2")
]
COMPETENCIES: list[dict[str, Any]] = [
    {"id": one, "name": one, "kind": "manajerial", "framework": framework, "description": "Jujur"}
    for one, framework in (("a", "teknis"), ("b", "inti"), ("c", "teknis"))
]
UNIT = {"id": "u1", "name": "Biro SDM", "parent_id": None}
POST = {"id": "p1", "title": "Analis SDM", "kind": "fungsional", "tier": "Ahli Muda", "standards": {"integritas": 3}}

EMPLOYEES_NOW: list[Employee] = [
    employee("e1", "Siti Ütami", nip="198609262015051001", identifiers=["account|https://h|1", "mbox|mailto:siti@x.example"]),
    employee("e2", "Budi", nip="198609262015051002"),
]
ENTRIES_NOW: list[CatalogueEntry] = [entry("c1"), entry("c2")]
FRAMEWORKS_NOW: list[Framework] = [
    Framework("inti", "inti", (competency("b", "b", "inti"),)),
    Framework("teknis", "teknis", (competency("a", "a", "teknis"), competency("c", "c", "teknis"))),
]


def body(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
