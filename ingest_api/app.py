"""The xAPI endpoint as a Flask application. One blueprint per resource, but for the one that is asked most: the Statement Resource
stands before Flask (`ingest_api.endpoint`), and shares with the others all that an answer has."""

from __future__ import annotations

from flask import Flask

from ingest_api import about, documents, flask_resources, lookups, operations
from ingest_api.consistency import Consistency
from ingest_api.cors import Cors
from ingest_api.endpoint import Endpoint
from ingest_api.flask_resources import FlaskResources
from ingest_api.services import IngestServices
from ingest_api.statements import StatementResource


def create_app(services: IngestServices) -> Flask:
    """Build the application; to be called in the process that serves it."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    consistency = Consistency(services.inspector, services.positions, services.clock, wait_ms=services.settings.read_wait_ms)
    cors = Cors(services.settings.cors_origins)
    flask_resources.install(app, cors)
    for resource in documents.blueprints(services):
        app.register_blueprint(resource)
    app.register_blueprint(lookups.blueprint(services, consistency))
    app.register_blueprint(about.blueprint())
    app.register_blueprint(operations.blueprint(services))
    statements = StatementResource(services, consistency, cors)
    app.wsgi_app = Endpoint(services, cors, statements, FlaskResources(app.wsgi_app))  # type: ignore[method-assign]
    app.extensions["consistency"] = consistency
    return app
