"""How one partner tells of one person and one course, in xAPI."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha1
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from samples.demo.courses import CAMPUS, CENTRE, COURSES, PORTAL, WEBINAR, Course, Partner
from samples.demo.people import Person, people

Statement = dict[str, Any]

NIP_HOME_PAGE = "https://asn.example/nip"
"""The home page of accounts named by a NIP, as the setting REKAM_NIP_HOME_PAGE has it by default."""

_ADL = "http://adlnet.gov/expapi/verbs/"
_WORDS = {
    "registered": "mendaftar",
    "launched": "membuka",
    "initialized": "memulai",
    "progressed": "melanjutkan",
    "completed": "menyelesaikan",
    "passed": "lulus",
    "failed": "tidak lulus",
    "attended": "menghadiri",
    "scored": "memperoleh nilai",
    "voided": "membatalkan",
}
_TYPES = {
    PORTAL.key: "http://adlnet.gov/expapi/activities/course",
    CAMPUS.key: "http://adlnet.gov/expapi/activities/course",
    WEBINAR.key: "http://adlnet.gov/expapi/activities/meeting",
    CENTRE.key: "http://adlnet.gov/expapi/activities/course",
}
_FIRST_DAY = datetime(2025, 1, 13, tzinfo=UTC)
_DAYS = 640  # to the middle of October 2026
_WIB = timedelta(hours=7)


class Teller:
    """Makes statements; every choice comes from the seed."""

    def __init__(self, seed: int, nip_home_page: str) -> None:
        self.random = Random(f"statements/{seed}")  # noqa: S311  (a demonstration, no secret)
        self.people = people(seed)
        self._seed = seed
        self._nip_home_page = nip_home_page

    def course(self, number: int, course: Course) -> list[Statement]:
        """From registering to the end, or as far as the person came: a few give up, a few fail, a few try again."""
        person = self.people[number]
        actor = self.actor(person, course.partner)
        moment = self._morning()
        attempt = f"{number}/{course.entry.id}"
        ends = number == 0 or self.random.random() < 0.72
        steps = ["registered", "launched", "initialized", "progressed"]
        told = []
        for step in steps[self.random.randrange(2) :]:
            result = {"extensions": {f"{course.partner.home}/xapi/ext/progress": self.random.randrange(10, 95)}}
            told.append(self.statement(attempt, step, actor, course, moment, result if step == "progressed" else None))
            moment += timedelta(minutes=self.random.randint(2, 90), milliseconds=self.random.randrange(1000))
        if not ends:
            return told
        score = 88 if number == 0 else self.random.randint(45, 99)
        if score < 60:
            told.append(self.statement(attempt, "failed", actor, course, moment, result_of(score, success=False)))
            if self.random.random() < 0.5:
                return told
            moment += timedelta(days=self.random.randint(1, 9))
            score = self.random.randint(62, 95)
        told.extend(self._endings(attempt, actor, course, moment, score))
        if (number == 0 and course.entry.id == "ela-01") or self.random.random() < 0.03:
            told.append(_repeated(told[-1], self._id(attempt, "repeat")))
        return told

    def webinar(self, course: Course) -> list[Statement]:
        """Single attendances of one webinar, all on one day, by e-mail; now and then someone only registers."""
        day = self._morning()
        numbers = sorted({0, *self.random.sample(range(1, len(self.people)), 24)})
        told = []
        for number in numbers:
            person, attempt = self.people[number], f"{number}/{course.entry.id}"
            actor = self.actor(person, WEBINAR)
            told.append(self.statement(attempt, "registered", actor, course, day - timedelta(days=3, minutes=number), None))
            if number == 0 or self.random.random() < 0.85:
                left = day + timedelta(minutes=self.random.randint(60, 170), milliseconds=number)
                told.append(self.statement(attempt, "attended", actor, course, left, {"duration": "PT1H30M"}))
        return told

    def attendance_list(self, course: Course) -> Statement:
        """One statement about everyone who was there: an anonymous group, named by NIP."""
        present = sorted(self.random.sample(range(len(self.people)), 14))
        group = {"objectType": "Group", "name": "Daftar hadir", "member": [self.by_nip(self.people[one]) for one in present]}
        return self.statement(f"list/{course.entry.id}", "attended", group, course, self._morning(), None)

    def oddities(self, partner: Partner, told: list[Statement]) -> list[Statement]:
        """What every partner sends besides: somebody unknown, an activity in no catalogue, and statements that are taken back."""
        course = next(one for one in COURSES if one.partner is partner)
        odd = []
        for number in range(3):
            stranger = {"name": "Peserta Tamu", "mbox": f"mailto:tamu{number}.{partner.prefix}@tamu.example"}
            verb = "attended" if partner is WEBINAR else "completed"
            finished = result_of(80, success=True)
            odd.append(self.statement(f"guest/{partner.key}/{number}", verb, stranger, course, self._morning(), finished))
            actor = self.actor(self.people[number + 5], partner)
            unlisted = self.statement(
                f"unlisted/{partner.key}/{number}", "completed", actor, course, self._morning(), result_of(90)
            )
            unlisted["object"] = {"id": f"{partner.home}/xapi/activities/uji-coba-{number}", "objectType": "Activity"}
            odd.append(unlisted)
        finishing = [one for one in told if one["verb"]["id"] in (f"{_ADL}completed", f"{_ADL}passed", f"{_ADL}attended")]
        for one in self.random.sample([one for one in finishing if not _of(one, self.people[0])], 3):
            odd.append(self._voiding(partner, one))
        if partner is PORTAL:
            # Half past one in the night of New Year in Jakarta, still last year in UTC: it counts for 2026.
            actor = self.actor(self.people[7], partner)
            late = datetime(2025, 12, 31, 18, 30, tzinfo=UTC)
            odd.append(self.statement("new-year", "completed", actor, course, late, result_of(91)))
        return odd

    def _endings(self, attempt: str, actor: Statement, course: Course, moment: datetime, score: int) -> list[Statement]:
        """The verbs with which this kind of course ends, scored first."""
        soon = timedelta(seconds=self.random.randint(1, 240), milliseconds=7)
        told = [self.statement(attempt, "scored", actor, course, moment, {"score": _score(score)})]
        if course.entry.finish in ("completed", "either"):
            told.append(self.statement(attempt, "completed", actor, course, moment + soon, result_of(score)))
        else:
            told.append(self.statement(attempt, "passed", actor, course, moment + soon, result_of(score, success=True)))
        return told

    def _voiding(self, partner: Partner, target: Statement) -> Statement:
        operator = {"objectType": "Agent", "account": {"homePage": partner.home, "name": "operator"}}
        at = datetime.fromisoformat(target["timestamp"]) + timedelta(days=self.random.choice((-9, 21, 45)))
        return {
            "id": self._id(target["id"], "voided"),
            "actor": operator,
            "verb": _verb("voided"),
            "object": {"objectType": "StatementRef", "id": target["id"]},
            "timestamp": _stamp(at, partner),
        }

    def statement(
        self,
        attempt: str,
        verb: str,
        actor: Statement,
        course: Course,
        moment: datetime,
        result: dict[str, Any] | None,
        activity: Statement | None = None,
    ) -> Statement:
        """One of the course's partner; `activity` stands for the course's own where it has none."""
        partner = course.partner
        statement: Statement = {
            "id": self._id(attempt, verb),
            "actor": actor,
            "verb": _verb(verb),
            "object": activity or activity_of(course.activity_id, _TYPES[partner.key], course.entry.title),
            "timestamp": _stamp(moment, partner),
            "context": {"platform": partner.name, "language": "id-ID"},
        }
        if actor.get("objectType") != "Group":
            statement["context"]["registration"] = self._id(attempt, "registration")
        if result is not None:
            statement["result"] = result
        return statement

    def actor(self, person: Person, partner: Partner) -> Statement:
        if partner is PORTAL:
            return self.by_nip(person)
        if partner is CAMPUS and person.accounts:
            home_page, login = person.accounts[0]
            return {"objectType": "Agent", "account": {"homePage": home_page, "name": login}}
        if partner is CENTRE:
            hashed = sha1(f"mailto:{person.email}".encode(), usedforsecurity=False).hexdigest()
            return {"objectType": "Agent", "mbox_sha1sum": hashed}
        return {"objectType": "Agent", "name": person.name, "mbox": f"mailto:{person.email}"}

    def by_nip(self, person: Person) -> Statement:
        return self.by_number(person.nip)

    def by_number(self, number: str) -> Statement:
        return {"objectType": "Agent", "account": {"homePage": self._nip_home_page, "name": number}}

    def _morning(self) -> datetime:
        """Some time on a working day between 8 and 14 o'clock in Jakarta."""
        day = _FIRST_DAY + timedelta(days=self.random.randrange(_DAYS))
        day -= timedelta(days=max(0, day.weekday() - 4))
        return day + timedelta(hours=self.random.randint(1, 7), minutes=self.random.randrange(60), milliseconds=123)

    def _id(self, *parts: str) -> str:
        return str(uuid5(NAMESPACE_URL, "/".join(("https://rekam.example/demo", str(self._seed), *parts))))


