"""The front door of statements: from the bytes of a request to statements that follow every rule of their version.

Two steps, so that a caller may look between them: ``parse_statements`` (is it JSON, is each statement an object of
acceptable size and depth) and ``validate`` (is it a statement). Both raise nothing but ``XapiError``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jiter
import msgspec

from schemas.explanation import pointer_to, refusal
from schemas.rulesets import V1_0_3, V2_0, RuleSet
from xapi.errors import InvalidRequest, TooLarge

__all__ = [
    "V1_0_3",
    "V2_0",
    "Disagreement",
    "ParsedRequest",
    "ParsedStatement",
    "RuleSet",
    "parse_statements",
    "plain_statement",
    "plain_texts",
    "validate",
]

log = logging.getLogger(__name__)

MAX_DEPTH = 100
_WHITESPACE = b" \t\r\n"
_SHOWN = 200
_numbers = msgspec.json.Decoder()
_slices = msgspec.json.Decoder(list[msgspec.Raw])
_POSITION = re.compile(r"(?s)(.*) at line ([0-9]+) column ([0-9]+)")


class ParsedStatement(msgspec.Struct, frozen=True, gc=False):
    """One statement: exactly its bytes in the body, and the object that they say."""

    raw: bytes
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """The statements of a body, in order; ``batch`` when they came in an array (which may be empty)."""

    batch: bool
    statements: tuple[ParsedStatement, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The compiled schema refused what the explaining one accepts: a defect of ours. ``rule`` is a schema path."""

    version: str
    pointer: str
    rule: str


def parse_statements(body: bytes, *, max_depth: int = MAX_DEPTH, max_statement_bytes: int) -> ParsedRequest:
    """Parse one statement or an array of them (xAPI 1.0.3, Communication, 2.1.1 and 2.1.2).

    ``max_depth`` counts objects and arrays within one statement, itself included, and is at most 190. Refused as
    ``InvalidRequest``: what is not JSON in UTF-8 (a byte-order mark, NaN and Infinity, lone surrogates, a property given
    twice, an integer of more than 4,300 digits, a number that overflows a 64-bit float), what nests deeper, a statement
    that is not an object, the same id twice in a batch. ``TooLarge``: a statement of more than ``max_statement_bytes``.
    """
    parsed = _parse_json(body, max_depth)
    if not isinstance(parsed, list):
        statement = _statement(body.strip(_WHITESPACE), parsed, "", max_depth, max_statement_bytes)
        return ParsedRequest(batch=False, statements=(statement,))
    slices = _slices.decode(body)
    statements = tuple(
        _statement(bytes(raw), value, f"/{index}", max_depth, max_statement_bytes)
        for index, (raw, value) in enumerate(zip(slices, parsed, strict=True))
    )
    _refuse_repeated_ids(statements)
    return ParsedRequest(batch=True, statements=statements)


def plain_texts(body: bytes) -> tuple[bool, list[bytes]] | None:
    """Whether a body is a batch, and the text of each of its statements; None where `parse_statements` has to say what is wrong
    with it, or may. What each text says is not looked at yet."""
    body = body.strip(_WHITESPACE)
    if not body.startswith(b"["):
        return False, [body]
    try:
        return True, [bytes(raw) for raw in _slices.decode(body)]
    except (msgspec.MsgspecError, RecursionError):
        return None


