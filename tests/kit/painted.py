"""A guest's camera that paints the time, and who reads it again: how late a picture is, glass to glass.

The time is a row of black and white squares across the middle of the picture: milliseconds of the clock
that all processes of a machine share, in binary, the smallest on the left. One more makes the number of
white ones odd, so that a plain colour is no time.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from playwright.async_api import Browser, Locator

from stagedoor.mixer.multiview import PROGRAM, cells
from tests.kit.browser import Watched, visitor
from tests.kit.show import BITS as SQUARES

BITS: Final = 14
"""The multiview's meters stand before the squares at the right, which are painted black."""
WRAP_S: Final[float] = 2 ** (BITS - 1) / 1000
"""A picture that is later than this looks as if it came sooner."""
_PAINT = """([width, height, squares, bits]) => {
  if (!navigator.mediaDevices) return;
  const fresh = (width, height) => Object.assign(document.createElement("canvas"), { width, height });
  const coarse = fresh(width / 16, height / 16);
  const grain = coarse.getContext("2d").createImageData(coarse.width, coarse.height);
  grain.data.forEach((_, at) => { grain.data[at] = at % 4 === 3 ? 255 : 60 + 120 * Math.random(); });
  coarse.getContext("2d").putImageData(grain, 0, 0);
  const room = fresh(width + 120, height);
  room.getContext("2d").drawImage(coarse, 0, 0, room.width, room.height);
  const canvas = fresh(width, height);
  const context = canvas.getContext("2d");
  const side = width / squares;
  let turn = 0;
  const paint = () => {
    requestAnimationFrame(paint);
    turn += 1;
    if (turn % 2) return;
    context.drawImage(room, -Math.abs((turn % 240) - 120), 0);
    const now = Date.now() % 2 ** (bits - 1);
    const isEven = now.toString(2).replaceAll("0", "").length % 2 === 0;
    const code = now + (isEven ? 2 ** (bits - 1) : 0);
    for (let at = 0; at < squares; at += 1) {
      context.fillStyle = (code >> at) & 1 ? "#ebebeb" : "#101010";
      context.fillRect(at * side, (height - side) / 2, side, side);
    }
  };
  paint();
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) =>
    wanted.video ? canvas.captureStream() : open(wanted);
}"""
_LOOK = """(video, [x, y, width, squares, bits]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: squares, height: 1 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  video.looks = [];
  const look = (_now, { expectedDisplayTime }) => {
    const { videoWidth, videoHeight } = video;
    context.drawImage(video, x * videoWidth, y * videoHeight, width * videoWidth, 1, 0, 0, squares, 1);
    const { data } = context.getImageData(0, 0, bits, 1);
    let code = 0;
    for (let at = 0; at < bits; at += 1) if (data[4 * at + 1] > 128) code += 2 ** at;
    video.looks.push([Date.now() + Math.max(0, expectedDisplayTime - performance.now()), code]);
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}"""


@dataclass(frozen=True)
class Row:
    """Where squares are, in fractions of the picture: left edge, middle of their height, and width of all."""

    x: float = 0.0
    y: float = 0.5
    width: float = 1.0

    def number(self, luma: npt.NDArray[np.uint8], bits: int = BITS) -> int:
        """Return what the first `bits` squares say."""
        height, width = luma.shape
        across = width * (self.x + self.width * (np.arange(bits) + 0.5) / SQUARES)
        white = luma[int(height * self.y), across.astype(np.intp)] > 128
        return int(white @ (1 << np.arange(bits)))


def in_multiview() -> Row:
    """Return where they are in the multiview, whose large picture of program has program's shape."""
    (rect,) = (cell.rect for cell in cells(()) if cell.source == PROGRAM)
    return Row(rect.x, rect.y + rect.height / 2, rect.width)


def late_s(code: int, now_s: float) -> float | None:
    """Seconds from the painting until `now_s`, of `time.time()`; None where that is no time."""
    if code.bit_count() % 2 == 0:
        return None
    painted_s: float = code % 2 ** (BITS - 1) / 1000
    return (now_s - painted_s) % WRAP_S


@asynccontextmanager
async def painter(browser: Browser, url: str, width: int, height: int) -> AsyncIterator[Watched]:
    """A new person at `url`, whose camera paints the time about 30 times a second."""
    async with visitor(browser, "about:blank") as guest:
        await guest.page.add_init_script(f"({_PAINT})({json.dumps([width, height, SQUARES, BITS])})")
        await guest.page.goto(url)
        yield guest


async def look(video: Locator, row: Row) -> None:
    """Read each picture that a page's video element shows from now on."""
    await video.evaluate(_LOOK, [*astuple(row), SQUARES, BITS])


async def looked(video: Locator) -> list[float]:
    """By how many seconds each that says a time was late when it was due on the screen."""
    found: Sequence[tuple[float, int]] = await video.evaluate("video => video.looks")
    late = (late_s(code, at_ms / 1000) for at_ms, code in found)
    return [each for each in late if each is not None]
