"""How the pages' files go out: compressed for those who take it, and kept by the browser."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from stagedoor.control.routes.pages import Assets

pytestmark = pytest.mark.api

SCRIPT = b"const stage = 'door';" * 50


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "page-1.js").write_bytes(SCRIPT)
    (tmp_path / "page-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "icon-1.svg").write_bytes(b"<svg/>")
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/", Assets(directory=tmp_path))]))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as made:
        yield made


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate, br, zstd", True),
        ("GZIP ; q=0.5, br", True),
        ("br, gzip;q=0", False),
        ("br;q=1, gzip;q=0.000", False),
        ("identity", False),
        ("xgzip", False),
        ("", False),
    ],
)
async def test_a_script_is_sent_compressed_to_whoever_takes_that(
    client: httpx.AsyncClient, accepted: str, packed: bool
) -> None:
    answer = await client.get("/page-1.js", headers={"Accept-Encoding": accepted})
    assert answer.content == SCRIPT
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert (int(answer.headers["content-length"]) < len(SCRIPT)) is packed
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["cache-control"]
    again = {"Accept-Encoding": accepted, "If-None-Match": answer.headers["etag"]}
    assert (await client.get("/page-1.js", headers=again)).status_code == 304


async def test_what_has_no_compressed_copy_is_sent_as_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/icon-1.svg", headers={"Accept-Encoding": "gzip"})
    assert (answer.content, answer.headers.get("content-encoding")) == (b"<svg/>", None)
    assert answer.headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("url", ["/nothing.js", "/page-2.js", "/%00", "/"])
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.get(url, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 404
