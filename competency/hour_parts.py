"""Hours and certificates as a profile shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from competency.hours import HourLine, Tally
from competency.numbers import plain
from competency.profile_json import CertificatePart, HourLinePart, HoursPart, ObligationPart
from competency.regulation import Period, RuleName, Rules


def hours_part(tally: Tally, rules: Rules) -> HoursPart:
    if tally.lines or tally.period is not Period.CALENDAR_YEAR:
        return _hours_part(tally, rules)
    # Most years of most people have no lines, and all those are alike.
    return rules.kept((HoursPart, tally.number, id(tally.obligation)), lambda: _hours_part(tally, rules))


def _hours_part(tally: Tally, rules: Rules) -> HoursPart:
    lines = tuple([_line(line, rules) for line in tally.lines])
    return HoursPart(
        period=tally.period,
        year=tally.number,
        from_day=tally.first_day,
        through_day=tally.last_day,
        jp=plain(tally.jp),
        statement_ids=tuple([one for line in lines if line.counted for one in line.statement_ids]),
        rule=RuleName.HOURS_ONCE_PER_OCCASION,
        obligation=_obligation(tally),
        lines=lines,
    )


def _line(line: HourLine, rules: Rules) -> HourLinePart:
    pieces, value = line.pieces, line.worth
    piece = pieces[0]
    full_jp = plain(value.full_jp)
    alone = len(pieces) == 1
    # In the order of its members: by name, so many arguments take four times as long.
    return HourLinePart(
        piece.activity_id,
        value.basis,
        piece.began_on if alone else line.began_on,
        piece.catalogue_id,
        piece.catalogue_version,
        line.uncounted is None,
        piece.duration_ms if alone else line.duration_ms,
        piece.rule,
        piece.finished_on,
        full_jp,
        line.instead,
        full_jp if line.jp is value.full_jp else plain(line.jp),
        rules.kind_name(piece.kind_id),
        piece.kind_id,
        piece.provider,
        line.rules[0],
        line.rules,
        line.statement_ids,
        piece.title,
        line.uncounted,
        line.why,
    )


def _obligation(tally: Tally) -> ObligationPart | None:
    owed, standing = tally.obligation, tally.standing
    if owed is None or standing is None:
        return None
    return ObligationPart(
        bound=owed.bound,
        jp=plain(owed.jp),
        standing=standing,
        difference=plain(tally.jp - owed.jp),
        rule=owed.rule,
        source=owed.source,
        mark=owed.mark,
    )


def certificate_parts(lines: Iterable[HourLine], on: date) -> tuple[CertificatePart, ...]:
    """One for each occasion that gave a certificate, by time; several statements of one occasion tell of one certificate."""
    return tuple([_certificate(line, on) for line in lines if line.gives_certificate])


def _certificate(line: HourLine, on: date) -> CertificatePart:
    piece = line.evidence
    return CertificatePart(
        title=piece.title,
        provider=piece.provider,
        number=next((one.certificate_number for one in line.pieces if one.certificate_number), None),
        issued_on=piece.finished_on,
        expires_on=piece.expires_on,
        valid=piece.expires_on is None or on < piece.expires_on,
        catalogue_id=piece.catalogue_id,
        catalogue_version=piece.catalogue_version,
        statement_ids=line.statement_ids,
    )
