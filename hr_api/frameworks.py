"""`/frameworks`: dictionaries of competencies (kamus kompetensi), as our JSON, as CASE and as CSV."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from competency.frameworks import Framework
from hr_api.auditing import audited
from hr_api.catalogue import number_of, written
from hr_api.changes import Changes
from hr_api.errors import Refusal
from hr_api.framework_operations import (
    CHANGE,
    FRAMEWORK,
    FRAMEWORKS,
    LIST,
    READ,
    READ_CASE,
    READ_CSV,
    READ_VERSION,
    WRITE,
)
from hr_api.preconditions import etag, precondition
from hr_api.resource import Resource, answer, asked, json_bytes
from hr_api.services import HrServices
from schemas.case import write_case
from schemas.hr.framework_changes import framework_difference
from schemas.hr.frameworks import FrameworkPutAsked, competency_shown, head_shown, read_framework
from schemas.imports.frameworks import write_competencies
from store.reference import Reference, References

MAX_BYTES: Final = 8 * 1024 * 1024
"""The largest framework that is taken; the large ones of other countries come to a few MiB."""


def resource(services: HrServices, references: References, changes: Changes) -> Resource:
    frameworks = Resource("frameworks", services)

    def list_all() -> Response:
        found = references.current().frameworks
        return answer(FRAMEWORKS, {"frameworks": [{**head_shown(one), "competencies": len(one.competencies)} for one in found]})

    def read(framework_id: str) -> Response:
        return _answered(_known(framework_id))

    def read_version(framework_id: str, version: str) -> Response:
        number = number_of(version)
        found = services.catalogue.framework(framework_id, number)
        if found is None:
            # What comes with Rekam is kept by the store from its first change on.
            current = _by_id(references.current()).get(framework_id)
            found = current if current is not None and current.version == number else None
        if found is None:
            raise Refusal(404, "there is no such framework, or it has no such version; GET /api/v1/frameworks lists them")
        return _answered(found)

    def read_case(framework_id: str) -> Response:
        found = _known(framework_id)
        text = write_case(found, services.settings.case_base_uri, changed_at=found.changed_at)
        return Response(text, headers=etag(found.version), content_type="application/json")

    def read_csv(framework_id: str) -> Response:
        found = _known(framework_id)
        name = {"Content-Disposition": f'attachment; filename="{found.id}.csv"'}
        return Response(
            write_competencies([found]), headers=etag(found.version) | name, content_type="text/csv; charset=utf-8; header=present"
        )

    def write(framework_id: str) -> Response:
        wanted: FrameworkPutAsked = asked()
        request.max_content_length = MAX_BYTES
        reference = references.current()
        known = _by_id(reference)
        read = read_framework(framework_id, json_bytes(), known)
        framework, before = read.framework, known.get(read.framework.id)
        change = framework_difference(before, framework)
        told = {
            "applied": wanted.apply,
            "properties": change.properties,
            "new": change.new,
            "changed_competencies": change.changed,
            "left": [_left(one, reference) for one in change.left],
            "problems": [str(problem) for problem in read.problems],
        }
        check = precondition().check
        if not wanted.apply:
            version = 0 if before is None else before.version
            check(version)
            changed = before is None or change.any
            return answer(CHANGE, {"id": framework.id, "version": version + changed, "changed": changed, **told})
        audited(services, "framework.write", [f"framework {framework.id}"])
        put = changes.put_framework(framework, check, services.clock.now_ms())
        return written(CHANGE, framework.id, put, f"/frameworks/{framework.id}", **told)

    def _known(framework_id: str) -> Framework:
        found = _by_id(references.current()).get(framework_id)
        if found is None:
            raise Refusal(404, "there is no framework with this id; GET /api/v1/frameworks lists them")
        return found

    for operation, view in (
        (LIST, list_all),
        (READ, read),
        (READ_VERSION, read_version),
        (READ_CASE, read_case),
        (READ_CSV, read_csv),
        (WRITE, write),
    ):
        frameworks.serve(operation, view)
    return frameworks


def _by_id(reference: Reference) -> dict[str, Framework]:
    return {framework.id: framework for framework in reference.frameworks}


def _answered(framework: Framework) -> Response:
    competencies = [competency_shown(one) for one in framework.competencies]
    return answer(FRAMEWORK, {**head_shown(framework), "competencies": competencies}, etag(framework.version))


def _left(competency_id: str, reference: Reference) -> dict[str, Any]:
    entries = reference.catalogue.by_id.values()
    return {
        "id": competency_id,
        "posts": sum(competency_id in post.standards for post in reference.posts.values()),
        "entries": sum(any(one.competency_id == competency_id for one in entry.alignments) for entry in entries),
    }
