"""Attachments in and out. Sections are those of xAPI 1.0.3, Part Three (Communication) unless said otherwise; XAPI numbers are
tests of ADL's conformance suite. Both versions have the same rules here, so every rule is tried in both."""

from __future__ import annotations

import base64
import errno
import io
import json
import tempfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from access.credentials import Role
from schemas.events import decode_accepted
from tests.unit.ingest_api.conftest import SETTINGS, Caller, Endpoint, statement
from tests.unit.ingest_api.mixing import (
    BOUNDARY,
    Part,
    attachment,
    body_of,
    content_part,
    content_type,
    parts_of,
    request_of,
    sha2_of,
    statements_part,
)
from tests.unit.xapi.signing import certificate, hmac_signed, sign

A = "aaaaaaaa-0000-4000-8000-000000000001"
PDF = b"%PDF-1.7\r\n--not a boundary\r\n\x00\xff\r\n"
PNG = b"\x89PNG\r\n\x1a\n"
SIGNATURE = {"usageType": "http://adlnet.gov/expapi/attachments/signature", "contentType": "application/octet-stream"}


@pytest.fixture(params=["1.0.3", "2.0.0"])
def partner(request: pytest.FixtureRequest, endpoint: Endpoint) -> Caller:
    caller = endpoint.caller()
    caller.headers["X-Experience-API-Version"] = request.param
    return caller


def with_content(*contents: bytes, **members: Any) -> dict[str, Any]:
    return statement(attachments=[attachment(content) for content in contents], **members)


def sent(caller: Caller, *parts: Part, method: str = "POST", **more: Any) -> TestResponse:
    return caller.send(method, **request_of(*parts), **more)


# ── accepted ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_sent_comes_back(endpoint: Endpoint, partner: Caller) -> None:
    """1.5.2 and 2.1.3."""
    answer = sent(partner, statements_part(with_content(PDF, id=A)), content_part(PDF))
    assert (answer.status_code, answer.json) == (200, [A])
    (headers, json_text), (part_headers, content) = parts_of(partner.get(statementId=A, attachments="true"))
    assert headers == {"content-type": "application/json"}
    assert json.loads(json_text)["id"] == A
    assert part_headers == {
        "content-type": "application/pdf",
        "content-transfer-encoding": "binary",
        "x-experience-api-hash": sha2_of(PDF),
    }
    assert content == PDF
    assert partner.get(statementId=A).json["attachments"][0]["sha2"] == sha2_of(PDF)


def test_put(partner: Caller) -> None:
    answer = sent(partner, statements_part(with_content(PDF)), content_part(PDF), method="PUT", query_string={"statementId": A})
    assert answer.status_code == 204
    assert parts_of(partner.get(statementId=A, attachments="true"))[1][1] == PDF


@pytest.mark.parametrize("algorithm", ["sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("upper", [False, True])
def test_every_sha2_and_its_case(partner: Caller, algorithm: str, upper: bool) -> None:
    """Data 2.4.11."""
    sha2 = sha2_of(PDF, algorithm)
    named = attachment(PDF, algorithm, sha2=sha2.upper() if upper else sha2)
    answer = sent(partner, statements_part(statement(id=A, attachments=[named])), content_part(PDF, sha2))
    assert answer.status_code == 200
    assert parts_of(partner.get(statementId=A, attachments="true"))[1][1] == PDF


def test_a_content_that_several_statements_name_is_sent_and_given_once(endpoint: Endpoint, partner: Caller) -> None:
    batch = [with_content(PDF), with_content(PNG, PDF), statement()]
    assert sent(partner, statements_part(batch), content_part(PNG), content_part(PDF)).status_code == 200
    parts = parts_of(partner.get(attachments="true", ascending="true"))
    assert sorted(content for _, content in parts[1:]) == sorted([PDF, PNG])
    assert (
        sent(partner, statements_part([with_content(PDF), with_content(PDF)]), content_part(PDF), content_part(PDF)).status_code
        == 200
    )


def test_attachments_of_a_substatement(partner: Caller) -> None:
    """Data 2.4.11, last paragraph."""
    inner = statement(objectType="SubStatement", attachments=[attachment(PDF)])
    assert sent(partner, statements_part(statement(object=inner))).status_code == 400
    assert sent(partner, statements_part(statement(id=A, object=inner)), content_part(PDF)).status_code == 200
    assert parts_of(partner.get(statementId=A, attachments="true"))[1][1] == PDF


def test_a_file_url_stands_for_the_content(partner: Caller) -> None:
    """1.5.1; in multipart/mixed 1.5.2 (2.0: 4.1.3)."""
    named = statement(attachments=[attachment(PDF, fileUrl="https://files.example.com/a.pdf")])
    assert partner.post(named).status_code == 200
    assert sent(partner, statements_part(named)).status_code == 200
    assert sent(partner, statements_part(named), content_part(PDF)).status_code == 200
    assert sent(partner, statements_part(statement())).status_code == 200, "no attachments at all"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": None},
        {"Content_Type": "APPLICATION/PDF; name=x"},
        {"Content_Transfer_Encoding": "Binary"},
        {"X_Anything": "else"},
    ],
    ids=str,
)
def test_headers_of_a_part_that_are_as_good(partner: Caller, headers: dict[str, str | None]) -> None:
    assert sent(partner, statements_part(with_content(PDF)), content_part(PDF, **headers)).status_code == 200


