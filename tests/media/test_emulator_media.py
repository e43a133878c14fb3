"""The emulator carries real media between peers of ours, without decoding."""

import pytest

from stagedoor.emulator.serve import emulator
from stagedoor.media.packets import Kind
from tests.kit.cloudflare import client, pulling, pushing
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.media.test_rtc_loss import decoded

pytestmark = pytest.mark.media

SHOW = Show(320, 180, seconds=2, bitrate=400_000)


async def test_what_is_pushed_is_pulled_in_whole_frames() -> None:
    async with (
        emulator() as it,
        client(it) as api,
        pushing(api, encode(SHOW)) as guest,
        pulling(api, guest.remote("audio"), guest.remote("video")) as puller,
    ):
        await until(lambda: len(puller.of(Kind.VIDEO)) > 30, 15)
        await until(lambda: len(puller.of(Kind.AUDIO)) > 30, 15)
        assert decoded(puller.packets) == len(puller.of(Kind.VIDEO))
        assert puller.of(Kind.VIDEO)[0].track.width == 320
