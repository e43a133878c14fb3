"""The program as it is started: its links, its processes' deaths, its end."""

import asyncio
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from stagedoor.exits import Exit
from tests.kit.app import SMALL_MIXER, running_app
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

BACK_WITHIN_S = 10.0
REPLACED_WITHIN_S = 9.0
CLOSED_WITHIN_S = 5.0


async def test_a_killed_process_comes_back_and_the_other_goes_on() -> None:
    async with running_app() as app:
        for killed, other in (("control", "relay"), ("relay", "control")):
            bystander = app.child(other)
            await app.kill(killed)
            await until(lambda name=killed: app.child(name), BACK_WITHIN_S)  # type: ignore[misc]
            await app.ready(BACK_WITHIN_S)
            assert app.child(other) == bystander
            await app.logged(f"The {killed} process was ended by SIGKILL")


async def test_a_process_that_hangs_is_replaced() -> None:
    async with running_app() as app:
        hung, control = app.child("relay"), app.child("control")
        os.kill(hung, signal.SIGSTOP)
        await until(lambda: app.child("relay") not in (0, hung), REPLACED_WITHIN_S)
        await app.logged("The relay process has not answered for 6 s")
        await app.ready(BACK_WITHIN_S)
        assert app.child("control") == control


@pytest.mark.parametrize(("ours", "theirs"), [({}, "2"), ({"MALLOC_ARENA_MAX": "4"}, "4")])
async def test_each_process_takes_its_memory_from_few_places(
    ours: dict[str, str], theirs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    async with running_app(with_mixer=True, mixer=SMALL_MIXER) as app:
        for name in ("control", "relay", "mixer"):
            environment = Path(f"/proc/{app.child(name)}/environ").read_bytes().split(b"\0")
            assert f"MALLOC_ARENA_MAX={theirs}".encode() in environment


async def test_ctrl_c_ends_everything_in_time() -> None:
    async with running_app() as app:
        pids = [app.child(name) for name in ("control", "relay")]
        assert all(pids)
        started = time.monotonic()
        assert await app.stop() == Exit.OK
        assert time.monotonic() - started < CLOSED_WITHIN_S
        for url in (app.url, app.hub_url):
            host, port = url.removeprefix("http://").split(":")
            with socket.socket() as probe:
                assert probe.connect_ex((host, int(port))) != 0


async def test_the_banner_link_opens_the_operators_page() -> None:
    async with running_app() as app:
        await app.logged("  Settings ")
        found = re.search(r"Operator  (\S+)", app.log())
        assert found is not None
        async with httpx.AsyncClient(follow_redirects=False) as client:
            answer = await client.get(found.group(1))
            assert answer.is_redirect
            assert "token" not in answer.headers["location"]
            assert "HttpOnly" in answer.headers["set-cookie"]


async def test_lan_serves_https_at_every_address() -> None:
    async with running_app("--lan", server={"tls": "self-signed"}) as app:
        await app.logged("  Settings ")
        links = re.findall(r"Guests    (https://\S+)", app.log())
        assert f"{app.url}/guest_join" in links
        certificate = app.folder / "data" / "tls" / "cert.pem"
        context = await asyncio.to_thread(ssl.create_default_context, cafile=str(certificate))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        async with httpx.AsyncClient(verify=context) as client:
            for link in links:
                assert (await client.get(link)).status_code == httpx.codes.OK, link
        assert "browser asks once" in app.log()


async def test_a_second_instance_is_refused_and_disturbs_nothing() -> None:
    async with running_app() as app:
        children = {name: app.child(name) for name in ("control", "relay")}
        second = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "stagedoor", "serve", "--config", str(app.folder / "stagedoor.toml")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == Exit.RUNNING
        assert "already runs with the data directory" in second.stderr
        assert {name: app.child(name) for name in children} == children
        await app.ready(1)


async def test_no_secret_is_logged_or_on_a_command_line() -> None:
    destination = "rtmp://user:hushhush@127.0.0.1:9/app/hushhushkey/{path}"
    async with running_app(relay={"destinations": [destination]}) as app:
        await app.logged("  Settings ")
        lines = [line for line in app.log().splitlines() if "Operator" not in line]
        assert app.token not in "\n".join(lines)
        assert "hush" not in app.log()
        for name in ("control", "relay"):
            text = await asyncio.to_thread(Path(f"/proc/{app.child(name)}/cmdline").read_text)
            assert app.token not in text
            assert "hush" not in text