def test_a_length_that_is_wrong_is_taken(partner: Caller) -> None:
    """XAPI-00127 sends one and wants 200: content is matched with its attachment by the hash and by nothing else (1.5.2)."""
    named = statement(attachments=[attachment(PDF, length=1)])
    assert sent(partner, statements_part(named), content_part(PDF)).status_code == 200


def test_empty_content(partner: Caller) -> None:
    assert sent(partner, statements_part(with_content(b"", id=A)), content_part(b"")).status_code == 200
    assert parts_of(partner.get(statementId=A, attachments="true"))[1][1] == b""


# ── refused ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

GOOD = statements_part(with_content(PDF)), content_part(PDF)
REFUSED: dict[str, tuple[tuple[Part, ...], str, str]] = {
    "no part for an attachment without fileUrl (XAPI-00129)": (
        (statements_part([statement(), with_content(PDF, PNG)]), content_part(PDF)),
        "not in the request",
        "/1/attachments/1/sha2",
    ),
    "a part too many (XAPI-00128)": ((*GOOD, content_part(PNG)), "part 3 is surplus", ""),
    "a content twice that one attachment names": ((*GOOD, content_part(PDF)), "part 3 is surplus", ""),
    "a part where there are no attachments": ((statements_part(statement()), content_part(PDF)), "part 2 is surplus", ""),
    "statements in two parts (XAPI-00133)": ((GOOD[0], GOOD[0], GOOD[1]), "all statements go into the first", ""),
    "attachments before the statements (XAPI-00134)": ((GOOD[1], GOOD[0]), "first part must have the Content-Type", ""),
    "a first part of another type (XAPI-00134)": (
        (statements_part(with_content(PDF), Content_Type="text/plain"), GOOD[1]),
        "first part must have the Content-Type application/json",
        "",
    ),
    "a first part without a type": (
        (statements_part(with_content(PDF), Content_Type=None), GOOD[1]),
        "first part must have the Content-Type application/json",
        "",
    ),
    "a first part in base64": (
        (statements_part(with_content(PDF), Content_Transfer_Encoding="base64"), GOOD[1]),
        "send the JSON as it is",
        "",
    ),
    "no hash (XAPI-00132)": ((GOOD[0], content_part(PDF, X_Experience_API_Hash=None)), "has no header X-Experience-API-Hash", ""),
    "a hash that no attachment has (XAPI-00132)": ((GOOD[0], content_part(PDF, sha2_of(PNG))), "part 2 is surplus", ""),
    "a hash that is none": ((GOOD[0], content_part(PDF, "x" * 64)), "part 2 is surplus", ""),
    "content of another hash": ((GOOD[0], content_part(PNG, sha2_of(PDF))), "content of part 2 does not have the SHA-2", ""),
    "content cut short": ((GOOD[0], content_part(PDF[:-1], sha2_of(PDF))), "content of part 2 does not have the SHA-2", ""),
    "no encoding": ((GOOD[0], content_part(PDF, Content_Transfer_Encoding=None)), "Content-Transfer-Encoding: binary", ""),
    "base64 (XAPI-00135)": (
        (GOOD[0], content_part(base64.b64encode(PDF), sha2_of(PDF), Content_Transfer_Encoding="base64")),
        'has "base64" as its Content-Transfer-Encoding',
        "",
    ),
    "a type that differs (1.5.2)": (
        (GOOD[0], content_part(PDF, Content_Type="image/png")),
        'Content-Type "image/png", and its attachment the contentType "application/pdf"',
        "",
    ),
    "a statement that is invalid": (
        (statements_part(with_content(PDF) | {"actor": {}}), GOOD[1]),
        "",
        "/actor",
    ),
    "no statement": ((statements_part(None), GOOD[1]), "a statement must be a JSON object", ""),
}


