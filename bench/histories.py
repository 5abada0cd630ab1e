"""Five years of statements about made-up people, thirty lines for each, as partners would send them. Deterministic.

A line is an xAPI statement of about 1,000 bytes. Lines are in the order of time, so that whoever comes next is somebody else. Some
only registered, some gave up or failed; some completions come again under another id 16 ms later, some are delivered twice as they
are, some courses are taken again a year later; some are voided; attendance lists are groups; some people are named by accounts that
nobody has linked, some by addresses of nobody; one activity in twenty is in no catalogue.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from bench.people import Person
from bench.trainings import PARTNERS, Activity, trainings, uncatalogued
from samples.demo import NIP_HOME_PAGE

PER_PERSON = 30
_ADL = "http://adlnet.gov/expapi/verbs/"
_BEGIN = datetime(2022, 1, 3, tzinfo=UTC)
_DAYS = 1780  # to the middle of November 2026
_DISPLAY = {
    **{"registered": "mendaftar", "initialized": "memulai", "progressed": "melanjutkan", "completed": "menyelesaikan"},
    **{"passed": "lulus", "failed": "tidak lulus", "attended": "menghadiri", "voided": "membatalkan"},
}

Statement = dict[str, Any]


@dataclass(slots=True)
class History:
    """What was told. `strangers`: (home page, name) of an unlinked account -> its owner and the statements that finish something of
    the catalogue. `unlisted`: an activity that no entry matches -> who finished it, by their place among the people."""

    told: list[tuple[datetime, bytes]] = field(default_factory=list)
    strangers: dict[tuple[str, str], tuple[Person, list[str]]] = field(default_factory=dict)
    unlisted: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    statements: int = 0
    """Different ones: a line that is another's repetition does not count."""

    def write(self, path: Path) -> int:
        """As NDJSON in the order of time; returns its bytes."""
        self.told.sort()
        with path.open("wb") as file:
            file.writelines(line + b"\n" for _, line in self.told)
            return file.tell()


