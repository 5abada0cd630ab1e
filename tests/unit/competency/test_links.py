"""What an officer linked is kept, whoever writes the employee."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from competency.directory import Employee, Employment, Identifier, IdentifierSource, keeping_links

PERSON = Employee("e1", "Siti", "1" * 18, Employment.PNS, "u1", "p1", ())

days = st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 9))
identifiers = st.builds(Identifier, st.sampled_from("abc"), days, days, st.sampled_from(IdentifierSource)).filter(
    lambda one: one.valid_from is None or one.valid_through is None or one.valid_from <= one.valid_through
)
people = st.lists(identifiers, max_size=4).map(lambda found: replace(PERSON, identifiers=tuple(found)))


def test_of_somebody_new_nothing_is_kept() -> None:
    now = replace(PERSON, identifiers=(Identifier("a"),))
    assert keeping_links(now, None) is now


@given(people, people)
def test_every_link_stays_or_is_said_anew_and_nothing_else_changes(now: Employee, held: Employee) -> None:
    kept = keeping_links(now, held)
    assert replace(kept, identifiers=()) == replace(now, identifiers=())
    assert set(now.identifiers) <= set(kept.identifiers)
    for one in held.identifiers:
        said_anew = any(other.key == one.key and other.overlaps(one) for other in now.identifiers)
        stays = one.source is IdentifierSource.HR and not said_anew
        assert (one in kept.identifiers) == (stays or one in now.identifiers)


@given(people, people)
def test_keeping_twice_is_keeping_once(now: Employee, held: Employee) -> None:
    once = keeping_links(now, held)
    assert keeping_links(once, held) == once
