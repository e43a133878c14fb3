"""Build hook: a wheel carries the built pages, so that it works alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = ("guest.html", "switcher.html")


class PagesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the pages from `web/` where it can, and refuses to make a package without them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run before each target is built; `version` is `editable` for a development install."""
        if version == "editable":
            return
        root = Path(self.root)
        if (root / "web" / "node_modules").is_dir():
            _build(root)
        static = root / "src" / "stagedoor" / "control" / "static"
        missing = [page for page in PAGES if not (static / page).is_file()]
        if missing:
            sys.exit(f"The pages are not built ({', '.join(missing)} missing): run `make web` first.")


def _build(root: Path) -> None:
    path = os.pathsep.join([str(root / ".venv" / "bin"), os.environ.get("PATH", os.defpath)])
    npm = shutil.which("npm", path=path)
    if npm is None:
        return
    subprocess.run(
        [npm, "--prefix", str(root / "web"), "run", "--silent", "build"],
        check=True,
        env={**os.environ, "PATH": path},
        stdout=sys.stderr,
    )
