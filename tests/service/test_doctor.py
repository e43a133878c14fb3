"""The doctor: what it finds on a machine where something is missing."""

import io
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from stagedoor.doctor import Grade, examine, machine, network, report
from stagedoor.doctor.findings import Finding, ok, problem, warning
from stagedoor.media import libopus
from stagedoor.settings import Loaded, Settings
from stagedoor.tls import prepare_certificate
from tests.kit.answering import answering
from tests.kit.instance import held
from tests.kit.ports import free_ports

pytestmark = pytest.mark.service


def _settings(folder: Path, **sections: dict[str, Any]) -> Settings:
    port, hub_port = free_ports(2)
    server = {"data_dir": folder / "data", "port": port, **sections.pop("server", {})}
    return Settings.model_validate({"server": server, "hub": {"port": hub_port}, **sections})


async def _examined(settings: Settings) -> list[Finding]:
    return await examine(Loaded(settings, {}, None))


def _of(findings: list[Finding], topic: str) -> Finding:
    return next(finding for finding in findings if finding.topic == topic)


async def test_a_machine_without_a_fault(tmp_path: Path) -> None:
    found = await _examined(_settings(tmp_path))
    faults = [finding for finding in found if finding.grade is Grade.PROBLEM]
    assert [finding.topic for finding in faults] in ([], ["pages"])
    assert _of(found, "codecs").grade is Grade.OK
    assert _of(found, "program").text == "not running"
    assert _of(found, "server port").grade is Grade.OK


def test_sound_that_cannot_be_rebuilt_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libopus, "library", lambda: None)
    (found,) = machine.codecs()
    assert (found.grade, found.topic) == (Grade.WARNING, "codecs")
    assert "not rebuilt" in found.text


@pytest.mark.parametrize("enabled", [True, False])
async def test_hardware_that_does_not_encode_is_told(tmp_path: Path, enabled: bool) -> None:
    """FFmpeg can only have one of the two: the one is of macOS, the other of Linux."""
    encoder = "videotoolbox" if sys.platform == "linux" else "v4l2m2m"
    found = await _examined(_settings(tmp_path, mixer={"encoder": encoder, "enabled": enabled}))
    told = [finding for finding in found if finding.topic == "encoder"]
    if not enabled:
        assert not told
        return
    (finding,) = told
    assert finding.grade is Grade.WARNING
    assert finding.text.startswith(f"{encoder} does not encode: FFmpeg has no h264_{encoder} here")
    assert "mixer.encoder" in finding.advice


@pytest.mark.parametrize(("allowed", "words"), [(True, "before all other work"), (False, "waits its turn")])
async def test_whether_program_may_come_first_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: bool, words: str
) -> None:
    monkeypatch.setattr(machine, "come_first", lambda _: allowed)
    finding = _of(await _examined(_settings(tmp_path)), "precedence")
    assert finding.grade is Grade.OK
    assert words in finding.text
    unasked = await _examined(_settings(tmp_path, mixer={"realtime": False}))
    assert "precedence" not in {each.topic for each in unasked}


async def test_a_busy_port(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.hub.port))
        other.listen()
        finding = _of(await _examined(settings), "hub port")
    assert finding.grade is Grade.PROBLEM
    assert "hub.port" in finding.advice


async def test_a_running_program_is_asked(tmp_path: Path) -> None:
    health = {"status": "warning", "warnings": [{"message": "seat guest1 stalls", "hint": "look"}]}
    async with answering({"/api/health": (200, json.dumps(health).encode())}) as told:
        settings = _settings(tmp_path, server={"port": told.port})
        async with held(settings.server, settings.server.url):
            found = await _examined(settings)
    assert f"process {os.getpid()}), status warning" in _of(found, "program").text
    assert warning("program", "seat guest1 stalls", "look") in found
    assert "server port" not in {finding.topic for finding in found}


@pytest.mark.parametrize("answer", [None, (200, b"?"), (200, b"{}")])
async def test_a_program_that_does_not_answer(tmp_path: Path, answer: tuple[int, bytes] | None) -> None:
    async with answering({} if answer is None else {"/api/health": answer}) as told:
        settings = _settings(tmp_path, server={"port": told.port})
        async with held(settings.server):
            found = await _examined(settings)
    assert _of(found, "program").grade is Grade.PROBLEM


