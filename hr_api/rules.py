"""`/rules`: what the regulation says, as data: the file in force, those before it, and another in its place."""

from __future__ import annotations

from typing import Any, Final

import jiter
from flask import Response, request

from access.credentials import Role
from competency.rules import rules_text
from hr_api.auditing import audited
from hr_api.catalogue import READERS
from hr_api.changes import Changes, rules_in_force
from hr_api.errors import Refusal
from hr_api.preconditions import ETAG, IF_MATCH, etag, precondition
from hr_api.resource import Resource, answer, json_bytes
from hr_api.services import HrServices
from schemas.hr.document import Answer, Operation, PathParameter
from schemas.hr.rules import RULES_FILE, RulesSchema, RulesWrittenSchema, read_rules_file, rules_shown

MAX_BYTES: Final = 1024 * 1024
_RULES = RulesSchema()
_WRITTEN = RulesWrittenSchema()
_NUMBER = PathParameter(
    "number", "The number of a rules file; 0 is the one that comes with Rekam", "0", {"type": "integer", "minimum": 0}
)
_EXAMPLE: dict[str, Any] = {
    "number": 1,
    "version": "2026.3",
    "inForce": True,
    "unverified": [{"pointer": "/zone", "source": "the choice of this installation"}],
    "verified": 31,
    "file": {
        "version": "2026.3",
        "zone": {"value": "Asia/Jakarta", "source": "the choice of this installation", "mark": "unverified"},
    },
}

READ = Operation(
    id="readRules",
    method="GET",
    path="/rules",
    tag="catalogue",
    summary="The rules in force, and what of them nobody has checked",
    description="A profile names them as `version#number`. The time zone in force is that of the setting `REKAM_TIME_ZONE`.",
    roles=READERS,
    answers=(Answer(200, "The rules file", _RULES, _EXAMPLE, (ETAG,)),),
)
READ_VERSION = Operation(
    id="readRulesVersion",
    method="GET",
    path="/rules/versions/{number}",
    tag="catalogue",
    summary="A rules file that is or was in force",
    roles=READERS,
    path_parameters=(_NUMBER,),
    answers=(Answer(200, "The rules file", _RULES, _EXAMPLE, (ETAG,)),),
    refusals=(404,),
)
WRITE = Operation(
    id="writeRules",
    method="PUT",
    path="/rules",
    tag="catalogue",
    summary="Let another rules file be in force",
    description="It is read strictly first: an unknown key, a missing rule or a doubtful number is refused with its place. What "
    "says something else than the file in force has to have another `version`. Every profile follows within moments, or minutes "
    "where there are very many.",
    roles=(Role.CATALOGUE,),
    request_headers=(IF_MATCH,),
    bodies=((RULES_FILE, jiter.from_json(rules_text())),),
    answers=(Answer(200, "It is in force", _WRITTEN, {"number": 1, "version": "2026.3", "changed": True}, (ETAG,)),),
    refusals=(409, 412, 413, 415),
)


def resource(services: HrServices, changes: Changes) -> Resource:
    rules = Resource("rules", services)

    def read() -> Response:
        number, text = rules_in_force(services.catalogue)
        return _answered(number, text, in_force=True)

    def read_version(number: str) -> Response:
        wanted = int(number) if number.isascii() and number.isdigit() and len(number) <= 9 else -1
        current, _ = rules_in_force(services.catalogue)
        text = rules_text() if wanted == 0 else services.catalogue.rules_version(wanted)
        if text is None or wanted < 0:
            raise Refusal(404, f"there is no rules file of this number; the one in force is {current}, the first is 0")
        return _answered(wanted, text, in_force=wanted == current)

    def write() -> Response:
        request.max_content_length = MAX_BYTES
        text = json_bytes()
        read = read_rules_file(text)
        audited(services, "rules.write", ["rules"])
        put = changes.put_rules(text, precondition().check_number)
        return answer(_WRITTEN, {"number": put.version, "version": read.version, "changed": put.changed}, etag(put.version))

    def _answered(number: int, text: bytes, *, in_force: bool) -> Response:
        return answer(_RULES, rules_shown(number, text, in_force=in_force), etag(number))

    rules.serve(READ, read)
    rules.serve(READ_VERSION, read_version)
    rules.serve(WRITE, write)
    return rules
