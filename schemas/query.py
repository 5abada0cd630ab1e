"""The query parameters of /xapi/statements, from the raw query string to plain values.

Strict: names are case-sensitive, unknown and repeated ones are refused, values are taken exactly as the specification writes them.
Source: xAPI 1.0.3, Communication 2.1.1 to 2.1.3 (parameters) and 3.2 (400 for what is not recognised).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError

from schemas.explanation import refusal
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
from xapi.errors import InvalidRequest
from xapi.query import Format, StatementFilter

_MAX_PARAMETERS = 50
_SHOWN = 60


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
    given = _parameters(query)
    found = _load(_GET, given)
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
    statement_id: UUID = _load(_PUT, _parameters(query))["statement_id"]
    return statement_id


def parse_post(query: bytes) -> None:
    """A POST takes no parameters. Raises InvalidRequest."""
    if query:
        given = _parameters(query)
        if "statementId" in given:
            raise InvalidRequest("POST takes no statementId: leave it out, or send the statement with PUT")
        _load(_POST, given)


def _parameters(query: bytes) -> dict[str, str]:
    """Each parameter once, percent-decoded (a `+` is a space, as in forms)."""
    try:
        pairs = parse_qsl(
            query.decode(), keep_blank_values=True, strict_parsing=False, errors="strict", max_num_fields=_MAX_PARAMETERS
        )
    except UnicodeDecodeError:
        raise InvalidRequest("the query string is not valid UTF-8; percent-encode parameter values as UTF-8") from None
    except ValueError:
        raise InvalidRequest(f"the query string has more than {_MAX_PARAMETERS} parameters") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise InvalidRequest(f'the query parameter "{name[:_SHOWN]}" is given twice; give it once')
        given[name] = value
    return given


def _refuse_others(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> None:
    for other in given:
        if other != name and other not in allowed:
            may = f"only {' and '.join(allowed)} may stand" if allowed else "nothing else may stand"
            raise InvalidRequest(f'the query parameter "{other}" can\'t be combined with "{name}": {may} beside it')


# ── which parameters there are ────────────────────────────────────────────────────────────────────────────────────────────────


class Parameters(Schema):
    """Query parameters and no others."""

    class Meta:
        unknown = RAISE

    def __init__(self) -> None:
        super().__init__()
        self.names = tuple(field.data_key or name for name, field in self.fields.items())


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


def _load(schema: Parameters, given: Mapping[str, str]) -> dict[str, Any]:
    for name in given:
        if name not in schema.names:
            raise InvalidRequest(_unknown(name, schema.names))
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        messages_by_name = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        name, messages = next(iter(messages_by_name.items()))
        raise InvalidRequest(f'the query parameter "{name}" {_sentence(messages)}') from None
    return loaded


def _sentence(messages: Any) -> str:
    """A field's own message, or, for JSON inside a parameter, what is wrong and where in it."""
    if isinstance(messages, dict):
        inner = refusal(messages)
        return f"is wrong{' at ' + inner.pointer if inner.pointer else ''}: {inner.message}"
    return str(messages[0])


def _unknown(name: str, known: tuple[str, ...]) -> str:
    for meant in known:
        if meant.lower() == name.lower():
            return f'unknown query parameter "{name[:_SHOWN]}": write "{meant}" (upper and lower case matter)'
    return f'unknown query parameter "{name[:_SHOWN]}": allowed are {", ".join(known) or "none"}'
