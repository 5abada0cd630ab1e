"""What the demonstration shows beside ordinary courses, each in a few statements, on fixed days:

a series of webinars that the catalogue knows by a pattern, an activity whose hours only statements know, a certificate that is
about to expire, an activity that is known by its definition, a course taken again in the next year, a person whose number changed
with a new contract, actors that only resemble somebody of the directory (a number in another home page, an e-mail address in
another spelling), and an activity that the catalogue lacks though several took part.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from samples.demo.courses import CAMPUS, CENTRE, CERTIFIED, CIRCLE, COURSES, MEETING, PORTAL, READING, SERIES, WEBINAR, Course
from samples.demo.people import RENEWED
from samples.demo.telling import Statement, Teller, activity_of, result_of

STRANGE_NUMBER, STRANGE_ADDRESS = 2, 3
"""The people that an unknown actor resembles: by number, by address."""

_COURSE = "http://adlnet.gov/expapi/activities/course"


def special_statements(teller: Teller) -> dict[str, list[Statement]]:
    """By the key of the partner that sends them."""
    return {
        PORTAL.key: [*_readings(teller), *_again(teller), *_renewed(teller), *_uncatalogued(teller)],
        CAMPUS.key: _circles(teller),
        WEBINAR.key: [*_series(teller), *_other_address(teller)],
        CENTRE.key: [*_certified(teller), *_other_home_page(teller)],
    }


def _series(teller: Teller) -> list[Statement]:
    told = []
    for number, day in enumerate((datetime(2026, 5, 5, 3, tzinfo=UTC), datetime(2026, 6, 2, 3, tzinfo=UTC)), start=1):
        activity = activity_of(f"{WEBINAR.home}/xapi/activities/seri-digital-{number}", MEETING, f"Literasi Digital {number}")
        for one in (0, *range(40, 48)):
            actor = teller.actor(teller.people[one], WEBINAR)
            left = day + timedelta(minutes=90 + one)
            told.append(
                teller.statement(f"series/{number}/{one}", "attended", actor, SERIES, left, {"duration": "PT1H30M"}, activity)
            )
    return told


def _readings(teller: Teller) -> list[Statement]:
    durations = {0: "PT3H45M", 20: "PT1H30M", 21: "PT2H15M", 22: "PT40M"}
    day = datetime(2026, 4, 14, 8, tzinfo=UTC)
    return [
        teller.statement(
            f"reading/{one}", "completed", teller.actor(teller.people[one], PORTAL), READING, day, {"duration": duration}
        )
        for one, duration in durations.items()
    ]


def _again(teller: Teller) -> list[Statement]:
    """The same course a year later: the catalogue counts its hours once."""
    actor = teller.actor(teller.people[0], PORTAL)
    return [
        teller.statement(f"again/{year}", "completed", actor, _course("ela-03"), datetime(year, 5, 6, 4, tzinfo=UTC), result_of(90))
        for year in (2025, 2026)
    ]


def _certified(teller: Teller) -> list[Statement]:
    day = datetime(2025, 12, 15, 7, tzinfo=UTC)
    told = []
    for one, score in ((0, 86), (30, 74), (31, 65)):  # the last below the least score
        actor = teller.actor(teller.people[one], CENTRE)
        told.append(teller.statement(f"certified/{one}", "passed", actor, CERTIFIED, day, result_of(score, success=True)))
    return told


def _circles(teller: Teller) -> list[Statement]:
    activity = activity_of(f"{CAMPUS.home}/kegiatan/7f3a", MEETING, "Belajar Bersama: Menulis Kebijakan")
    # The first meeting was before the year from which the catalogue counts them.
    days = (datetime(2025, 11, 11, 9, tzinfo=UTC), datetime(2026, 3, 10, 9, tzinfo=UTC))
    present = [one for one, person in enumerate(teller.people[:20]) if person.accounts][:4]
    return [
        teller.statement(
            f"circle/{day.year}/{one}", "attended", teller.actor(teller.people[one], CAMPUS), CIRCLE, day, None, activity
        )
        for day in days
        for one in present
    ]


def _renewed(teller: Teller) -> list[Statement]:
    """Under the number of the contract that ran then."""
    person = teller.people[RENEWED]
    before, now = teller.by_number(person.former[0][0]), teller.by_nip(person)
    first, second = _course("ela-01"), _course("ela-03")
    early, late = datetime(2025, 2, 10, 4, tzinfo=UTC), datetime(2026, 2, 9, 4, tzinfo=UTC)
    return [
        teller.statement("renewed/before", "completed", before, first, early, result_of(81)),
        teller.statement("renewed/now", "completed", now, second, late, result_of(88)),
    ]


def _other_home_page(teller: Teller) -> list[Statement]:
    person = teller.people[STRANGE_NUMBER]
    actor = {"objectType": "Agent", "name": person.name, "account": {"homePage": CENTRE.home, "name": person.nip}}
    day = datetime(2026, 1, 20, 5, tzinfo=UTC)
    return [
        teller.statement(
            f"other-home-page/{entry_id}", "completed", actor, _course(entry_id), day + timedelta(days=days), result_of(79)
        )
        for days, entry_id in enumerate(("pus-08", "pus-09"))
    ]


def _other_address(teller: Teller) -> list[Statement]:
    person = teller.people[STRANGE_ADDRESS]
    name, _, domain = person.email.partition("@")
    actor = {"objectType": "Agent", "name": person.name, "mbox": f"mailto:{name.title()}@{domain.upper()}"}
    day = datetime(2026, 1, 22, 5, tzinfo=UTC)
    return [
        teller.statement(f"other-address/{entry_id}", "attended", actor, _course(entry_id), day + timedelta(days=days), None)
        for days, entry_id in enumerate(("web-01", "web-05"))
    ]


def _uncatalogued(teller: Teller) -> list[Statement]:
    activity = activity_of(f"{PORTAL.home}/xapi/activities/ela-99", _COURSE, "Pengantar Kecerdasan Artifisial untuk ASN")
    day = datetime(2026, 8, 18, 6, tzinfo=UTC)
    return [
        teller.statement(
            f"uncatalogued/{one}",
            "completed",
            teller.actor(teller.people[one], PORTAL),
            READING,
            day,
            result_of(70 + one % 20),
            activity,
        )
        for one in range(50, 58)
    ]


def _course(entry_id: str) -> Course:
    return next(course for course in COURSES if course.entry.id == entry_id)
