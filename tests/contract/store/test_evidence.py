"""Evidence: replaced by statement, read by employee."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from store.evidence_text import dump, load
from store.port import HistoryAfter, HistoryFilter, Store
from tests.contract.store.builders import T0, evidence, iri, numbers, uid


def test_a_piece_comes_back_as_it_was_put(store: Store) -> None:
    piece = replace(evidence(1), title="Pelatihan “Dasar” é", jp=Decimal("12.50"), alignments=())
    assert store.evidence.replace([uid(1)], [piece]) == {"e1"}
    assert store.evidence.of_employee("e1") == [piece]
    assert store.evidence.of_statement(uid(1)) == [piece]
    assert str(store.evidence.of_employee("e1")[0].jp) == "12.50"
    assert store.evidence.of_employee("e2") == []
    assert store.evidence.of_statement(uid(2)) == []


def test_replacing_leaves_exactly_what_is_given(store: Store) -> None:
    store.evidence.replace([uid(1), uid(2), uid(3)], [evidence(1), evidence(2), evidence(3, "e2")])
    concerned = store.evidence.replace([uid(1), uid(3), uid(4)], [evidence(1, year=2025), evidence(4, "e3")])
    assert concerned == {"e1", "e2", "e3"}
    assert store.evidence.of_employee("e1") == [evidence(1, year=2025), evidence(2)]
    assert store.evidence.of_employee("e2") == []
    assert store.evidence.of_employee("e3") == [evidence(4, "e3")]


def test_replacing_with_nothing_names_who_lost_it_however_often(store: Store) -> None:
    store.evidence.replace([uid(1)], [evidence(1)])
    assert store.evidence.replace([uid(1)], []) == {"e1"}
    assert store.evidence.of_employee("e1") == []
    assert store.evidence.replace([uid(1)], []) == {"e1"}, "whoever comes again must learn of it again"
    assert store.evidence.replace([uid(2)], []) == frozenset()
    assert store.evidence.replace([], []) == frozenset()


def test_evidence_that_moves_to_another_employee_names_both(store: Store) -> None:
    store.evidence.replace([uid(1)], [evidence(1, "e1")])
    assert store.evidence.replace([uid(1)], [evidence(1, "e2")]) == {"e1", "e2"}
    assert store.evidence.of_employee("e1") == []
    assert store.evidence.of_employee("e2") == [evidence(1, "e2")]


def test_replacing_with_the_same_still_names_its_employees(store: Store) -> None:
    for _ in range(2):
        assert store.evidence.replace([uid(1)], [evidence(1)]) == {"e1"}
    assert store.evidence.of_employee("e1") == [evidence(1)]


def test_a_statement_of_a_group_is_evidence_for_each_member(store: Store) -> None:
    pieces = [evidence(1, f"e{n}") for n in range(3)]
    assert store.evidence.replace([uid(1)], pieces) == {"e0", "e1", "e2"}
    assert sorted(store.evidence.of_statement(uid(1)), key=lambda one: one.employee_id) == pieces


def test_evidence_of_many_employees_is_that_of_each(store: Store) -> None:
    at = {5: 1, 2: 2, 9: 1, 1: 2, 7: 0}
    pieces = [replace(evidence(n, f"e{n % 2}"), finished_at_ms=T0 + at[n]) for n in at]
    group = [evidence(20, f"e{n}") for n in (0, 1, 700)]
    store.evidence.replace([uid(n) for n in (*at, 20)], [*pieces, *group])
    asked = [f"e{n}" for n in range(1_000) if n != 1]
    found = store.evidence.of_employees(iter(asked))
    assert list(found) == asked
    assert found["e0"] == store.evidence.of_employee("e0")
    assert len(found["e0"]) == 2
    assert found["e700"] == [group[2]]
    assert {name for name, held in found.items() if held} == {"e0", "e700"}
    assert store.evidence.of_employees(["e1"]) == {"e1": store.evidence.of_employee("e1")}
    assert len(store.evidence.of_employee("e1")) == 5
    assert store.evidence.of_employees([]) == {}


def test_evidence_of_an_employee_is_ordered_by_when_it_was_finished_and_then_by_id(store: Store) -> None:
    at = {5: 1, 2: 2, 9: 1, 1: 2, 7: 0}
    store.evidence.replace(map(uid, at), [evidence(n, finished_at_ms=T0 + time) for n, time in at.items()])
    assert numbers(one.statement_id for one in store.evidence.of_employee("e1")) == [7, 5, 9, 1, 2]


def _history(store: Store, wanted: HistoryFilter, limit: int) -> list[int]:
    after: HistoryAfter | None = None
    result: list[int] = []
    while page := store.evidence.history("e1", wanted, after=after, limit=limit):
        assert len(page) <= limit
        result += numbers(one.statement_id for one in page)
        assert len(result) <= 100, "the history does not end"
        after = HistoryAfter(page[-1].finished_at_ms, page[-1].statement_id)
    return result


def test_history_is_paged_newest_first_and_filtered(store: Store) -> None:
    pieces = [
        evidence(
            n,
            finished_at_ms=T0 + n // 4,
            kind_id=str(n % 3),
            year=2024 + n % 2,
            provider="univ-a" if n % 5 else "univ-b",
        )
        for n in range(60)
    ]
    store.evidence.replace([one.statement_id for one in pieces], [*pieces])
    store.evidence.replace([uid(99)], [evidence(99, "e2")])
    newest_first = list(range(59, -1, -1))
    for limit in (1, 4, 7, 60, 100):
        assert _history(store, HistoryFilter(), limit) == newest_first
        assert _history(store, HistoryFilter(kind_id="1"), limit) == [n for n in newest_first if n % 3 == 1]
        assert _history(store, HistoryFilter(year=2025), limit) == [n for n in newest_first if n % 2]
        assert _history(store, HistoryFilter(provider="univ-b"), limit) == [n for n in newest_first if n % 5 == 0]
    both = HistoryFilter(kind_id="0", year=2024, provider="univ-a")
    assert _history(store, both, 2) == [n for n in newest_first if n % 6 == 0 and n % 5]
    assert store.evidence.history("e3", HistoryFilter(), after=None, limit=5) == []


def test_thousands_of_statements_at_once(store: Store) -> None:
    pieces = [evidence(n, f"e{n % 7}") for n in range(1_500)]
    assert store.evidence.replace([uid(n) for n in range(3_000)], pieces) == {f"e{n}" for n in range(7)}
    assert store.evidence.replace([uid(n) for n in range(3_000)], pieces[:7]) == {f"e{n}" for n in range(7)}
    assert sum(len(store.evidence.of_employee(f"e{n}")) for n in range(7)) == 7


def test_evidence_of_activities_is_found_whoevers_it_is_newest_first(store: Store) -> None:
    pieces = [evidence(n, f"e{n}", finished_at_ms=T0 + n // 2, catalogue_id=f"c{n % 3}") for n in range(30)]
    store.evidence.replace([one.statement_id for one in pieces], pieces)

    def taking_part(*names: str, limit: int = 100) -> list[int]:
        return numbers(one.statement_id for one in store.evidence.of_activities([iri(name) for name in names], limit))

    assert taking_part("c1") == [n for n in range(29, -1, -1) if n % 3 == 1]
    assert taking_part("c1", limit=3) == [28, 25, 22]
    assert taking_part("c2", "c0", "c2", limit=5) == [29, 27, 26, 24, 23]
    assert taking_part("c3") == taking_part() == []
    assert store.evidence.of_activities([iri("c1")], 1) == [pieces[28]]
    store.evidence.replace([uid(28)], [])
    assert taking_part("c1", limit=1) == [25]


def test_evidence_of_an_activity_leaves_out_what_else_a_statement_proves(store: Store) -> None:
    both = [evidence(1, "e1", catalogue_id="c1"), evidence(1, "e2", catalogue_id="c2")]
    store.evidence.replace([uid(1)], both)
    assert store.evidence.of_activities([iri("c2")], 5) == [both[1]]


def test_evidence_of_thousands_of_activities_is_asked_for_at_once(store: Store) -> None:
    store.evidence.replace([uid(n) for n in range(5)], [evidence(n, catalogue_id=f"c{n}") for n in range(5)])
    assert len(store.evidence.of_activities([iri(f"c{n}") for n in range(2_000)], 3)) == 3


def test_texts_are_what_is_read_as_it_is_kept(store: Store) -> None:
    """Several statements of one moment are in the order of their ids."""
    pieces = [evidence(number, finished_at_ms=number // 3) for number in (5, 1, 4, 3)]
    store.evidence.replace([piece.statement_id for piece in pieces], pieces)
    texts = store.evidence.texts(["e1", "nobody"])
    assert texts["nobody"] == []
    assert [load(text) for text in texts["e1"]] == store.evidence.of_employee("e1")
    assert texts["e1"] == [dump(piece) for piece in store.evidence.of_employee("e1")]
