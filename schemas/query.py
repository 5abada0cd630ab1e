"""The query parameters of /xapi/statements, from the raw query string to plain values.

Strict: names are case-sensitive, unknown and repeated ones are refused, values are taken exactly as the specification writes them.
Source: xAPI 1.0.3, Communication 2.1.1 to 2.1.3 (parameters) and 3.2 (400 for what is not recognised).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from schemas.parameters import (
    AgentParameter,
    BooleanParameter,
    FormatParameter,
    IriParameter,
    LimitParameter,
    TimestampParameter,
    TokenParameter,
    UuidParameter,
)
from schemas.query_string import Parameters, given_in, load
from xapi.errors import InvalidRequest, echoed
from xapi.query import Format, StatementFilter


@dataclass(frozen=True, slots=True)
class ById:
    """One statement; `voided` when a voided one was asked for (voidedStatementId)."""

    statement_id: UUID
    voided: bool
    format: Format
    attachments: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The first page of a list. `limit` None leaves the size to the server, 0 asks for as many as it gives."""

    wanted: StatementFilter
    limit: int | None
    format: Format
    attachments: bool


@dataclass(frozen=True, slots=True)
class More:
    """A later page, by the token that the page before named."""

    token: str


StatementsQuery = ById | Listing | More


def parse_get(query: bytes) -> StatementsQuery:
    """The parameters of GET and HEAD. Raises InvalidRequest, naming the parameter."""
    given = given_in(query)
    found = load(_GET, given)
    if "more" in found:
        _refuse_others(given, "more", ())
        return More(found["more"])
    chosen_format = found.get("format", Format.EXACT)
    attachments = found.get("attachments", False)
    if "statement_id" in found:
        _refuse_others(given, "statementId", ("attachments", "format"))
        return ById(found["statement_id"], False, chosen_format, attachments)
    if "voided_statement_id" in found:
        _refuse_others(given, "voidedStatementId", ("attachments", "format"))
        return ById(found["voided_statement_id"], True, chosen_format, attachments)
    wanted = StatementFilter(
        agent=found.get("agent"),
        related_agents=found.get("related_agents", False),
        verb=found.get("verb"),
        activity=found.get("activity"),
        related_activities=found.get("related_activities", False),
        registration=found.get("registration"),
        since_ms=found.get("since"),
        until_ms=found.get("until"),
        ascending=found.get("ascending", False),
    )
    return Listing(wanted, found.get("limit"), chosen_format, attachments)


def parse_put(query: bytes) -> UUID:
    """The statementId of a PUT. Raises InvalidRequest."""
    statement_id: UUID = load(_PUT, given_in(query))["statement_id"]
    return statement_id


def parse_post(query: bytes) -> None:
    """A POST takes no parameters. Raises InvalidRequest."""
    if query:
        given = given_in(query)
        if "statementId" in given:
            raise InvalidRequest("POST takes no statementId: leave it out, or send the statement with PUT")
        load(_POST, given)


def _refuse_others(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> None:
    for other in given:
        if other != name and other not in allowed:
            may = f"only {' and '.join(allowed)} may stand" if allowed else "nothing else may stand"
            raise InvalidRequest(f'the query parameter "{echoed(other)}" can\'t be combined with "{name}": {may} beside it')


# ── which parameters there are ────────────────────────────────────────────────────────────────────────────────────────────────


class PutParameters(Parameters):
    statement_id = UuidParameter(required=True, data_key="statementId")


class PostParameters(Parameters):
    pass


class GetParameters(Parameters):
    statement_id = UuidParameter(data_key="statementId")
    voided_statement_id = UuidParameter(data_key="voidedStatementId")
    agent = AgentParameter()
    verb = IriParameter()
    activity = IriParameter()
    registration = UuidParameter()
    related_activities = BooleanParameter()
    related_agents = BooleanParameter()
    since = TimestampParameter()
    until = TimestampParameter()
    limit = LimitParameter()
    format = FormatParameter()
    attachments = BooleanParameter()
    ascending = BooleanParameter()
    more = TokenParameter()


_GET, _PUT, _POST = GetParameters(), PutParameters(), PostParameters()
