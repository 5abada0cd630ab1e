"""All tolerances there are, and applying those a credential has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from schemas.rulesets import RuleSet
from schemas.statements import MAX_DEPTH, ParsedStatement, parse_statements, validate
from schemas.tolerances.ages import is_old, upgraded
from schemas.tolerances.emptiness import without_empty_array, without_empty_context_activities, without_null
from schemas.tolerances.places import Change, changed
from schemas.tolerances.spelling import with_language_tags, with_mailto, with_numbers_as_scores


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`accepts` and `makes` complete the sentences "It accepts …" and "It makes … of it"."""

    name: str
    accepts: str
    makes: str
    change: Change
    only_old: bool = False

    def applied(self, statement: ParsedStatement, rules: RuleSet) -> bytes:
        """The text of the statement after it; the same text where there was nothing to tolerate. A valid statement never changes,
        and what has changed once does not change again."""
        if self.only_old and not is_old(statement.value.get("version")):
            return statement.raw
        return changed(statement.raw, statement.value, rules, self.change)


TOLERANCES: dict[str, Tolerance] = {
    one.name: one
    for one in (
        Tolerance(
            "null-values",
            "properties that are null, outside extensions",
            "nothing: they are left out",
            without_null,
        ),
        Tolerance(
            "empty-arrays",
            "an empty array where an object belongs, which is how PHP writes an empty object",
            "the empty object",
            without_empty_array,
        ),
        Tolerance(
            "empty-context-activities",
            "an empty contextActivities, and activities in it that have no property at all",
            "nothing: they are left out",
            without_empty_context_activities,
        ),
        Tolerance(
            "language-tags",
            "language tags that are malformed or missing, in language maps and in the context's language",
            'the well-formed tag (en-US of en_US), or "und" where none can be seen',
            with_language_tags,
        ),
        Tolerance(
            "bare-mailboxes",
            'an mbox that is an e-mail address without "mailto:", or with it in another case',
            "the mailto IRI",
            with_mailto,
        ),
        Tolerance(
            "text-scores",
            "scores that are numbers written as text, or empty text",
            "the number; the empty one is left out",
            with_numbers_as_scores,
        ),
        Tolerance(
            "old-versions",
            "statements of xAPI 1.0.0 to 1.0.2 whose times later versions refuse, or whose version is the number 1.0",
            'times in RFC 3339, and the version "1.0.0"',
            upgraded,
            only_old=True,
        ),
    )
}
"""By name, in the order in which they are applied: what an earlier one leaves out, a later one need not repair."""


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A statement that follows every rule, and the tolerances it needed for that."""

    statement: ParsedStatement
    names: tuple[str, ...]


def tolerate(
    statement: ParsedStatement,
    rules: RuleSet,
    allowed: Collection[str],
    *,
    max_depth: int = MAX_DEPTH,
    max_statement_bytes: int,
) -> Tolerated:
    """Apply those of `allowed` that find something. Names that are not in `TOLERANCES` are passed over.

    Raises the XapiError that the strict rules have for what is still wrong then, its pointer into the statement as it became.
    """
    names: list[str] = []
    for name, tolerance in TOLERANCES.items():
        if name not in allowed:
            continue
        text = tolerance.applied(statement, rules)
        if text != statement.raw:
            names.append(name)
            # Parsed like anything that comes from outside: no limit may be passed, no number smuggled in.
            parsed = parse_statements(text, max_depth=max_depth, max_statement_bytes=max_statement_bytes)
            statement = parsed.statements[0]
    validate(statement.value, rules)
    return Tolerated(statement, tuple(names))
