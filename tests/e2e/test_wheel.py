"""The package that `uv build` makes works alone: no checkout, no Node, none of the tools of development."""

import asyncio
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from tests.kit.app import running_app

pytestmark = [pytest.mark.e2e, pytest.mark.patient, pytest.mark.timeout(240)]

ROOT = Path(__file__).resolve().parents[2]
UV = ROOT / ".cache" / "tools" / "bin" / "uv"


def copied(project: Path) -> None:
    """Copy what a build needs: it makes the pages anew, and those here are in use by other tests."""
    ignore = shutil.ignore_patterns("node_modules", "__pycache__")
    for folder in ("src", "web", "scripts"):
        shutil.copytree(ROOT / folder, project / folder, ignore=ignore)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, project)
    for tools in (".venv", "web/node_modules"):
        (project / tools).symlink_to(ROOT / tools)


async def run(*arguments: str | Path, folder: Path = ROOT) -> str:
    """Run to its end; what it printed."""
    process = await asyncio.create_subprocess_exec(
        *arguments, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_the_wheel_works_alone(tmp_path: Path) -> None:
    project = tmp_path / "project"
    await asyncio.to_thread(copied, project)
    build = (UV, "build", "--quiet", "--no-build-isolation", "--python", sys.executable, "-o", tmp_path)
    await run(*build, folder=project)
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
