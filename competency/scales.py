"""How learning is weighed, as data by year: for the level it suggests, and for the Indeks Profesionalitas ASN. Pure values.

`competency.suggestions` and `competency.index` apply them; `competency/data/rules.json` holds them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from competency.directory import PostKind

if TYPE_CHECKING:
    from competency.regulation import Mark, RuleName


@dataclass(frozen=True, slots=True)
class SuggestedScale:
    """How evidence adds up to a suggested level in `from_year` and later.

    `needed`: for each of the levels 1–5 the sum of live weights that it takes, never less than for the level below. A piece of
    evidence has its full weight while at most `full_years` years are completed since it was finished; each one after that takes
    `fading` (a share, 0 to 1) of it away; once `expires_after_years` are completed nothing is left (None: it never ends by age).
    """

    from_year: int
    needed: Mapping[int, Decimal] = field(hash=False)
    full_years: int
    fading: Decimal
    expires_after_years: int | None
    source: str
    mark: Mark

    def share_after(self, years: int) -> Decimal:
        """What is left of a weight, from 1 to 0, when so many years are completed."""
        if self.expires_after_years is not None and years >= self.expires_after_years:
            return Decimal(0)
        return max(Decimal(0), 1 - self.fading * max(0, years - self.full_years))

    def next_loss(self, years: int) -> int | None:
        """After how many completed years the next part of a weight is lost, when so many are; None: never."""
        losses = [max(years, self.full_years) + 1] if self.fading else []
        if self.expires_after_years is not None:
            losses.append(self.expires_after_years)
        return min((loss for loss in losses if loss > years), default=None)

    def last_loss(self) -> int | None:
        """After how many completed years nothing is left; None: never."""
        if self.fading:
            faded = self.full_years + math.ceil(1 / self.fading)
            return faded if self.expires_after_years is None else min(faded, self.expires_after_years)
        return self.expires_after_years


@dataclass(frozen=True, slots=True)
class IndexComponent:
    """A part of the index's dimension kompetensi: its whole `weight` is given when what was finished reaches it, else nothing.

    What counts is of one of the `kinds` (codes of BKN's jenis diklat) and at most `months` months old (None: however old).
    `min_jp`: so many JP together; None: one finished item is enough.
    """

    id: str
    name: str
    weight: Decimal
    kinds: frozenset[str]
    months: int | None
    min_jp: Decimal | None


@dataclass(frozen=True, slots=True)
class IndexTable:
    """The components for one kind of post in `from_year` and later; their weights add up to `total`."""

    from_year: int
    post_kind: PostKind
    total: Decimal
    components: tuple[IndexComponent, ...]
    rule: RuleName
    source: str
    mark: Mark
