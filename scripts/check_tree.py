"""Checks of the tree that no other tool makes: lock files that name no host, and no unfinished business."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON_LOCKS = ("requirements.lock", "scripts/uv.lock")
WEB_LOCK = "web/package-lock.json"
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
HOME = re.compile(r"/(root|home/(?!me/)\w+|Users/\w+)/")
LARGEST_BYTES = 500_000


def main() -> None:
    """Print every finding and exit with 1 if there is one."""
    findings = [*lock_findings(), *text_findings()]
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    sys.exit(1 if findings else 0)


def lock_findings() -> Iterator[str]:
    """Lock files pin by hash and name no host, so that any index or mirror will do."""
    for name in PYTHON_LOCKS:
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
            if "://" in line or line.startswith("-"):
                yield f"{name}:{number}: a lock file names no host"
    for name, entry in json.loads((ROOT / WEB_LOCK).read_text())["packages"].items():
        if "resolved" in entry:
            yield f"{WEB_LOCK}: {name or 'root'}: a lock file names no host"
        if name and not entry.get("link") and "integrity" not in entry:
            yield f"{WEB_LOCK}: {name}: no hash"


def text_findings() -> Iterator[str]:
    """Text files hold no notes to self and nobody's home directory; no file is large."""
    for name in _tracked():
        path = ROOT / name
        if path.stat().st_size > LARGEST_BYTES:
            yield f"{name}: larger than {LARGEST_BYTES} bytes"
            continue
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line) or HOME.search(line):
                yield f"{name}:{number}: unfinished, or names a home directory: {line.strip()[:80]}"


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


if __name__ == "__main__":
    main()
