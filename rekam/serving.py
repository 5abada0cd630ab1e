"""What the two APIs are given: the services of each, of one process's System."""

from __future__ import annotations

import os
from importlib.metadata import version

from access.webhook_addresses import WebhookHosts
from hr_api.services import HrServices, HrSettings
from ingest_api.app import create_app as create_ingest_app
from ingest_api.cursors import CursorCipher
from ingest_api.services import IngestServices, IngestSettings
from rekam.front_door import IngestFrontDoor
from rekam.random_ids import RandomIds
from rekam.readiness import INSTANCE
from rekam.wiring import System


def ingest_services(system: System) -> IngestServices:
    settings = system.settings
    return IngestServices(
        appender=system.appender,
        inspector=system.inspector,
        statement_queries=system.store.statement_queries,
        activity_queries=system.store.activity_queries,
        positions=system.store.positions,
        documents=system.store.documents,
        attachments=system.store.attachments,
        store=system.store,
        authenticator=system.authenticator,
        cursors=CursorCipher(lambda: system.store.secrets.secret("cursor")),
        clock=system.clock,
        new_id=RandomIds(),
        settings=IngestSettings(
            max_body_bytes=settings.max_body_bytes,
            max_attachments_bytes=settings.max_attachments_bytes,
            max_statement_bytes=settings.max_statement_bytes,
            max_document_bytes=settings.max_document_bytes,
            page_limit=settings.page_limit,
            max_page_limit=settings.max_page_limit,
            read_wait_ms=settings.read_wait_ms,
            append_wait_ms=settings.append_timeout_ms + 1_000,
            authority_home_page=settings.authority_home_page,
            default_version=settings.default_version,
            cors_origins=settings.cors_origins,
            instance=os.environ.get(INSTANCE, ""),
        ),
    )


def front_door(system: System) -> IngestFrontDoor:
    """The endpoint for statements, for what HR imports."""
    return IngestFrontDoor(
        lambda: create_ingest_app(ingest_services(system)), system.store.credentials, system.store.secrets, system.clock
    )


def hr_services(system: System) -> HrServices:
    return HrServices(
        statement_queries=system.store.statement_queries,
        evidence=system.store.evidence,
        profiles=system.store.profiles,
        directory=system.store.directory,
        catalogue=system.store.catalogue,
        dead_letters=system.store.dead_letters,
        webhooks=system.store.webhooks,
        deliveries=system.store.deliveries,
        profile_queries=system.store.profile_queries,
        rollups=system.store.rollups,
        sightings=system.store.sightings,
        orders=system.store.orders,
        secrets=system.store.secrets,
        pending_imports=system.store.pending_imports,
        front_door=front_door(system),
        positions=system.store.positions,
        inspector=system.inspector,
        audit=system.store.audit,
        authenticator=system.authenticator,
        clock=system.clock,
        rules=system.rules,
        settings=HrSettings(
            version=version("rekam"),
            nip_home_page=system.settings.nip_home_page,
            event_home_page=system.settings.event_home_page,
            case_base_uri=system.settings.case_base_uri,
            webhook_hosts=WebhookHosts.of(system.settings.webhook_hosts),
        ),
    )