@pytest.mark.parametrize(("status", "grade"), [(200, Grade.OK), (401, Grade.PROBLEM), (404, Grade.PROBLEM)])
async def test_mediamtx(tmp_path: Path, status: int, grade: Grade) -> None:
    async with answering({"/v3/paths/list": (status, b"{}")}) as told:
        url = f"http://me:hush@127.0.0.1:{told.port}"
        (finding,) = await network.mediamtx(_settings(tmp_path, mediamtx={"api_url": url}).mediamtx)
    assert finding.grade is grade
    assert "hush" not in finding.text
    assert "Authorization: Basic bWU6aHVzaA==" in told.asked[0]


async def test_destinations(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    async with answering({}) as told:
        urls = [f"rtmp://127.0.0.1:{told.port}/{{path}}", f"rtsp://127.0.0.1:{port}/app/keykey/{{path}}"]
        off = {"url": "rtmp://nowhere.invalid/{path}", "enabled": False}
        relay = _settings(tmp_path, relay={"destinations": [*urls, off]}).relay
        reached, refused = await network.destinations(relay)
    assert reached.grade is Grade.OK
    assert refused.grade is Grade.WARNING
    assert "keykey" not in refused.text


def test_udp_ports(tmp_path: Path) -> None:
    settings = _settings(tmp_path, webrtc={"udp_ports": "42000-42000"})
    assert _of(network.ports(settings), "udp ports").grade is Grade.WARNING
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("", 42000))
        assert _of(network.ports(settings), "udp ports").grade is Grade.PROBLEM
    settings = _settings(tmp_path, webrtc={"udp_ports": "42000-42400"})
    assert _of(network.ports(settings), "udp ports").grade is Grade.OK


def test_announced_addresses(tmp_path: Path) -> None:
    settings = _settings(tmp_path, webrtc={"host_addresses": ["127.0.0.1", "198.51.100.7"]})
    (finding,) = network.addresses(settings)
    assert "(198.51.100.7 by port forwarding)" in finding.text


def test_tls(tmp_path: Path) -> None:
    def grade(**server: Any) -> Grade:
        (finding,) = machine.certificate(_settings(tmp_path, server=server).server)
        return finding.grade

    assert grade() is Grade.OK
    assert grade(host="0.0.0.0") is Grade.WARNING
    assert grade(host="0.0.0.0", public_url="https://h.example") is Grade.OK
    assert grade(tls="self-signed") is Grade.OK
    prepare_certificate(_settings(tmp_path, server={"tls": "self-signed"}).server)
    assert grade(tls="self-signed") is Grade.OK
    cert, key = tmp_path / "data/tls/cert.pem", tmp_path / "data/tls/key.pem"
    assert grade(tls="files", tls_cert=cert, tls_key=key) is Grade.OK
    assert grade(tls="files", tls_cert=key, tls_key=cert) is Grade.PROBLEM
    assert grade(tls="files", tls_cert="/no", tls_key="/no") is Grade.PROBLEM


def test_the_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def grade(path: Path) -> Grade:
        (finding,) = machine.data_dir(path)
        return finding.grade

    assert grade(tmp_path / "not" / "yet") in (Grade.OK, Grade.WARNING)
    (tmp_path / "file").write_text("")
    assert grade(tmp_path / "file") is Grade.PROBLEM
    monkeypatch.setattr(machine, "DISK_LOW", 2**60)
    assert grade(tmp_path) is Grade.WARNING
    monkeypatch.setattr(machine, "DISK_FULL", 2**60)
    assert grade(tmp_path) is Grade.PROBLEM


def test_the_report() -> None:
    out = io.StringIO()
    assert not report([ok("a", "fine"), warning("b", "hm", "do this")], out)
    assert report([problem("c", "no", "do that")], out)
    assert out.getvalue() == (
        "ok       a            fine\n"
        "warning  b            hm\n"
        "                      -> do this\n\n"
        "problems: 0, warnings: 1\n"
        "problem  c            no\n"
        "                      -> do that\n\n"
        "problems: 1, warnings: 0\n"
    )
