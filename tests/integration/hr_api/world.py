"""A small ministry with a real embedded log and store, the real workers run by hand, and HR's API in front of it.

Every answer is checked against the OpenAPI document, so each test also tests that the document tells the truth.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import store.port
from access.authenticator import Authenticator
from access.credentials import Credential, Role, hash_secret
from competency.catalogue import Alignment, CatalogueEntry, FinishRule
from competency.directory import Assessment, Employee, Employment, Identifier, Post, PostKind, Unit
from competency.rules import load_rules
from eventlog.port import Outgoing, Topic, TopicSpec
from eventlog.sqlite import SqliteEventLog
from hr_api.app import create_app
from hr_api.front_door import DoorClosed, TurnedAway
from hr_api.services import HrServices, HrSettings
from schemas.events import Accepted, AcceptedRequest, ToleratedStatement, encode
from schemas.imports.package import read_package
from store.consequences import everyone
from store.reference import References
from store.sqlite import SqliteStore
from telemetry.clock import FixedClock
from tests.integration.hr_api.documented import check_documented
from workers.announcements import Announcer
from workers.following import LogFollower
from workers.importer import Importer
from workers.keeper import Keeper
from workers.profiler import Profiler
from workers.profiles import ProfileBuilder
from workers.rebuild import Rebuild
from workers.recorder import Recorder
from workers.refresher import Refresher
from workers.rollups import UnitRollups
from workers.stores import Stores

NOW = 1_769_843_700_000
"""2026-01-31T07:15:00Z."""

ACCOUNTS, CAMPUS = "https://asn.example.go.id/nip", "https://kuliah.univ-a.example"
SITI_NIP, BUDI_NIP, SITI_AISYAH_NIP = "198609262015052001", "197901022005011002", "199005172019032003"
UNIT = "unit-0101"
SITI, BUDI, AISYAH = "emp-0001", "emp-0002", "emp-0003"
SEMINAR, COURSE, WORKSHOP = (f"https://lms.example.ac.id/{name}" for name in ("seminar/1", "course/2", "workshop/3"))
UNKNOWN_ACTIVITY = "https://lms.example.ac.id/unheard-of"
COMPLETED, ATTEMPTED = "http://adlnet.gov/expapi/verbs/completed", "http://adlnet.gov/expapi/verbs/attempted"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"

ROLES: Mapping[str, frozenset[Role]] = {
    "hr": frozenset({Role.HR}),
    "cataloguer": frozenset({Role.CATALOGUE}),
    "admin": frozenset({Role.ADMIN}),
    "univ-a": frozenset({Role.WRITE, Role.READ_MINE}),
    "univ-b": frozenset({Role.WRITE, Role.READ_MINE}),
    "auditor": frozenset({Role.READ_ALL}),
    "writer": frozenset({Role.WRITE}),
}


def uid(number: int) -> UUID:
    return UUID(int=(0xA << 124) | (0x4 << 76) | (0x8 << 60) | number)


def actor(nip: str) -> dict[str, Any]:
    return {"account": {"homePage": ACCOUNTS, "name": nip}}


def account(name: str, *, home: str = CAMPUS, label: str = "") -> dict[str, Any]:
    """An actor as a partner names it that has accounts of its own."""
    return {"account": {"homePage": home, "name": name}, **({"name": label} if label else {})}


def said(number: int, nip: str = SITI_NIP, activity: str = SEMINAR, verb: str = COMPLETED, **more: Any) -> dict[str, Any]:
    """A statement; by default that Siti completed the seminar."""
    base = {"id": str(uid(number)), "actor": actor(nip), "verb": {"id": verb}, "object": {"id": activity}, "version": "1.0.0"}
    return {**base, "result": {"completion": verb == COMPLETED}, **more}


def voiding(number: int, target: int) -> dict[str, Any]:
    return said(number, verb=VOIDED, object={"objectType": "StatementRef", "id": str(uid(target))})


def _employee(employee_id: str, name: str, nip: str, **more: Any) -> Employee:
    identifiers = (Identifier(f"account|{ACCOUNTS}|{nip}"),)
    return Employee(employee_id, name, nip, Employment.PNS, "unit-0101", "post-1", identifiers, **more)


def _entry(entry_id: str, activity: str, title: str, kind: str, provider: str, jp: str, **more: Any) -> CatalogueEntry:
    return CatalogueEntry(entry_id, title, kind, provider, Decimal(jp), FinishRule.COMPLETED, activity_ids=(activity,), **more)


class World:
    """`send` is what the ingest API does, `record` and `profile` what the workers do; nothing runs by itself.

    `like` is the folder of a world in which nothing has happened, and which is closed: copying it is quicker than founding another.
    """

    def __init__(self, folder: Path, later: ExitStack, *, like: Path | None = None) -> None:
        self.clock = FixedClock(NOW)
        if like is not None:
            shutil.copytree(like, folder, dirs_exist_ok=True)
        self.store = later.enter_context(closing(SqliteStore(folder / "store.db")))
        log = SqliteEventLog(folder / "log.db", clock=self.clock)
        if like is None:
            self.store.prepare()
            with closing(log.admin()) as admin:
                admin.create_topics([TopicSpec(Topic.ACCEPTED, 2), TopicSpec(Topic.RECORDED, 1), TopicSpec(Topic.PROFILES, 1)])
        self.appender = later.enter_context(closing(log.appender()))
        self.inspector = later.enter_context(closing(log.inspector()))
        rules = load_rules()
        held = self.store
        announcer = Announcer(self.appender, b"s" * 32, 1)
        follower = LogFollower(self.inspector, held.positions)
        self._recorder = Recorder(
            held.statements, held.positions, held.dead_letters, held.writes, announcer, self.clock, follower, dict
        )
        stores = Stores.of(held)
        references = References(held.directory, held.catalogue, rules)
        builder = ProfileBuilder(stores, references, self.clock)
        self._profiler = Profiler(builder, self.appender, held.dead_letters, self.clock)
        rebuild = Rebuild(stores, builder, self._profiler)
        self._refresher = Refresher(stores, references, announcer, self._profiler, rebuild, self.clock)
        self._keeper = Keeper(stores, builder, self._refresher, UnitRollups(stores, references, self.clock), self.clock)
        self._profiled = 0
        if like is None:
            self._fill()
            self.keep()
        self.services = HrServices(
            statement_queries=held.statement_queries,
            evidence=held.evidence,
            profiles=held.profiles,
            profile_queries=held.profile_queries,
            rollups=held.rollups,
            sightings=held.sightings,
            orders=held.orders,
            secrets=held.secrets,
            directory=held.directory,
            catalogue=held.catalogue,
            dead_letters=held.dead_letters,
            webhooks=held.webhooks,
            deliveries=held.deliveries,
            pending_imports=held.pending_imports,
            front_door=Closed(),
            positions=held.positions,
            inspector=self.inspector,
            audit=held.audit,
            authenticator=Authenticator(held.credentials, self.clock, unavailable=(store.port.Unavailable,)),
            clock=self.clock,
            rules=rules,
            settings=HrSettings(receipt_wait_ms=50, receipt_scan_records=20, nip_home_page=ACCOUNTS),
        )
        self._client = create_app(self.services).test_client()

    def _fill(self) -> None:
        directory, catalogue = self.store.directory, self.store.catalogue
        directory.put_units(
            [
                Unit("unit-01", "Kementerian Contoh"),
                Unit("unit-0100", "Sekretariat Jenderal", "unit-01"),
                Unit("unit-0101", "Bagian Kepegawaian", "unit-0100"),
            ]
        )
        directory.put_posts([Post("post-1", "Analis SDM Aparatur", PostKind.FUNGSIONAL, "pengawas", {"komunikasi": 3})])
        assessed = Assessment("komunikasi", 2, date(2025, 6, 30), "Assessment Center 2025")
        directory.put_employees(
            [
                _employee(SITI, "Siti Rahmawati", SITI_NIP, assessments=(assessed,)),
                _employee(BUDI, "Budi Santoso", BUDI_NIP),
                _employee(AISYAH, "Siti Aisyah", SITI_AISYAH_NIP),
            ]
        )
        catalogue.put_entries(
            [
                _entry(
                    "cat-1",
                    SEMINAR,
                    "Seminar Reformasi Birokrasi",
                    "9",
                    "Universitas A",
                    "7.5",
                    alignments=(Alignment("komunikasi", 3),),
                ),
                _entry("cat-2", COURSE, "Kursus Data", "16", "Universitas B", "20"),
                _entry("cat-3", WORKSHOP, "Lokakarya Etika", "4", "Universitas A", "3"),
            ]
        )
        for partner, roles in ROLES.items():
            self.store.credentials.put(Credential(partner, hash_secret("s3cret"), partner, roles, NOW))

    def send(
        self,
        *statements: dict[str, Any] | bytes,
        partner: str = "univ-a",
        partition: int = 0,
        tolerated: Sequence[ToleratedStatement] = (),
    ) -> None:
        """Append one accepted request."""
        texts = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in statements]
        request = AcceptedRequest("request", partner, partner, False, [msgspec.Raw(text) for text in texts], list(tolerated))
        self.append(encode(Accepted([request])), partition=partition)

    def append(self, value: bytes, *, partition: int = 0) -> None:
        self.appender.append(Topic.ACCEPTED, Outgoing(value, partition=partition))

    def record(self) -> None:
        """Let the recorder handle everything that waits."""
        for partition in self.inspector.end_offsets(Topic.ACCEPTED):
            position = self.store.positions.positions().get(partition)
            first = 0 if position is None else position.next_offset
            if records := self.inspector.read(Topic.ACCEPTED, partition, first, 1000):
                self._recorder.handle(records)

    def profile(self) -> None:
        """Let the profiler handle everything that was announced."""
        if records := self.inspector.read(Topic.RECORDED, 0, self._profiled, 1000):
            self._profiler.handle(records)
            self._profiled = records[-1].offset + 1

    def compute_everyone(self) -> None:
        """Let everybody have a profile, and every unit its rollup."""
        self.store.orders.place(everyone())
        self.keep()

    def keep(self) -> None:
        """Let the keeper carry out every order, with what the profiler has to do for them, and add up what is stale."""
        while self._keeper.tick():
            self.profile()

    def learn(self, *statements: dict[str, Any] | bytes, partner: str = "univ-a") -> None:
        """The whole way."""
        self.send(*statements, partner=partner)
        self.record()
        self.profile()
        self.keep()

    def import_files(self, *files: Path) -> None:
        """What `rekam directory import` does."""
        held = self.store
        importer = Importer(held.directory, held.catalogue, held.orders, self._refresher, self.clock, ACCOUNTS)
        importer.apply(*(read_package(file, nip_home_page=ACCOUNTS) for file in files))
        self.keep()

    def another_client(self) -> FlaskClient:
        """Another instance of the API beside this one, for asking at the same time."""
        return create_app(self.services).test_client()

    def replace(self, **services: Any) -> None:
        """Go on with other services."""
        self.services = replace(self.services, **services)
        self._client = create_app(self.services).test_client()

    def ask(self, method: str, path: str, *, who: str | None = "hr", secret: str = "s3cret", **more: Any) -> TestResponse:
        headers = dict(more.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{who}:{secret}".encode()).decode()
        response = self._client.open(path, method=method, headers=headers, **more)
        check_documented(method, path, response)
        return response

    def get(self, path: str, *, who: str | None = "hr", **more: Any) -> TestResponse:
        return self.ask("GET", path, who=who, **more)

    def lookup(self, *, who: str | None = "hr", **body: Any) -> TestResponse:
        return self.ask("POST", "/api/v1/employees/lookup", who=who, json=body)

    def noted(self) -> list[tuple[str, str, str]]:
        """The audit trail as (credential, action, subject), oldest first."""
        entries = self.store.audit.entries(limit=1000)
        return [(entry.credential, entry.action, entry.subject) for entry in reversed(entries)]


class Closed:
    """No way in: what imports send does not come through this API."""

    def send(self, statements: Sequence[bytes]) -> tuple[TurnedAway, ...]:
        raise DoorClosed


class Down:
    """A service that can't be reached, whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*_: Any, **__: Any) -> Any:
            raise self._error

        return fail
