"""The self-signed certificate, and the addresses that it is for."""

import contextlib
import datetime
import ssl
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from stagedoor import tls
from stagedoor.addresses import host_names, usable_addresses
from stagedoor.domain.errors import InvalidError
from stagedoor.settings import ServerSettings

pytestmark = pytest.mark.unit


def _server(folder: Path, **changes: Any) -> ServerSettings:
    values = {"tls": "self-signed", "data_dir": folder, **changes}
    return ServerSettings.model_validate(values)


def _certificate(server: ServerSettings) -> x509.Certificate:
    assert server.tls_files is not None
    return x509.load_pem_x509_certificate(server.tls_files[0].read_bytes())


def test_a_certificate_for_every_name_and_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "usable_addresses", lambda host: ["192.0.2.7", "2001:db8::7"])
    server = _server(tmp_path, host="0.0.0.0")
    assert tls.prepare_certificate(server)
    certificate = _certificate(server)
    names = {"localhost", "127.0.0.1", "::1", "192.0.2.7", "2001:db8::7", *host_names()}
    assert tls.certificate_names(certificate) == names
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    assert server.tls_files is not None
    assert stat.S_IMODE(server.tls_files[1].stat().st_mode) == 0o600


def test_browsers_can_use_it_as_a_server(tmp_path: Path) -> None:
    server = _server(tmp_path)
    tls.prepare_certificate(server)
    assert server.tls_files is not None
    there = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    there.load_cert_chain(*server.tls_files)
    here = ssl.create_default_context(cafile=str(server.tls_files[0]))
    here.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    ends = [ssl.MemoryBIO() for _ in range(4)]
    client = here.wrap_bio(ends[0], ends[1], server_hostname="127.0.0.1")
    host = there.wrap_bio(ends[2], ends[3], server_side=True)
    for _ in range(3):
        for side in (client, host):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
            ends[2].write(ends[1].read())
            ends[0].write(ends[3].read())
    assert client.version() == "TLSv1.3"


def test_it_is_kept_while_it_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = _server(tmp_path, host="0.0.0.0")
    monkeypatch.setattr(tls, "usable_addresses", lambda host: ["192.0.2.7", "192.0.2.8"])
    tls.prepare_certificate(server)
    first = _certificate(server)
    monkeypatch.setattr(tls, "usable_addresses", lambda host: ["192.0.2.8"])
    assert not tls.prepare_certificate(server)
    assert _certificate(server) == first
    monkeypatch.setattr(tls, "usable_addresses", lambda host: ["192.0.2.9"])
    assert tls.prepare_certificate(server)
    assert "192.0.2.9" in tls.certificate_names(_certificate(server))


def test_it_is_renewed_before_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = _server(tmp_path)
    monkeypatch.setattr(tls, "VALID", datetime.timedelta(days=29))
    assert tls.prepare_certificate(server)
    monkeypatch.setattr(tls, "VALID", datetime.timedelta(days=365))
    assert tls.prepare_certificate(server)
    assert not tls.prepare_certificate(server)


@pytest.mark.parametrize("broken", ["cert.pem", "key.pem"])
def test_a_damaged_one_is_made_anew(tmp_path: Path, broken: str) -> None:
    server = _server(tmp_path)
    tls.prepare_certificate(server)
    path = tmp_path / "tls" / broken
    if broken == "key.pem":
        path.unlink()
    else:
        path.write_text("nothing")
    assert tls.prepare_certificate(server)


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    for name in ("a", "b"):
        tls.prepare_certificate(_server(tmp_path / name))
    files = {"tls_cert": tmp_path / "a/tls/cert.pem", "tls_key": tmp_path / "b/tls/key.pem"}
    with pytest.raises(InvalidError) as caught:
        tls.prepare_certificate(_server(tmp_path, tls="files", **files))
    assert caught.value.code == "tls_unusable"


def test_files_that_are_not_there(tmp_path: Path) -> None:
    files = {"tls_cert": tmp_path / "no.pem", "tls_key": tmp_path / "no.key"}
    with pytest.raises(InvalidError, match="No such file"):
        tls.prepare_certificate(_server(tmp_path, tls="files", **files))


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("in the way")
    with pytest.raises(InvalidError) as caught:
        tls.prepare_certificate(_server(tmp_path))
    assert caught.value.code == "data_dir_unusable"


def test_nothing_is_made_without_tls(tmp_path: Path) -> None:
    assert not tls.prepare_certificate(_server(tmp_path, tls="off"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("127.0.0.1", []),
        ("::1", []),
        ("localhost", []),
        ("192.0.2.1", ["192.0.2.1"]),
        ("studio.local", ["studio.local"]),
    ],
)
def test_who_can_reach_a_host(host: str, addresses: list[str]) -> None:
    assert usable_addresses(host) == addresses


def test_every_usable_address_is_of_its_version() -> None:
    assert not [address for address in usable_addresses("0.0.0.0") if ":" in address]
    assert set(usable_addresses("0.0.0.0")) <= set(usable_addresses("::"))
    assert not [
        item for item in usable_addresses("::") if item.startswith(("127.", "169.254.", "fe80", "::1"))
    ]
