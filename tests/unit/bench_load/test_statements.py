"""The statements of the load tool: the same by a seed, of the size and mix that are promised, and accepted by Rekam's own rules."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from statistics import mean

import pytest

from bench.load.population import PEOPLE, PERSON, Person, Zipf
from bench.load.requests import Endpoint, Ids, Posts, moment
from bench.load.shapes import KINDS, MEAN_BYTES, SHAPES, SHARE, shapes
from bench.load.statements import Rendered, rendered
from competency.directory import Employment
from competency.nip import parse
from schemas.statements import parse_statements

COUNT = 1_500
ENDPOINT = Endpoint.of("http://127.0.0.1:8080/xapi/", "key", "secret")
ID = "6f1c8d2e-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def pool() -> tuple[Rendered, ...]:
    return rendered(1, COUNT)


def texts(pool: tuple[Rendered, ...]) -> list[bytes]:
    return [one.text(ID, moment(0)) for one in pool]


def test_a_seed_gives_the_same_statements_and_another_seed_others(pool: tuple[Rendered, ...]) -> None:
    again, other = rendered(1, 50), rendered(2, 50)
    assert texts(again) == texts(pool[:50])
    assert texts(other) != texts(pool[:50])


def test_they_are_about_as_large_as_is_said(pool: tuple[Rendered, ...]) -> None:
    sizes = [len(text) for text in texts(pool)]
    assert mean(sizes) == pytest.approx(MEAN_BYTES, rel=0.08)
    assert min(sizes) > 600
    assert max(sizes) < 3_000


def test_a_hundred_shapes_come_as_often_as_their_share(pool: tuple[Rendered, ...]) -> None:
    assert len({shape.number for shape in shapes(1)}) == SHAPES
    seen = Counter(one.shape.number for one in pool)
    assert len(seen) == SHAPES
    for number in (0, 1, 2):
        assert seen[number] / COUNT == pytest.approx(SHARE.share(number), rel=0.35)


def test_every_kind_is_among_the_shapes_as_often_as_it_says() -> None:
    assert Counter(shape.kind for shape in shapes(3)) == {kind: kind.shapes for kind in KINDS}


def test_a_zipf_draws_the_first_as_often_as_its_share() -> None:
    zipf, random = Zipf(100, 1.0), Random(1)
    drawn = Counter(zipf.draw(random) for _ in range(20_000))
    assert set(drawn) <= set(range(100))
    assert drawn[0] / 20_000 == pytest.approx(zipf.share(0), rel=0.05)
    assert drawn[0] / drawn[9] == pytest.approx(10, rel=0.2)
    assert sum(zipf.share(rank) for rank in range(100)) == pytest.approx(1)


def test_nobody_has_more_than_two_of_a_hundred_statements() -> None:
    assert PERSON.share(0) < 0.02


def test_every_person_has_a_valid_number_of_their_own() -> None:
    numbers = [Person(number).nip for number in range(PEOPLE)]
    assert len(set(numbers)) == PEOPLE
    for number in numbers[::97]:
        parse(number, Employment.PNS)


def test_rekam_accepts_what_is_posted(pool: tuple[Rendered, ...]) -> None:
    posts = Posts(ENDPOINT, pool, 500, Ids("one"))
    for _ in range(3):
        request, ids = posts.next()
        parsed = parse_statements(request.partition(b"\r\n\r\n")[2], max_depth=100, max_statement_bytes=100_000)
        assert [statement.value["id"] for statement in parsed.statements] == ids


@pytest.mark.parametrize("size", [1, 50])
def test_a_request_says_how_long_it_is_and_carries_new_ids(pool: tuple[Rendered, ...], size: int) -> None:
    posts = Posts(ENDPOINT, pool, size, Ids("one"))
    seen: set[str] = set()
    for _ in range(2 * COUNT // size + 1):
        request, ids = posts.next()
        head, _, body = request.partition(b"\r\n\r\n")
        assert f"content-length: {len(body)}".encode() in head
        assert len(ids) == size
        seen.update(ids)
    assert len(seen) == (2 * COUNT // size + 1) * size
    said = json.loads(body)
    assert [one["id"] for one in (said if size > 1 else [said])] == ids


def test_ids_are_the_same_by_their_seed() -> None:
    assert Ids("a").take(3) == Ids("a").take(3)
    assert Ids("a").take(3) != Ids("b").take(3)


def test_a_batch_larger_than_the_pool_has_its_statements_again_under_new_ids(pool: tuple[Rendered, ...]) -> None:
    _, ids = Posts(ENDPOINT, pool[:20], 50, Ids("one")).next()
    assert len(set(ids)) == 50


def test_an_endpoint_over_tls_is_refused() -> None:
    with pytest.raises(ValueError, match="http://"):
        Endpoint.of("https://lrs.example/xapi", "key", "secret")
