"""Writes the files that are made from the code, or with `--check` says which are out of date."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from stagedoor.settings import pages

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Bring every generated file up to date, or check that it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if anything is out of date"
    )
    check = parser.parse_args().check
    stale = [name for name, make in GENERATED.items() if _update(ROOT / name, make(), check=check)]
    sys.stdout.writelines(
        f"{name}: {'out of date, run `make generate`' if check else 'written'}\n" for name in stale
    )
    sys.exit(1 if check and stale else 0)


def api_types() -> str:
    """TypeScript types of control's HTTP API, from its OpenAPI document."""
    from stagedoor.control.app import openapi_document

    node = shutil.which("node", path=str(ROOT / ".venv" / "bin")) or "node"
    tool = ROOT / "web" / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    with tempfile.TemporaryDirectory() as folder:
        document, types = Path(folder, "openapi.json"), Path(folder, "api.ts")
        document.write_text(json.dumps(openapi_document()))
        subprocess.run([node, tool, document, "--output", types], check=True, capture_output=True, text=True)
        return types.read_text()


def _update(path: Path, wanted: str, *, check: bool) -> bool:
    if path.is_file() and path.read_text() == wanted:
        return False
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted)
    return True


GENERATED: dict[str, Callable[[], str]] = {
    str(pages.EXAMPLE_FILE): pages.example,
    str(pages.REFERENCE_FILE): pages.reference,
    "web/src/client/api.gen.ts": api_types,
}

if __name__ == "__main__":
    main()
