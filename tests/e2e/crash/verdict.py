"""What must hold when everything has settled. Each finding is one sentence; none is what we want."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from tests.e2e.crash.partners import VOIDED, Memory, Statement
from tests.e2e.crash.people import EMPLOYEES, actor
from tests.e2e.crash.replica import Replica
from tests.e2e.installation import Installation

ADDED = ("authority", "stored", "version")


def violations(rekam: Installation, memories: Sequence[Memory], replica: Replica) -> list[str]:
    """Everything that is not as promised."""
    listed = rekam.every_statement()
    conflicts = _conflict_letters(rekam)
    found = [violation for memory in memories for violation in memory.violations]
    found += replica.violations
    found += _once(listed)
    shown = {statement["id"]: statement for statement in listed}
    for memory in memories:
        found += _acknowledged(rekam, memory, shown, conflicts)
        found += _whole(rekam, memory, shown)
        found += _refused(rekam, memory, shown)
    found += _by_learner(rekam, listed)
    found += [f"{name} was never read by a reader that trusted Consistent-Through" for name in sorted(set(shown) - replica.seen)]
    rebuilt = rekam.cli("profiles", "rebuild", "--check", check=False)
    if rebuilt.returncode != 0:
        found.append(f"profiles differ from a rebuild: {rebuilt.stdout[-500:]}{rebuilt.stderr[-500:]}")
    return found


def _once(listed: Sequence[Statement]) -> Iterator[str]:
    for name, times in Counter(statement["id"] for statement in listed).items():
        if times > 1:
            yield f"{name} is listed {times} times"


def _acknowledged(rekam: Installation, memory: Memory, shown: dict[str, Statement], conflicts: set[str]) -> Iterator[str]:
    """Every acknowledged statement is there, exactly; voided ones are voided, others are not."""
    contested = memory.acknowledged_conflicts | memory.possible_conflicts
    for name, sent in memory.acknowledged.items():
        held = shown.get(name)
        if name in memory.voids and held is not None:
            yield f"{name} was voided and is listed"
            continue
        if held is None:
            held = _by_id(rekam, "voidedStatementId", name)
            if held is None:
                yield f"{name} was acknowledged and is lost"
                continue
            if name not in memory.voids | memory.possible_voids:
                yield f"{name} is voided and nobody voided it"
        kept = {key: value for key, value in held.items() if key not in ADDED}
        may_be = [sent, *(memory.other_contents[name] if name in contested and name in conflicts else ())]
        if kept not in may_be:
            yield f"{name} is not what was sent: {kept} instead of {sent}"
    for name in memory.acknowledged_conflicts - conflicts:
        yield f"{name} was acknowledged with other content, and no dead letter says what became of it"


def _whole(rekam: Installation, memory: Memory, shown: dict[str, Statement]) -> Iterator[str]:
    """A batch of unknown outcome is there whole or not at all."""
    for batch in memory.unknown_batches:
        there = [one["id"] in shown or _by_id(rekam, "voidedStatementId", one["id"]) is not None for one in batch]
        if any(there) and not all(there):
            yield f"of a batch of {len(batch)} that was not acknowledged, {sum(there)} are there"


def _refused(rekam: Installation, memory: Memory, shown: dict[str, Statement]) -> Iterator[str]:
    for name in memory.refused & set(shown):
        yield f"{name} is of a refused batch and is there"


def _by_learner(rekam: Installation, listed: Sequence[Statement]) -> Iterator[str]:
    """Found by who it is about, each is what is found without asking for anyone: a rebuild of profiles rests on it."""
    for nip in EMPLOYEES:
        agent = quote(json.dumps(actor(nip)))
        by_agent = {statement["id"] for statement in rekam.every_statement(f"&agent={agent}") if statement["verb"]["id"] != VOIDED}
        about = {one["id"] for one in listed if one["actor"]["account"]["name"] == nip and one["verb"]["id"] != VOIDED}
        if by_agent != about:
            yield f"asked for {nip[-3:]}, {len(about - by_agent)} statements are missing and {len(by_agent - about)} are another's"


def _conflict_letters(rekam: Installation) -> set[str]:
    """Statement ids of dead letters; any other reason than a conflict is reported by its absence here."""
    lines = rekam.cli("deadletters", "list", "--limit", "100000").stdout.splitlines()
    columns = [line.split("\t") for line in lines]
    strange = [line for line in columns if line[1] != "conflict"]
    assert not strange, f"dead letters that no partner is to blame for: {strange[:3]}"
    return {line[3] for line in columns}


def _by_id(rekam: Installation, parameter: str, name: str) -> dict[str, Any] | None:
    answer = rekam.ask("GET", f"/xapi/statements?{parameter}={name}")
    assert answer.status in (200, 404), f"{parameter}={name}: {answer.status} {answer.data[:300]!r}"
    held: dict[str, Any] | None = answer.json() if answer.status == 200 else None
    return held
