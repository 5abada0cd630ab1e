"""The composition root: the only place that knows which adapters are in use. What the two APIs need beside is in `serving`."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from access.authenticator import Authenticator
from access.credentials import Credential, Role, hash_secret
from access.webhook_addresses import WebhookHosts
from competency.rules import Rules, load_rules
from eventlog.port import EventLog, LogAppender, LogInspector, LogLimits, LogReader, Topic, TopicSpec
from rekam import lag
from rekam.settings import Settings
from rekam.webhook_sender import HttpWebhookSender
from store.port import Store, Unavailable
from store.reference import References
from telemetry.clock import Clock, SystemClock
from workers.announcements import Announcer
from workers.deliveries import Deliverer
from workers.following import LogFollower
from workers.keeper import Keeper
from workers.loop import NEVER, Stop
from workers.notifier import CertificatePass, Notifier
from workers.profiler import Profiler
from workers.profiles import ProfileBuilder
from workers.rebuild import Rebuild
from workers.recorder import Recorder
from workers.refresher import Refresher
from workers.rollups import UnitRollups
from workers.stores import Stores

if TYPE_CHECKING:
    from workers.importer import Importer

RECORDERS = "rekam-recorders"
PROFILERS = "rekam-profilers"
NOTIFIERS = "rekam-notifiers"
ADMINISTRATOR = "administrator"
RECORD_ALLOWANCE_BYTES = 1024 * 1024
"""What a record may be larger than the largest body: the envelope, and what the LRS adds to each statement."""


def open_event_log(settings: Settings, clock: Clock) -> EventLog:
    url = urlsplit(settings.event_log_url)
    limits = LogLimits(append_timeout_ms=settings.append_timeout_ms, max_record_bytes=max_record_bytes(settings))
    # An adapter is imported when it is chosen: an embedded installation loads no client of Kafka or MongoDB.
    if url.scheme == "kafka":
        from eventlog.kafka import KafkaEventLog

        return KafkaEventLog(url.netloc.split(","), limits, topic_prefix=settings.topic_prefix)
    from eventlog.sqlite import SqliteEventLog

    return SqliteEventLog(sqlite_path(settings.event_log_url), limits, clock)


def open_store(settings: Settings) -> Store:
    if settings.store_url.startswith("sqlite:"):
        from store.sqlite import SqliteStore

        return SqliteStore(sqlite_path(settings.store_url))
    from store.mongodb import MongoStore

    return MongoStore(settings.store_url)


def sqlite_path(url: str) -> Path:
    """`sqlite:///var/x.db` is relative, `sqlite:////var/x.db` absolute."""
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def max_record_bytes(settings: Settings) -> int:
    """The largest record the log has to take. A statement of 200 bytes may grow by 300, so small statements can triple."""
    return settings.max_body_bytes * 3 + RECORD_ALLOWANCE_BYTES


def topics(settings: Settings) -> tuple[TopicSpec, ...]:
    """The topics of this deployment."""
    kafka = settings.event_log_url.startswith("kafka:")
    accepted = settings.accepted_partitions or (3 if kafka else 1)
    recorded = settings.recorded_partitions or (12 if kafka else 4)
    retention_ms = -1 if settings.retention_days < 0 else settings.retention_days * 24 * 3600 * 1000
    return tuple(
        TopicSpec(
            topic,
            partitions,
            replication=settings.replication,
            retention_ms=retention_ms,
            max_record_bytes=max_record_bytes(settings),
            min_insync_replicas=settings.min_insync_replicas,
        )
        for topic, partitions in ((Topic.ACCEPTED, accepted), (Topic.RECORDED, recorded), (Topic.PROFILES, recorded))
    )


class _Closable(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=_Closable)


@dataclass
class System:
    """One process's view of the installation. Parts are built when first asked for, so after any fork."""

    settings: Settings
    clock: Clock
    log: EventLog
    store: Store
    _closing: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self._closing.callback(self.store.close)

    @staticmethod
    def open(settings: Settings) -> System:
        clock = SystemClock()
        return System(settings, clock, open_event_log(settings, clock), open_store(settings))

    def prepare(self) -> None:
        """Create topics, tables, collections and indexes that are missing, and let the store follow the log that is there, before
        anything is accepted into it. Idempotent."""
        self.store.prepare()
        admin = self.log.admin()
        try:
            admin.create_topics(topics(self.settings))
        finally:
            admin.close()
        self.follower.follow()

    def ready_to_work(self) -> bool:
        """Whether log and store answer and are set up; raises Unavailable while they don't."""
        self.store.ping()
        self.prepare()
        return True

    @cached_property
    def appender(self) -> LogAppender:
        return self._closed_at_the_end(self.log.appender())

    @cached_property
    def inspector(self) -> LogInspector:
        return self._closed_at_the_end(self.log.inspector())

    @cached_property
    def follower(self) -> LogFollower:
        return LogFollower(self.inspector, self.store.positions)

    @cached_property
    def rules(self) -> Rules:
        return load_rules(time_zone=ZoneInfo(self.settings.time_zone))

    @cached_property
    def authenticator(self) -> Authenticator:
        return Authenticator(
            self.store.credentials, self.clock, always=bootstrap_credentials(self.settings), unavailable=(Unavailable,)
        )

    @cached_property
    def announcer(self) -> Announcer:
        return Announcer(self.appender, self.store.secrets.secret("person"), self.inspector.partitions(Topic.RECORDED))

    @cached_property
    def stores(self) -> Stores:
        return Stores.of(self.store)

    @cached_property
    def references(self) -> References:
        return References(self.store.directory, self.store.catalogue, self.rules)

    @cached_property
    def builder(self) -> ProfileBuilder:
        return ProfileBuilder(self.stores, self.references, self.clock)

    def recorder(self) -> Recorder:
        held = self.store
        return Recorder(
            held.statements,
            held.positions,
            held.dead_letters,
            held.writes,
            self.announcer,
            self.clock,
            self.follower,
            lambda: self.inspector.committed(Topic.ACCEPTED, RECORDERS),
        )

    def recorder_reader(self, recorder: Recorder) -> LogReader:
        return self.log.reader(Topic.ACCEPTED, RECORDERS, recorder.resume_at)

    def profiler(self, stop: Stop = NEVER) -> Profiler:
        return Profiler(self.builder, self.appender, self.store.dead_letters, self.clock, stop)

    def profiler_reader(self) -> LogReader:
        return self.log.reader(Topic.RECORDED, PROFILERS)

    def behind(self) -> dict[str, int]:
        """How much the recorders, the profilers, the keepers and the notifiers have still to do. Raises Unavailable."""
        return {
            **lag.behind(self.store.positions, self.inspector, RECORDERS, PROFILERS),
            "keeper": lag.orders_left(self.store.orders, self.store.rollups),
            "notifier": lag.of_group(self.inspector, Topic.PROFILES, NOTIFIERS),
        }

    def rebuild(self, stop: Stop = NEVER) -> Rebuild:
        return Rebuild(self.stores, self.builder, self.profiler(stop))

    def refresher(self, stop: Stop = NEVER) -> Refresher:
        return Refresher(self.stores, self.references, self.announcer, self.profiler(stop), self.rebuild(stop), self.clock, stop)

    def rollups(self, stop: Stop = NEVER) -> UnitRollups:
        return UnitRollups(self.stores, self.references, self.clock, stop)

    def keeper(self, stop: Stop = NEVER) -> Keeper:
        return Keeper(self.stores, self.builder, self.refresher(stop), self.rollups(stop), self.clock)

    def notifier(self) -> Notifier:
        held = self.store
        return Notifier(
            held.webhooks,
            held.deliveries,
            held.profiles,
            held.dead_letters,
            self.clock,
            self.today,
            self.settings.webhook_notice_days,
        )

    def notifier_reader(self) -> LogReader:
        return self.log.reader(Topic.PROFILES, NOTIFIERS)

    def certificate_pass(self) -> CertificatePass:
        held = self.store
        return CertificatePass(
            held.webhooks, held.deliveries, held.profile_queries, self.clock, self.today, self.settings.webhook_notice_days
        )

    def deliverer(self) -> Deliverer:
        """With a sender of its own, which ends with it."""
        sender = HttpWebhookSender(WebhookHosts.of(self.settings.webhook_hosts), f"rekam/{version('rekam')}")
        return Deliverer(self.store.webhooks, self.store.deliveries, sender, self.clock)

    def today(self) -> date:
        """The day it is where the hours count."""
        return self.rules.local_date(self.clock.now_ms())

    def importer(self) -> Importer:
        # What reads spreadsheets is loaded by whoever imports one, not by every worker.
        from workers.importer import Importer

        held = self.store
        return Importer(
            held.directory, held.catalogue, held.orders, self.refresher(), self.clock, nip_home_page=self.settings.nip_home_page
        )

    def close(self) -> None:
        self._closing.close()

    def _closed_at_the_end(self, part: C) -> C:
        self._closing.callback(part.close)
        return part


def bootstrap_credentials(settings: Settings) -> tuple[Credential, ...]:
    """The administrator of the environment, if one is set."""
    if not settings.bootstrap_key or not settings.bootstrap_secret:
        return ()
    return (
        Credential(
            key=settings.bootstrap_key,
            secret_sha256=hash_secret(settings.bootstrap_secret),
            partner=ADMINISTRATOR,
            roles=frozenset({Role.ADMIN}),
            created_at_ms=0,
            label="from REKAM_BOOTSTRAP_KEY",
        ),
    )
