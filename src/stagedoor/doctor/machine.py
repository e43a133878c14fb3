"""Checks of this machine: codecs, pages, disk, certificate."""

import datetime
import importlib.resources
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography import x509

from stagedoor.doctor.findings import Finding, ok, problem, warning
from stagedoor.domain.errors import StagedoorError
from stagedoor.domain.ids import Canvas
from stagedoor.media import libopus
from stagedoor.media.support import missing_codecs
from stagedoor.mixer.encode.encoders import SOFTWARE, canvas_format
from stagedoor.mixer.encode.trial import encoder_fault
from stagedoor.precedence import OF_PROGRAM, come_first
from stagedoor.settings import MixerSettings, ServerSettings, Tls, reachable
from stagedoor.tls import RENEW_BEFORE, certificate_names, try_out, wanted_names

DISK_LOW = 2 * 1024**3
DISK_FULL = 200 * 1024**2
"""Bytes free in the data directory below which the disk is a warning, or a problem."""


def codecs() -> list[Finding]:
    """Whether PyAV's FFmpeg libraries have what we decode and encode."""
    missing = missing_codecs()
    if missing:
        advice = "Install PyAV (`av`) from its wheel on PyPI, whose libraries have all of them."
        return [problem("codecs", f"missing: {', '.join(missing)}", advice)]
    if libopus.library() is None:
        text = "lost sound is faded and not rebuilt: there is no libopus"
        return [
            warning("codecs", text, "Install PyAV (`av`) from its wheel on PyPI, or the system's libopus.")
        ]
    return [ok("codecs", "H.264, VP8, VP9, AV1, Opus and AAC")]


def encoder(mixer: MixerSettings) -> list[Finding]:
    """Whether the hardware encoder that shall encode program does; nothing where x264 shall."""
    if mixer.encoder == SOFTWARE or not mixer.enabled:
        return []
    fault = encoder_fault(canvas_format(Canvas.PROGRAM, mixer))
    if fault is None:
        return [ok("encoder", f"{mixer.encoder} encodes pictures of {mixer.width}×{mixer.height}")]
    text = f"{mixer.encoder} does not encode: {fault.message}; program would be made by x264"
    return [warning("encoder", text, f"{fault.hint} Or set mixer.encoder to x264.".strip())]


def precedence(mixer: MixerSettings) -> list[Finding]:
    """Whether the system would let what is on air run before all other work; nothing where it shall not.

    That goes by who starts the program: a service may have what a shell has not, and the other way round.
    """
    if not mixer.realtime:
        return []
    # The thread that tries it ends with it.
    with ThreadPoolExecutor(1) as alone:
        if alone.submit(come_first, OF_PROGRAM).result():
            return [ok("precedence", "started as this is, what is on air comes before all other work")]
    return [ok("precedence", "started as this is, what is on air waits its turn on a busy machine")]


def pages() -> list[Finding]:
    """Whether the front end has been built."""
    page = importlib.resources.files("stagedoor") / "control" / "static" / "guest.html"
    if page.is_file():
        return [ok("pages", "built")]
    return [problem("pages", "the guest page is not built", "Run `make web`, or install the wheel.")]


def data_dir(path: Path) -> list[Finding]:
    """Whether the data directory can be written, and how much room it has."""
    advice = "Set server.data_dir to a directory that this user may write to."
    there = next(folder for folder in (path, *path.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
        free = shutil.disk_usage(there).free
    except OSError as error:
        return [problem("data", f"{path} cannot be used: {error.strerror}", advice)]
    room = f"{path} has {free / 1024**3:.1f} GiB free"
    if free < DISK_FULL:
        return [problem("data", room, "Make room, or move server.data_dir to another disk.")]
    if free < DISK_LOW:
        return [warning("data", room, "Make room before the show.")]
    return [ok("data", room)]


def certificate(server: ServerSettings) -> list[Finding]:
    """Whether browsers will give cameras to the pages, and for how long."""
    files = server.tls_files
    if files is None:
        return [_without_tls(server)]
    if server.tls is Tls.SELF_SIGNED and not files[0].is_file():
        return [ok("tls", "a self-signed certificate is made at the next start")]
    try:
        try_out(*files)
        found = x509.load_pem_x509_certificates(files[0].read_bytes())[0]
    except StagedoorError as error:
        return [problem("tls", error.message, error.hint)]
    except (OSError, ValueError) as error:
        return [problem("tls", f"{files[0]} cannot be read: {error}", "server.tls_cert must be a PEM file.")]
    return [_validity(server, found)]


def _without_tls(server: ServerSettings) -> Finding:
    if server.public_url and server.public_url.startswith("https:"):
        return ok("tls", "left to the reverse proxy of server.public_url")
    if reachable(server.host) in ("127.0.0.1", "::1", "localhost") and server.host == reachable(server.host):
        return ok("tls", "off: browsers on this machine do not need it")
    return warning(
        "tls",
        "off: browsers on other machines give no camera and no microphone to the guest page",
        "Start with --lan, set server.tls to self-signed or files, or put an HTTPS proxy in front "
        "and set server.public_url.",
    )


def _validity(server: ServerSettings, found: x509.Certificate) -> Finding:
    left = found.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    text = f"the certificate is good for {left.days} days"
    if server.tls is Tls.SELF_SIGNED:
        missing = set(wanted_names(server.host)) - certificate_names(found)
        if missing or left < RENEW_BEFORE:
            return ok(
                "tls",
                f"{text}; a new one, for {', '.join(sorted(missing)) or 'longer'}, is made at the next start",
            )
        return ok("tls", text)
    if left <= datetime.timedelta(0):
        return problem("tls", "the certificate has expired", "Renew it; server.tls_cert names its file.")
    if left < RENEW_BEFORE / 2:
        return warning("tls", text, "Renew it; server.tls_cert names its file.")
    return ok("tls", text)
