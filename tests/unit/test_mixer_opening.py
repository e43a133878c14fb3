"""What is said of a source that cannot be opened."""

import errno
import socket

import av
import pytest

from stagedoor.domain.errors import StagedoorError
from stagedoor.mixer.sources.opening import opened

pytestmark = pytest.mark.unit


def resolve(host: str, _port: object) -> list[str]:
    if host == "camera.example.org":
        return ["192.0.2.7"]
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("rtsp://camera.example.com/stream", "source_unreachable"),
        ("rtsp://camera.example.org/stream", "source_unreadable"),
        ("/srv/media/film.mp4", "source_unreadable"),
    ],
)
def test_a_name_that_is_not_known_is_no_fault_of_the_format(
    address: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FFmpeg says the same of it as of a stream that breaks off."""
    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    def fails(*_: str) -> None:
        raise av.error.OSError(errno.EIO, "Input/output error", address)

    with pytest.raises(StagedoorError) as caught, opened(fails, address):
        pytest.fail("it was opened")
    assert caught.value.code == code
