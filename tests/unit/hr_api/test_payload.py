"""Bodies and parameters are read strictly, and refused with a pointer to what was wrong."""

from __future__ import annotations

import pytest
from flask import Flask, g

from hr_api.errors import refuse
from schemas.hr.audit import AuditAsked, AuditParametersSchema
from schemas.hr.employees import ByName, ByNip, load_lookup
from schemas.hr.payload import Asked, InvalidPayload, load, load_parameters, parse_object

NOTHING = Asked()


def test_an_object_is_read() -> None:
    assert parse_object(b' {"name": "Siti \\u00e9", "limit": 3} ') == {"name": "Siti é", "limit": 3}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'"text"',
        b"[{}]",
        b"{} {}",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b"\xff",
        b'{"a":"\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 1000 + b"1" + b"}" * 1000,
    ],
)
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidPayload):
        parse_object(raw)


def test_a_refused_duplicate_key_is_not_repeated() -> None:
    with pytest.raises(InvalidPayload) as refused:
        parse_object(b'{"198609262015052001":1,"198609262015052001":2}')
    assert "198609262015052001" not in refused.value.message
    assert "uplicate" in refused.value.message


def test_a_lookup_is_by_nip_or_by_name() -> None:
    assert load_lookup({"nip": "1986 0926"}) == ByNip("1986 0926")
    assert load_lookup({"name": "siti"}) == ByName("siti", 10)
    assert load_lookup({"name": "siti", "limit": 50}) == ByName("siti", 50)


def test_an_unknown_property_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InvalidPayload) as refused:
        load_lookup({"name": "siti", "a/b~c": 1})
    assert refused.value.pointer == "/a~1b~0c"
    assert "name, limit" in refused.value.message


def test_where_nothing_is_expected_everything_is_refused() -> None:
    assert load_parameters(NOTHING, []) == {}
    with pytest.raises(InvalidPayload) as refused:
        load_parameters(NOTHING, [("year", "2026")])
    assert refused.value.pointer == "/year"


def test_parameters_have_defaults_and_numbers() -> None:
    schema = AuditParametersSchema()
    assert load_parameters(schema, []) == AuditAsked(limit=100, subject=None)
    assert load_parameters(schema, [("limit", "7"), ("subject", "emp-1")]) == AuditAsked(limit=7, subject="emp-1")


@pytest.mark.parametrize("written", ["", " 7", "7 ", "+7", "-7", "7.0", "1_0", "٧", "0x7", "9" * 30])
def test_a_number_is_written_in_digits(written: str) -> None:
    with pytest.raises(InvalidPayload) as refused:
        load_parameters(AuditParametersSchema(), [("limit", written)])
    assert refused.value.pointer == "/limit"


def test_a_parameter_is_given_once() -> None:
    with pytest.raises(InvalidPayload, match="twice"):
        load_parameters(AuditParametersSchema(), [("limit", "7"), ("limit", "7")])


def test_a_parameter_is_no_number_in_a_body() -> None:
    with pytest.raises(InvalidPayload):
        load(AuditParametersSchema(), {"limit": 7})


def test_a_name_that_was_sent_is_repeated_in_part_at_most() -> None:
    app = Flask(__name__)
    with app.test_request_context():
        g.request_id = "r"
        refused = refuse(400, "is not known here" * 10_000, pointer="/" + "x" * 100_000)
    assert len(refused.data) < 4_096
