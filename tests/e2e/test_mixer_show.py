"""The whole program with its mixer: guests on air, their returns in a browser, what outlives what."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from stagedoor.domain.layout import scene_of
from tests.kit.app import App, running_app
from tests.kit.browser import chromium
from tests.kit.listening import Listened, listen, reading
from tests.kit.mixer_state import mixer_state
from tests.kit.panel import panel
from tests.kit.ports import free_ports
from tests.kit.publisher import publishing
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.show import BITS, Show, encode, number_in, squares
from tests.kit.viewing import view
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = pytest.mark.e2e

SMALL = {"width": 640, "height": 360, "preset": "ultrafast", "bitrate": 1_500_000, "key_interval_s": 1}
SHOWS = {
    "guest1": Show(320, 180, color=(200, 40, 40), tone=440, seconds=20, bitrate=300_000),
    "guest2": Show(320, 180, color=(40, 60, 200), tone=880, seconds=20, bitrate=300_000),
}
THIRD = Show(160, 90, color=(30, 160, 60), tone=1320, bitrate=100_000)
VOICE = Show(160, 90, tone=3000, bitrate=50_000)
"""Of the operator."""
SPOKEN_TO: tuple[tuple[list[str] | str, tuple[str, ...]], ...] = (
    (["guest2"], ("guest2",)),
    (["guest1", "guest3"], ("guest1", "guest3")),
    ("all", (*SHOWS, "guest3")),
)
"""Who is named, and whose returns have the operator's voice."""
CODED_DB = -60
"""What two coders in a row leave at a tone that is not there lies below."""
MUTED_DB = -40
"""A tone that is heard has -10; what was concealed of another leaves less than this in half a second."""
BAR = (34 / 640, 0.9)
"""Where a lower third has its bar, of the seat's colour."""
READY = "The mixer is ready"
PUBLISHED = "Relay started for program"
AWAY_FRAMES = 3 * 30
"""Of program that a reader misses at most when the relay dies."""
BACK_FRAMES = 2 * 30
"""Of a guest that nobody sees at most when the mixer dies: by the number in the guest's own picture.

What another process has to wait for a core while it starts comes on top of both, where other tests have them.
"""
HALVES = ((0.25, 0.5), (0.75, 0.5))
_, RIGHT = (slot.rect for slot in scene_of("two_up", list(SHOWS), "two_up").slots)
SQUARES = squares(RIGHT)
"""Where the number in the second guest's picture is."""
TIMER_BAR = (41 / 640, 0.2)
"""Where a timer at the top left has its bar."""
GREEN = (0x20, 0xC0, 0x40)
GONE_FRAMES = 15
"""Of program that are looked at once the timer has gone."""


@dataclass(frozen=True)
class OnAir:
    """The program with both guests on air; `invites`: their tokens by seat; `osc_port`: for controllers."""

    app: App
    invites: dict[str, str]
    osc_port: int


@pytest.fixture
async def on_air() -> AsyncIterator[OnAir]:
    """Both guests seated and live, and the two of them on program."""
    invites: dict[str, str] = {}
    (osc_port,) = free_ports(1, socket.SOCK_DGRAM)
    osc = {"enabled": True, "port": osc_port}
    async with running_app(with_mixer=True, mixer=SMALL, osc=osc) as running, AsyncExitStack() as guests:
        for seat, show in SHOWS.items():
            invite = await running.invite(seat)
            await guests.enter_async_context(publishing(running.whip(seat), invite["token"], encode(show)))
            invites[seat] = invite["token"]
        await are_live(running)
        await command(running, "cut", scene="two_up")
        yield OnAir(running, invites, osc_port)


async def command(app: App, name: str, **body: object) -> dict[str, Any]:
    """Tell the mixer something; what it confirmed."""
    answer = await app.api.post(f"/api/mixer/{name}", json=body)
    assert answer.is_success, answer.text
    return dict(answer.json())


async def mixer(app: App) -> dict[str, Any]:
    answer = await app.api.get("/api/mixer")
    return dict(answer.json()) if answer.is_success else {}


async def are_live(app: App, *names: str) -> None:
    """Wait until sources are live in the mixer: these, or else both guests."""
    wanted = set(names or SHOWS)

    async def live() -> bool:
        sources = (await mixer(app)).get("sources", [])
        return {each["id"] for each in sources if each["state"] == "live"} >= wanted

    await until(live, 20, interval=0.1, what=f"{wanted} live in the mixer")


def hub(app: App, path: str) -> str:
    return f"{app.hub_url}/live/{path}.nut?token={app.token}"


def program(app: App) -> str:
    return hub(app, "program")


