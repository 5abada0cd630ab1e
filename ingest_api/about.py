"""The About Resource, /xapi/about: no credential and no version header needed. Source: xAPI 1.0.3, Communication 2.8."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response

from ingest_api import versions


def blueprint() -> Blueprint:
    about = Blueprint("about", __name__)
    body = msgspec.json.encode({"version": versions.SUPPORTED})

    @about.get("/xapi/about")
    def get() -> Response:
        return Response(body, 200, content_type="application/json")

    return about
