"""The JSON API under `/api/v1`."""

from __future__ import annotations

from flask import Flask

from hr_api import (
    audit_trail,
    catalogue,
    dead_letters,
    deliveries,
    description,
    employees,
    explanations,
    exports,
    figures,
    frameworks,
    history,
    identifiers,
    imports,
    members,
    posts,
    profiles,
    receipts,
    rules,
    trainings,
    units,
    unlinked,
    unmatched,
    webhooks,
)
from hr_api.changes import Changes
from hr_api.errors import handle_errors
from hr_api.resource import observe
from hr_api.services import HrServices
from store.reference import References


def create_app(services: HrServices) -> Flask:
    app = Flask("hr_api", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = services.settings.max_body_bytes
    references = References(services.directory, services.catalogue, services.rules)
    changes = Changes(services.directory, services.catalogue)
    observe(app, services)
    handle_errors(app)
    resources = [
        employees.resource(services, references),
        profiles.resource(services, references),
        history.resource(services, references),
        explanations.resource(services, references),
        trainings.resource(services, references),
        identifiers.resource(services, changes),
        unlinked.resource(services, references, changes),
        units.resource(services, references),
        members.resource(services, references),
        figures.resource(services, references),
        exports.resource(services, references),
        catalogue.resource(services, references, changes),
        unmatched.resource(services),
        posts.resource(services, references),
        frameworks.resource(services, references, changes),
        rules.resource(services, changes),
        receipts.resource(services, references),
        dead_letters.resource(services),
        audit_trail.resource(services),
        webhooks.resource(services),
        deliveries.resource(services),
        imports.resource(services, references),
    ]
    for each in (*resources, description.resource(services, resources)):
        app.register_blueprint(each.blueprint)
    return app
