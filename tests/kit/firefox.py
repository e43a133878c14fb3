"""Headless Firefox ESR as Debian ships it, driven by its own remote protocol (Marionette)."""

import asyncio
import contextlib
import json
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from tests.kit.ports import free_ports
from tests.kit.wait import until

EXECUTABLE: Final = "/usr/bin/firefox-esr"
START_SECONDS: Final = 30.0
PREFERENCES: Final[dict[str, bool | int | str]] = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.autoplay.default": 0,
    "media.gmp-manager.updateEnabled": False,
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
"""A camera and a microphone of its own, given without asking; loopback; nothing looked for outside."""

_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's reference (W3C WebDriver section 12)."""


class MarionetteError(Exception):
    """The browser refused a command."""


class Firefox:
    """One window, one page; commands are those of W3C WebDriver."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._sent = 0

    async def command(self, name: str, **parameters: Any) -> Any:
        """Run one command and return its value.

        Raises:
            MarionetteError: With the browser's own words.
        """
        self._sent += 1
        body = json.dumps([0, self._sent, f"WebDriver:{name}", parameters]).encode()
        self._writer.write(b"%d:%b" % (len(body), body))
        await self._writer.drain()
        _, _, error, result = await self.receive()
        if error:
            raise MarionetteError(f"{name}: {error['error']}: {error['message']}")
        return result.get("value") if isinstance(result, dict) else result

    async def receive(self) -> Any:
        """The next message, which is a length, a colon and JSON."""
        length = int((await self._reader.readuntil(b":"))[:-1])
        return json.loads(await self._reader.readexactly(length))

    async def go(self, url: str) -> None:
        await self.command("Navigate", url=url)

    async def evaluate(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page; a promise is waited for."""
        return await self.command("ExecuteScript", script=script, args=list(arguments))

    async def find(self, xpath: str) -> str:
        """The first element that there is, waited for."""
        found = await self.command("FindElement", using="xpath", value=xpath)
        return str(found[_ELEMENT])

    async def click(self, xpath: str) -> None:
        await self.command("ElementClick", id=await self.find(xpath))

    async def type(self, xpath: str, text: str) -> None:
        await self.command("ElementSendKeys", id=await self.find(xpath), text=text)


@contextlib.asynccontextmanager
async def firefox(**preferences: bool | int | str) -> AsyncIterator[Firefox]:
    """A browser with a new profile; a dot in a preference's name is written as two underscores."""
    (port,) = free_ports(1)
    more = {name.replace("__", "."): value for name, value in preferences.items()}
    with tempfile.TemporaryDirectory(prefix="firefox-") as folder:
        wanted = {**PREFERENCES, **more, "marionette.port": port}
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wanted.items())
        Path(folder, "user.js").write_text("".join(lines))
        async with _process(folder), _connected(port) as browser:
            await browser.receive()
            await browser.command("NewSession", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
            await browser.command("SetTimeouts", implicit=15_000, script=20_000)
            yield browser


@contextlib.asynccontextmanager
async def _process(folder: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *(EXECUTABLE, "--headless", "--marionette", "--no-remote", "--profile", folder),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "HOME": folder, "MOZ_DISABLE_AUTO_SAFE_MODE": "1"},
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def _connected(port: int) -> AsyncIterator[Firefox]:
    await until(lambda: _listens(port), START_SECONDS, interval=0.1, what="Firefox")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Firefox(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
