"""`python -m bench [NAME …] [--write]`: run all measurements, or those named."""

import argparse
import asyncio
import functools
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import back, browser, carriers, cost, latency, recovery, viewers
from bench.machine import describe
from bench.report import Result, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
Measurement = Callable[[], Awaitable[list[Result]]]


def measurements(seconds: float) -> dict[str, dict[str, Measurement]]:
    """All of them by name, under the name of their table in the page; `seconds` of Chromium on each line."""
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
        "cloudflare": {"carriers": carriers.carriers, "recovery": recovery.recovery},
        "browser": {"browser": functools.partial(browser.measure, seconds)},
    }


async def _run(chosen: dict[str, Measurement]) -> str:
    """The text of one table."""
    results: list[Result] = []
    for name, measure in chosen.items():
        sys.stderr.write(f"{name} …\n")
        results += await measure()
    return f"{describe()}. {datetime.now(UTC):%Y-%m-%d}.\n\n{table(results)}\n"


def _write(name: str, text: str) -> None:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = PAGE.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        sys.exit(f"{PAGE} has no {begin} … {end}")
    PAGE.write_text(f"{before}{begin}\n\n{text}\n{end}{after}")


def main() -> None:
    """Measure, print, and with `--write` put the tables into `docs/benchmarks.md`."""
    known = [name for part in measurements(0).values() for name in part]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument(
        "--seconds", type=float, default=browser.SECONDS, help="of Chromium on each line (%(default)s)"
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    for part, all_of_it in measurements(options.seconds).items():
        chosen = {name: all_of_it[name] for name in all_of_it if name in (options.names or known)}
        if not chosen:
            continue
        text = asyncio.run(_run(chosen))
        sys.stdout.write(text)
        if options.write:
            _write(part, text)


if __name__ == "__main__":
    main()
