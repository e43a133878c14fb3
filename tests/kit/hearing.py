"""Which tones a page plays aloud, as the page itself measures them."""

from typing import Any, Final

from playwright.async_api import Page

from tests.kit.wait import until

ALOUD: Final = ".studio audio, .sound audio"
"""What comes from the studio on a guest's page; what is listened to on a desk."""
HEARD_DB: Final = -55
APART_DB: Final = 25
"""A tone that is mixed in lies within a few dB of the others; what coding leaves of another, below."""
_WITHIN_S: Final = 40.0
"""What a busy machine may take its time over."""
_TONES: Final = """async ([selector, hertz]) => {
  const player = document.querySelector(selector);
  if (!player?.srcObject?.getAudioTracks().length || player.paused || player.muted) return null;
  const context = new AudioContext();
  const meter = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(player.srcObject).connect(meter);
  const bins = new Float32Array(meter.frequencyBinCount);
  const ranges = hertz.map(() => [0, -200]);
  for (let window = 0; window < 3; window += 1) {
    await new Promise((done) => setTimeout(done, 400));
    meter.getFloatFrequencyData(bins);
    hertz.forEach((tone, index) => {
      const at = Math.round((tone * meter.fftSize) / context.sampleRate);
      const level = Math.max(-200, ...bins.slice(at - 4, at + 5));
      ranges[index] = [Math.min(ranges[index][0], level), Math.max(ranges[index][1], level)];
    });
  }
  await context.close();
  return ranges;
}"""
"""Of each tone in what an element plays: the least and the most in dB over a second."""


async def hears(page: Page, *there: int, without: tuple[int, ...] = (), player: str = ALOUD) -> None:
    """Return once a page plays these tones all of a second, and none of those.

    Args:
        there: Hertz; with none of them the others are to be silent.
        without: Hertz.
        player: The selector of what plays.
    """
    seen: Any = None

    async def does() -> bool:
        nonlocal seen
        seen = await page.evaluate(_TONES, [player, [*there, *without]])
        if seen is None:
            return False
        least = min((low for low, _ in seen[: len(there)]), default=HEARD_DB + APART_DB)
        most = max((high for _, high in seen[len(there) :]), default=-200)
        return bool(least > HEARD_DB and most < least - APART_DB)

    try:
        await until(does, _WITHIN_S, interval=0.1)
    except AssertionError as error:
        raise AssertionError(f"{[*there, *without]} Hz: {seen} dB") from error
