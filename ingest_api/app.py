"""The xAPI endpoint as a Flask application. One blueprint per resource; everything else is in the modules beside."""

from __future__ import annotations

from flask import Flask

from ingest_api import about, alternate_syntax, cors, documents, draining, errors, lookups, observation, operations, statements
from ingest_api.alternate_syntax import AlternateSyntax
from ingest_api.consistency import Consistency
from ingest_api.services import IngestServices


def create_app(services: IngestServices) -> Flask:
    """Build the application; to be called in the process that serves it."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    consistency = Consistency(services.inspector, services.positions, services.clock, wait_ms=services.settings.read_wait_ms)
    app.wsgi_app = AlternateSyntax(app.wsgi_app, services.settings.max_body_bytes)  # type: ignore[method-assign]
    observation.install(app, services)
    draining.install(app, services.clock, services.settings.max_body_bytes)
    alternate_syntax.install(app)
    cors.install(app, services.settings.cors_origins)
    errors.install(app)
    app.register_blueprint(statements.blueprint(services, consistency))
    for resource in documents.blueprints(services):
        app.register_blueprint(resource)
    app.register_blueprint(lookups.blueprint(services, consistency))
    app.register_blueprint(about.blueprint())
    app.register_blueprint(operations.blueprint(services))
    app.extensions["consistency"] = consistency
    return app
