"""The WSGI application a server process runs: xAPI and operations at the root, the HR API under `/api/v1`."""

from __future__ import annotations

from flask import Flask

from hr_api.app import create_app as create_hr_app
from ingest_api.app import create_app as create_ingest_app
from rekam.memory import give_back_large_blocks, look_less_often
from rekam.processes import end_with_server
from rekam.serving import hr_services, ingest_services
from rekam.settings import Settings
from rekam.wiring import System
from telemetry import logs


class Application:
    """Chooses by path. Both applications see the whole path, so their URLs are what they say."""

    def __init__(self, ingest: Flask, hr: Flask) -> None:
        self._ingest = ingest
        self._hr = hr

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        path = environ.get("PATH_INFO", "")
        app = self._hr if path.startswith(("/api/", "/portal/")) or path in ("/api", "/portal") else self._ingest
        return app.wsgi_app(environ, start_response)


def create() -> Application:
    """Called once in each server process, after the fork."""
    end_with_server()
    give_back_large_blocks()
    settings = Settings.read()
    logs.configure(settings.log_level)
    system = System.open(settings)
    ingest = create_ingest_app(ingest_services(system))
    ingest.extensions["consistency"].begin()
    application = Application(ingest, create_hr_app(hr_services(system)))
    # A refused request is in a circle with its error, body and all, so all of them are looked for more often than in a worker.
    look_less_often(middle_every=5, all_every=5)
    return application