def _of(statement: Statement, person: Person) -> bool:
    text = str(statement["actor"])
    hashed = sha1(f"mailto:{person.email}".encode(), usedforsecurity=False).hexdigest()
    return any(name in text for name in (person.nip, person.email, hashed, *(login for _, login in person.accounts)))


def _repeated(statement: Statement, new_id: str) -> Statement:
    """The same, sent again under another id a few milliseconds later, as some platforms do."""
    later = datetime.fromisoformat(statement["timestamp"]) + timedelta(milliseconds=16)
    return {**statement, "id": new_id, "timestamp": later.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def activity_of(activity_id: str, type_: str, title: str) -> Statement:
    return {"objectType": "Activity", "id": activity_id, "definition": {"type": type_, "name": {"id-ID": title}}}


def _verb(word: str) -> dict[str, Any]:
    return {"id": f"{_ADL}{word}", "display": {"en-US": word, "id-ID": _WORDS[word]}}


def _score(score: int) -> dict[str, Any]:
    return {"raw": score, "min": 0, "max": 100, "scaled": score / 100}


def result_of(score: int, *, success: bool | None = None) -> dict[str, Any]:
    result: dict[str, Any] = {"score": _score(score), "completion": True}
    if success is not None:
        result["success"] = success
    return result


def _stamp(moment: datetime, partner: Partner) -> str:
    """The training centre and the campus write Jakarta time, the others UTC."""
    if partner in (CENTRE, CAMPUS):
        return (moment.astimezone(UTC) + _WIB).replace(tzinfo=None).isoformat(timespec="milliseconds") + "+07:00"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
