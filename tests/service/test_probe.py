"""The probe of uploaded files: a process of its own, whose limits end it and nothing else."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from stagedoor.domain.media import MediaKind, clean_name, numbered
from stagedoor.ipc.probe import ProbeAnswer, ProbeOrder
from tests.kit.files import clip, png

pytestmark = [pytest.mark.service, pytest.mark.timeout(120)]

LITTLE = 420_000_000
"""Bytes of address space: the probe starts in it, and a picture of 25 million pixels has no room."""


def probe(file: Path, *, memory: int = resource.RLIM_INFINITY) -> ProbeAnswer | None:
    """Ask the process; None if it ended without an answer."""
    order = ProbeOrder(file=file, thumbnail=file.with_suffix(".jpg"))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "stagedoor", "run", "probe"],
        input=order.model_dump_json() + "\n",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    return ProbeAnswer.model_validate_json(done.stdout) if done.stdout else None


def test_a_large_picture_is_taken_and_one_that_wants_too_much_memory_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "wall.png"
    file.write_bytes(png(5000, 5000))
    taken = probe(file)
    assert taken is not None
    assert taken.facts is not None
    assert (taken.facts.kind, taken.facts.tracks[0].width) == (MediaKind.STILL, 5000)
    assert file.with_suffix(".jpg").is_file()
    refused = probe(file, memory=LITTLE)
    assert refused is None or (refused.facts, refused.code) == (None, "media_unreadable")


def test_a_clip_is_taken_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "intro"
    file.write_bytes(clip(form="matroska"))
    answer = probe(file, memory=LITTLE)
    assert answer is not None
    assert answer.facts is not None
    assert (answer.facts.suffix, answer.facts.has_thumbnail) == (".mkv", True)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Intro.MOV", "Intro.mp4"),
        ("../../../etc/passwd", "passwd.mp4"),
        ("C:\\films\\My film (final).avi", "My-film-final.mp4"),
        ("Öffnung – Été.mp4", "Offnung-Ete.mp4"),
        ("日本.mp4", "media.mp4"),
        ("..", "media.mp4"),
        ("-rf.mp4", "rf.mp4"),
        ("x" * 300, "x" * 60 + ".mp4"),
    ],
)
def test_names_are_made_anew(given: str, name: str) -> None:
    assert clean_name(given, ".mp4") == name


def test_names_that_are_taken_get_a_number() -> None:
    assert [numbered("intro.mp4", number) for number in (1, 2, 3)] == [
        "intro.mp4",
        "intro-2.mp4",
        "intro-3.mp4",
    ]
