"""A program of a test's own, in whose place newer pages are put while it runs."""

import shutil
import sysconfig
import venv
from pathlib import Path
from typing import Final

from stagedoor.control.builds import DESK_PAGE, GUEST_PAGE
from tests.kit.app import App

_PACKAGE: Final = Path(__file__).resolve().parents[2] / "src" / "stagedoor"


def installed(folder: Path) -> Path:
    """Install a copy of the program into `folder`; the Python that runs it, which has our other packages."""
    environment = folder / "venv"
    venv.create(environment, symlinks=True)
    shutil.copytree(_PACKAGE, folder / "stagedoor")
    own = sysconfig.get_path("purelib", vars={"base": str(environment)})
    Path(own, "stagedoor.pth").write_text(f"{folder}\n{sysconfig.get_path('purelib')}\n")
    return environment / "bin" / "python"


async def upgrade_pages(app: App, folder: Path) -> None:
    """Put newer pages into what was installed there, and start anew what serves them."""
    for page in (DESK_PAGE, GUEST_PAGE):
        with (folder / "stagedoor" / "control" / "static" / page).open("a") as file:
            file.write("<!-- newer -->\n")
    await app.kill("control")
    await app.ready()
