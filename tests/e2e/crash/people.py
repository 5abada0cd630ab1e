"""A small directory and catalogue for the load to be about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from competency.catalogue import Alignment, CatalogueEntry, FinishRule
from competency.directory import Employee, Employment, Identifier, Post, PostKind, Unit
from competency.frameworks import Competency, CompetencyKind, Framework
from store.port import OrderKind, Store, orders_for

HOME_PAGE = "https://asn.example/nip"
EMPLOYEES = tuple(f"19800101200501{1:01d}{number:03d}" for number in range(1, 13))
CATALOGUED = tuple(f"https://example.go.id/kursus/{number}" for number in range(6))
ACTIVITIES = (*CATALOGUED, "https://example.go.id/kursus/tidak-terdaftar")


def actor(nip: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": HOME_PAGE, "name": nip}}


def settle(store: Store) -> None:
    """Fill a new store."""
    store.prepare()
    store.directory.put_units([Unit("u1", "Dinas Contoh")])
    store.directory.put_posts([Post("p1", "Analis", PostKind.FUNGSIONAL, "pelaksana", {"k1": 2, "k2": 3})])
    store.directory.put_employees(
        [
            Employee(
                f"emp-{nip[-3:]}",
                f"Pegawai {nip[-3:]}",
                nip,
                Employment.PNS,
                "u1",
                "p1",
                (Identifier(f"account|{HOME_PAGE}|{nip}"),),
            )
            for nip in EMPLOYEES
        ],
        orders=orders_for(OrderKind.EMPLOYEES, (f"emp-{nip[-3:]}" for nip in EMPLOYEES)),
    )
    competencies = tuple(Competency(f"k{n}", f"Kompetensi {n}", CompetencyKind.TEKNIS, "contoh") for n in (1, 2, 3))
    store.catalogue.put_framework(Framework("contoh", "Kamus contoh", competencies))
    store.catalogue.put_entries(
        [
            CatalogueEntry(
                f"c{n}",
                f"Kursus {n}",
                "4",
                "LAN",
                Decimal(4 + n),
                FinishRule.COMPLETED,
                activity_ids=(iri,),
                alignments=(Alignment(f"k{n % 3 + 1}", n % 5 + 1),),
            )
            for n, iri in enumerate(CATALOGUED)
        ]
    )
