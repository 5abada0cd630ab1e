"""Several processes, as handles of their own, at one aggregate at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from threading import Lock

import pytest

from store.port import Rejected, Store
from tests.contract.store.builders import T0, employee, entry, evidence, letter, uid
from tests.contract.store.opening import open_store
from tests.contract.store.racing import at_once


@pytest.fixture
def handles(store_url: str) -> Iterator[Callable[[int], list[Store]]]:
    """Handles on the store, as several processes would have them."""
    with ExitStack() as stack:
        yield lambda count: [stack.enter_context(closing(open_store(store_url))) for _ in range(count)]


def test_profilers_at_the_same_statements_leave_no_profile_stale(store: Store, handles: Callable[[int], list[Store]]) -> None:
    ids = [uid(number) for number in range(6)]
    built: dict[str, list[object]] = {}
    building = Lock()

    def profile(handle: Store, employees: tuple[str, ...]) -> None:
        for turn in range(15):
            employee_id = employees[turn % len(employees)]
            pieces = [evidence(number, employee_id, finished_at_ms=T0 + number) for number in range(6)]
            for changed in handle.evidence.replace(ids, pieces):
                with building:  # what compare-and-set does for real profiles: the last to build has read last
                    built[changed] = list(handle.evidence.of_employee(changed))

    one, other = handles(2)
    at_once(lambda: profile(one, ("e1", "e2", "e3")), lambda: profile(other, ("e3", "e4", "e1")))
    for employee_id in ("e1", "e2", "e3", "e4"):
        assert built.get(employee_id, []) == store.evidence.of_employee(employee_id), employee_id
    for statement_id in ids:
        assert len(store.evidence.of_statement(statement_id)) == 1


def test_of_two_employees_that_claim_an_identifier_at_once_one_gets_it(store: Store, handles: Callable[[int], list[Store]]) -> None:
    opened = handles(2)

    def claim(handle: Store, employee_id: str, key: str) -> bool:
        try:
            handle.directory.put_employees([employee(employee_id, identifiers=[key])])
        except Rejected:
            return False
        return True

    for turn in range(8):
        key = f"mbox|mailto:{turn}@example.com"
        ids = [f"e{turn}-{number}" for number in range(2)]
        got = at_once(
            *(
                lambda handle=handle, employee_id=employee_id, key=key: claim(handle, employee_id, key)
                for handle, employee_id in zip(opened, ids, strict=True)
            )
        )
        assert sorted(got) == [False, True]
        winner = ids[got.index(True)]
        assert [one.id for one in store.directory.by_identifiers([key])[key]] == [winner]
        assert [one.id for one in store.directory.employees() if one.id in ids] == [winner]


def test_imports_at_once_are_all_counted_in_the_version(store: Store, handles: Callable[[int], list[Store]]) -> None:
    def load(handle: Store, start: int) -> None:
        for number in range(start, start + 5):
            handle.directory.put_employees([employee(f"e{number:03}", identifiers=[f"openid|https://id.example/{number}"])])
            handle.catalogue.put_entries([entry(f"c{number:03}")])

    at_once(*(lambda handle=handle, start=start: load(handle, start) for start, handle in zip((0, 5, 10), handles(3), strict=True)))
    assert store.directory.version() == 15
    assert store.catalogue.version() == 15
    assert len(store.directory.employees()) == len(store.catalogue.entries()) == 15


def test_a_dead_letter_buried_by_two_stays_as_the_first_wrote_it(store: Store, handles: Callable[[int], list[Store]]) -> None:
    opened = handles(3)
    for turn in range(5):
        letters = [letter(f"accepted/{turn}/{number}") for number in range(10)]
        at_once(*(lambda handle=handle, letters=letters: handle.dead_letters.bury(letters) for handle in opened))
    assert store.dead_letters.count() == len(store.dead_letters.page()) == 50
