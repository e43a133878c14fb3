"""What is said of a source that cannot be opened."""

import errno

import av
import pytest

from stagedoor.domain.errors import StagedoorError
from stagedoor.mixer.sources.opening import opened

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("rtsp://camera.example.org/stream", "source_unreachable"),
        ("https://example.org/film.ts", "source_unreachable"),
        ("/srv/media/film.mp4", "source_unreadable"),
    ],
)
def test_a_name_that_is_not_known_is_no_fault_of_the_format(address: str, code: str) -> None:
    """FFmpeg says the same of it as of a file that breaks off."""

    def fails(*_: str) -> None:
        raise av.error.OSError(errno.EIO, "Input/output error", address)

    with pytest.raises(StagedoorError) as caught, opened(fails, address):
        pytest.fail("it was opened")
    assert caught.value.code == code
