"""Garbage in a process that has made a lot at its start."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit

SCRIPT = """
from collections import deque
from stagedoor import garbage

class Knot:
    alive = most = 0

    def __init__(self):
        self.me = self
        Knot.alive += 1
        Knot.most = max(Knot.most, Knot.alive)

    def __del__(self):
        Knot.alive -= 1

garbage.wait()
started = [[] for _ in range(1_000_000)]
garbage.begin()
recent = deque(maxlen=5_000)
for _ in range(600_000):
    recent.append(Knot())
print(Knot.most)
"""


def test_what_holds_itself_goes_soon_however_much_a_start_has_made() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    # A quarter of what the start has made would be 250,000.
    assert int(done.stdout) < 120_000
