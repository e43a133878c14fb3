"""`python -m bench [NAME …] [--write]`: run all measurements, or those named."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import cost, latency
from bench.machine import describe
from bench.report import Result, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
MEASUREMENTS: dict[str, Callable[[], Awaitable[list[Result]]]] = {
    "compare": cost.compare,
    "crowd": cost.crowd,
    "start": latency.start,
    "way": latency.way,
    "together": latency.together,
}


async def _run(names: list[str]) -> list[Result]:
    results: list[Result] = []
    for name in names:
        sys.stderr.write(f"{name} …\n")
        results += await MEASUREMENTS[name]()
    return results


def main() -> None:
    """Measure, print, and with `--write` put the table into `docs/benchmarks.md`."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    if unknown := set(options.names) - set(MEASUREMENTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    results = asyncio.run(_run(options.names or list(MEASUREMENTS)))
    text = f"{describe()}. {datetime.now(UTC):%Y-%m-%d}.\n\n{table(results)}\n"
    sys.stdout.write(text)
    if options.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
