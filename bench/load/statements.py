"""Statements by a seed, rendered once, with holes for what has to differ each time they are sent: the id and the timestamp."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from bench.load.population import COURSE, MODULE, NIP_HOME_PAGE, PERSON, PLATFORMS, Course, Person, registration
from bench.load.shapes import ADL, SHARE, Shape, shapes

_ID, _TIMESTAMP = "\x01", "\x02"
_LANGUAGES = ("id-ID", "en-US", "jv-ID")
_FILLER = "Peserta mempelajari pokok bahasan, mengerjakan latihan, dan menerapkan hasilnya dalam tugas jabatan di unit kerjanya. "


@dataclass(frozen=True, slots=True)
class Rendered:
    """A statement as text in pieces: `head`, the id, `middle`, the timestamp, `tail`."""

    head: bytes
    middle: bytes
    tail: bytes
    person: Person
    course: Course
    shape: Shape

    def text(self, statement_id: str, timestamp: str) -> bytes:
        return b"".join((self.head, statement_id.encode(), self.middle, timestamp.encode(), self.tail))


def rendered(seed: int, count: int) -> tuple[Rendered, ...]:
    """The first `count` statements of a seed."""
    random = Random(f"statements/{seed}")
    return tuple(_render(random, seed) for _ in range(count))


def finished(person: Person, course: Course) -> Rendered:
    """A short statement that has to count in a profile."""
    said = {
        **{"id": _ID, "timestamp": _TIMESTAMP, "actor": {"account": {"homePage": NIP_HOME_PAGE, "name": person.nip}}},
        "verb": {"id": f"{ADL}/verbs/completed"},
        "object": {"id": course.id},
        "result": {"completion": True, "success": True},
    }
    return _pieces(said, person, course, shapes(0)[0])


def _render(random: Random, seed: int) -> Rendered:
    shape = shapes(seed)[SHARE.draw(random)]
    person, course, module = Person(PERSON.draw(random)), Course(COURSE.draw(random)), MODULE.draw(random)
    said: dict[str, Any] = {
        "id": _ID,
        "actor": actor(person, course),
        "verb": {"id": shape.kind.verb, "display": dict.fromkeys(_LANGUAGES[: shape.languages], shape.said)},
        "object": _object(shape, course, module),
        "context": _context(random, shape, person, course),
        "timestamp": _TIMESTAMP,
    }
    if shape.result:
        said["result"] = _result(random, shape)
    missing = shape.size - _length(said)
    if missing > 0:
        _fill(said, shape, missing)
    return _pieces(said, person, course, shape)


def _pieces(said: dict[str, Any], person: Person, course: Course, shape: Shape) -> Rendered:
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    text = text.replace(json.dumps(_ID), f'"{_ID}"').replace(json.dumps(_TIMESTAMP), f'"{_TIMESTAMP}"')
    head, rest = text.split(_ID)
    middle, tail = rest.split(_TIMESTAMP)
    return Rendered(head.encode(), middle.encode(), tail.encode(), person, course, shape)


def _length(said: dict[str, Any]) -> int:
    """Of the statement with its id and timestamp in their holes, which are seven bytes with their escapes."""
    return len(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()) + (36 - 6) + (24 - 6)


def _fill(said: dict[str, Any], shape: Shape, missing: int) -> None:
    """Make the text as long as the shape says, where a platform has long texts: in the description, else in an extension."""
    if shape.defined and missing > 40:
        said["object"]["definition"]["description"] = {"id-ID": _text(missing - len(',"description":{"id-ID":""}'))}
        return
    extensions = said["context"].setdefault("extensions", {})
    extensions["https://lms.example/ext/catatan"] = _text(max(1, missing - 54))


@cache
def _text(length: int) -> str:
    return (_FILLER * (length // len(_FILLER) + 1))[:length]


def actor(person: Person, course: Course) -> dict[str, Any]:
    """Each platform names its learners in its own way: by NIP, by e-mail address, by its own accounts."""
    how = ("nip", "account", "mbox", "account")[PLATFORMS.index(course.platform)]
    if how == "mbox":
        return {"mbox": f"mailto:{person.email}"}
    home_page, name = (NIP_HOME_PAGE, person.nip) if how == "nip" else (course.platform, person.login)
    return {"objectType": "Agent", "account": {"homePage": home_page, "name": name}}


def _object(shape: Shape, course: Course, module: int) -> dict[str, Any]:
    activity_id = course.id if shape.kind.course else course.module_id(module)
    if not shape.defined:
        return {"objectType": "Activity", "id": activity_id}
    title = course.title if shape.kind.course else f"Modul {module} {course.title}"
    definition: dict[str, Any] = {"type": shape.kind.activity_type, "name": dict.fromkeys(_LANGUAGES[: shape.languages], title)}
    if shape.said == "answered":
        choices: Sequence[str] = ("a", "b", "c", "d")
        definition["interactionType"] = "choice"
        definition["choices"] = [{"id": one, "description": {"id-ID": f"Jawaban {one}"}} for one in choices]
        definition["correctResponsesPattern"] = [choices[module % 4]]
    return {"objectType": "Activity", "id": activity_id, "definition": definition}


def _context(random: Random, shape: Shape, person: Person, course: Course) -> dict[str, Any]:
    activities: dict[str, Any] = {}
    if not shape.kind.course:
        activities["parent"] = [{"objectType": "Activity", "id": course.id}]
    if shape.category:
        activities["category"] = [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}]
    context: dict[str, Any] = {"contextActivities": activities} if activities else {}
    if shape.registration:
        context["registration"] = registration(person, course)
    if shape.instructor:
        context["instructor"] = {"mbox": f"mailto:pengajar{course.number}@kampus.example"}
    context |= {"platform": "Moodle", "language": "id-ID"}
    names = ("session", "halaman", "perangkat", "panjang")[: shape.extensions]
    if names:
        context["extensions"] = {f"https://lms.example/ext/{name}": f"{random.getrandbits(48):012x}" for name in names}
    return context


def _result(random: Random, shape: Shape) -> dict[str, Any]:
    if shape.said == "answered":
        return {"response": random.choice("abcd"), "success": random.random() < 0.7}
    raw = random.randint(20, 60) if shape.said == "failed" else random.randint(60, 100)
    result: dict[str, Any] = {"score": {"scaled": raw / 100, "raw": raw, "min": 0, "max": 100}, "duration": f"PT{raw}M{raw % 60}S"}
    if shape.said in ("passed", "failed"):
        result["success"] = shape.said == "passed"
    if shape.said in ("passed", "completed"):
        result["completion"] = True
    return result
