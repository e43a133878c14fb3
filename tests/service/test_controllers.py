"""What the guide for controllers says is sent to a running control, call by call and address by address."""

import json
import re
import socket
from pathlib import Path

import pytest

from tests.kit.control_app import OPERATOR, mixing_house
from tests.kit.panel import PREFIX, panel
from tests.kit.ports import free_ports
from tests.kit.wait import until

pytestmark = pytest.mark.service

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guides" / "controllers.md").read_text()
CALL = re.compile(r"^```http\n(GET|POST|PUT) (/\S+)\n(\{.*\}\n)?```$", re.MULTILINE)
HEADER = re.compile(r"^```json\n(\{.*\})\n```$", re.MULTILINE)
LIGHT = re.compile(r"jsonpath\(\$\(custom:(\w+)\), '\$\.([\w.]+)'\) == '(\w+)'")
EXAMPLE = re.compile(rf"^\| `({PREFIX}\w+)` \|.*\| `({PREFIX}[^`]+)` \|$", re.MULTILINE)


async def test_companion_may_send_every_call_and_reads_its_lights(tmp_path: Path) -> None:
    (header,) = HEADER.findall(GUIDE)
    headers = json.loads(header.replace("THE-OPERATORS-TOKEN", OPERATOR))
    calls = CALL.findall(GUIDE)
    assert len(calls) == GUIDE.count("```http")
    answers = {}
    async with mixing_house(tmp_path) as (house, mixer):
        for method, path, body in calls:
            # As the module does: its body is {} where nothing was written, and a GET has none.
            sent = None if method == "GET" else json.loads(body or "{}")
            answer = await house.client.request(method, path, headers=headers, json=sent)
            assert answer.is_success, f"{method} {path}: {answer.text}"
            answers[path] = answer
        assert [name for name, _ in mixer.commands] == [
            *("cut", "preview", "take", "auto", "fade", "fade", "thumbnail")
        ]
        assert mixer.state.program == "quad"
    lights = LIGHT.findall(GUIDE)
    assert {name for name, _, _ in lights} == {"tally", "mixer"}
    for name, where, value in lights:
        found = answers[f"/api/{name}"].json()
        for key in where.split("."):
            found = found[key]
        assert found == value, f"{name}: {where}"


async def test_a_panel_may_send_every_address(tmp_path: Path) -> None:
    rows = EXAMPLE.findall(GUIDE)
    assert len(rows) == 7
    (port,) = free_ports(1, socket.SOCK_DGRAM)
    async with (
        mixing_house(tmp_path, osc={"enabled": True, "port": port}) as (house, mixer),
        panel(port) as made,
    ):
        await until(lambda: house.control.osc.listens)
        for address, example in rows:
            assert example.split()[0] == address
            name, *words = example.removeprefix(PREFIX).split()
            made.send(name, *(int(word) if word.isdecimal() else word for word in words))
        done = 'stagedoor_osc_messages_total{outcome="done"} 7.0'

        async def all_are_done() -> bool:
            return done in (await house.operator("GET", "/metrics")).text

        await until(all_are_done, 8, what="every address")
        assert [name for name, _ in mixer.commands] == ["cut", "preview", "take", "auto"]
        assert house.control.mixing.board.strips["guest1"].muted
