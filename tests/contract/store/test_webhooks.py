"""Webhooks are kept and changed one step at a time; deliveries are kept once, leased to one, and end as they should."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from access.webhooks import SigningSecret, Webhook, WebhookEvent
from store.port import Attempt, Delivery, DeliveryBefore, DeliveryState, Rejected, Store
from tests.contract.store.builders import T0
from tests.contract.store.opening import open_store

LEASE = 60_000
WAITING, DELIVERED, DEAD = DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.DEAD


def webhook(name: str = "w1", *, at_ms: int = T0) -> Webhook:
    return Webhook(
        name,
        "https://hr.example.go.id/rekam?x=1",
        frozenset({WebhookEvent.PROFILE_CHANGED, WebhookEvent.JP_REACHED}),
        (SigningSecret("whsec_bmV3"), SigningSecret("whsec_b2xk", T0 + 5)),
        at_ms,
        "admin-1",
        "the portal",
    )


def delivery(name: str, *, of: str = "w1", at_ms: int = T0, due_ms: int = T0, keep_until_ms: int = T0 + 1_000_000) -> Delivery:
    return Delivery(name, of, "profile.changed", b'{"type":"profile.changed"}', at_ms, due_ms, keep_until_ms)


def take(store: Store, *, of: str = "w1", now_ms: int = T0, limit: int = 10) -> list[str]:
    return [one.id for one in store.deliveries.take(of, now_ms=now_ms, lease_ms=LEASE, limit=limit)]


def held(store: Store, name: str) -> Delivery:
    found = store.deliveries.get(name)
    assert found is not None
    return found


class TestWebhooks:
    def test_one_comes_back_as_it_was_added(self, store: Store) -> None:
        store.webhooks.add(webhook())
        assert store.webhooks.get("w1") == webhook()
        assert store.webhooks.get("w2") is None

    def test_all_are_listed_in_the_order_they_were_made(self, store: Store) -> None:
        for one in (webhook("b", at_ms=T0 + 1), webhook("c"), webhook("a", at_ms=T0 + 2)):
            store.webhooks.add(one)
        assert [one.id for one in store.webhooks.all()] == ["c", "b", "a"]

    def test_an_id_is_taken_once(self, store: Store) -> None:
        store.webhooks.add(webhook())
        with pytest.raises(Rejected):
            store.webhooks.add(replace(webhook(), url="https://other.example"))
        assert store.webhooks.get("w1") == webhook()

    def test_a_change_is_kept_and_given_back(self, store: Store) -> None:
        store.webhooks.add(webhook())
        changed = store.webhooks.change("w1", lambda one: one.disabled(T0 + 9, "why"))
        assert changed == store.webhooks.get("w1") == replace(webhook(), disabled_at_ms=T0 + 9, disabled_why="why")
        assert store.webhooks.change("nobody", lambda one: one) is None

    def test_no_change_undoes_another(self, store: Store, store_url: str) -> None:
        """Each appends a letter; all letters are there in the end."""
        store.webhooks.add(replace(webhook(), description=""))

        def append(letter: str) -> None:
            with closing(open_store(store_url)) as own:
                own.webhooks.change("w1", lambda one: replace(one, description=one.description + letter))

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(append, "abcdefghijkl"))
        found = store.webhooks.get("w1")
        assert found is not None
        assert sorted(found.description) == list("abcdefghijkl")

    def test_removing_takes_its_deliveries_along(self, store: Store) -> None:
        store.webhooks.add(webhook())
        store.webhooks.add(webhook("w2"))
        store.deliveries.add([delivery("a"), delivery("b", of="w2")])
        assert store.webhooks.remove("w1")
        assert store.webhooks.get("w1") is None
        assert store.deliveries.get("a") is None
        assert store.deliveries.get("b") is not None
        assert not store.webhooks.remove("w1")


class TestTurns:
    def test_a_turn_is_one_callers_until_its_time_is_over(self, store: Store) -> None:
        def may(turn: str, now_ms: int) -> bool:
            return store.webhooks.take_turn("pass", turn, now_ms=now_ms, until_ms=now_ms + LEASE)

        assert may("2026-05-01", T0)
        assert not may("2026-05-01", T0 + LEASE - 1)
        assert not may("2026-05-02", T0 + LEASE - 1), "the turn before it is still under way"
        assert may("2026-05-01", T0 + LEASE), "whoever had it is dead"
        store.webhooks.extend_turn("pass", "2026-05-01", T0 + 5 * LEASE)
        assert not may("2026-05-01", T0 + 4 * LEASE)
        store.webhooks.end_turn("pass", "2026-05-01")
        assert not may("2026-05-01", T0 + 9 * LEASE)
        assert not may("2026-04-30", T0 + 9 * LEASE)
        assert may("2026-05-02", T0 + LEASE)
        assert store.webhooks.take_turn("another", "2026-05-01", now_ms=T0, until_ms=T0 + 1)

    def test_of_many_who_want_it_one_has_it(self, store: Store, store_url: str) -> None:
        def may(_: int) -> bool:
            with closing(open_store(store_url)) as own:
                return own.webhooks.take_turn("pass", "2026-05-01", now_ms=T0, until_ms=T0 + LEASE)

        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(may, range(12))).count(True) == 1


class TestAdding:
    def test_a_delivery_comes_back_as_it_was_added(self, store: Store) -> None:
        whole = replace(
            delivery("a"),
            state=DEAD,
            attempts=3,
            takes=4,
            last_attempt_ms=T0 + 7,
            last_status=500,
            trouble="the receiver answered 500",
        )
        assert store.deliveries.add([whole, delivery("b")]) == 2
        assert (held(store, "a"), held(store, "b")) == (whole, delivery("b"))
        assert store.deliveries.get("c") is None

    def test_adding_again_changes_nothing(self, store: Store) -> None:
        store.deliveries.add([delivery("a")])
        store.deliveries.delivered("a", Attempt(0, T0 + 1, 200))
        assert store.deliveries.add([replace(delivery("a"), body=b"other"), delivery("b")]) == 1
        assert (held(store, "a").state, held(store, "a").body) == (DELIVERED, delivery("a").body)
        assert store.deliveries.add([]) == 0


class TestTaking:
    def test_what_is_due_is_taken_in_order_and_by_its_webhook_only(self, store: Store) -> None:
        store.deliveries.add(
            [delivery("c", due_ms=T0 - 5), delivery("a", due_ms=T0), delivery("later", due_ms=T0 + 1), delivery("x", of="w2")]
        )
        assert take(store, limit=1) == ["c"]
        assert take(store) == ["a"]
        assert take(store) == []
        assert take(store, of="w2") == ["x"]

    def test_what_was_taken_is_due_again_when_the_lease_is_over(self, store: Store) -> None:
        store.deliveries.add([delivery("a")])
        (first,) = store.deliveries.take("w1", now_ms=T0, lease_ms=LEASE, limit=1)
        assert (first.takes, first.attempts) == (1, 0)
        assert take(store, now_ms=T0 + LEASE - 1) == []
        assert take(store, now_ms=T0 + LEASE) == ["a"]
        assert held(store, "a").takes == 2

    def test_each_is_taken_by_one(self, store: Store, store_url: str) -> None:
        names = [f"{number:03}" for number in range(60)]
        store.deliveries.add([delivery(name) for name in names])

        def grab(_: int) -> list[str]:
            with closing(open_store(store_url)) as own:
                return take(own, limit=7) + take(own, limit=7)

        with ThreadPoolExecutor(6) as pool:
            taken = [name for names_of_one in pool.map(grab, range(12)) for name in names_of_one]
        assert len(taken) == len(set(taken))
        assert sorted(taken + take(store, limit=100)) == names


class TestEnding:
    @pytest.fixture(autouse=True)
    def one_taken(self, store: Store) -> None:
        store.deliveries.add([delivery("a")])
        assert take(store) == ["a"]

    def test_delivered_is_for_good(self, store: Store) -> None:
        store.deliveries.delivered("a", Attempt(1, T0 + 3, 204))
        done = held(store, "a")
        assert (done.state, done.attempts, done.last_attempt_ms, done.last_status, done.trouble) == (DELIVERED, 1, T0 + 3, 204, "")
        assert take(store, now_ms=T0 + 10 * LEASE) == []
        assert not store.deliveries.failed("a", Attempt(1, T0 + 4, 500, "late"), due_ms=T0 + 5)
        assert held(store, "a") == done

    def test_a_failure_waits_for_its_next_time(self, store: Store) -> None:
        assert store.deliveries.failed("a", Attempt(1, T0 + 3, 503, "the receiver answered 503"), due_ms=T0 + 5_000)
        waiting = held(store, "a")
        assert (waiting.state, waiting.attempts, waiting.last_status, waiting.trouble) == (
            WAITING,
            1,
            503,
            "the receiver answered 503",
        )
        assert take(store, now_ms=T0 + 4_999) == []
        assert take(store, now_ms=T0 + 5_000) == ["a"]

    def test_the_last_failure_is_its_death_until_it_is_revived(self, store: Store) -> None:
        assert store.deliveries.failed("a", Attempt(1, T0 + 3, None, "no connection"), due_ms=None)
        assert (held(store, "a").state, held(store, "a").last_status) == (DEAD, None)
        assert take(store, now_ms=T0 + 10 * LEASE) == []
        assert store.deliveries.revive("a", now_ms=T0 + 9, keep_until_ms=T0 + 2_000_000)
        revived = held(store, "a")
        assert (revived.state, revived.attempts, revived.keep_until_ms) == (WAITING, 0, T0 + 2_000_000)
        assert not store.deliveries.revive("a", now_ms=T0 + 9, keep_until_ms=T0)
        assert not store.deliveries.revive("unknown", now_ms=T0, keep_until_ms=T0)
        assert take(store, now_ms=T0 + 9) == ["a"]

    def test_who_lost_the_lease_changes_nothing_by_failing(self, store: Store) -> None:
        assert take(store, now_ms=T0 + LEASE) == ["a"]
        before = held(store, "a")
        assert not store.deliveries.failed("a", Attempt(1, T0 + LEASE + 1, 500, "late"), due_ms=None)
        store.deliveries.release("a", 1, due_ms=T0)
        assert held(store, "a") == before

    def test_who_lost_the_lease_and_delivered_has_delivered(self, store: Store) -> None:
        assert take(store, now_ms=T0 + LEASE) == ["a"]
        store.deliveries.delivered("a", Attempt(1, T0 + LEASE + 1, 200))
        assert not store.deliveries.failed("a", Attempt(2, T0 + LEASE + 2, 409, "again"), due_ms=T0)
        assert held(store, "a").state is DELIVERED

    def test_what_is_released_was_never_tried(self, store: Store) -> None:
        store.deliveries.release("a", 1, due_ms=T0 + 2)
        assert held(store, "a").attempts == 0
        assert take(store, now_ms=T0 + 2) == ["a"]


class TestLists:
    @pytest.mark.parametrize("size", [1, 2, 10])
    def test_pages_hold_everything_once_newest_first(self, store: Store, size: int) -> None:
        store.deliveries.add([delivery(name, at_ms=T0 + at) for name, at in zip("abcdef", (1, 1, 0, 2, 1, 0), strict=True)])
        store.deliveries.add([delivery("x", of="w2")])
        seen: list[Delivery] = []
        before = None
        while page := store.deliveries.page("w1", before=before, limit=size):
            seen += page
            before = DeliveryBefore(page[-1].created_at_ms, page[-1].id)
        assert [one.id for one in seen] == ["d", "e", "b", "a", "f", "c"]

    def test_a_state_filters(self, store: Store) -> None:
        store.deliveries.add([delivery(name) for name in "abc"])
        store.deliveries.delivered("b", Attempt(0, T0, 200))
        assert [one.id for one in store.deliveries.page("w1", state=DELIVERED)] == ["b"]
        assert [one.id for one in store.deliveries.page("w1", state=WAITING, before=DeliveryBefore(T0, "c"))] == ["a"]
        assert store.deliveries.page("w1", state=DEAD) == []

    def test_what_need_not_be_kept_is_forgotten(self, store: Store) -> None:
        store.deliveries.add([delivery(name, keep_until_ms=T0 + at) for name, at in (("a", 1), ("b", 2), ("c", 3))])
        assert store.deliveries.forget(T0) == 0
        assert store.deliveries.forget(T0 + 2, limit=1) == 1
        assert store.deliveries.forget(T0 + 2) == 1
        assert [one.id for one in store.deliveries.page("w1")] == ["c"]
