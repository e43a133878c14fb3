"""Controllers by OSC over a real UDP socket: what they ask for is done, and the lights follow."""

import asyncio
import logging
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stagedoor.domain.transition import Transition, TransitionKind
from tests.kit.control_app import House, mixing_house, running_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.panel import Panel, panel
from tests.kit.ports import free_ports
from tests.kit.wait import until

pytestmark = pytest.mark.service


def free_port() -> int:
    return free_ports(1, socket.SOCK_DGRAM)[0]


@asynccontextmanager
async def rig(tmp_path: Path, **more: Any) -> AsyncIterator[tuple[House, FakeMixer, Panel]]:
    """Control with its port for controllers, a mixer, and a controller that has subscribed."""
    osc = {"enabled": True, "port": free_port(), **more}
    async with mixing_house(tmp_path, osc=osc) as (house, mixer), panel(osc["port"]) as made:
        await until(lambda: house.control.osc.listens)
        made.send("subscribe")
        await made.sees("program", "holding")
        yield house, mixer, made


async def outcomes(house: House, outcome: str) -> float:
    """How many messages are counted so."""
    text = (await house.operator("GET", "/metrics")).text
    name = f'stagedoor_osc_messages_total{{outcome="{outcome}"}} '
    return sum(float(line.removeprefix(name)) for line in text.splitlines() if line.startswith(name))


async def counted(house: House, outcome: str, least: int) -> None:
    async def is_so() -> bool:
        return await outcomes(house, outcome) >= least

    await until(is_so, 8, what=f"{least} {outcome}")


def is_muted(house: House, source: str) -> bool:
    strip = house.control.mixing.board.strips.get(source)
    return strip is not None and strip.muted


async def test_what_is_pressed_is_done_and_the_lights_follow(tmp_path: Path) -> None:
    async with rig(tmp_path) as (house, mixer, made):
        await made.sees("tally/guest4", "off", 0)
        made.send("cut", "quad")
        await made.sees("program", "quad")
        await made.sees("tally/guest4", "program", 2)
        made.send("preview", "two_up", 1.0)
        await made.sees("preview", "two_up")
        made.send("take", 1.0)
        # As the button is let go.
        made.send("take", 0.0)
        await made.sees("program", "two_up")
        await made.sees("tally/guest1", "program", 2)
        await made.sees("tally/guest4", "preview", 1)
        made.send("auto")
        await made.sees("program", "quad")
        assert [name for name, _ in mixer.commands] == ["cut", "preview", "take", "auto"]
        assert mixer.commands[-1][1].transition == house.control.mixing.board.transition
        made.send("mute", "guest1", 1)
        await until(lambda: is_muted(house, "guest1"))
        made.send("mute", "guest1", False)
        await until(lambda: not is_muted(house, "guest1"))
        await counted(house, "done", 8)


async def test_a_mute_holds_nothing_up_while_the_mixer_is_told_something(tmp_path: Path) -> None:
    async with rig(tmp_path) as (house, mixer, made):
        mixer.gate = asyncio.Event()
        made.send("mute", "guest1", 1)
        made.send("cut", "quad")
        await made.sees("program", "quad")
        assert is_muted(house, "guest1")
        assert "guest1" not in mixer.wanted.strips
        mixer.gate.set()
        await until(lambda: "guest1" in mixer.wanted.strips)
        assert mixer.wanted.strips["guest1"].muted


async def test_what_takes_too_long_is_given_up_and_the_next_is_done(tmp_path: Path) -> None:
    async with rig(tmp_path) as (house, mixer, made):
        mixer.gate = asyncio.Event()
        mixing = house.control.mixing
        mixing.commit(mixing.board.with_scenes([replace(mixing.board.scene("quad"), id="new")]))
        made.send("cut", "new")
        await counted(house, "dropped", 1)
        made.send("cut", "quad")
        await made.sees("program", "quad")
        assert [body.scene for _, body in mixer.commands] == ["quad"]
        mixer.gate.set()


async def test_a_stinger_plays_by_a_button_as_by_the_page(tmp_path: Path) -> None:
    async with rig(tmp_path) as (house, mixer, made):
        mixing = house.control.mixing
        sting = Transition(TransitionKind.STINGER, frames=50, file="sting.webm", cut_at=20)
        mixing.commit(mixing.board.with_transition(sting))
        made.send("auto")
        await until(lambda: [name for name, _ in mixer.commands] == ["auto"])
        ((_, taken),) = mixer.commands
        assert taken.transition == replace(sting, file=str(tmp_path / "media" / "sting.webm"))