@pytest.mark.parametrize(("parts", "words", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(endpoint: Endpoint, partner: Caller, parts: tuple[Part, ...], words: str, pointer: str) -> None:
    answer = sent(partner, *parts)
    assert answer.status_code == 400, answer.data
    error = answer.json["error"]
    assert words in error["message"]
    assert error.get("pointer", "") == pointer
    assert endpoint.log.records == []
    assert endpoint.store.attachments.held == {}


BODY = body_of(GOOD)
MALFORMED: dict[str, tuple[str, bytes, str]] = {
    "no boundary in the header (XAPI-00130)": ("multipart/mixed;", BODY, "has no boundary"),
    "a boundary that is none": ("multipart/mixed; boundary=@", BODY, "1 to 70"),
    "another boundary": ("multipart/mixed; boundary=other", BODY, "does not begin any line"),
    "no boundary in the body (XAPI-00131)": (content_type(), BODY.replace(BOUNDARY.encode(), b"x"), "does not begin any line"),
    "no boundary before the first part (XAPI-00131)": (content_type(), BODY.split(b"\r\n", 1)[1], "first part must have"),
    "no boundary between parts (XAPI-00130)": (
        content_type(),
        BODY.replace(f"\r\n--{BOUNDARY}\r\nContent-Type: application/pdf".encode(), b"\r\nContent-Type: application/pdf"),
        "valid JSON",
    ),
    "no closing boundary": (content_type(), BODY[:-4], "closing boundary"),
    "an empty body": (content_type(), b"", "does not begin any line"),
    "only a closing boundary": (content_type(), f"--{BOUNDARY}--\r\n".encode(), "has no parts"),
    "half of it": (content_type(), BODY[: len(BODY) // 2], "closing boundary"),
    "multipart/form-data (XAPI-00127)": (content_type().replace("mixed", "form-data"), BODY, "multipart/mixed"),
    "multipart/related": (content_type().replace("mixed", "related"), BODY, "multipart/mixed"),
}


@pytest.mark.parametrize(("said", "body", "words"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed(endpoint: Endpoint, partner: Caller, said: str, body: bytes, words: str) -> None:
    for method, query in (("POST", {}), ("PUT", {"statementId": A})):
        answer = partner.send(method, data=body, headers={"Content-Type": said}, query_string=query)
        assert answer.status_code == 400
        assert words in answer.json["error"]["message"]
    assert endpoint.log.records == []


def test_json_can_carry_no_content(endpoint: Endpoint, partner: Caller) -> None:
    """1.5.1: application/json only with a fileUrl for every attachment."""
    elsewhere = attachment(PNG, fileUrl="https://files.example.com/a.png")
    answer = partner.post([statement(), statement(attachments=[elsewhere, attachment(PDF)])])
    assert answer.status_code == 400
    assert answer.json["error"]["pointer"] == "/1/attachments/1/fileUrl"
    assert endpoint.log.records == []


def test_what_is_too_large(endpoint: Endpoint, partner: Caller) -> None:
    huge = b"x" * SETTINGS.max_attachments_bytes
    answer = sent(partner, statements_part(with_content(huge)), content_part(huge))
    assert answer.status_code == 413
    assert str(SETTINGS.max_attachments_bytes) in answer.json["error"]["message"]
    many = [with_content(PDF)] * 1_000
    answer = sent(partner, statements_part(many), content_part(PDF))
    assert answer.status_code == 413
    assert str(SETTINGS.max_body_bytes) in answer.json["error"]["message"]
    assert endpoint.log.records == []


class Endless(io.RawIOBase):
    """A chunked body that begins well and never ends."""

    def __init__(self) -> None:
        self.begin = BODY[:-40]
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self.begin[: len(buffer)] or b"x" * len(buffer)
        self.begin = self.begin[len(piece) :]
        buffer[: len(piece)] = piece
        self.given += len(piece)
        return len(piece)


def test_a_body_without_a_length_is_read_up_to_the_limit(partner: Caller) -> None:
    body = Endless()
    environ = {
        "CONTENT_TYPE": content_type(),
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    assert partner.send("POST", environ_overrides=environ).status_code == 413
    assert body.given < 3 * SETTINGS.max_attachments_bytes


def test_a_body_that_breaks_off(endpoint: Endpoint, partner: Caller) -> None:
    environ = {"CONTENT_TYPE": content_type(), "wsgi.input": io.BytesIO(BODY[:-10]), "CONTENT_LENGTH": str(len(BODY))}
    answer = partner.send("POST", environ_overrides=environ)
    assert answer.status_code == 400
    assert "Content-Length" in answer.json["error"]["message"]
    assert endpoint.log.records == []


def test_no_temporary_file_is_left(partner: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    large = b"x" * 1_500_000
    assert sent(partner, statements_part(with_content(large)), content_part(large)).status_code == 200
    assert sent(partner, statements_part(with_content(large)), content_part(large[:-1], sha2_of(large))).status_code == 400
    assert list(tmp_path.iterdir()) == []


@given(
    cuts=st.lists(st.tuples(st.integers(0, len(BODY)), st.integers(0, 30), st.binary(max_size=6)), min_size=1, max_size=4),
    said=st.sampled_from([content_type(), "multipart/mixed; boundary=a"]) | st.text(st.characters(max_codepoint=255), max_size=20),
)
def test_damaged_bodies_are_refused_or_taken_and_nothing_else(
    shared_caller: Caller, cuts: list[tuple[int, int, bytes]], said: str
) -> None:
    body = BODY
    for at, length, instead in cuts:
        body = body[:at] + instead + body[at + length :]
    answer = shared_caller.send("POST", data=body, headers={"Content-Type": None}, environ_overrides={"CONTENT_TYPE": said})
    assert answer.status_code in (200, 400)
    assert answer.content_type == "application/json"


# ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_has_the_contents_of_its_page(partner: Caller) -> None:
    for number, content in enumerate((b"1", b"2", b"3")):
        sent(partner, statements_part(with_content(content, id=A[:-1] + str(number))), content_part(content))
    first = parts_of(partner.get(attachments="true", limit="2", ascending="true"))
    assert [content for _, content in first[1:]] == [b"1", b"2"]
    more = json.loads(first[0][1])["more"]
    rest = parts_of(partner.send("GET", more))
    assert [content for _, content in rest[1:]] == [b"3"]
    assert partner.get(limit="2").content_type == "application/json"


@pytest.mark.parametrize("chosen", ["exact", "ids", "canonical"])
def test_every_format_has_them(partner: Caller, chosen: str) -> None:
    sent(partner, statements_part(with_content(PDF, id=A)), content_part(PDF))
    assert parts_of(partner.get(statementId=A, attachments="true", format=chosen))[1][1] == PDF


def test_without_any_it_is_multipart_all_the_same(partner: Caller) -> None:
    partner.post(statement(attachments=[attachment(PDF, fileUrl="https://files.example.com/a.pdf")]))
    ((headers, text),) = parts_of(partner.get(attachments="true"))
    assert headers == {"content-type": "application/json"}
    assert len(json.loads(text)["statements"]) == 1


def test_head_says_what_get_says(partner: Caller) -> None:
    sent(partner, statements_part(with_content(PDF, id=A)), content_part(PDF))
    head = partner.send("HEAD", query_string={"statementId": A, "attachments": "true"})
    assert head.status_code == 200
    assert head.data == b""
    assert head.content_type.startswith("multipart/mixed; boundary=")
    assert head.headers["Last-Modified"] == partner.get(statementId=A).headers["Last-Modified"]


def test_the_boundary_stands_unquoted_and_last(partner: Caller) -> None:
    sent(partner, statements_part(with_content(PDF, id=A)), content_part(PDF))
    for query in ({"statementId": A}, {}):
        said = partner.get(**query, attachments="true").headers["Content-Type"]
        assert said.split(";")[1].removeprefix(" boundary=").isprintable()
        assert '"' not in said
        assert said.count(";") == 1


def test_naming_the_hash_of_another_partners_content_leads_nowhere(endpoint: Endpoint, partner: Caller) -> None:
    """What is the same in both is given once to whoever may read both."""
    sent(partner, statements_part(with_content(PDF)), content_part(PDF))
    other = endpoint.caller("univ-b")
    other.post(statement(id=A, attachments=[attachment(PDF, fileUrl="https://files.example.com/a.pdf")]))
    assert len(parts_of(other.get(statementId=A, attachments="true"))) == 1
    sent(other, statements_part(with_content(PDF)), content_part(PDF))
    assert [content for _, content in parts_of(other.get(attachments="true"))[1:]] == [PDF]
    everyone = endpoint.caller("auditor", Role.READ_ALL)
    assert [content for _, content in parts_of(everyone.get(attachments="true"))[1:]] == [PDF]


# ── order and outages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_while_the_store_is_down_only_statements_with_contents_wait(endpoint: Endpoint, partner: Caller) -> None:
    partner.post(statement())  # the credential is remembered from here on
    endpoint.store.down = True
    answer = sent(partner, statements_part(with_content(PDF, id=A)), content_part(PDF))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "4"
    assert "nothing was acknowledged" in answer.json["error"]["message"]
    assert len(endpoint.log.records) == 1
    assert partner.post(statement()).status_code == 200
    assert partner.post(statement(attachments=[attachment(PDF, fileUrl="https://files.example.com/a.pdf")])).status_code == 200
    assert sent(partner, statements_part(statement())).status_code == 200
    endpoint.store.down = False
    assert sent(partner, statements_part(with_content(PDF, id=A)), content_part(PDF)).status_code == 200


class Full(io.BytesIO):
    def write(self, content: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_an_outage(endpoint: Endpoint, partner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest_api.submissions.SpooledTemporaryFile", lambda _: Full())
    answer = sent(partner, *GOOD)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert endpoint.log.records == []
    assert partner.post(statement()).status_code == 200


def test_contents_are_kept_before_their_statements_are_accepted(endpoint: Endpoint, partner: Caller) -> None:
    endpoint.log.down = True
    answer = sent(partner, statements_part(with_content(PDF)), content_part(PDF))
    assert answer.status_code == 503
    assert endpoint.store.attachments.held == {("univ-a", sha2_of(PDF)): PDF}


def test_nothing_is_kept_for_a_request_that_is_refused(endpoint: Endpoint, partner: Caller) -> None:
    partner.put(statement(), A)
    partner.get()
    other = statement(id=A, verb={"id": "http://v.id/other"}, attachments=[attachment(PDF)])
    assert sent(partner, statements_part(other), content_part(PDF)).status_code == 409
    assert endpoint.store.attachments.puts == 0


def test_a_repeated_request_is_accepted_again(endpoint: Endpoint, partner: Caller) -> None:
    for _ in range(2):
        assert sent(partner, statements_part(with_content(PDF, id=A)), content_part(PDF)).status_code == 200
        partner.get()
    assert len(endpoint.log.records) == 1


def test_only_the_hash_travels_on_the_log(endpoint: Endpoint, partner: Caller) -> None:
    sent(partner, statements_part(with_content(PDF)), content_part(PDF))
    (record,) = endpoint.log.records
    assert b"%PDF" not in record.value
    (request,) = decode_accepted(record.value).requests
    assert sha2_of(PDF) in bytes(request.statements[0]).decode()


# ── signed statements (Data 2.6) ──────────────────────────────────────────────────────────────────────────────────────────────


def signed(caller: Caller, value: dict[str, Any], jws: bytes, **members: Any) -> TestResponse:
    named = attachment(jws, **SIGNATURE | members)
    attached = value | {"attachments": [*value.get("attachments", ()), named]}
    return sent(caller, statements_part(attached), content_part(jws, Content_Type=named["contentType"]))


def payload(**members: Any) -> bytes:
    return json.dumps(statement(**members)).encode()


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512"])
def test_a_signed_statement(partner: Caller, alg: str) -> None:
    """XAPI-00117."""
    jws = sign(payload(id=A), alg=alg, x5c=[certificate("signer", "office"), certificate("office", "office")])
    assert signed(partner, statement(id=A), jws).status_code == 200
    assert parts_of(partner.get(statementId=A, attachments="true"))[1][1] == jws


AS_GOOD: dict[str, tuple[dict[str, Any], bytes]] = {
    "the id given by the record store": (statement(), payload()),
    "the id given when it was sent": (statement(id=A), payload()),
    "the id in another case": (statement(id=A), payload(id=A.upper())),
    "another order of keys, other blanks": (statement(id=A), json.dumps(statement(id=A), indent=1, sort_keys=True).encode()),
    "another zone": (statement(timestamp="2026-01-02T03:04:05Z"), payload(timestamp="2026-01-02T10:04:05+07:00")),
    "verb display and definition": (
        statement(verb={"id": "http://v.id/a", "display": {"en": "a"}}),
        payload(verb={"id": "http://v.id/a"}),
    ),
    "other attachments": (statement(attachments=[attachment(PDF, fileUrl="http://f.id/a")]), payload()),
    "a duration that is finer than 0.01 s (2.0: 4.2.7)": (
        statement(result={"duration": "P1DT12H36M0.1237S"}),
        payload(result={"duration": "P1DT12H36M0.12S"}),
    ),
}


@pytest.mark.parametrize(("value", "text"), AS_GOOD.values(), ids=AS_GOOD.keys())
def test_what_counts_as_the_same_statement(partner: Caller, value: dict[str, Any], text: bytes) -> None:
    answer = signed(partner, value, sign(text))
    assert answer.status_code == 200, answer.data


BAD: dict[str, tuple[Any, str, str]] = {
    "another contentType (XAPI-00115)": (lambda: (sign(payload()), {"contentType": "text/plain"}), "octet-stream", "/contentType"),
    "noise (XAPI-00115)": (lambda: (b"no signature", {}), "compact serialization", ""),
    "HS256 (XAPI-00117)": (lambda: (hmac_signed(), {}), "HS256", ""),
    "a payload that is no JSON (XAPI-00116)": (lambda: (sign(payload().replace(b'"', b"'", 1)), {}), "not valid JSON", ""),
    "a payload that is an array": (lambda: (sign(b"[" + payload() + b"]"), {}), "not a statement", ""),
    "a payload that is no statement": (lambda: (sign(b'{"a": 1}'), {}), "not a statement", ""),
    "an empty payload": (lambda: (sign(b""), {}), "not a statement", ""),
    "a payload that is deep": (lambda: (sign(b"[" * 5000), {}), "not a statement", ""),
    "a payload of another statement": (
        lambda: (sign(payload(actor={"mbox": "mailto:b@example.com"})), {}),
        "another statement",
        "",
    ),
    "a payload of another time": (lambda: (sign(payload(timestamp="2026-01-02T03:04:05Z")), {}), "", ""),
    "another duration": (lambda: (sign(payload(result={"duration": "PT1S"})), {}), "another statement", ""),
    "a payload with another id": (lambda: (sign(payload(id=A[:-1] + "9")), {}), "another statement", ""),
    "the certificate of somebody else": (
        lambda: (sign(payload(), x5c=[certificate("office", "office")]), {}),
        "first certificate",
        "",
    ),
    "a signature that is huge": (lambda: (sign(payload()) + b"A" * 400_000, {}), "at most", ""),
}


@pytest.mark.parametrize(("made", "words", "place"), BAD.values(), ids=BAD.keys())
def test_bad_signatures(endpoint: Endpoint, partner: Caller, made: Any, words: str, place: str) -> None:
    jws, members = made()
    answer = signed(partner, statement(id=A, timestamp="2026-01-02T03:04:06Z"), jws, **members)
    assert answer.status_code == 400, answer.data
    assert words in answer.json["error"]["message"]
    assert answer.json["error"]["pointer"] == "/attachments/0" + place
    assert endpoint.log.records == []


def test_a_signature_must_come_along(endpoint: Endpoint, partner: Caller) -> None:
    """XAPI-00115: what lies at a fileUrl can't be checked."""
    named = attachment(sign(payload()), fileUrl="https://files.example.com/jws", **SIGNATURE)
    for answer in (
        partner.post([statement(attachments=[named])]),
        sent(partner, statements_part([statement(attachments=[named])])),
    ):
        assert answer.status_code == 400
        assert answer.json["error"]["pointer"] == "/0/attachments/0/sha2"
    assert endpoint.log.records == []


def test_a_signature_of_a_batch_belongs_to_its_statement(endpoint: Endpoint, partner: Caller) -> None:
    jws = sign(payload(id=A))
    named = attachment(jws, **SIGNATURE)
    other = statement(actor={"mbox": "mailto:b@example.com"})
    good, bad = [other, statement(id=A, attachments=[named])], [other | {"attachments": [named]}, statement(id=A)]
    part = content_part(jws, Content_Type="application/octet-stream")
    assert sent(partner, statements_part(good), part).status_code == 200
    assert sent(partner, statements_part(bad), part).json["error"]["pointer"] == "/0/attachments/0"
