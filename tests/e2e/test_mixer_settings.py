"""Every setting of the mixer is seen to do what it says, in the streams that the running program makes."""

import asyncio
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import av
import pytest

from stagedoor.media.bits import BitReader, unescape
from stagedoor.media.h264 import NalType, nalus, parse_sps
from tests.kit.app import App, running_app
from tests.kit.listening import listen
from tests.kit.ports import free_ports
from tests.kit.publisher import publishing
from tests.kit.show import Show, encode
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

SHOW = Show(640, 360, tone=440, noise=True, bitrate=2_000_000)
"""So much happens in it that every bit that there may be is used."""
RETURNS = {"width": 320, "height": 180, "frame_rate": 15, "bitrate": 150_000, "key_interval_s": 2}
MULTIVIEW = {"width": 640, "height": 360, "frame_rate": 15, "bitrate": 300_000}
SECOND = {"enabled": True, "width": 180, "height": 320, "bitrate": 200_000, "preset": "ultrafast"}
MIXER: dict[str, Any] = {
    "enabled": True,
    "width": 480,
    "height": 270,
    "frame_rate": 25,
    "encoder": "nvenc",
    "preset": "ultrafast",
    "bitrate": 400_000,
    "key_interval_s": 1,
    "audio_bitrate": 40_000,
    "lobby_hears": "silence",
    "black_is_silent": False,
    "returns": RETURNS,
    "multiview": MULTIVIEW,
    "second_canvas": SECOND,
}
SECONDS = 5.0
OPUS_AT_MOST = 100_000
"""Opus spends up to twice what is set on a lone tone; with the usual setting it would be more than this."""
BASELINE, CONSTRAINED = 66, 0x40
"""profile_idc, and constraint_set1_flag in the byte after it."""
B_SLICE = 1
ROUGHLY = 0.3
"""How far a rate may be off in a few seconds, of what is set."""


