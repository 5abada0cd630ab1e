from __future__ import annotations

import pickle

import pytest

from xapi.errors import Conflict, Forbidden, InvalidRequest, NotFound, PreconditionFailed, TooLarge, Unauthenticated, XapiError


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (InvalidRequest, 400),
        (Unauthenticated, 401),
        (Forbidden, 403),
        (NotFound, 404),
        (Conflict, 409),
        (PreconditionFailed, 412),
        (TooLarge, 413),
    ],
)
def test_each_kind_has_its_status_and_survives_a_process_boundary(kind: type[XapiError], status: int) -> None:
    error = pickle.loads(pickle.dumps(kind("no", "/0/actor")))
    assert type(error) is kind
    assert (error.message, error.pointer, error.status) == ("no", "/0/actor", status)
    assert str(error) == "/0/actor: no"
    assert str(kind("no")) == "no"


def test_a_status_can_be_given() -> None:
    assert InvalidRequest("no", status=415).status == 415
