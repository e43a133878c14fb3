"""The relay starts quickly: guests come back as soon as it listens."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.service

HEAVY = ("httpx", "rich", "fastapi", "dns", "aiortc.rtcpeerconnection", "stagedoor.control")


@pytest.mark.parametrize("name", HEAVY)
def test_what_it_seldom_needs_is_not_loaded(name: str) -> None:
    code = f"import sys, stagedoor.commands.run, stagedoor.relay.main; sys.exit({name!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