def plain_statement(text: bytes, rules: RuleSet, *, max_depth: int = MAX_DEPTH, max_bytes: int) -> dict[str, Any] | None:
    """What a statement says, if it keeps every rule that `parse_statements` and `validate` have for one by itself; None where they
    have to say what is wrong, or may. One statement at a time is parsed and judged while it is at hand, and little is held."""
    if len(text) > max_bytes or text.count(b"{") + text.count(b"[") > max_depth:
        return None
    try:
        value = jiter.from_json(text, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
        _numbers.decode(text)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return None
    return value if isinstance(value, dict) and _accepts(rules.is_valid, value) else None


def validate(
    value: dict[str, Any] | list[dict[str, Any]],
    rules: RuleSet,
    *,
    on_disagreement: Callable[[Disagreement], None] | None = None,
) -> None:
    """Refuse a statement, or an array of them, that breaks a rule of its version.

    Raises ``InvalidRequest`` with a pointer into ``value``, what is wrong there and what would be right.
    ``on_disagreement`` is called, before the refusal, when only the compiled rules refuse; without it, it is logged.
    """
    is_valid = rules.is_valid
    if not isinstance(value, list):
        if not _accepts(is_valid, value):
            raise _explain(value, rules, "", on_disagreement)
        return
    for index, statement in enumerate(value):
        if not _accepts(is_valid, statement):
            raise _explain(statement, rules, f"/{index}", on_disagreement)


def _accepts(is_valid: Callable[[Any], bool], value: object) -> bool:
    try:
        return is_valid(value)
    except ValueError:  # a value it cannot take; no verdict is no acceptance
        return False


def _explain(value: object, rules: RuleSet, pointer: str, on_disagreement: Callable[[Disagreement], None] | None) -> InvalidRequest:
    if not isinstance(value, dict):
        return InvalidRequest("a statement must be a JSON object", pointer)
    messages = rules.schema.validate(value)
    if messages:
        return refusal(messages, pointer)
    place, rule = _where(value, rules)
    report = Disagreement(rules.version, pointer + place, rule)
    if on_disagreement is not None:
        on_disagreement(report)
    else:
        log.error("verdicts on a statement disagree: version %s, rule %s", report.version, report.rule)
    return InvalidRequest(f"breaks the rule {rule} of the statement's schema", report.pointer)


def _where(value: dict[str, Any], rules: RuleSet) -> tuple[str, str]:
    try:
        for error in rules.iter_errors(value):
            return pointer_to(error.instance_path), pointer_to(error.schema_path)
    except ValueError:
        pass
    return "", "(unknown)"


def _parse_json(body: bytes, max_depth: int) -> Any:
    if not body.strip(_WHITESPACE):
        raise InvalidRequest("the body is empty; send one statement as a JSON object, or an array of statements")
    if body.startswith(b"\xef\xbb\xbf"):
        raise InvalidRequest("the body starts with a byte-order mark; send plain UTF-8 without one")
    try:
        parsed = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
    except ValueError as error:
        raise InvalidRequest(_unparsable(str(error), max_depth)) from None
    try:
        # jiter reads 1e999 as infinity; a second parser that refuses it is cheaper than a walk over all values.
        _numbers.decode(body)
    except msgspec.MsgspecError:
        raise InvalidRequest("a number is beyond the range of a 64-bit float, about 1.8e308; send a smaller one, or text") from None
    except RecursionError:
        raise InvalidRequest(_unparsable("recursion limit exceeded", max_depth)) from None
    return parsed


def _unparsable(reason: str, max_depth: int) -> str:
    found = _POSITION.fullmatch(reason)
    what, place = (found[1], f" (line {found[2]}, column {found[3]})") if found else (reason, "")
    if what.startswith("Detected duplicate key"):
        name = what.removeprefix("Detected duplicate key ")[:_SHOWN]
        return f"the property {name} is given twice in one object{place}; give it once"
    if what == "recursion limit exceeded":
        return f"the body nests objects and arrays too deeply{place}; at most {max_depth} levels are taken"
    return f"the body is not valid JSON in UTF-8: {what[:_SHOWN]}{place}"


def _statement(raw: bytes, value: object, pointer: str, max_depth: int, max_bytes: int) -> ParsedStatement:
    if not isinstance(value, dict):
        raise InvalidRequest("a statement must be a JSON object", pointer)
    if len(raw) > max_bytes:
        raise TooLarge(f"the statement has {len(raw)} bytes; at most {max_bytes} are taken", pointer)
    # Counting brackets costs a hundredth of a walk, and few statements have as many as the depth allows.
    if raw.count(b"{") + raw.count(b"[") > max_depth and _deeper_than(value, max_depth):
        raise InvalidRequest(f"the statement nests deeper than {max_depth} levels; flatten its extensions", pointer)
    return ParsedStatement(raw, value)


def _deeper_than(value: object, depth: int) -> bool:
    level: list[object] = [value]
    for _ in range(depth):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def _inside(value: object) -> Iterator[object]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (item for item in inner if isinstance(item, dict | list))


def _refuse_repeated_ids(statements: tuple[ParsedStatement, ...]) -> None:
    first: dict[str, int] = {}
    for index, statement in enumerate(statements):
        statement_id = statement.value.get("id")
        if isinstance(statement_id, str):
            earlier = first.setdefault(statement_id.lower(), index)
            if earlier != index:
                raise InvalidRequest(f"has the id of statement {earlier} of this batch; ids must differ", f"/{index}/id")
