"""Which statements of a request are taken: those that follow the rules, and those that do after a tolerance of their sender's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ingest_api.services import IngestSettings
from schemas.statements import Disagreement, ParsedRequest, ParsedStatement, RuleSet, validate
from schemas.tolerances.catalogue import Tolerated, tolerate
from xapi.errors import InvalidRequest, TooLarge


@dataclass(frozen=True, slots=True)
class Toleration:
    """Why a statement was taken although the rules refuse it as it was sent."""

    names: tuple[str, ...]
    received: bytes


@dataclass(frozen=True, slots=True)
class Admitted:
    """The statements of a request in their order, all valid; by index, which of them needed tolerances."""

    statements: tuple[ParsedStatement, ...]
    tolerated: Mapping[int, Toleration]


def admit(
    request: ParsedRequest,
    rules: RuleSet,
    tolerances: Collection[str],
    settings: IngestSettings,
    on_disagreement: Callable[[Disagreement], None],
) -> Admitted:
    """All statements of the request, or InvalidRequest for what is wrong with one of them.

    The strict rules judge first, all statements at once; tolerances are looked at only after a refusal.
    """
    try:
        if request.batch:
            validate([statement.value for statement in request.statements], rules, on_disagreement=on_disagreement)
        else:
            validate(request.statements[0].value, rules, on_disagreement=on_disagreement)
    except InvalidRequest:
        if not tolerances:
            raise
    else:
        return Admitted(request.statements, {})
    statements: list[ParsedStatement] = []
    tolerated: dict[int, Toleration] = {}
    for index, sent in enumerate(request.statements):
        try:
            found = _tolerate(sent, rules, tolerances, settings)
        except InvalidRequest as error:
            pointer = f"/{index}{error.pointer}" if request.batch else error.pointer
            raise type(error)(error.message, pointer, error.status) from None
        statements.append(found.statement)
        if found.names:
            tolerated[index] = Toleration(found.names, sent.raw)
    return Admitted(tuple(statements), tolerated)


def _tolerate(sent: ParsedStatement, rules: RuleSet, tolerances: Collection[str], settings: IngestSettings) -> Tolerated:
    try:
        validate(sent.value, rules)
    except InvalidRequest:
        found = tolerate(sent, rules, tolerances, max_depth=settings.max_depth, max_statement_bytes=settings.max_statement_bytes)
    else:
        return Tolerated(sent, ())
    if len(sent.raw) + len(found.statement.raw) > settings.max_statement_bytes:
        # Both are kept, in one document of the store; what it can't hold must be refused here.
        raise TooLarge(
            f"the statement needs a tolerance and is kept as it was sent, too: together more than the "
            f"{settings.max_statement_bytes} bytes that are taken"
        )
    return found
