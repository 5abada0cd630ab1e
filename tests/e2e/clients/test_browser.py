"""A page of another origin in a real browser: those of `REKAM_CORS_ORIGINS` send and read with @xapi/xapi, others do not."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.e2e.clients.browser import told_by
from tests.e2e.clients.conftest import Partner
from tests.e2e.clients.node_clients import SOURCES, NodeClients
from tests.e2e.clients.page_server import PageServer

pytestmark = [pytest.mark.xdist_group("clients"), pytest.mark.timeout(120)]


@pytest.fixture
def pages(page_server: PageServer, node: NodeClients) -> PageServer:
    page_server.files["/xapi.html"] = ("text/html; charset=utf-8", (SOURCES / "xapi.html").read_bytes())
    page_server.files["/XAPI.umd.js"] = ("text/javascript", (node.packages / "@xapi/xapi/dist/XAPI.umd.js").read_bytes())
    return page_server


def told(pages: PageServer, partner: Partner, origin: str, profile: Path) -> dict[str, Any]:
    query = {"endpoint": f"{partner.endpoint}/", "key": partner.key, "secret": partner.secret, "name": uuid.uuid4().hex}
    answer: dict[str, Any] = told_by(f"{origin}/xapi.html?{urlencode(query)}", pages, profile)
    return answer


def test_a_page_of_an_allowed_origin_sends_and_reads(embedded: Partner, pages: PageServer, tmp_path: Path) -> None:
    page = told(pages, embedded, pages.origin, tmp_path)
    assert "failed" not in page, page
    assert page["listed"] == page["sent"] == [page["got"]]
    assert abs(datetime.now(UTC) - datetime.fromisoformat(page["through"])) < timedelta(minutes=1)
    assert page["attached"] == "Sertifikat"
    assert (page["page"], page["stale"], page["gone"]) == (2, 412, 404)
    assert page["stranger"] == 401
    assert embedded.ask("GET", f"/statements?statementId={page['got']}").status == 200


def test_a_page_of_any_other_origin_gets_no_answer(embedded: Partner, pages: PageServer, tmp_path: Path) -> None:
    page = told(pages, embedded, f"http://localhost:{pages.port}", tmp_path)
    assert page == {"failed": "AxiosError: Network Error", "answer": None}
