"""Opening what a source is read from, so that whoever waits for its bytes can be called off."""

import contextlib
import errno
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import av
from av.container import InputContainer

from stagedoor.domain.errors import MediaError, NotFoundError, StagedoorError, UnavailableError
from stagedoor.mixer.sources.tracks import DECODABLE
from stagedoor.precedence import aside

OPEN_WITHIN_S: Final = 5.0
SILENT_S: Final = 3.0
"""Seconds without one byte after which a server's stream is opened anew."""
SILENT_BETWEEN_PIECES_S: Final = 15.0
"""The same for HLS, whose pieces may be ten seconds long."""
CONNECT_WITHIN_S: Final = 2.0
CHUNK: Final = 65_536
_OPTIONS: Final = {"probesize": "8192", "analyzeduration": "0", **DECODABLE}
_PROBED: Final = {"probesize": "500000", "rtsp_transport": "tcp", **DECODABLE}
_LISTS: Final = frozenset({"hls", "concat", "dash", "imf"})
"""FFmpeg's formats that name other files, which may lie anywhere."""
PROBE_S: Final = 1.0
"""How much of a stream is looked at before it is decoded, at most."""
GUEST_PROBE_S: Final = 0.3
"""The same of a guest who is read back from a server, which announces what it has."""


@dataclass(frozen=True, slots=True)
class Hub:
    """Where the relay's hub is read and written.

    Attributes:
        url: Its root, `http://host:port`.
        token: Opens every path.
    """

    url: str
    token: str = field(repr=False)


class Stop:
    """Calls a source's thread off, also while it waits for bytes of the hub."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def set(self) -> None:
        """Call it off; idempotent."""
        self.event.set()
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def holding(self, connection: socket.socket) -> Iterator[None]:
        """Let `set` end this connection."""
        with self._lock:
            self._socket = connection
        try:
            if self.event.is_set():
                raise UnavailableError("the source is no longer wanted")
            yield
        finally:
            with self._lock:
                self._socket = None


Open = Callable[[Stop], contextlib.AbstractContextManager[InputContainer]]
"""Opens a source; called anew for each try."""


class _Body:
    """A response's body as a file that cannot seek."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response

    def read(self, size: int) -> bytes:
        """Return what is there, at most `size` bytes; waits for the first."""
        return self._response.read1(min(size, CHUNK))


@contextlib.contextmanager
def open_hub(hub: Hub, path: str, stop: Stop) -> Iterator[InputContainer]:
    """Read a path of the hub.

    Raises:
        NotFoundError: Nobody publishes there.
        UnavailableError: The hub does not answer.
        MediaError: What it sends cannot be read.
    """
    address = urlsplit(hub.url)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port or 80, timeout=CONNECT_WITHIN_S
    )
    try:
        connection.connect()
        # The hub waits for a path that is not there, and a guest's stream may pause for as long as it likes.
        connection.sock.settimeout(None)
        with stop.holding(connection.sock):
            connection.request(
                "GET", f"/live/{quote(path)}.nut", headers={"Authorization": f"Bearer {hub.token}"}
            )
            response = connection.getresponse()
            if response.status != http.client.OK:
                raise NotFoundError(f"nobody publishes to {path}", code="path_unknown")
            with opened(av.open, _Body(response), "r", format="nut", options=_OPTIONS) as container:
                yield container
    except (OSError, http.client.HTTPException) as error:
        raise UnavailableError("the hub cannot be read", code="hub_unavailable") from error
    finally:
        connection.close()


@contextlib.contextmanager
def open_url(url: str, _stop: Stop, probe_s: float = PROBE_S) -> Iterator[InputContainer]:
    """Read a server's stream or a file; raises errors in words that hold no secret.

    Who waits for a server is called off by the server's own deadlines.
    """
    options = _PROBED | {"analyzeduration": str(round(probe_s * 1_000_000))}
    if not url.startswith("rtsp"):
        del options["rtsp_transport"]
    silent_s = SILENT_BETWEEN_PIECES_S if urlsplit(url).path.endswith(".m3u8") else SILENT_S
    is_file = Path(url).is_absolute()
    if is_file:
        options["protocol_whitelist"] = "file"
    timeout = None if is_file else (OPEN_WITHIN_S, silent_s)
    with opened(_open_aside, url, options=options, timeout=timeout) as container:
        if is_file and container.format.name in _LISTS:
            raise MediaError("it is a list of other files, which is not played", code="source_unreadable")
        yield container


def _open_aside(url: str, options: dict[str, str], timeout: tuple[float, float] | None) -> InputContainer:
    """Look into a stream as long as that takes."""
    with aside:
        return av.open(url, "r", options=options, timeout=timeout)


@contextlib.contextmanager
def opened(*call: object, **options: object) -> Iterator[InputContainer]:
    """Run PyAV's `open`, and say in a sentence of ours what went wrong."""
    function, *arguments = call
    address = next((each for each in arguments if isinstance(each, str) and "://" in each), "")
    try:
        container = function(*arguments, **options)  # type: ignore[operator]
    except av.error.FFmpegError as error:
        if error.errno == errno.EIO and _is_nowhere(address):
            text = "its server's name is not known"
            raise UnavailableError(text, code="source_unreachable") from error
        raise _failure(error) from error
    try:
        yield container
    except av.error.FFmpegError as error:
        raise _failure(error) from error
    finally:
        container.close()


def _is_nowhere(address: str) -> bool:
    """Whether there is no server of an address's name; FFmpeg's error is that of a broken stream, too."""
    try:
        if host := urlsplit(address).hostname:
            socket.getaddrinfo(host, None)
    except socket.gaierror as error:
        return error.errno == socket.EAI_NONAME
    except ValueError:
        # FFmpeg may read what is no address to us.
        pass
    return False


def _failure(error: av.error.FFmpegError) -> StagedoorError:
    match error:
        case av.error.HTTPNotFoundError() | av.error.FileNotFoundError():
            return NotFoundError("there is nothing to read", code="source_missing")
        case av.error.HTTPUnauthorizedError() | av.error.HTTPForbiddenError():
            return UnavailableError("the server wants other credentials", code="source_refused")
        case av.error.ExitError() | av.error.TimeoutError():
            return UnavailableError("nothing comes any more", code="source_silent")
        case av.error.ConnectionRefusedError():
            return UnavailableError("nothing listens there", code="source_unreachable")
        case av.error.InvalidDataError() | av.error.DemuxerNotFoundError():
            return MediaError("what comes cannot be read", code="source_unreadable")
        case av.error.OSError(errno=errno.EIO):
            # What FFmpeg says of a file that ends in the middle of what it promised.
            return MediaError("what comes cannot be read", code="source_unreadable")
        case _:
            return UnavailableError(f"it cannot be read: {error.strerror}", code="source_unreachable")
