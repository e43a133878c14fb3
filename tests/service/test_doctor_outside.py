"""The doctor outside: what it says of the way by which guests come, through a proxy that misbehaves."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stagedoor.control.routes import pages
from stagedoor.doctor import Finding, Grade, outside
from stagedoor.settings import ServerSettings, Settings
from tests.kit.certificate import certificate
from tests.kit.control_app import SECRETS, listening_house
from tests.kit.edge import Edge, Manners, Upgrades, edge_to, loopback, page
from tests.kit.ports import free_ports

pytestmark = [pytest.mark.service, pytest.mark.paced]

WELL = {
    "public_url": Grade.OK,
    "guest page": Grade.OK,
    "whip": Grade.OK,
    "websocket": Grade.OK,
    "event stream": Grade.OK,
}
TUNNEL = {**WELL, "event stream": Grade.WARNING}
TO_LOGIN = b"HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def built_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "guest.html").write_text("<!doctype html>")
    monkeypatch.setattr(pages, "STATIC", tmp_path)


@contextlib.asynccontextmanager
async def behind(folder: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> AsyncIterator[Edge]:
    """Control behind the proxy, whose certificate this machine trusts."""
    made = certificate(folder, **options)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    monkeypatch.setattr(outside, "ANSWER_WITHIN_S", 1.0)
    async with listening_house(folder) as (_, port), edge_to(loopback(port), made) as edge:
        yield edge


async def examined(url: str) -> list[Finding]:
    return await outside.examine(ServerSettings(public_url=url), SECRETS)


def grades(found: list[Finding]) -> dict[str, Grade]:
    assert all(bool(finding.advice) is (finding.grade is not Grade.OK) for finding in found)
    return {finding.topic: finding.grade for finding in found}


@pytest.mark.usefixtures("built_pages")
async def test_a_proxy_that_does_it_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with behind(tmp_path, monkeypatch) as edge:
        edge.manners.buffers = False
        assert grades(await examined(edge.url)) == WELL
    assert not any(SECRETS.operator_token in request.target for request in edge.seen)
    assert not any(request.method == "POST" and request.body.strip() for request in edge.seen)


@pytest.mark.parametrize(
    ("manners", "changes", "words"),
    [
        (Manners(), {}, "held back"),
        (Manners(upgrades=Upgrades.REFUSE), {"websocket": Grade.WARNING}, "the answer is 502"),
        (Manners(upgrades=Upgrades.STRIP), {"websocket": Grade.WARNING}, "the answer is 426"),
        (Manners(largest_body=10_000), {"whip": Grade.PROBLEM}, "64 KiB is refused"),
        (Manners(error_pages=True), {"whip": Grade.PROBLEM}, "not answered by Stagedoor (401)"),
        (Manners(refuses="/guest_join"), {"guest page": Grade.PROBLEM}, "/guest_join answers 502"),
        (Manners(forbids="PATCH"), {"whip": Grade.PROBLEM}, "PATCH is answered by somebody else (405)"),
        (Manners(forbids="DELETE"), {"whip": Grade.PROBLEM}, "DELETE is answered by somebody else (405)"),
        (Manners(refuses="/whip/"), {"whip": Grade.PROBLEM}, "OPTIONS is answered by somebody else"),
    ],
)
@pytest.mark.usefixtures("built_pages")
async def test_what_a_proxy_does_wrong(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    manners: Manners,
    changes: dict[str, Grade],
    words: str,
) -> None:
    async with behind(tmp_path, monkeypatch) as edge:
        edge.manners = manners
        found = await examined(edge.url)
    assert grades(found) == {**TUNNEL, **changes}
    assert any(words in finding.text for finding in found)


@pytest.mark.usefixtures("built_pages")
async def test_a_proxy_that_takes_credentials_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with behind(tmp_path, monkeypatch) as edge:
        edge.manners = Manners(strips_authorization=True, buffers=False)
        found = await examined(edge.url)
    whip = next(finding for finding in found if finding.topic == "whip")
    assert whip.grade is Grade.PROBLEM
    assert "Authorization" in whip.text
    assert "event stream" not in grades(found)


@pytest.mark.parametrize(
    ("manners", "words"),
    [
        (Manners(answer=page(200, "Welcome to nginx!")), "somebody else answers"),
        (Manners(answer=page(404, "Not Found")), "a server edge, status 404"),
        (Manners(answer=page(530, "Tunnel error")), "answers 530: it does not reach Stagedoor"),
        (Manners(answer=page(403, "Forbidden")), "keeps visitors away"),
        (Manners(answer=TO_LOGIN), "sends them elsewhere (302)"),
        (Manners(answer=b"SSH-2.0-OpenSSH_9.2\r\n"), "does not speak HTTP"),
        (Manners(silent=True), "no answer within"),
    ],
)
async def test_somebody_else_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manners: Manners, words: str
) -> None:
    async with behind(tmp_path, monkeypatch) as edge:
        edge.manners = manners
        (finding,) = await examined(edge.url)
    assert finding.grade is Grade.PROBLEM
    assert words in finding.text
    assert finding.advice


async def test_a_box_that_the_proxy_does_not_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with behind(tmp_path, monkeypatch) as edge:
        edge.dial = loopback(free_ports(1)[0])
        (finding,) = await examined(edge.url)
    assert "answers 502: it does not reach Stagedoor" in finding.text
    assert "http://127.0.0.1:8000" in finding.advice


async def test_another_stagedoor_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with behind(tmp_path, monkeypatch) as edge:
        server = ServerSettings(public_url=edge.url)
        (finding,) = await outside.examine(server, replace(SECRETS, signing_key=b"t" * 32))
    assert "another Stagedoor answers" in finding.text


async def test_certificates_that_browsers_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with behind(tmp_path, monkeypatch) as edge:
        monkeypatch.delenv("SSL_CERT_FILE")
        (unknown,) = await examined(edge.url)
    async with behind(tmp_path, monkeypatch, name="other.example") as edge:
        (wrong_name,) = await examined(edge.url)
    async with behind(tmp_path, monkeypatch, expired=True) as edge:
        (expired,) = await examined(edge.url)
    assert "mismatch" in wrong_name.text
    assert "self-signed certificate" in unknown.text
    assert "expired" in expired.text
    for finding in (wrong_name, unknown, expired):
        assert finding.grade is Grade.PROBLEM
        assert "valid certificate" in finding.advice


async def test_nobody_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening_house(tmp_path) as (_, port):
        (no_tls,) = await examined(f"https://127.0.0.1:{port}")
    (gone,) = await examined(f"https://127.0.0.1:{port}")
    (no_name,) = await examined("https://nobody.invalid")
    (unasked,) = await outside.examine(ServerSettings(public_url="https://nobody.invalid"), None)
    assert "speaks no TLS" in no_tls.text
    assert "connection refused" in gone.text
    assert "not known here" in no_name.text
    assert unasked.grade is Grade.WARNING
    assert await outside.examine(ServerSettings(), None) == []


@pytest.mark.usefixtures("built_pages")
async def test_without_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening_house(tmp_path) as (_, port):
        found = await examined(f"http://127.0.0.1:{port}")
        assert grades(found) == {key: value for key, value in WELL.items() if key != "event stream"}
        monkeypatch.setattr(outside, "LOCAL", frozenset())
        assert any("no camera" in finding.text for finding in await examined(f"http://127.0.0.1:{port}"))


@pytest.mark.parametrize(
    ("public", "ours", "changes", "warns"),
    [
        ("93.184.215.14", ["192.168.1.7"], {}, True),
        ("93.184.215.14", [], {}, True),
        ("192.168.1.9", ["192.168.1.7"], {}, False),
        ("93.184.215.14", ["192.168.1.7", "2a00:1450::1"], {}, False),
        ("93.184.215.14", ["192.168.1.7"], {"webrtc": {"host_addresses": ["93.184.215.14"]}}, False),
        ("nobody.invalid", ["192.168.1.7"], {}, False),
    ],
)
async def test_media_that_cannot_come_by_the_way_of_the_pages(
    monkeypatch: pytest.MonkeyPatch, public: str, ours: list[str], changes: dict[str, Any], warns: bool
) -> None:
    monkeypatch.setattr(outside, "usable_addresses", lambda _host: ours)
    settings = Settings.model_validate({"server": {"public_url": f"https://{public}"}, **changes})
    assert bool(await outside.media(settings)) is warns
