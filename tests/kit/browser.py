"""Headless Chromium with cameras and microphones that play files."""

import contextlib
import shlex
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.kit.net import Namespace

WHOLE = "/usr/bin/chromium"
SHELL = "/usr/bin/chromium-headless-shell"
"""The same engine without the windows around pages, which cost as much again to start."""
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=Translate,OptimizationHints,MediaRouter,WebRtcHideLocalIpsWithMdns",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--auto-select-desktop-capture-source=Entire screen",
    "--no-first-run",
    "--mute-audio",
)
NO_UDP = ("--force-webrtc-ip-handling-policy", "--webrtc-ip-handling-policy=disable_non_proxied_udp")
"""For the whole program: peers find no way, as where a network lets no UDP through."""

DESKTOP = (1280, 720)
TABLET = (1024, 768)
PHONE = (390, 844)
"""Width and height of screens in a page's own pixels; a phone is held upright."""


@contextlib.asynccontextmanager
async def chromium(
    *flags: str,
    camera: Path | None = None,
    microphone: Path | None = None,
    inside: Namespace | None = None,
    whole: bool = False,
) -> AsyncIterator[Browser]:
    """A browser whose camera plays an MJPEG or Y4M file and whose microphone plays a WAV file, over and over.

    Without files it shows Chromium's own test picture, and beeps. It may live in another network namespace.
    The whole program is for what people get, and for screens, of which the shell has none.
    """
    files = []
    if camera is not None:
        files.append(f"--use-file-for-fake-video-capture={camera}")
    if microphone is not None:
        files.append(f"--use-file-for-fake-audio-capture={microphone}")
    with _executable(WHOLE if whole else SHELL, inside) as executable:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable, args=[*FLAGS, *files, *flags], headless=True
            )
            try:
                yield browser
            finally:
                await browser.close()


@contextlib.contextmanager
def _executable(program: str, inside: Namespace | None) -> Iterator[str]:
    if inside is None:
        yield program
        return
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "chromium")
        script.write_text(f'#!/bin/sh\nexec {shlex.join(inside.command(program))} "$@"\n')
        script.chmod(0o700)
        yield str(script)


class Watched:
    """A page and what it complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location['url']})")


@contextlib.asynccontextmanager
async def visitor(
    browser: Browser, url: str, size: tuple[int, int] = DESKTOP, *, touch: bool = False
) -> AsyncIterator[Watched]:
    """A new person (nothing stored, camera and microphone allowed) at `url`.

    `touch` is a screen of `size` that fingers press, as of a phone or a tablet.
    """
    width, height = size
    context: BrowserContext = await browser.new_context(
        permissions=["camera", "microphone"],
        ignore_https_errors=True,
        viewport={"width": width, "height": height},
        has_touch=touch,
        is_mobile=touch,
    )
    try:
        watched = Watched(await context.new_page())
        await watched.page.goto(url)
        yield watched
    finally:
        await context.close()
