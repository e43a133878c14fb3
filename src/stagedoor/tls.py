"""The self-signed certificate: made when it is missing, made anew when it no longer fits."""

import datetime
import ipaddress
import os
import ssl
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stagedoor.addresses import host_names, usable_addresses
from stagedoor.domain.errors import InvalidError
from stagedoor.settings import ServerSettings, Tls

VALID = datetime.timedelta(days=365)
"""Apple's devices refuse certificates that are valid for longer than 398 days."""
RENEW_BEFORE = datetime.timedelta(days=30)


def prepare_certificate(server: ServerSettings) -> bool:
    """See to it that `server.tls_files` can be served with; returns whether a new certificate was made.

    A self-signed one is kept as long as it names every address of this machine, because the browsers of
    everybody who clicked through its warning ask again for the next one.

    Raises:
        InvalidError: The files cannot be read, written or used.
    """
    files = server.tls_files
    if files is None:
        return False
    cert, key = files
    renewed = False
    if server.tls is Tls.SELF_SIGNED:
        names = wanted_names(server.host)
        now = datetime.datetime.now(datetime.UTC)
        if not (key.is_file() and _fits(cert, names, now)):
            _write(cert, key, *_make(names, now))
            renewed = True
    try_out(cert, key)
    return renewed


def wanted_names(host: str) -> list[str]:
    """Return every name and address that the certificate of a server on `host` must have."""
    return list(dict.fromkeys(["localhost", "127.0.0.1", "::1", *host_names(), *usable_addresses(host)]))


def certificate_names(certificate: x509.Certificate) -> set[str]:
    """Return the names and addresses that a certificate is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    found = set(names.get_values_for_type(x509.DNSName))
    return found | {str(address) for address in names.get_values_for_type(x509.IPAddress)}


def try_out(cert: Path, key: Path) -> None:
    """Raise `InvalidError` if a server could not use the two files."""
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key)
    except OSError as error:
        raise InvalidError(
            f"the certificate {cert} and the key {key} cannot be used: {error.strerror or error}",
            code="tls_unusable",
            hint="server.tls_cert and server.tls_key must be PEM files that belong together.",
        ) from error


def _fits(cert: Path, names: Iterable[str], now: datetime.datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(cert.read_bytes())
    except (OSError, ValueError):
        return False
    return certificate.not_valid_after_utc - now > RENEW_BEFORE and set(names) <= certificate_names(
        certificate
    )


def _make(names: Iterable[str], now: datetime.datetime) -> tuple[bytes, bytes]:
    """Return certificate and private key (P-256) in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stagedoor")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A guest's clock may be behind ours.
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName([_general_name(item) for item in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(cert: Path, key: Path, certificate: bytes, private: bytes) -> None:
    try:
        cert.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path, content in ((key, private), (cert, certificate)):
            handle, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
    except OSError as error:
        raise InvalidError(
            f"{cert.parent}: cannot be written: {error.strerror}",
            code="data_dir_unusable",
            hint="server.data_dir must be a directory that this user may write to.",
        ) from error
