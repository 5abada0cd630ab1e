"""What the regulation says, as data: obligations in jam pelajaran, levels, standards of tiers, and the names of the rules.

The data live in `competency/data/rules.json` and `competency/data/jenis-diklat.json`, which `competency.rules` reads. Each item
names its source, the year it holds from, and whether the source was read (`Mark.VERIFIED`). A rule's name ends in its version: a
rule that changes gets a new one, and every figure of a profile names the rule that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from competency.catalogue import FinishRule
from competency.directory import Employment, PostKind
from competency.hour_rules import DurationRule, HoursRule, SameOccasion
from competency.scales import IndexTable, SuggestedScale

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_DAY_MS = 86_400_000
_MILLISECOND = timedelta(milliseconds=1)
_DAYS_REMEMBERED = 20_000
_FIRST_WHOLE_DAY, _LAST_WHOLE_DAY = (day.toordinal() - _EPOCH_ORDINAL for day in (date(1, 1, 3), date(9999, 12, 29)))
"""Days of UTC, since the epoch, whose every moment has a date in every zone."""


class Mark(StrEnum):
    """How sure an item is: its source was read, or it is general knowledge that someone has to check."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class RuleName(StrEnum):
    """Every rule the code applies, with its version."""

    # That of the text, which is its value: Python's own for members is a function, and names are looked up all the time.
    __hash__ = str.__hash__

    FINISH_COMPLETED = "finish-completed/1"
    FINISH_PASSED = "finish-passed/1"
    FINISH_BOTH = "finish-both/1"
    FINISH_EITHER = "finish-either/1"
    FINISH_ATTENDED = "finish-attended/1"
    HOURS_CLASSICAL = "hours-classical/1"
    HOURS_NON_CLASSICAL = "hours-non-classical/1"
    HOURS_UNRULED = "hours-unruled/1"
    HOURS_CATALOGUE = "hours-catalogue/1"
    HOURS_DURATION = "hours-duration/2"
    HOURS_ONCE_PER_OCCASION = "hours-once-per-occasion/1"
    HOURS_REPEAT = "hours-repeat/1"
    HOURS_CAP = "hours-cap/1"
    OBLIGATION_PNS = "obligation-pns/1"
    OBLIGATION_PPPK = "obligation-pppk/1"
    SUGGESTED_WEIGHTED = "suggested-level-weighted/1"
    ASSESSED_LATEST = "assessed-level-latest/1"
    STANDARD_POST = "standard-post/1"
    STANDARD_TIER = "standard-tier/1"
    GAP = "gap/1"
    JPM = "jpm/1"
    INDEX_KOMPETENSI = "index-kompetensi/1"


FINISH_RULES: Mapping[FinishRule, RuleName] = {
    FinishRule.COMPLETED: RuleName.FINISH_COMPLETED,
    FinishRule.PASSED: RuleName.FINISH_PASSED,
    FinishRule.BOTH: RuleName.FINISH_BOTH,
    FinishRule.EITHER: RuleName.FINISH_EITHER,
    FinishRule.ATTENDED: RuleName.FINISH_ATTENDED,
}


class Bound(StrEnum):
    """A floor must be reached, a ceiling must not be passed."""

    FLOOR = "floor"
    CEILING = "ceiling"


class Period(StrEnum):
    CALENDAR_YEAR = "calendar-year"
    CONTRACT_YEAR = "contract-year"


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule says in a sentence, and where that comes from."""

    name: RuleName
    says: str
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Obligation:
    """How many `jp` an employee must reach or must not pass in each period, for periods that begin in `from_year` or later."""

    from_year: int
    employment: Employment
    bound: Bound
    jp: Decimal
    period: Period
    rule: RuleName
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class JpLength:
    """How many minutes one jam pelajaran lasts."""

    from_year: int
    minutes: int
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class LevelNames:
    from_year: int
    names: Mapping[int, str]
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class TierStandard:
    """The level (1–5) that a tier of posts demands in every managerial and socio-cultural competency."""

    from_year: int
    tier: str
    name: str
    level: int
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Band:
    """A reading of the job-person match: steps (at least so many per cent, what it is called then), the highest first."""

    name: str
    steps: tuple[tuple[Decimal, str], ...]
    source: str
    mark: Mark

    def step(self, percent: Decimal) -> str:
        return next(name for at_least, name in self.steps if percent >= at_least)


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """One of BKN's kinds of staff development (jenis diklat); `certificate` is T, F or P."""

    id: str
    name: str
    certificate: str


