"""The directory's tables of people: employees, what statements may name them by, and their assessments.

An employee's row has no internal id: `schemas.imports.identities` finds or gives one, and it is never made of the NIP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha1
from typing import Any

from competency import nip
from competency.directory import Assessment, Employment, Identifier
from competency.nip import NipError, mask
from schemas.imports.cells import ACCOUNT, ACCOUNTS, DATE, DATES, EMAIL, EMAILS, ID, NIP, NIP_EXPECTED, OPENID, OPENIDS, TEXT
from schemas.imports.columns import Column, Kind, Table, choice, whole
from schemas.imports.outcome import CellRefused
from schemas.imports.periods import DATED_NIPS, DatedNip
from xapi.agents import agent_key


@dataclass(frozen=True, slots=True)
class EmployeeRow:
    """An employee as the personnel office wrote them; `identifiers` are sorted by key, then validity. `siasn_id` is empty where
    the file does not say it."""

    line: int
    name: str
    nip: str
    employment: Employment
    unit_id: str
    post_id: str
    identifiers: tuple[Identifier, ...]
    contract_start: date | None
    left_on: date | None = None
    siasn_id: str = ""
    former_contracts: tuple[date, ...] | None = None
    """None where the file does not say it."""


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """What one more number, address, account or OpenID names a person by; `nip` is that person's current number."""

    line: int
    nip: str
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """An assessment and whose it is."""

    line: int
    nip: str
    assessment: Assessment


class IdentifierKind(StrEnum):
    NIP = "nip"
    EMAIL = "email"
    ACCOUNT = "account"
    OPENID = "openid"


_LEVEL = whole(1, 5)
_OF_KIND: Mapping[IdentifierKind, Kind[Any]] = {
    IdentifierKind.NIP: NIP,
    IdentifierKind.EMAIL: EMAIL,
    IdentifierKind.ACCOUNT: ACCOUNT,
    IdentifierKind.OPENID: OPENID,
}
_KIND_WORDS = {
    "ni pppk": IdentifierKind.NIP,
    "surel": IdentifierKind.EMAIL,
    "mail": IdentifierKind.EMAIL,
    "akun": IdentifierKind.ACCOUNT,
}


def _value_cell(cell: object) -> str:
    if not isinstance(cell, str):
        raise CellRefused("it is not text; a number in a spreadsheet loses its last digits", "a cell formatted as text")
    return TEXT.parse(cell)


_VALUE: Kind[str] = Kind(
    "a number, an address, `homePage|name` or an OpenID, as text", "what the kind says, as text", _value_cell, TEXT.from_json
)

ASSESSMENTS: Table[AssessmentRow] = Table(
    "assessments",
    "Assessed levels: the outcome of an assessment centre, never of learning.",
    (
        Column("nip", NIP, True, "whose it is, by the current NIP or NI PPPK", (), True, show=mask),
        Column("competency", ID, True, "the competency's id", ("kompetensi", "kode kompetensi", "competency id")),
        Column("level", _LEVEL, True, "the assessed level", ("nilai",)),
        Column("assessed_on", DATE, True, "the day of the assessment", ("tanggal", "tanggal penilaian", "date")),
        Column("source", TEXT, True, "who assessed, or in which report it stands", ("sumber", "penyelenggara")),
    ),
    (("nip", "competency", "assessed_on"),),
    lambda values, line: AssessmentRow(
        line, values["nip"], Assessment(values["competency"], values["level"], values["assessed_on"], values["source"])
    ),
)


def employees_table(nip_home_page: str) -> Table[EmployeeRow]:
    """The table of employees; `nip_home_page` is the IRI under which accounts are named by a NIP."""
    status = ("status", "jenis asn", "jenis pegawai", "status kepegawaian")
    contract = ("tmt kontrak", "mulai kontrak", "tmt pppk")
    said = "when earlier contracts of a PPPK began; those that are known stay where it is empty"
    left = ("tmt berhenti", "tanggal berhenti", "tmt pensiun", "berhenti")
    return Table(
        "employees",
        "Employees, with what statements may name them by.",
        (
            Column("nip", NIP, True, "the current NIP or NI PPPK", ("nip baru", "ni pppk", "nip/ni pppk"), True, show=mask),
            Column("name", TEXT, True, "the full name", ("nama", "nama lengkap"), True),
            Column("employment", choice(Employment, {"p3k": Employment.PPPK}), True, "PNS or PPPK", status),
            Column("unit", ID, True, "the unit's id", ("unit kerja", "kode unit", "unit id")),
            Column("post", ID, True, "the post's id", ("jabatan", "kode jabatan", "post id")),
            Column("emails", EMAILS, False, "e-mail addresses", ("email", "surel", "mail"), True),
            Column("accounts", ACCOUNTS, False, "accounts at partners", ("account", "akun"), True),
            Column("openids", OPENIDS, False, "OpenIDs", ("openid",), True),
            Column("former_nips", DATED_NIPS, False, "numbers the person had before", ("nip lama", "former nip"), True),
            Column("contract_start", DATE, False, "when the contract of a PPPK began", contract),
            Column("former_contracts", DATES, False, said, ("kontrak sebelumnya", "tmt kontrak sebelumnya")),
            Column("left_on", DATE, False, "the first day on which the person no longer is an employee here", left),
            Column("siasn_id", ID, False, "the person's id in SIASN (pnsOrangId)", ("pns orang id", "id siasn"), True),
        ),
        (("nip",),),
        _employee_builder(nip_home_page),
    )