@dataclass
class Stream:
    """What was read of a stream.

    Attributes:
        sizes: Bytes of each packet, by kind.
        times: Of the pictures, seconds.
        keys: Of the key frames, seconds.
        size: Of the pictures, pixels.
        first: The first key frame.
        slices: The types of all slices (H.264 table 7-6, modulo 5).
    """

    sizes: dict[str, list[int]] = field(default_factory=lambda: {"video": [], "audio": []})
    times: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    first: bytes = b""
    slices: set[int] = field(default_factory=set)

    @property
    def frame_rate(self) -> float:
        """By the commonest distance of two pictures."""
        steps = (round(b - a, 4) for a, b in zip(self.times, self.times[1:], strict=False))
        return 1 / Counter(steps).most_common(1)[0][0]

    @property
    def key_interval(self) -> float:
        """The longest distance of two key frames; more come when somebody asks for them."""
        return max(b - a for a, b in zip(self.keys, self.keys[1:], strict=False))

    def bitrate(self, kind: str) -> float:
        """Bits a second, without the first key frame and what came with it."""
        sizes = self.sizes[kind]
        return sum(sizes[len(sizes) // 5 :]) * 8 / (len(sizes) - len(sizes) // 5) * self._rate(kind)

    def _rate(self, kind: str) -> float:
        return self.frame_rate if kind == "video" else 50.0


def read(url: str, seconds: float) -> Stream:
    """Read so many seconds of a stream, without decoding."""
    seen = Stream()
    with av.open(
        url, timeout=(15.0, 5.0), options={"probesize": "8192", "analyzeduration": "0"}
    ) as container:
        for packet in container.demux():
            if packet.pts is None or packet.time_base is None:
                continue
            kind, at = packet.stream.type, float(packet.pts * packet.time_base)
            seen.sizes[kind].append(packet.size)
            if not isinstance(packet.stream, av.VideoStream):
                continue
            seen.size = (packet.stream.width, packet.stream.height)
            seen.times.append(at)
            seen.slices |= slice_types(bytes(packet))
            if packet.is_keyframe:
                seen.keys.append(at)
                seen.first = seen.first or bytes(packet)
            if at - seen.times[0] > seconds:
                return seen
    raise AssertionError(f"{url} has ended")


def slice_types(access_unit: bytes) -> set[int]:
    """The types of a picture's slices."""
    found: set[int] = set()
    for nal in nalus(access_unit):
        if nal[0] & 0x1F in (NalType.SLICE, NalType.IDR):
            reader = BitReader(unescape(nal[1:32]))
            reader.ue()
            found.add(reader.ue() % 5)
    return found


def is_constrained_baseline(access_unit: bytes) -> bool:
    """Whether its sequence parameter set says so (H.264 A.2.1.1)."""
    (sps,) = [parse_sps(nal) for nal in nalus(access_unit) if nal[0] & 0x1F == NalType.SPS]
    return sps.profile == BASELINE and bool(sps.constraints & CONSTRAINED)


def has_cabac(access_unit: bytes) -> bool:
    """Whether its picture parameter set says that entropy coding is CABAC, which `ultrafast` leaves out."""
    (pps,) = [nal for nal in nalus(access_unit) if nal[0] & 0x1F == NalType.PPS]
    reader = BitReader(unescape(pps[1:]))
    reader.ue()
    reader.ue()
    return reader.flag()


@pytest.fixture
async def app() -> AsyncIterator[App]:
    """The program with every setting of the mixer changed, and a guest on air."""
    (hub_port,), token = free_ports(1), secrets.token_urlsafe(24)
    guest_url = f"http://127.0.0.1:{hub_port}/live/{{path}}.mkv?token={token}"
    async with (
        running_app(
            server={"operator_token": token}, hub={"port": hub_port}, mixer={**MIXER, "guest_url": guest_url}
        ) as running,
        AsyncExitStack() as guests,
    ):
        invite = await running.invite("guest1")
        await guests.enter_async_context(publishing(running.whip("guest1"), invite["token"], encode(SHOW)))
        cut = await running.api.post("/api/mixer/cut", json={"scene": "full-guest1"})
        assert cut.is_success, cut.text
        await is_live(running)
        yield running


async def is_live(app: App) -> None:
    """Wait until the guest is live in the mixer."""

    async def live() -> bool:
        answer = await app.api.get("/api/mixer")
        sources = answer.json()["sources"] if answer.is_success else ()
        return any(each["id"] == "guest1" and each["state"] == "live" for each in sources)

    await until(live, 20, interval=0.1, what="the guest live in the mixer")


def hub(app: App, path: str) -> str:
    return f"{app.hub_url}/live/{path}.nut?token={app.token}"


async def lobby_guest(app: App) -> str:
    """Have somebody come to the lobby; their return's path."""
    invite = (await app.api.post("/api/invites", json={"admit": "lobby"})).json()
    as_guest = {"Authorization": f"Bearer {invite['token']}"}
    info = (await app.api.get("/api/join", headers=as_guest)).json()
    body = {"name": "Ann", "consent": info["notice_version"], "instance": "page"}
    joined = await app.api.post("/api/join", json=body, headers=as_guest)
    assert joined.is_success, joined.text
    return f"return-lobby-{joined.json()['guest']['id']}"


async def test_all_of_them_at_once(app: App) -> None:
    waiting = await lobby_guest(app)
    paths = ("program", "return-guest1", "multiview", "second")
    streams = [asyncio.to_thread(read, hub(app, path), SECONDS) for path in paths]
    program, back, overview, second = await asyncio.gather(*streams)
    assert program.size == (MIXER["width"], MIXER["height"])
    assert program.frame_rate == pytest.approx(MIXER["frame_rate"])
    assert program.key_interval == pytest.approx(MIXER["key_interval_s"], abs=0.01)
    assert program.bitrate("video") == pytest.approx(MIXER["bitrate"], rel=ROUGHLY)
    assert MIXER["audio_bitrate"] / 2 < program.bitrate("audio") < OPUS_AT_MOST
    assert not has_cabac(program.first)
    _check(back, RETURNS)
    assert back.key_interval == pytest.approx(RETURNS["key_interval_s"], abs=0.01)
    _check(overview, MULTIVIEW)
    for each in (back, overview):
        assert is_constrained_baseline(each.first)
        assert each.slices
        assert B_SLICE not in each.slices
        assert each.times == sorted(each.times), "in the order in which they are decoded"
    _check(second, {**SECOND, "frame_rate": MIXER["frame_rate"]})
    assert second.key_interval == pytest.approx(MIXER["key_interval_s"], abs=0.01)
    assert not has_cabac(second.first)
    aired, silent = await asyncio.gather(*(listen(hub(app, path), 2.0) for path in ("program", waiting)))
    assert aired.loudest_db(SHOW.tone) > -20
    assert silent.level_db(SHOW.tone) < -80
    readers = (await app.api.get("/metrics")).text
    assert re.search(r'^stagedoor_path_readers\{kind="mkv",path="guest1"\} 1', readers, re.MULTILINE), readers
    assert 'stagedoor_source_state{source="guest1",state="live"} 1.0' in readers, "the mixer's own"
    said = (await app.api.get("/api/mixer")).json()
    assert said["encoder_wanted"] == "nvenc"
    # Without such a device x264 has made all that was read.
    assert said["encoder"] == "nvenc" or said["encoder_reason"]
    await _is_heard_in_black(app)
    await _comes_back(app, "second", second.size)


async def _is_heard_in_black(app: App) -> None:
    """With `black_is_silent` off the sound stays where the picture goes, until operators say otherwise."""
    (await app.api.post("/api/mixer/fade-to-black", json={"black": True, "frames": 1})).raise_for_status()

    async def mixer() -> dict[str, Any]:
        return dict((await app.api.get("/api/mixer")).json())

    async def is_black() -> bool:
        return bool((await mixer())["black"] == 1.0)

    await until(is_black, 10, what="black")
    assert "guest1" in (await mixer())["heard"]
    (await app.api.put("/api/mixer/black", json={"is_silent": True})).raise_for_status()

    async def is_silent() -> bool:
        now = await mixer()
        return bool(now["black_is_silent"] and not now["heard"])

    await until(is_silent, 10, what="silence in black")


async def _comes_back(app: App, path: str, size: tuple[int, int]) -> None:
    """Kill the mixer; the path is made again for whoever wants it."""
    old = app.child("mixer")
    await app.kill("mixer")
    await until(lambda: app.child("mixer") not in (0, old), 10)
    assert (await asyncio.to_thread(read, hub(app, path), 0.5)).size == size


def _check(stream: Stream, settings: dict[str, Any]) -> None:
    assert stream.size == (settings["width"], settings["height"])
    assert stream.frame_rate == pytest.approx(settings["frame_rate"], rel=0.01)
    assert stream.bitrate("video") == pytest.approx(settings["bitrate"], rel=ROUGHLY)


async def test_another_program_is_the_mixer() -> None:
    async with running_app(mixer={"enabled": False}) as app:
        assert app.child("relay")
        assert not app.child("mixer")
        assert (await app.api.get("/api/mixer")).json()["code"] == "mixer_disabled"
