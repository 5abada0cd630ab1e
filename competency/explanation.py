"""Why a figure of a profile is what it is: the formula with its numbers, the lines, the statements, the rules, the versions. Pure.

Figures have names: `hours/2026`, `contract-hours/2`, `competencies/{id}/suggested`, `…/assessed`, `…/standard`, `…/gap`,
`job-person-match`, `index` and `index/{component}`. `figures` lists those that a profile has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from uuid import UUID

import msgspec

from competency.formulas import ASPECTS, ExplainedLine, Told, component_told, hours_told, index_told, match_told
from competency.profile_json import FrameworkPart, Profile
from competency.regulation import Mark, RuleName, Rules


class ExplainedRule(msgspec.Struct, frozen=True, rename="camel"):
    """A rule in a sentence, and where it comes from."""

    name: str
    says: str
    source: str
    mark: Mark


class NamedVersion(msgspec.Struct, frozen=True, rename="camel"):
    """A post or an entry of the catalogue, and its version."""

    id: str
    version: int


class ExplainedVersions(msgspec.Struct, frozen=True, rename="camel"):
    """What it was computed with: `post` is null without one."""

    rules: str
    post: NamedVersion | None
    frameworks: tuple[FrameworkPart, ...]
    catalogue: tuple[NamedVersion, ...]


class Explanation(msgspec.Struct, frozen=True, rename="camel"):
    """`value` is null where there is nothing (no level, no match); `unit` says what it counts; `formula` is in words, with the
    numbers in it. `statement_ids` are those of the lines that count."""

    figure: str
    value: Decimal | None
    unit: str
    formula: str
    rules: tuple[ExplainedRule, ...]
    versions: ExplainedVersions
    lines: tuple[ExplainedLine, ...]
    statement_ids: tuple[UUID, ...]
    v: int = 1


_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")


def render(explanation: Explanation) -> bytes:
    """The explanation as JSON: members sorted, numbers as numbers, no spaces."""
    return _encoder.encode(explanation)


def figures(profile: Profile) -> tuple[str, ...]:
    """The names of all figures of a profile, in its order."""
    return tuple(name for name, _ in _figures(profile))


def explain(profile: Profile, figure: str, rules: Rules) -> Explanation:
    """Why the figure is what it is; `rules` are those the profile was computed with.

    Raises ValueError, which lists the figures there are, for a name that is none of them.
    """
    tell = dict(_figures(profile)).get(figure)
    if tell is None:
        raise ValueError(f"{figure!r} is no figure of this profile; there are: {', '.join(_in_short(profile))}")
    told = tell()
    names = dict.fromkeys((*told.rules, *(name for line in told.lines for name in line.rules)))
    return Explanation(
        figure=figure,
        value=told.value,
        unit=told.unit,
        formula=told.formula,
        rules=tuple(_rule(name, rules) for name in names),
        versions=_versions(profile, told.lines),
        lines=told.lines,
        statement_ids=tuple(dict.fromkeys(one for line in told.lines if line.counted for one in line.statement_ids)),
    )


def _figures(profile: Profile) -> Iterator[tuple[str, Callable[[], Told]]]:
    for year in profile.hours:
        yield f"hours/{year.year}", partial(hours_told, year)
    for year in profile.contract_hours:
        yield f"contract-hours/{year.year}", partial(hours_told, year)
    for one in profile.competencies:
        for aspect, tell in ASPECTS.items():
            yield f"competencies/{one.id}/{aspect}", partial(tell, one)
    yield "job-person-match", partial(match_told, profile)
    if profile.index is not None:
        yield "index", partial(index_told, profile.index)
        for component in profile.index.components:
            yield f"index/{component.id}", partial(component_told, profile.index, component)


def _in_short(profile: Profile) -> Iterator[str]:
    """`figures`, with those of all competencies in one: there may be very many."""
    ids = "|".join(one.id for one in profile.competencies)
    told = False
    for name in figures(profile):
        if not name.startswith("competencies/"):
            yield name
        elif not told:
            told = True
            yield f"competencies/({ids})/({'|'.join(ASPECTS)})"


def _rule(name: str, rules: Rules) -> ExplainedRule:
    text = rules.texts[RuleName(name)]
    return ExplainedRule(name, text.says, text.source, text.mark)


def _versions(profile: Profile, lines: Iterable[ExplainedLine]) -> ExplainedVersions:
    entries = {
        (line.catalogue_id, line.catalogue_version)
        for line in lines
        if line.catalogue_id is not None and line.catalogue_version is not None
    }
    post, computed = profile.post, profile.computed_with
    return ExplainedVersions(
        rules=computed.rules,
        post=None if post is None else NamedVersion(post.id, post.version),
        frameworks=computed.frameworks,
        catalogue=tuple(NamedVersion(*entry) for entry in sorted(entries)),
    )
