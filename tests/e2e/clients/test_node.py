"""JavaScript clients from npm, as they come: what they write they can read at once, and it is what anyone else reads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.clients.conftest import IN_FULL, Partner
from tests.e2e.clients.node_clients import NodeClients

pytestmark = [pytest.mark.xdist_group("clients"), pytest.mark.timeout(120)]


def read(partner: Partner, statement_id: str) -> Any:
    answer = partner.ask("GET", f"/statements?statementId={statement_id}")
    assert answer.status == 200, answer.data
    return answer.json()


class TestXapi:
    """@xapi/xapi."""

    @pytest.mark.parametrize(
        ("partner", "version"),
        [("embedded", "1.0.3"), ("embedded", "2.0.0"), pytest.param("full", "2.0.0", marks=IN_FULL)],
        indirect=["partner"],
    )
    @pytest.mark.parametrize("scenario", ["statements", "voiding", "attachments", "states", "profiles", "lookups"])
    def test_it_reads_what_it_wrote(self, partner: Partner, node: NodeClients, scenario: str, version: str) -> None:
        for statement_id in node.run("xapi.mjs", scenario, **partner.environment, LRS_VERSION=version) or []:
            assert read(partner, statement_id)["id"] == statement_id

    def test_it_is_told_what_is_wrong_and_where(self, embedded: Partner, node: NodeClients) -> None:
        error = node.run("xapi.mjs", "refusals", **embedded.environment)["error"]
        assert error["status"] == 400
        assert error["pointer"] == "/verb/id"
        assert error["message"]


class TestTinCanJs:
    """tincanjs, whose newest version of xAPI is 1.0.2."""

    @pytest.mark.parametrize("scenario", ["statements", "voiding", "attachments", "documents", "lookups"])
    def test_it_reads_what_it_wrote(self, embedded: Partner, node: NodeClients, scenario: str) -> None:
        for statement_id in node.run("tincanjs.mjs", scenario, **embedded.environment) or []:
            assert read(embedded, statement_id)["id"] == statement_id


class TestAdlXapiWrapper:
    """adl-xapiwrapper, of 2013, whose version of xAPI is 1.0.1."""

    @pytest.mark.parametrize("scenario", ["statements", "documents"])
    def test_it_reads_what_it_wrote(self, embedded: Partner, node: NodeClients, scenario: str) -> None:
        for statement_id in node.run("adl-xapiwrapper.mjs", scenario, **embedded.environment) or []:
            assert read(embedded, statement_id)["id"] == statement_id
