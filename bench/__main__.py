"""`python -m bench [NAME …] [--write]`: run all measurements, or those named."""

import argparse
import asyncio
import functools
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import back, browser, carriers, cost, glass, latency, recovery, viewers
from bench.machine import describe
from bench.mixer import compositor, cuts, keys, losses, overlays, second, soak, strips, ways, whole
from bench.mixer.back import mixer_back, relay_back
from bench.report import Result, merged, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
SOAK = "soak"
"""Takes an hour: measured only if it is named."""
Measurement = Callable[[], Awaitable[list[Result]]]


def measurements(
    seconds: float, mixing_seconds: float, soak_seconds: float
) -> dict[str, dict[str, Measurement]]:
    """All of them by name, under the name of their table in the page; `seconds` of Chromium on each line.

    `mixing_seconds`: of the whole mixer; `soak_seconds`: of the production that has to go on and on.
    """
    return {
        "measured": {
            "compare": cost.compare,
            "crowd": cost.crowd,
            "start": latency.start,
            "way": latency.way,
            "together": latency.together,
        },
        "viewers": {"viewers": viewers.viewers},
        "back": {"back": back.back},
        "glass": {"glass": glass.glass},
        "cloudflare": {
            "carriers": carriers.carriers,
            "recovery": recovery.recovery,
            "calls": recovery.calls,
        },
        "mixer": {
            "quad": compositor.quad,
            "whole": functools.partial(whole.whole, mixing_seconds),
            "advancing": whole.advancing,
            "parts": whole.parts,
            "sources": whole.sources,
            "mixes": whole.mixes,
            "cuts": cuts.cuts,
            "mixer_back": mixer_back,
            "relay_back": relay_back,
            "keys": keys.keys,
            "second": second.second,
            "overlays": overlays.overlays,
            "ways": ways.ways,
            "losses": losses.losses,
            "strips": strips.strips,
        },
        "soak": {SOAK: functools.partial(soak.hour, soak_seconds)},
        "browser": {"browser": functools.partial(browser.measure, seconds)},
    }


async def _run(chosen: dict[str, Measurement]) -> list[Result]:
    """What the measurements of one table gave."""
    results: list[Result] = []
    for name, measure in chosen.items():
        sys.stderr.write(f"{name} …\n")
        measured = await measure()
        # What was measured is not lost with what fails after it.
        sys.stderr.writelines(f"{each.row()}\n" for each in measured)
        results += measured
    return results


def _text(rows: list[str]) -> str:
    return f"{describe()}. {datetime.now(UTC):%Y-%m-%d}.\n\n{table(rows)}\n"


def _write(name: str, results: list[Result]) -> None:
    """Put rows into a table of the page; others stay there if they are of the same machine and day."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = PAGE.read_text().partition(begin)
    if not (found and end in rest):
        sys.exit(f"{PAGE} has no {begin} … {end}")
    there, _, after = rest.partition(end)
    rows = [each.row() for each in results]
    text = _text(rows)
    if text.splitlines()[0] in there:
        text = _text(merged(there, rows))
    PAGE.write_text(f"{before}{begin}\n\n{text}\n{end}{after}")


def main() -> None:
    """Measure, print, and with `--write` put the tables into `docs/benchmarks.md`."""
    known = [name for part in measurements(0, 0, 0).values() for name in part]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument(
        "--seconds", type=float, default=browser.SECONDS, help="of Chromium on each line (%(default)s)"
    )
    parser.add_argument("--mixing-seconds", type=float, default=600, help="of the whole mixer (%(default)s)")
    parser.add_argument("--soak-seconds", type=float, default=3600, help="of the soak (%(default)s)")
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    wanted = options.names or [name for name in known if name != SOAK]
    every = measurements(options.seconds, options.mixing_seconds, options.soak_seconds)
    for part, all_of_it in every.items():
        chosen = {name: all_of_it[name] for name in all_of_it if name in wanted}
        if not chosen:
            continue
        results = asyncio.run(_run(chosen))
        sys.stdout.write(_text([each.row() for each in results]))
        if options.write:
            _write(part, results)


if __name__ == "__main__":
    main()