def identifiers_table(nip_home_page: str) -> Table[IdentifierRow]:
    """The table of identifiers that were somebody's for some time only."""

    def build(values: Mapping[str, Any], line: int) -> IdentifierRow:
        kind: IdentifierKind = values["kind"]
        first, last = values.get("valid_from"), values.get("valid_through")
        if first is not None and last is not None and last < first:
            raise CellRefused("it ends before it begins", "a day that is not before valid_from", "valid_through")
        try:
            value = _OF_KIND[kind].parse(values["value"])
        except CellRefused as refusal:
            raise CellRefused(refusal.message, refusal.would_be_right, "value") from refusal
        keys = _keys(kind, value, nip_home_page)
        return IdentifierRow(line, values["nip"], tuple(Identifier(key, first, last) for key in sorted(keys)))

    return Table(
        "identifiers",
        "What statements name a person by for some time only: a number, an address or an account that was theirs before, or that "
        "is another's now.",
        (
            Column("nip", NIP, True, "whose it is, by the current NIP or NI PPPK", (), True, show=mask),
            Column("kind", choice(IdentifierKind, _KIND_WORDS), True, "what it is", ("jenis", "jenis identitas")),
            Column("value", _VALUE, True, "the number, the address, the account or the OpenID", ("nilai", "identitas"), True),
            Column("valid_from", DATE, False, "the first day on which it was theirs; empty: ever", ("berlaku sejak", "tmt")),
            Column("valid_through", DATE, False, "the last day on which it was theirs; empty: without end", ("berlaku sampai",)),
        ),
        (("nip", "kind", "value", "valid_from"),),
        build,
    )


def _employee_builder(nip_home_page: str) -> Callable[[Mapping[str, Any], int], EmployeeRow]:
    def build(values: Mapping[str, Any], line: int) -> EmployeeRow:
        employment = values["employment"]
        try:
            nip.parse(values["nip"], employment)
        except NipError as error:
            raise CellRefused(str(error), NIP_EXPECTED, "nip") from error
        if values.get("contract_start") is not None and employment is not Employment.PPPK:
            raise CellRefused("only a PPPK has a contract", "an empty cell, or PPPK as the employment", "contract_start")
        contracts: tuple[date, ...] | None = values.get("former_contracts")
        if contracts and (values.get("contract_start") is None or max(contracts) >= values["contract_start"]):
            raise CellRefused(
                "they are not before contract_start", "days before that on which the contract began", "former_contracts"
            )
        former: tuple[DatedNip, ...] = values.get("former_nips") or ()
        if any(one.digits == values["nip"] for one in former):
            raise CellRefused("it names the current number", "only numbers the person had before", "former_nips")
        return EmployeeRow(
            line=line,
            name=values["name"],
            nip=values["nip"],
            employment=employment,
            unit_id=values["unit"],
            post_id=values["post"],
            identifiers=identifiers(
                nips=(values["nip"],),
                emails=values.get("emails") or (),
                accounts=values.get("accounts") or (),
                openids=values.get("openids") or (),
                former=former,
                nip_home_page=nip_home_page,
            ),
            contract_start=values.get("contract_start"),
            left_on=values.get("left_on"),
            siasn_id=values.get("siasn_id") or "",
            former_contracts=None if contracts is None else tuple(sorted(set(contracts))),
        )

    return build


def identifiers(
    *,
    nips: Iterable[str],
    emails: Iterable[str],
    accounts: Iterable[tuple[str, str]],
    openids: Iterable[str],
    nip_home_page: str,
    former: Iterable[DatedNip] = (),
) -> tuple[Identifier, ...]:
    """What statements may name a person by, sorted by key, then validity; `former` numbers have their own validity.

    An e-mail address stands for `mbox` and `mbox_sha1sum`, as it is written and in small letters: partners do either.
    """
    named = [
        *((IdentifierKind.NIP, one) for one in nips),
        *((IdentifierKind.EMAIL, one) for one in emails),
        *((IdentifierKind.ACCOUNT, one) for one in accounts),
        *((IdentifierKind.OPENID, one) for one in openids),
    ]
    found = {Identifier(key) for kind, value in named for key in _keys(kind, value, nip_home_page)}
    for one in former:
        keys = _keys(IdentifierKind.NIP, one.digits, nip_home_page)
        found |= {Identifier(key, one.valid_from, one.valid_through) for key in keys}
    return tuple(sorted(found, key=in_order))


def in_order(identifier: Identifier) -> tuple[str, date, date]:
    """By key, then validity: the order in which an employee holds identifiers."""
    return identifier.key, identifier.valid_from or date.min, identifier.valid_through or date.max


def _keys(kind: IdentifierKind, value: Any, nip_home_page: str) -> set[str]:
    """The agent keys of one identifier."""
    actors: list[dict[str, Any]]
    match kind:
        case IdentifierKind.NIP:
            actors = [{"account": {"homePage": nip_home_page, "name": value}}]
        case IdentifierKind.ACCOUNT:
            actors = [{"account": {"homePage": value[0], "name": value[1]}}]
        case IdentifierKind.OPENID:
            actors = [{"openid": value}]
        case IdentifierKind.EMAIL:
            actors = []
            for mbox in {f"mailto:{value}", f"mailto:{value.lower()}"}:
                # What xAPI calls mbox_sha1sum is SHA-1 by definition (Data 2.4.2.3); nothing is secured by it.
                hashed = sha1(mbox.encode(), usedforsecurity=False).hexdigest()
                actors += [{"mbox": mbox}, {"mbox_sha1sum": hashed}]
    return {key for actor in actors if (key := agent_key(actor)) is not None}