async def test_nothing_that_is_wrong_stops_it_or_is_answered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = [b"garbage", b"\xff" * 1472, b"/stagedoor/cut\0\0,s\0\0quad" + bytes(2000)]
    # An element of negative size, which a careless reader goes back over for ever.
    wrong.append(b"#bundle\0" + bytes(8) + struct.pack(">i", -4))
    async with rig(tmp_path) as (house, mixer, made):
        for packet in wrong:
            made.raw(packet)
        made.send("cut", 3)
        made.send("cut", "quad\nanother line")
        made.send("mute", "guest1")
        made.send("nothing")
        made.send("subscribe", 80)
        made.raw(b"/elsewhere\0\0,\0\0\0")
        await counted(house, "invalid", len(wrong) + 6)
        made.send("cut", "no-such-scene")
        made.send("mute", "no-such-source", 1)
        await counted(house, "refused", 2)
        assert mixer.commands == []
        made.send("cut", "quad")
        await made.sees("program", "quad")
        assert set(made.lights) == {"program", "preview", *(f"tally/guest{n}" for n in range(1, 5))}
    said = [record.getMessage() for record in caplog.records if "message by OSC" in record.getMessage()]
    assert len(said) == 2, said
    assert all("\n" not in line for line in said)


async def test_a_flood_is_cut_down_and_the_rest_goes_on(tmp_path: Path) -> None:
    async with rig(tmp_path) as (house, mixer, made):
        for _ in range(400):
            made.send("take")
        await counted(house, "dropped", 1)
        assert len(mixer.commands) <= 400 - await outcomes(house, "dropped")
        assert (await house.operator("GET", "/api/mixer")).is_success

        async def is_heard() -> bool:
            made.send("cut", "pip")
            return made.lights.get("program") == ("pip",)

        await until(is_heard, 8, interval=0.1, what="a cut after the flood")


async def test_the_tally_goes_where_the_settings_say_and_ends_unknown(tmp_path: Path) -> None:
    async with panel() as named:
        async with rig(tmp_path, tally=[f"127.0.0.1:{named.port}"]) as (_, mixer, made):
            await named.sees("program", "holding")
            packets = named.packets
            await until(
                lambda: named.packets >= packets + 6, 8, what="the tally again, though nothing changed"
            )
            made.send("unsubscribe")
            mixer.show("quad", "pip")
            await named.sees("tally/guest4", "program", 2)
        await named.sees("tally/guest4", "unknown", -1)
        await named.sees("program", "")
        assert made.lights["program"] == ("holding",)


async def test_the_tally_comes_to_another_port_of_who_asks(tmp_path: Path) -> None:
    async with rig(tmp_path) as (_, _, made), panel() as other:
        made.send("subscribe", other.port)
        await other.sees("program", "holding")


async def test_another_programs_tally_and_no_commands(tmp_path: Path) -> None:
    port = free_port()
    async with running_house(tmp_path, osc={"enabled": True, "port": port}) as house, panel(port) as made:
        await until(lambda: house.control.osc.listens)
        made.send("subscribe")
        await made.sees("tally/guest1", "unknown", -1)
        await house.operator("PUT", "/api/tally", json={"guest1": "program", "guest2": "off"})
        await made.sees("tally/guest1", "program", 2)
        await made.sees("tally/guest2", "off", 0)
        assert "program" not in made.lights
        made.send("cut", "quad")
        await counted(house, "refused", 1)


async def test_a_port_that_is_taken_away_costs_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        async with mixing_house(tmp_path, osc={"enabled": True, "port": port}) as (house, _):
            await until(lambda: "Controllers cannot be heard" in caplog.text)
            assert (await house.operator("GET", "/api/mixer")).is_success
            other.close()
            await until(lambda: house.control.osc.listens, 10, what="the port once it is free")


async def test_it_says_that_everybody_may(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with rig(tmp_path, host="0.0.0.0") as (_, _, made):
        made.send("cut", "quad")
        await made.sees("program", "quad")
    assert "OSC knows no passwords" in caplog.text


async def test_nobody_listens_unless_it_is_enabled(tmp_path: Path) -> None:
    port = free_port()
    async with mixing_house(tmp_path, osc={"port": port}) as (house, _):
        assert not house.control.osc.listens
        with socket.socket(type=socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", port))
