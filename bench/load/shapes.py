"""The 100 shapes of statements: what of xAPI a platform uses in one kind of statement, and how large that is.

A shape says what is there; who and what it is about comes with each statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from bench.load.population import Zipf

SHAPES = 100
MEAN_BYTES = 1_200
ADL = "http://adlnet.gov/expapi"
VIDEO = "https://w3id.org/xapi/video"


@dataclass(frozen=True, slots=True)
class Kind:
    """A verb, the type of activity it is said of, whether that is a course (else one of its modules), how many shapes have it."""

    verb: str
    activity_type: str
    course: bool
    shapes: int


KINDS = (
    Kind(f"{ADL}/verbs/experienced", f"{ADL}/activities/module", False, 22),
    Kind(f"{ADL}/verbs/initialized", f"{ADL}/activities/module", False, 12),
    Kind(f"{ADL}/verbs/terminated", f"{ADL}/activities/module", False, 8),
    Kind(f"{VIDEO}/verbs/played", f"{VIDEO}/activity-type/video", False, 10),
    Kind(f"{VIDEO}/verbs/paused", f"{VIDEO}/activity-type/video", False, 8),
    Kind(f"{ADL}/verbs/answered", f"{ADL}/activities/cmi.interaction", False, 12),
    Kind(f"{ADL}/verbs/completed", f"{ADL}/activities/module", False, 8),
    Kind(f"{ADL}/verbs/progressed", f"{ADL}/activities/course", True, 6),
    Kind(f"{ADL}/verbs/completed", f"{ADL}/activities/course", True, 8),
    Kind(f"{ADL}/verbs/passed", f"{ADL}/activities/course", True, 4),
    Kind(f"{ADL}/verbs/failed", f"{ADL}/activities/course", True, 2),
)
SCORED = ("passed", "failed", "completed", "answered")


@dataclass(frozen=True, slots=True)
class Shape:
    """`size` is the length in bytes that a statement of this shape has, give or take a name."""

    number: int
    kind: Kind
    languages: int
    defined: bool
    result: bool
    registration: bool
    category: bool
    instructor: bool
    extensions: int
    size: int

    @property
    def said(self) -> str:
        return self.kind.verb.rpartition("/")[2]


@cache
def shapes(seed: int) -> tuple[Shape, ...]:
    """Some are sent much more often than others (see `SHARE`): the kinds are dealt out, so that each is among the frequent ones."""
    random = Random(f"shapes/{seed}")
    dealt = [kind for kind in KINDS for _ in range(kind.shapes)]
    random.shuffle(dealt)
    sizes = [int(min(max(random.lognormvariate(0, 0.22), 0.72), 2.0) * 1_000) for _ in range(SHAPES)]
    usual = sum(size * SHARE.share(rank) for rank, size in enumerate(sizes))
    return tuple(_shape(random, number, kind, int(sizes[number] * MEAN_BYTES / usual)) for number, kind in enumerate(dealt))


SHARE = Zipf(SHAPES, 0.7)


def _shape(random: Random, number: int, kind: Kind, size: int) -> Shape:
    return Shape(
        number,
        kind,
        languages=random.choice((1, 1, 2, 3)),
        defined=random.random() < 0.9,
        result=kind.verb.rpartition("/")[2] in SCORED or random.random() < 0.2,
        registration=random.random() < 0.8,
        category=random.random() < 0.5,
        instructor=random.random() < 0.15,
        extensions=random.choice((0, 1, 2, 4)),
        size=size,
    )
