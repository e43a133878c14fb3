"""Run tests beside each other; the few that fail are tried once more, one at a time.

    python scripts/run_tests.py NAME PROCESSES_A_CORE MARKERS

Browsers, codecs and networks of many tests share the machine's cores, and one that had to wait for them
says nothing of the program. Each failure is printed, the first one too; more than `MOST` of them are no
accident and fail at once.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FAILED: Final = 1
"""Pytest's exit code for tests that failed, and nothing worse."""
MOST: Final = 8


def main() -> None:
    """Exit as pytest does: with 0 if every test passed, at the second try at the latest."""
    name, processes_a_core, markers = sys.argv[1:]
    count = round(float(processes_a_core) * (os.cpu_count() or 1))
    cache = ROOT / ".pytest_cache" / name
    code = pytest(
        cache, markers, "--cache-clear", "-n", str(count), "--dist", "loadscope", "--no-loadscope-reorder"
    )
    failures = failed(cache) if code == FAILED else []
    if not 0 < len(failures) <= MOST:
        sys.exit(code)
    sys.stdout.write(f"Tried once more, one at a time: {', '.join(failures)}\n")
    sys.stdout.flush()
    sys.exit(pytest(cache, markers, "--last-failed", "--last-failed-no-failures", "none"))


def pytest(cache: Path, markers: str, *arguments: str) -> int:
    """Run pytest on the tests with these markers, and return its exit code."""
    command = [sys.executable, "-m", "pytest", "-m", markers, "-o", f"cache_dir={cache}", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def failed(cache: Path) -> list[str]:
    """The tests that failed last, by their ids."""
    found = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(found.read_text())) if found.exists() else []


if __name__ == "__main__":
    main()
