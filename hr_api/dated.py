"""An employee's profile as of a day."""

from __future__ import annotations

from datetime import date

import msgspec

from competency.directory import Employee
from competency.profile import build_profile
from competency.profile_json import Profile, read
from hr_api.services import HrServices
from store.port import StoredProfile
from store.reference import Reference


def today(services: HrServices, reference: Reference) -> date:
    return reference.rules.local_date(services.clock.now_ms())


def profile_on(services: HrServices, reference: Reference, employee: Employee, day: date) -> Profile:
    """What had happened by `day`, with the catalogue, the standards and the post as they are now, and the rules in force then.

    The profile that is kept, where it is the same.
    """
    held = services.profiles.get(employee.id) if day == today(services, reference) else None
    profile = None if held is None else kept(held)
    if profile is not None and profile.next_change_on > day:
        return profile
    return computed_on(services, reference, employee, day)


def kept(held: StoredProfile) -> Profile | None:
    """The profile as it is kept; None for one that an older program wrote, until the keeper has built it anew."""
    try:
        return read(held.text)
    except msgspec.MsgspecError:
        return None


def computed_on(services: HrServices, reference: Reference, employee: Employee, day: date) -> Profile:
    """The same, computed from the evidence whatever is kept."""
    return build_profile(
        employee,
        post=reference.posts.get(employee.post_id),
        unit_path=reference.unit_path(employee.unit_id),
        evidence=services.evidence.of_employee(employee.id),
        competencies=reference.known_competencies,
        frameworks_versions=reference.framework_versions,
        rules=reference.rules,
        as_of=day,
    )
