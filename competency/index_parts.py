"""The index as a profile shows it. Pure."""

from __future__ import annotations

from competency.index import ComponentResult, Index, IndexLine
from competency.numbers import plain
from competency.profile_json import IndexComponentPart, IndexLinePart, IndexPart
from competency.regulation import Rules


def index_part(index: Index, rules: Rules) -> IndexPart:
    table = index.table
    return IndexPart(
        score=plain(index.score),
        total=plain(table.total),
        post_kind=table.post_kind,
        from_year=table.from_year,
        components=tuple([_component(result, rules) for result in index.components]),
        rule=table.rule,
        source=table.source,
        mark=table.mark,
    )


def _component(result: ComponentResult, rules: Rules) -> IndexComponentPart:
    if result.lines:
        return _component_part(result, rules)
    return rules.kept((IndexComponentPart, id(result.component)), lambda: _component_part(result, rules))


def _component_part(result: ComponentResult, rules: Rules) -> IndexComponentPart:
    component, missing_jp = result.component, result.missing_jp
    lines = tuple([_line(one, rules) for one in result.lines])
    return IndexComponentPart(
        id=component.id,
        name=component.name,
        weight=plain(component.weight),
        score=plain(result.score),
        reached=result.reached,
        months=component.months,
        needed_jp=None if component.min_jp is None else plain(component.min_jp),
        jp=plain(result.jp),
        missing_jp=None if missing_jp is None else plain(missing_jp),
        missing=result.missing,
        lapses_on=result.lapses_on,
        statement_ids=tuple([one for line in lines for one in line.statement_ids]),
        lines=lines,
    )


def _line(one: IndexLine, rules: Rules) -> IndexLinePart:
    piece = one.line.evidence
    return IndexLinePart(
        statement_ids=one.line.statement_ids,
        catalogue_id=piece.catalogue_id,
        catalogue_version=piece.catalogue_version,
        title=piece.title,
        kind_id=piece.kind_id,
        kind=rules.kind_name(piece.kind_id),
        finished_on=piece.finished_on,
        jp=plain(one.line.jp),
        leaves_on=one.leaves_on,
    )
