"""The documents say what is: links lead somewhere, what they name exists, every error code is explained."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor.cli import _parser
from stagedoor.control.app import openapi_document
from stagedoor.settings.sources import keys

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "stagedoor"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUNBOOK, API, LOG_LINES = (
    ROOT / "docs" / name for name in ("runbook.md", "reference/api.md", "reference/log-lines.md")
)

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MAKE = re.compile(r"(?:^|`)make ([a-z]+)(?=[`\s]|$)", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[`/])stagedoor ([a-z]+)(?=[`\s]|$)", re.MULTILINE)
CODED_ROW = re.compile(r"^\| `([a-z_]+)` \|", re.MULTILINE)
SETTING = re.compile(
    r"`(?:server|guests|carrier|relay|mixer|recording|media|hub|mediamtx|webrtc|osc|log)\.[a-z_.]+(?=[`\s=])"
)
FILE = re.compile(
    r"`((?:src/stagedoor|tests|scripts|bench|docs|deploy|examples|web)/[\w./-]+"
    r"|(?:domain|aio|media|rtc|carriers|outputs|relay|mixer|control|ipc|telemetry|settings|supervisor)/[\w./-]*)`"
)
LINES_LEFT_OUT = frozenset({"media/aac/worker.py", "media/transcode.py"})
"""Failures of our own threads, which are not life events."""


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).strip().replace(" ", "-")
        for heading in HEADING.findall(prose(page))
    }


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{target} in {ids(page)}"
        if anchor:
            assert anchor in anchors(there), f"{target} in {ids(page)}: {sorted(anchors(there))}"


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_what_pages_name_exists(page: Path) -> None:
    text = page.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(MAKE.findall(text)) <= targets
    commands = next(action for action in _parser()._actions if action.choices)
    assert set(COMMAND.findall(text)) <= set(commands.choices or ())
    named = {found.strip("`") for found in SETTING.findall(prose(page))}
    assert named <= set(keys()), named - set(keys())
    for name in FILE.findall(prose(page)):
        assert any((folder / name).exists() for folder in (ROOT, SOURCE)), f"{name} in {ids(page)}"


def test_the_readme_fits_on_a_page() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 60
    first_screen = "\n".join(lines[:16])
    assert all(word in first_screen for word in ("make serve", "make test", "LAN=1", "OPEN=1"))


def test_pictures_are_shown_and_are_there() -> None:
    shown = {Path(target).name for page in PAGES for target in LINK.findall(page.read_text())}
    assert {path.name for path in (ROOT / "docs" / "images").iterdir()} <= shown


@pytest.mark.timeout(60)  # It reads all of the program.
def test_the_runbook_has_every_error_code_and_no_other() -> None:
    explained = CODED_ROW.findall(RUNBOOK.read_text())
    assert len(explained) == len(set(explained))
    assert set(explained) == set(error_codes())


def modules() -> list[Path]:
    """The modules of the program itself; the emulator stands for somebody else's."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if SOURCE / "emulator" not in path.parents]


def error_codes() -> Iterator[str]:
    """Every code that an error, a refusal or a warning of ours can have."""
    trees = [ast.parse(path.read_text()) for path in modules()]
    constants = {}
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                constants[node.target.id] = node.value
    for part in (part for tree in trees for part in ast.walk(tree)):
        for found in _codes_of(part):
            value = constants.get(found.id) if isinstance(found, ast.Name) else found
            yield from _texts(value)


def _codes_of(node: ast.AST) -> Iterator[Any]:
    """The expressions of a node that are error codes."""
    match node:
        case ast.keyword(arg="code", value=value):
            yield value
        case ast.Call(func=ast.Name(id="Meaning"), args=[code, *_]):
            yield code
        case ast.ClassDef(body=body):
            for line in body:
                yield from _class_code(line)
        case ast.Assign(targets=[ast.Name(id="_CODES" | "_FINAL")], value=ast.Dict(values=values)):
            yield from values
        case ast.Dict(keys=names, values=values):
            yield from (v for n, v in zip(names, values, strict=True) if _texts(n) == ["code"])
        case ast.Tuple(elts=[ast.Constant() as code, ast.Attribute(value=ast.Name(id="Severity")), *_]):
            yield code
        case _:
            return


def _class_code(line: ast.stmt) -> Iterator[Any]:
    match line:
        case ast.Assign(targets=[ast.Name(id="code")], value=value):
            yield value
        case ast.AnnAssign(target=ast.Name(id="code"), value=value) if value is not None:
            yield value
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            for name, value in zip(names, values, strict=True):
                if isinstance(name, ast.Name) and name.id == "code":
                    yield value
        case _:
            return


def _texts(value: ast.AST | None) -> list[str]:
    """The error codes in an expression."""
    if value is None:
        return []
    parts = value.values if isinstance(value, ast.BoolOp) else [value]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [text for text in texts if re.fullmatch(r"[a-z_]+", text)]


def test_the_api_page_has_every_route_and_no_other() -> None:
    rows = re.findall(r"^\| `(GET|POST|PUT|PATCH|DELETE) (/[^`]*)`", API.read_text(), re.MULTILINE)
    documented = set(rows)
    routes = {
        (method.upper(), path) for path, methods in openapi_document()["paths"].items() for method in methods
    }
    pages = {("GET", "/guest_join"), ("GET", "/switcher"), ("GET", "/openapi.json")}
    assert documented == routes | pages


def test_the_log_page_has_every_line() -> None:
    page = re.sub(r"\s+", " ", LOG_LINES.read_text())
    for path in modules():
        if str(path.relative_to(SOURCE)) in LINES_LEFT_OUT:
            continue
        for text in logged(ast.parse(path.read_text())):
            parts = [part.strip() for part in re.split(r"%[.\d]*[sdf]", text)]
            longest = max(parts, key=len)
            if len(longest) > 3:
                assert longest in page, f"{text!r} of {path.relative_to(ROOT)}"


def logged(tree: ast.AST) -> Iterator[str]:
    """The texts of a module's lines from `info` upwards."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="info" | "warning" | "error" | "critical" | "exception"),
                args=[ast.Constant(value=str(text)), *_],
            ):
                yield text
            case _:
                continue
