"""An employee's profile in plain English, with the Indonesian terms of art. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from competency.directory import Employee
from competency.hours import Standing
from competency.nip import mask
from competency.profile_json import (
    CertificatePart,
    CompetencyPart,
    EvidencePart,
    HoursPart,
    IndexPart,
    JobPersonMatchPart,
    Profile,
    read,
)
from competency.regulation import Bound, Period
from competency.standards import GapFrom

_WIDTH = 3


def in_words(profile_text: bytes, employee: Employee) -> str:
    """The profile (JSON as `competency.profile_json.render` writes it) of `employee`, for a terminal; the NIP is masked."""
    return "\n".join(_lines(read(profile_text), employee)) + "\n"


def _lines(profile: Profile, employee: Employee) -> Iterator[str]:
    yield f"{employee.name} · {profile.employment} · NIP {mask(employee.nip)}"
    post = "no post (jabatan) known" if profile.post is None else f"{profile.post.title} ({profile.post.kind}, {profile.post.tier})"
    yield f"  Post (jabatan): {post}"
    yield f"  Unit (unit kerja): {' › '.join(unit.name for unit in profile.unit) or 'not known'}"
    yield ""
    yield "Hours of learning (jam pelajaran, JP)"
    if not any(year.lines for year in profile.hours):
        yield "  None yet: no statement about a finished activity of the catalogue has come in."
    for year in profile.hours + profile.contract_hours:
        yield from _hours(year)
    yield ""
    yield "Competencies (kompetensi): a level comes from an assessment; learning only suggests one"
    if not profile.competencies:
        yield "  None: the post demands none, none was assessed, and nothing learnt is aligned to one."
    for one in profile.competencies:
        yield from _competency(one)
    if profile.job_person_match is not None:
        yield _match(profile.job_person_match)
    yield ""
    yield from _index(profile.index)
    if profile.certificates:
        yield ""
        yield "Certificates (sertifikat)"
        yield from map(_certificate, profile.certificates)
    yield ""
    frameworks = ", ".join(f"{one.id} version {one.version}" for one in profile.computed_with.frameworks)
    yield f"Computed with rules {profile.computed_with.rules}: {', '.join(profile.computed_with.rule_names) or 'none applied'}"
    yield f"Frameworks: {frameworks or 'none'}"
    yield f"Unless something new comes in, it stays as it is until {profile.next_change_on}"


def _hours(year: HoursPart) -> Iterator[str]:
    when = (
        f"In {year.year}"
        if year.period is Period.CALENDAR_YEAR
        else f"In contract year {year.year} ({year.from_day} to {year.through_day})"
    )
    yield f"  {when}: {_plain(year.jp)} JP{_standing(year)}"
    for line in year.lines:
        mark = "+" if line.counted else "·"
        jp = f"{_plain(line.jp):>{_WIDTH}} JP" if line.counted else f"{'–':>{_WIDTH}}   "
        reason = f" ({line.why})" if line.jp != line.full_jp or not line.counted else ""
        yield f"    {mark} {jp}  {line.title} — {line.kind}, {line.provider}, {line.finished_on}{reason}"


def _standing(year: HoursPart) -> str:
    owed = year.obligation
    if owed is None:
        return ""
    wanted = f"at {'least' if owed.bound is Bound.FLOOR else 'most'} {_plain(owed.jp)} JP"
    match owed.standing:
        case Standing.MET:
            verdict = "reached" if owed.bound is Bound.FLOOR else "kept"
        case Standing.MISSING:
            verdict = f"{_plain(-owed.difference)} JP missing"
        case Standing.EXCEEDED:
            verdict = f"exceeded by {_plain(owed.difference)} JP"
    return f"; the obligation is {wanted}: {verdict} ({owed.source}; {owed.rule})"


def _competency(one: CompetencyPart) -> Iterator[str]:
    assessed = (
        "not assessed"
        if one.assessed is None
        else f"assessed {one.assessed.level} {one.assessed.level_name} on {one.assessed.assessed_on} ({one.assessed.source})"
    )
    suggested = (
        "learning suggests no level"
        if one.suggested is None
        else f"learning suggests {one.suggested.level} {one.suggested.level_name} "
        f"({_plain(one.suggested.weight)} of the {_plain(one.suggested.needed)} it takes)"
    )
    standard = "no standard" if one.standard is None else f"standard {one.standard.level} {one.standard.level_name}"
    yield f"  {one.name}: {assessed}; {suggested}; {standard}{_gap(one)}"
    for piece in one.evidence:
        yield f"      {_piece(piece)}"
    if one.next_suggested is not None and one.evidence:
        above = one.next_suggested
        yield f"      for level {above.level} it takes {_plain(above.needed)}; there is {_plain(above.weight)}"


def _piece(piece: EvidencePart) -> str:
    of = "" if piece.weight_now == piece.weight else f" of {_plain(piece.weight)}"
    weight = f"weight {_plain(piece.weight_now)}{of}"
    until = "" if piece.fades_on in (None, piece.ends_on) else f", less from {piece.fades_on}"
    until += "" if piece.ends_on is None else f", nothing from {piece.ends_on}"
    reason = "" if piece.counted else f"; {piece.why}"
    return f"level {piece.level} from {piece.title}, {piece.finished_on}: {weight}{until}{reason} (statement {piece.statement_id})"


def _gap(one: CompetencyPart) -> str:
    if one.gap is None:
        return ""
    basis = "the assessed level" if one.gap_from is GapFrom.ASSESSED else "the suggested level"
    if one.gap == 0:
        return f"; no gap, by {basis}"
    return f"; gap {one.gap:+d}, by {basis}"


def _match(match: JobPersonMatchPart) -> str:
    readings = ", ".join(f"{band.step} (by {band.name}, {band.mark})" for band in match.bands)
    return f"  Job-person match (JPM): {_plain(match.percent)} % — {readings}"


def _index(index: IndexPart | None) -> Iterator[str]:
    yield "Indeks Profesionalitas ASN, dimension kompetensi"
    if index is None:
        yield "  None: it goes by the kind of post, and no post or no table for its kind is known."
        return
    table = f"{index.post_kind}, table of {index.from_year}, {index.mark}"
    yield f"  {_plain(index.score)} of {_plain(index.total)} ({table}; {index.rule})"
    for part in index.components:
        verdict = "reached" if part.missing is None else f"missing: {part.missing}"
        lapses = "" if part.lapses_on is None else f", lapses on {part.lapses_on}"
        yield f"    {_plain(part.score)} of {_plain(part.weight)}  {part.name}: {verdict}{lapses}"


def _certificate(one: CertificatePart) -> str:
    number = "" if one.number is None else f" no. {one.number}"
    if one.expires_on is None:
        validity = "valid without end"
    else:
        validity = f"valid until the day before {one.expires_on}" if one.valid else f"expired on {one.expires_on}"
    return f"  {one.title}{number} — {one.provider}, {one.issued_on}, {validity} (statement {one.statement_ids[0]})"


def _plain(value: Decimal) -> str:
    return f"{value:f}"