class Teller:
    def __init__(self, seed: int, persons: Sequence[Person]) -> None:
        self._random = Random(f"histories/{seed}")
        self._people = persons
        self._sections: defaultdict[str, list[Person]] = defaultdict(list)
        for person in persons:
            self._sections[person.unit_id].append(person)
        self._entries = trainings()
        # A few are taken by very many, most by some.
        self._popular = list(accumulate(1 / (place + 20) for place in range(len(self._entries))))
        self._new = list(accumulate(1 / (place + 3) for place in range(len(uncatalogued()))))

    def history(self) -> History:
        made = History()
        made.told = self._told(self._people, made)
        made.statements = len({line for _, line in made.told})
        return made

    def lines(self, together: int) -> Iterator[bytes]:
        """Of a history that need not be in memory as a whole: those of the first so many people in the order of time, then
        those of the next."""
        for start in range(0, len(self._people), together):
            for _, line in sorted(self._told(self._people[start : start + together], History())):
                yield line

    def _told(self, persons: Iterable[Person], made: History) -> list[tuple[datetime, bytes]]:
        return [
            (datetime.fromisoformat(one["timestamp"]), json.dumps(one).encode())
            for person in persons
            for one in self._lines(person, made)
        ]

    def _lines(self, person: Person, made: History) -> Iterator[Statement]:
        left = PER_PERSON
        if person.number % 40 == 0:
            yield self._attendance_list(person)
            left -= 1
        stranger = person.number % 50 == 7
        while left:
            told = self._stranger(person, made) if stranger else self._engagement(person, made, left)
            stranger = False
            yield from told[:left]
            left -= len(told[:left])

    def _engagement(self, person: Person, made: History, left: int) -> list[Statement]:
        roll, random = self._random.random(), self._random
        moment = self._moment()
        if roll < 0.05:
            activity = random.choices(uncatalogued(), cum_weights=self._new)[0]
            made.unlisted[activity.id].add(person.number)
            return [self._finished(person, activity, moment)]
        if roll < 0.06:
            guest = {"objectType": "Agent", "name": person.name, "mbox": f"mailto:tamu{person.number}@luar.example"}
            return [self._finished(person, self._activity(), moment, guest)]
        activity = self._activity()
        told = [] if activity.finish == "attended" else self._beginning(person, activity, moment)
        moment += timedelta(minutes=random.randint(60, 3000))
        ends = random.random()
        if ends < 0.08 and told:
            return told
        if ends < 0.13 and activity.finish != "attended":
            return [*told, self._statement(person, "failed", activity, moment, _result(random.randint(20, 55), success=False))]
        finished = self._finished(person, activity, moment)
        told.append(finished)
        fate = random.random()
        if fate < 0.04:
            told.append({**finished, "id": self._id(), "timestamp": _stamp(moment + timedelta(milliseconds=16))})
        elif fate < 0.05:
            told.append(finished)
        elif fate < 0.11 and moment.year < 2025:
            told.append(self._finished(person, activity, moment + timedelta(days=365)))
        elif fate < 0.125 and len(told) < left:
            told.append(self._voiding(activity, finished, moment))
        return told

    def _beginning(self, person: Person, activity: Activity, moment: datetime) -> list[Statement]:
        verbs = self._random.choices(((), ("initialized",), ("registered", "initialized", "progressed", "progressed")), (4, 4, 3))[
            0
        ]
        told = []
        for verb in verbs:
            moment += timedelta(minutes=self._random.randint(1, 10))
            progress = {"extensions": {f"{PARTNERS[activity.partner].home}/ext/progress": self._random.randrange(10, 95)}}
            told.append(self._statement(person, verb, activity, moment, progress if verb == "progressed" else None))
        return told

    def _stranger(self, person: Person, made: History) -> list[Statement]:
        """Sent by a partner that writes the NIP under its own home page."""
        account = {"homePage": f"{PARTNERS[3].home}/peserta", "name": person.nip}
        actor = {"objectType": "Agent", "name": person.name, "account": account}
        told = [self._finished(person, self._activity(), self._moment(), actor) for _ in range(self._random.randint(2, 4))]
        made.strangers[account["homePage"], account["name"]] = person, [one["id"] for one in told]
        return told

    def _attendance_list(self, person: Person) -> Statement:
        present = [person, *self._random.sample(self._sections[person.unit_id], min(12, len(self._sections[person.unit_id])))]
        activity = next(found for found in iter(self._activity, None) if found.finish == "attended")
        members = list({one.nip: self._by_nip(one.nip) for one in present}.values())
        group = {"objectType": "Group", "name": "Daftar hadir", "member": members}
        return self._statement(person, "attended", activity, self._moment(), None, group)

    def _finished(self, person: Person, activity: Activity, moment: datetime, actor: Statement | None = None) -> Statement:
        """Whatever the entry wants said, it says."""
        verb = activity.finish if activity.finish in ("passed", "attended") else "completed"
        result = _result(self._random.randint(60, 99), success=True)
        if verb == "attended":
            result = {"duration": f"PT{self._random.randint(1, 7)}H30M"}
        return self._statement(person, verb, activity, moment, result, actor)

    def _voiding(self, activity: Activity, target: Statement, moment: datetime) -> Statement:
        operator = {"objectType": "Agent", "account": {"homePage": PARTNERS[activity.partner].home, "name": "operator"}}
        about = {"objectType": "StatementRef", "id": target["id"]}
        return {
            **{"id": self._id(), "actor": operator, "verb": _verb("voided"), "object": about},
            "timestamp": _stamp(moment + timedelta(days=self._random.randint(1, 20))),
        }

    def _statement(
        self,
        person: Person,
        verb: str,
        activity: Activity,
        moment: datetime,
        result: dict[str, Any] | None,
        actor: Statement | None = None,
    ) -> Statement:
        partner = PARTNERS[activity.partner]
        about = {"type": activity.type, "name": {"id-ID": activity.name}, "description": {"id-ID": f"{activity.name}. " * 3}}
        context: dict[str, Any] = {
            "platform": partner.name,
            "language": "id-ID",
            "contextActivities": {"grouping": [{"id": f"{partner.home}/katalog", "objectType": "Activity"}]},
            "extensions": {f"{partner.home}/ext/session": self._id()},
        }
        if actor is None or actor["objectType"] == "Agent":
            context["registration"] = self._id()
        made: Statement = {
            "id": self._id(),
            "actor": actor or self._actor(person, activity.partner, moment),
            "verb": _verb(verb),
            "object": {"id": activity.id, "objectType": "Activity", "definition": about},
            "context": context,
            "timestamp": _stamp(moment),
        }
        return made if result is None else {**made, "result": result}

    def _actor(self, person: Person, partner: int, moment: datetime) -> Statement:
        """As this partner knows people: by NIP, by its own login, by e-mail, by the hash of that."""
        if partner == 0:
            former = person.former if person.former and person.former[1] <= moment.date() <= person.former[2] else None
            return self._by_nip(person.nip if former is None else former[0])
        if partner == 1:
            return {"objectType": "Agent", "account": {"homePage": PARTNERS[1].home, "name": person.login}}
        if partner == 2:
            return {"objectType": "Agent", "name": person.name, "mbox": f"mailto:{person.email}"}
        hashed = sha1(f"mailto:{person.email}".encode(), usedforsecurity=False).hexdigest()
        return {"objectType": "Agent", "mbox_sha1sum": hashed}

    @staticmethod
    def _by_nip(nip: str) -> Statement:
        return {"objectType": "Agent", "account": {"homePage": NIP_HOME_PAGE, "name": nip}}

    def _activity(self) -> Activity:
        return self._random.choice(self._random.choices(self._entries, cum_weights=self._popular)[0].activities)

    def _moment(self) -> datetime:
        """On a working day between 8 and 15 o'clock in Jakarta."""
        day = _BEGIN + timedelta(days=self._random.randrange(_DAYS))
        day -= timedelta(days=max(0, day.weekday() - 4))
        return day + timedelta(minutes=self._random.randint(60, 480), milliseconds=self._random.randrange(60_000))

    def _id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))


def _verb(word: str) -> dict[str, Any]:
    return {"id": f"{_ADL}{word}", "display": {"en-US": word, "id-ID": _DISPLAY[word]}}


def _result(score: int, *, success: bool) -> dict[str, Any]:
    return {"score": {"raw": score, "min": 0, "max": 100, "scaled": score / 100}, "completion": True, "success": success}


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