async def test_two_guests_are_on_air_with_one_click_and_hear_each_other(on_air: OnAir) -> None:
    app = on_air.app
    seen = await listen(program(app), 2.0, points=HALVES)
    for got, show in zip(seen.colors[-1], SHOWS.values(), strict=True):
        assert near(got, show.color), seen.colors[-1]
    async with chromium() as browser:
        page = await browser.new_page()
        await page.goto(f"{app.url}/nothing-is-here")
        mine = await view(page, f"{app.url}/whep/return-guest1?invite={on_air.invites['guest1']}")
        assert (await mine.tell()).status == 201

        async def hears() -> bool:
            return abs(await mine.tone() - SHOWS["guest2"].tone) < 10

        await until(hears, 15, what="the other guest in the return")
        assert (await mine.tell()).frames > 10
        others = await view(page, f"{app.url}/whep/return-guest2?invite={on_air.invites['guest1']}")
        assert (await others.tell()).status in (401, 403)
    async with panel(on_air.osc_port) as buttons:
        buttons.send("subscribe")
        await buttons.sees("tally/guest1", "program", 2)
        buttons.send("cut", "holding")
        await buttons.sees("program", "holding")
        assert (await mixer(app))["program"] == "holding"


async def test_a_camera_that_is_off_and_a_lower_third_are_seen_at_once(on_air: OnAir) -> None:
    app = on_air.app
    seen = await listen(program(app), 2.0, points=HALVES)
    assert near(seen.colors[-1][0], SHOWS["guest1"].color)
    token = {"Authorization": f"Bearer {on_air.invites['guest1']}"}
    off = {"camera": "off", "mic": "on"}
    assert (await app.api.post("/api/guests/guest1/report", json=off, headers=token)).is_success
    shown = await app.api.post("/api/overlays/lower-third", json={"source": "guest1"})
    assert shown.is_success, shown.text
    frame, overlay = shown.json()["frame"], shown.json()["overlay"]

    async def is_confirmed() -> bool:
        return bool((await app.api.get(f"/api/overlays/{overlay['id']}")).json()["shown"])

    await until(is_confirmed, what="the mixer says that it shows it")
    seen = await listen(program(app), 1.5, points=(*HALVES, BAR))
    assert seen.numbers[-1] > frame + overlay["frames"]
    slate, other, bar = seen.colors[-1]
    assert not near(slate, SHOWS["guest1"].color)
    assert near(other, SHOWS["guest2"].color), "whose camera is on"
    assert near(bar, (0xE4, 0x57, 0x2E)), overlay["color"]
    source = next(each for each in (await mixer(app))["sources"] if each["id"] == "guest1")
    assert (source["state"], source["has_audio"]) == ("live", True)
    await a_countdown_goes_in_its_frame(app)


async def put_timer(app: App, seconds: int) -> None:
    """Have a countdown on program, which goes at its zero; one that runs goes on."""
    look = {"anchor": "top_left", "size": 0.2, "color": "#20c040", "frames": 1, "on": True}
    body = {"kind": "timer", "seconds": seconds, "at_zero": "hide", **look}
    assert (await app.api.put("/api/overlays/two", json=body)).is_success


async def a_countdown_goes_in_its_frame(app: App) -> None:
    """Two seconds of program after the frame at which it was started, as a reader of program counts them."""
    await put_timer(app, seconds=2)
    before = (await mixer(app))["timing"]["repeated_frames"]
    watching = asyncio.create_task(listen(program(app), 4.0, points=(TIMER_BAR,)))
    started = (await app.api.post("/api/overlays/two/start")).json()
    seen = await watching
    repeated = (await mixer(app))["timing"]["repeated_frames"] - before
    shown = [number for number, (bar,) in zip(seen.numbers, seen.colors, strict=True) if near(bar, GREEN)]
    assert shown[0] < started["frame"] + 30
    assert seen.numbers[-1] > started["frame"] + 62
    assert -1 <= shown[-1] + 1 - (started["frame"] + 60) <= 1 + repeated
    await is_over(app)


async def is_over(app: App) -> None:
    """Wait until control has written down that the timer has gone."""

    async def is_off() -> bool:
        return not (await app.api.get("/api/overlays/two")).json()["on"]

    await until(is_off, 15, what="control writes down that it has gone")


async def test_an_operator_speaks_to_one_to_two_and_to_all(on_air: OnAir) -> None:
    """Three guests, each with a return; program never has a word of it."""
    app = on_air.app
    returns = [f"return-{seat}" for seat in (*SHOWS, "guest3")]
    async with (
        publishing(app.whip("guest3"), (await app.invite("guest3"))["token"], encode(THIRD)),
        publishing(f"{app.url}/whip/talkback", app.token, encode(VOICE), video_after=None) as voice,
    ):
        await are_live(app, "guest3", "talkback-main")
        for to, spoken_to in SPOKEN_TO:
            held = await app.api.post("/api/talkback", json={"to": to})
            assert held.is_success, held.text
            heard = await asyncio.gather(*(listen(hub(app, path), 2.5) for path in (*returns, "program")))
            for path, each in zip((*returns, "program"), heard, strict=True):
                spoken = each.level_db(VOICE.tone, 1.0)
                if path.removeprefix("return-") in spoken_to:
                    assert spoken > -16, (to, path)
                else:
                    assert spoken < CODED_DB, (to, path)
            others = heard[0].level_db(SHOWS["guest2"].tone, 1.0)
            if "guest1" in spoken_to:
                assert -34 < others < -20, "what is ducked is still heard"
            else:
                assert others > -20, "a return without the voice goes on as it was"
        assert (await voice.delete()).is_success
    ended = await app.api.get("/api/talkback")
    assert ended.json() == {"talkbacks": {}}


