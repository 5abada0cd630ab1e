"""The xAPI endpoint as a Flask application. One blueprint per resource; everything else is in the modules beside."""

from __future__ import annotations

from flask import Flask

from ingest_api import about, errors, observation, operations, statements
from ingest_api.consistency import Consistency
from ingest_api.services import IngestServices


def create_app(services: IngestServices) -> Flask:
    """Build the application; to be called in the process that serves it."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    consistency = Consistency(services.inspector, services.positions, services.clock, wait_ms=services.settings.read_wait_ms)
    observation.install(app, services)
    errors.install(app)
    app.register_blueprint(statements.blueprint(services, consistency))
    app.register_blueprint(about.blueprint())
    app.register_blueprint(operations.blueprint(services))
    app.extensions["consistency"] = consistency
    return app
