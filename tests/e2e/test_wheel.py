"""The package that `uv build` makes works alone: no checkout, no Node, none of the tools of development."""

import asyncio
import re
import sys
import zipfile
from pathlib import Path

import pytest

from tests.kit.app import running_app

pytestmark = [pytest.mark.e2e, pytest.mark.patient, pytest.mark.timeout(240)]

ROOT = Path(__file__).resolve().parents[2]
UV = ROOT / ".cache" / "tools" / "bin" / "uv"


async def run(*arguments: str | Path) -> str:
    """Run to its end; what it printed."""
    process = await asyncio.create_subprocess_exec(
        *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_the_wheel_works_alone(tmp_path: Path) -> None:
    await run(UV, "build", "--quiet", "--no-build-isolation", "--python", sys.executable, "-o", tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "stagedoor/control/static/guest.html" in names
    assert not [name for name in names if name.startswith(("tests/", "web/"))]

    python = tmp_path / "venv" / "bin" / "python"
    await run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv")
    await run(UV, "pip", "install", "--quiet", "--python", python, "-c", "requirements.lock", wheel)
    assert re.fullmatch(r"stagedoor \d+\.\d+\.\d+\n", await run(python, "-m", "stagedoor", "--version"))

    async with running_app(python=str(python)) as app:
        page = await app.api.get("/guest_join")
        assert page.is_success
        scripts = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
        assert scripts
        for script in scripts:
            assert (await app.api.get(script)).is_success