async def publish(app: App, server: RtmpServer) -> str:
    """Have program published to a server, which keeps it; the URL that it is read from."""
    url = f"{server.url}/kept/program"
    answer = await app.api.post("/api/outputs", json={"id": "stream", "url": url})
    assert answer.is_success, answer.text
    await command(app, "start")
    await app.logged(PUBLISHED)
    return url


def guest_numbers(seen: Listened) -> dict[int, int]:
    """The numbers in the second guest's picture, by the place of each of program's that shows both guests."""
    found = {}
    for place, points in enumerate(seen.colors):
        if all(near(got, show.color) for got, show in zip(points[:2], SHOWS.values(), strict=True)):
            found[place] = number_in(points[-BITS:])
    return found


def after(earlier: int, later: int) -> int:
    """How many of a guest's pictures lie between two numbers, which begin anew now and then."""
    show = SHOWS["guest2"]
    return (later - earlier) % (show.seconds * show.frame_rate)


async def test_a_killed_mixer_is_back_on_the_same_scene(on_air: OnAir, tmp_path: Path) -> None:
    """With its timer, a muted strip and an output, which is published anew: all in two seconds."""
    app = on_air.app
    await put_timer(app, seconds=600)
    assert (await app.api.post("/api/overlays/two/start")).is_success
    assert (await app.api.put("/api/audio/guest1", json={"muted": True})).is_success
    points = (*HALVES, TIMER_BAR, *SQUARES)
    async with rtmp_server(tmp_path) as server, reading(program(app), points=points) as seen:
        await publish(app, server)
        await until(lambda: seen.numbers, 10, what="a picture of program")
        old = await mixer_state(app)
        await until_frame(app, old.frame + 60)
        await app.kill("mixer")
        await until(lambda: app.log().count(READY) == 2, 20, what="another mixer")
        most = BACK_FRAMES + round(30 * app.waited_s("mixer"))
        await until(lambda: app.log().count(PUBLISHED) == 2, 15, what="the output is published again")
        await are_live(app)
        assert (await mixer(app))["program"] == "two_up"
        ran_ms = (await app.api.get("/api/overlays/two")).json()["elapsed_ms"]
        await put_timer(app, seconds=ran_ms // 1000 + 2)
        await is_over(app)
        gone = len(seen.numbers)
        await until(lambda: len(seen.numbers) > gone + 2 * GONE_FRAMES, 10, what="program without the timer")
        kept = [await listen(str(file), 1000, points=(*HALVES, *SQUARES)) for file in server.kept("program")]
    numbers = guest_numbers(seen)
    away, back = max((after(numbers[a], numbers[b]), b) for a, b in pairwise(numbers))
    assert away <= most, (away, most)
    is_timed = [near(bar, GREEN) for _, _, bar, *_ in seen.colors]
    assert is_timed[back], "the timer is on program again"
    assert not any(is_timed[-GONE_FRAMES:]), "it has gone on while there was no mixer, and come to its zero"
    before, again = kept
    *_, last = guest_numbers(before).values()
    first, *_ = guest_numbers(again).values()
    away = after(last, first)
    assert away <= most, (away, most)
    assert again.level_db(SHOWS["guest2"].tone, 0.5, 1.0) > -20
    assert again.loudest_db(SHOWS["guest1"].tone) < MUTED_DB, "whose strip was muted"


async def until_frame(app: App, frame: int) -> None:
    """Wait for a frame of program."""

    async def is_there() -> bool:
        return (await mixer_state(app)).frame >= frame

    await until(is_there, 10, interval=0.05, what=f"frame {frame}")


async def test_program_outlives_control_and_relay_at_its_server(on_air: OnAir, tmp_path: Path) -> None:
    """The server misses no frame; a reader at the hub, who tries again, has program soon."""
    app = on_air.app
    async with rtmp_server(tmp_path) as server:
        url = await publish(app, server)
        # Longer than it takes to the key frame that a reader begins with.
        watching = asyncio.create_task(listen(url, 9.0))
        await server.read_by(2)
        before = (await mixer_state(app)).frame
        await app.kill("relay")
        again = await again_at_the_hub(app)
        await app.kill("control")
        assert again.numbers[0] <= before + AWAY_FRAMES + round(30 * app.waited_s("relay"))
        assert again.numbers[-1] > before
        assert again.missing == 0
        seen = await watching
        assert seen.missing == 0
        assert len(seen.numbers) > 7 * 30
        assert app.log().count(PUBLISHED) == 1
        await app.ready()


async def again_at_the_hub(app: App) -> Listened:
    """What a reader has of program who tries until there is something."""
    found: list[Listened] = []

    async def has_program() -> bool:
        with contextlib.suppress(av.FFmpegError, OSError):
            found.append(await listen(program(app), 0.5, points=HALVES))
        return bool(found and found[-1].numbers)

    await until(has_program, 20, interval=0.05, what="program at the hub")
    return found[-1]
