"""The JSON API under `/api/v1`."""

from __future__ import annotations

from flask import Flask

from hr_api import audit_trail, dead_letters, description, employees, history, profiles, receipts
from hr_api.errors import handle_errors
from hr_api.resource import observe
from hr_api.services import HrServices
from store.reference import References


def create_app(services: HrServices) -> Flask:
    app = Flask("hr_api", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = services.settings.max_body_bytes
    references = References(services.directory, services.catalogue)
    observe(app, services)
    handle_errors(app)
    resources = [
        employees.resource(services, references),
        profiles.resource(services, references),
        history.resource(services),
        receipts.resource(services, references),
        dead_letters.resource(services),
        audit_trail.resource(services),
    ]
    for each in (*resources, description.resource(services, resources)):
        app.register_blueprint(each.blueprint)
    return app
