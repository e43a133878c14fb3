"""Each name of aiortc and aioice that we lean on without a promise is there, and does what we think."""

import asyncio
import importlib
import inspect
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aioice
import aioice.ice
import pytest
from aioice import stun
from aiortc.rtcdtlstransport import SRTP_PROFILES, RTCCertificate, RTCDtlsTransport
from OpenSSL import SSL

from stagedoor.rtc import late_mdns
from stagedoor.rtc.aiortc_seams import Certificate, DtlsTransport, IceConnection
from tests.kit.wait import until

pytestmark = pytest.mark.unit


def test_the_consent_interval_is_read_each_time() -> None:
    source = inspect.getsource(aioice.Connection.query_consent)
    assert aioice.ice.CONSENT_INTERVAL == 0.8
    assert aioice.ice.CONSENT_FAILURES == 4
    for name in ("CONSENT_INTERVAL", "failures >= CONSENT_FAILURES", "retransmissions=0"):
        assert name in source


@asynccontextmanager
async def two_connections() -> AsyncIterator[tuple[IceConnection, IceConnection]]:
    """Two that are connected with each other on this machine."""
    ours = IceConnection(["127.0.0.1"], None, lambda _: None, controlling=True)
    theirs = IceConnection(["127.0.0.1"], None, lambda _: None, controlling=False)
    try:
        for here, there in ((ours, theirs), (theirs, ours)):
            await here.gather_candidates()
            there.remote_username, there.remote_password = here.local_username, here.local_password
            for candidate in here.local_candidates:
                await there.add_remote_candidate(candidate)
            await there.add_remote_candidate(None)
        await asyncio.gather(ours.connect(), theirs.connect())
        yield ours, theirs
    finally:
        await asyncio.gather(ours.close(), theirs.close())


@pytest.mark.parametrize("heard", [True, False])
async def test_whose_packets_come_is_there_though_no_check_is_answered(
    monkeypatch: pytest.MonkeyPatch, heard: bool
) -> None:
    monkeypatch.setattr(aioice.ice, "CONSENT_INTERVAL", 0.01)
    monkeypatch.setattr(stun, "RETRY_RTO", 0.01)
    checks = 0

    def unanswered(*_: object) -> None:
        nonlocal checks
        checks += 1
        ours.heard = time.monotonic() if heard else float("-inf")

    async with two_connections() as (ours, theirs):
        ours.heard = time.monotonic() if heard else float("-inf")
        monkeypatch.setattr(theirs, "request_received", unanswered)
        await until(lambda: checks > 20 or not ours.is_connected)
        assert ours.is_connected is heard


def test_candidates_come_from_the_method_that_we_replace() -> None:
    assert "get_component_candidates(component=component" in inspect.getsource(
        aioice.Connection.gather_candidates
    )
    original = inspect.signature(aioice.Connection.get_component_candidates).parameters
    assert list(original) == list(inspect.signature(IceConnection.get_component_candidates).parameters)


async def test_media_never_sees_the_queue_of_aioice() -> None:
    seen: list[bytes] = []
    connection = IceConnection(["127.0.0.1"], None, seen.append, controlling=False)
    await connection.gather_candidates()
    try:
        (protocol,) = connection._protocols
        protocol.datagram_received(b"\x80media", ("127.0.0.1", 9))
        protocol.datagram_received(b"\x16handshake", ("127.0.0.1", 9))
        protocol.datagram_received(b"\x00\x01\x00\x00nothing", ("127.0.0.1", 9))
        assert seen == [b"\x80media", b"\x16handshake"]
        assert connection.is_connected is False
        assert connection.send_now(b"x") is False
    finally:
        await connection.close()


def test_dtls_keeps_what_we_use() -> None:
    source = inspect.getsource(RTCDtlsTransport)
    for name in ("_rx_srtp", "_tx_srtp", "self.transport._recv()", "self.transport._send(", "self._task ="):
        assert name in source
    assert hasattr(RTCDtlsTransport, "_set_role")
    assert list(inspect.signature(RTCCertificate._create_ssl_context).parameters) == ["self", "srtp_profiles"]


def test_a_certificate_offers_both_kinds_of_cipher() -> None:
    certificate = Certificate.generateCertificate()
    assert certificate.sha256()[0] == "sha-256"
    assert len(certificate.sha256()[1]) == 95
    transport = DtlsTransport(object(), certificate, "client")
    assert transport._role == "client"
    assert transport.unprotect(b"\x80" * 30) is None
    context = certificate._create_ssl_context(SRTP_PROFILES)
    ciphers = SSL.Connection(context).get_cipher_list()
    assert {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"} <= set(ciphers)


def test_aiortc_is_whole_for_whoever_wants_it() -> None:
    code = """
import stagedoor.rtc.transport, sys
assert "aiortc" not in sys.modules
import aiortc, stagedoor.rtc.aiortc_seams as seams
assert aiortc.RTCDtlsTransport is seams.RTCDtlsTransport
assert aiortc.RTCPeerConnection
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_aioice_finds_all_that_it_wants_of_mdns() -> None:
    code = "import stagedoor.rtc as rtc, aioice.ice; assert aioice.ice.mdns is rtc.late_mdns"
    subprocess.run([sys.executable, "-c", code], check=True)
    wanted = set(re.findall(r"\bmdns\.(\w+)", inspect.getsource(aioice.ice)))
    assert wanted == {"MDnsProtocol", "create_mdns_protocol", "is_mdns_hostname"}
    assert all(hasattr(late_mdns, name) for name in wanted)


@pytest.mark.parametrize(
    "name",
    [
        "a.local",
        "1-2.local",
        "192.0.2.1",
        "2001:db8::1",
        "local",
        ".local",
        "a.b.local",
        "a.local.",
        "a_b.local",
    ],
)
def test_a_local_name_is_one_as_aioice_knows_it(name: str) -> None:
    assert late_mdns.is_mdns_hostname(name) == importlib.import_module("aioice.mdns").is_mdns_hostname(name)


async def test_local_names_are_resolved_by_aioice() -> None:
    protocol = await late_mdns.create_mdns_protocol()
    assert isinstance(protocol, importlib.import_module("aioice.mdns").MDnsProtocol)
    await protocol.close()
