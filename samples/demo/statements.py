"""What the partners of the demonstration send: batches of xAPI statements, each of one partner.

Each partner names people in its own way: the portal by NIP, the campus by its own logins, the webinars by e-mail, the training
centre by the hash of an e-mail or in attendance lists. Among the statements are some of every kind that a record store meets:
repeats under another id, voided ones (some voided before they arrive), unknown actors, activities that no catalogue knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from samples.demo.courses import CAMPUS, CENTRE, COURSES, PARTNERS, PORTAL, WEBINAR, Course, Partner, courses_of
from samples.demo.people import people
from samples.demo.special import special_statements
from samples.demo.telling import NIP_HOME_PAGE, Statement, Teller

_BATCH_SIZES = {PORTAL.key: 50, CAMPUS.key: 25, WEBINAR.key: 40, CENTRE.key: 30}


@dataclass(frozen=True, slots=True)
class PartnerBatch:
    """One request's statements, and who sends it."""

    partner: str
    statements: list[Statement]


def demo_requests(seed: int, nip_home_page: str = NIP_HOME_PAGE) -> Iterator[list[Statement]]:
    """About 2,000 statements in requests of at most 50, in an order in which they may be sent."""
    for batch in demo_batches(seed, nip_home_page):
        yield batch.statements


def demo_batches(seed: int, nip_home_page: str = NIP_HOME_PAGE) -> Iterator[PartnerBatch]:
    """The same with the partner that sends each batch; the partners take turns."""
    told = _tell(seed, nip_home_page)
    queues: dict[str, list[list[Statement]]] = {}
    for partner in PARTNERS:
        statements = sorted(told[partner.key], key=lambda each: (each["timestamp"], each["id"]))
        size = _BATCH_SIZES[partner.key]
        queues[partner.key] = [statements[start : start + size] for start in range(0, len(statements), size)]
    while any(queues.values()):
        for key, queue in queues.items():
            if queue:
                yield PartnerBatch(key, queue.pop(0))


def _tell(seed: int, nip_home_page: str) -> dict[str, list[Statement]]:
    teller = Teller(seed, nip_home_page)
    told: dict[str, list[Statement]] = {partner.key: [] for partner in PARTNERS}
    for number in range(len(people(seed))):
        for course in _chosen(teller, number):
            told[course.partner.key].extend(teller.course(number, course))
    for course in courses_of(WEBINAR):
        told[WEBINAR.key].extend(teller.webinar(course))
    for course in (one for one in courses_of(CENTRE) if one.entry.finish == "attended"):
        told[CENTRE.key].append(teller.attendance_list(course))
    for partner in PARTNERS:
        told[partner.key].extend(teller.oddities(partner, told[partner.key]))
    for key, statements in special_statements(teller).items():
        told[key].extend(statements)
    return told


def _chosen(teller: Teller, number: int) -> list[Course]:
    """What one person takes part in, beside webinars and lists: up to three courses, of partners that can name the person."""
    person = teller.people[number]
    if number == 0:
        wanted = {"ela-01", "ela-06", "ela-10", "uni-01", "uni-07", "pus-03", "pus-08"}
        return [course for course in COURSES if course.entry.id in wanted]
    partners: list[Partner] = [PORTAL, PORTAL, CENTRE]
    if person.accounts:
        partners += [CAMPUS, CAMPUS]
    chosen: dict[str, Course] = {}
    for _ in range(teller.random.choice((1, 1, 2, 2, 3))):
        course = teller.random.choice(courses_of(teller.random.choice(partners)))
        if course.entry.finish != "attended":
            chosen[course.entry.id] = course
    return list(chosen.values())
