"""The generated pages are fresh, and the example file is a settings file."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor.settings import Settings, load, pages
from stagedoor.settings.sources import env_name, keys

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("path", "text"),
    [(pages.EXAMPLE_FILE, pages.example()), (pages.REFERENCE_FILE, pages.reference())],
    ids=["example", "reference"],
)
def test_the_page_is_fresh(path: Path, text: str) -> None:
    assert (ROOT / path).read_text() == text, "run `python -m stagedoor config example --write .`"


def test_both_pages_have_every_key() -> None:
    document = tomllib.loads(_uncommented(pages.example()))
    shown = {
        f"{section}.{key}"
        for section, table in _tables(document)
        for key, value in table.items()
        if not isinstance(value, dict)
    }
    assert shown == set(keys())
    for key in keys():
        assert f"`{key}`<br>`{env_name(key)}`" in pages.reference()


def test_the_example_shows_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    path = tmp_path / "stagedoor.toml"
    shown = _uncommented(pages.example())
    path.write_text("\n".join(line for line in shown.splitlines() if "not set by default" not in line))
    assert load(path, {}).settings == Settings()


def test_the_examples_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "stagedoor.toml"
    lines = _uncommented(pages.example()).splitlines()
    here = [line for line in lines if not re.match(r"(app_secret|turn_key_token)_file = ", line)]
    path.write_text("\n".join(re.sub(r"^(\w+) = .*# e\.g\. ", r"\1 = ", line) for line in here))
    settings = load(path, {}).settings
    assert settings.guests.production == "The Evening Show"
    assert len(settings.relay.destinations) == 2


def test_what_write_writes(tmp_path: Path) -> None:
    assert pages.write(tmp_path) == [tmp_path / pages.EXAMPLE_FILE, tmp_path / pages.REFERENCE_FILE]
    assert (tmp_path / pages.REFERENCE_FILE).read_text() == pages.reference()


def _tables(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table with its name, those within others too."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield name, value
            yield from ((f"{name}.{inner}", table) for inner, table in _tables(value))


def _uncommented(text: str) -> str:
    return re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