class _Dated(Protocol):
    @property
    def from_year(self) -> int: ...


_D = TypeVar("_D", bound=_Dated)


def _in_force(items: Iterable[_D], year: int) -> _D | None:
    found: _D | None = None
    for item in items:
        if item.from_year <= year and (found is None or item.from_year > found.from_year):
            found = item
    return found


class _OfKinds(_Dated, Protocol):
    @property
    def kinds(self) -> frozenset[str] | None: ...


_K = TypeVar("_K", bound=_OfKinds)
_M = TypeVar("_M")


def _for_kind(items: Sequence[_K], kind_id: str, year: int) -> _K | None:
    """Of those that name the kind the one in force, else of those for every other kind."""
    own = (item for item in items if item.kinds is not None and kind_id in item.kinds)
    others = (item for item in items if item.kinds is None)
    return _in_force(own, year) or _in_force(others, year)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one version. What holds for a year is the item with the greatest `from_year` not after it."""

    version: str
    zone: ZoneInfo
    jp_lengths: tuple[JpLength, ...]
    obligations: tuple[Obligation, ...]
    hours_rules: tuple[HoursRule, ...]
    duration_rules: tuple[DurationRule, ...]
    years_shown: int
    """So many calendar years for which something is owed stand in a profile whatever was learnt, the present one among them."""
    same_occasion: SameOccasion
    suggested_scales: tuple[SuggestedScale, ...]
    index_tables: tuple[IndexTable, ...]
    level_names: tuple[LevelNames, ...]
    tiers: tuple[TierStandard, ...]
    bands: tuple[Band, ...]
    texts: Mapping[RuleName, RuleText]
    kinds: Mapping[str, ActivityKind]
    # What was looked up before, by what and the year: profiles ask for the same few things again and again.
    _obligations: dict[tuple[Employment, int], Obligation | None] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )
    _hours_rules: dict[tuple[str, int], HoursRule | None] = field(init=False, compare=False, repr=False, default_factory=dict)
    _duration_rules: dict[tuple[str, int], DurationRule | None] = field(init=False, compare=False, repr=False, default_factory=dict)
    _suggested_scales: dict[int, SuggestedScale | None] = field(init=False, compare=False, repr=False, default_factory=dict)
    _index_tables: dict[tuple[PostKind, int], IndexTable | None] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )
    _ahead_ms: dict[int, int | None] = field(init=False, compare=False, repr=False, default_factory=dict)
    _kept: dict[tuple[object, ...], Any] = field(init=False, compare=False, repr=False, default_factory=dict)
    _level_names: dict[tuple[int, int], str] = field(init=False, compare=False, repr=False, default_factory=dict)

    def kept(self, key: tuple[object, ...], make: Callable[[], _M]) -> _M:
        """What `make` gives, made once of these rules and nothing else. It lives as long as they do, and so do the `id`s of their
        parts, which a `key` may have."""
        try:
            found: _M = self._kept[key]
        except KeyError:
            found = self._kept[key] = make()
        return found

    def obligation(self, employment: Employment, year: int) -> Obligation | None:
        """What is owed in a period that begins in `year`; None where no rule holds yet."""
        try:
            return self._obligations[employment, year]
        except KeyError:
            found = _in_force((item for item in self.obligations if item.employment is employment), year)
            self._obligations[employment, year] = found
            return found

    def jp_minutes(self, year: int) -> int | None:
        found = _in_force(self.jp_lengths, year)
        return None if found is None else found.minutes

    def hours_rule(self, kind_id: str, year: int) -> HoursRule | None:
        """How the hours of a kind count in a year: as the rule that names the kind says, else as the one for every other kind."""
        try:
            return self._hours_rules[kind_id, year]
        except KeyError:
            found = self._hours_rules[kind_id, year] = _for_kind(self.hours_rules, kind_id, year)
            return found

    def duration_rule(self, kind_id: str, year: int) -> DurationRule | None:
        """How much learning a duration of a kind is in a year; chosen as `hours_rule` is."""
        try:
            return self._duration_rules[kind_id, year]
        except KeyError:
            found = self._duration_rules[kind_id, year] = _for_kind(self.duration_rules, kind_id, year)
            return found

    def suggested_scale(self, year: int) -> SuggestedScale | None:
        """How evidence adds up to a suggested level; None where no rule holds yet: nothing is suggested then."""
        try:
            return self._suggested_scales[year]
        except KeyError:
            found = self._suggested_scales[year] = _in_force(self.suggested_scales, year)
            return found

    def index_table(self, post_kind: PostKind, year: int) -> IndexTable | None:
        """How the index's dimension kompetensi is made up for a kind of post; None where no rule holds yet."""
        try:
            return self._index_tables[post_kind, year]
        except KeyError:
            found = _in_force((item for item in self.index_tables if item.post_kind is post_kind), year)
            self._index_tables[post_kind, year] = found
            return found

    def tier_standard(self, tier: str, year: int) -> TierStandard | None:
        """The standard of a tier, whatever the case and the spaces it is written with; None for a tier without one."""
        slug = "-".join(tier.casefold().split())
        return _in_force((item for item in self.tiers if item.tier == slug), year)

    def level_name(self, level: int, year: int) -> str:
        """What a level is called in a year; the number itself where it has no name."""
        try:
            return self._level_names[level, year]
        except KeyError:
            names = _in_force(self.level_names, year)
            found = self._level_names[level, year] = str(level) if names is None else names.names.get(level, str(level))
            return found

    def kind_name(self, kind_id: str) -> str:
        """BKN's name of a kind; the code itself where it is none of BKN's."""
        kind = self.kinds.get(kind_id)
        return kind_id if kind is None else kind.name

    def local_date(self, ms: int) -> date:
        """The date in the rules' time zone at so many milliseconds since the epoch."""
        day = ms // _DAY_MS
        try:
            ahead_ms = self._ahead_ms[day]
        except KeyError:
            ahead_ms = self._remember_ahead(day)
        if ahead_ms is not None:
            return date.fromordinal(_EPOCH_ORDINAL + (ms + ahead_ms) // _DAY_MS)
        moment = _EPOCH + timedelta(milliseconds=ms)
        try:
            return moment.astimezone(self.zone).date()
        except OverflowError:  # the first or last hours that a calendar of the years 1 to 9999 knows
            return moment.date()

    def _remember_ahead(self, day: int) -> int | None:
        """How much the zone is ahead of UTC, in milliseconds, all through a day of UTC; None for a day on which it changes its
        clocks (no zone does so twice on one), and at the ends of the calendar."""
        if len(self._ahead_ms) > _DAYS_REMEMBERED:
            self._ahead_ms.clear()
        found: int | None = None
        if _FIRST_WHOLE_DAY <= day <= _LAST_WHOLE_DAY:
            begin = _EPOCH + timedelta(days=day)
            offsets = {moment.astimezone(self.zone).utcoffset() for moment in (begin, begin + timedelta(days=1, milliseconds=-1))}
            if len(offsets) == 1 and (ahead := offsets.pop()) is not None and ahead % _MILLISECOND == timedelta():
                found = ahead // _MILLISECOND
        self._ahead_ms[day] = found
        return found
