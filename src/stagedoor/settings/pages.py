"""The pages that are made from the settings: `stagedoor.example.toml` and `docs/reference/settings.md`."""

import json
import textwrap
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from stagedoor.settings.model import Settings
from stagedoor.settings.sources import env_name, own_keys, sections, value_of
from stagedoor.settings.values import Part, PortRange

EXAMPLE_FILE = Path("stagedoor.example.toml")
REFERENCE_FILE = Path("docs/reference/settings.md")

_HEAD = """\
# Every setting of Stagedoor, with its default. Copy it to stagedoor.toml and change what you need.
# Environment variables go before this file: server.port is STAGEDOOR_SERVER__PORT.
"""
_REFERENCE_HEAD = """\
# Settings

Stagedoor reads `stagedoor.toml` in the working directory, or the file that `--config` or `STAGEDOOR_CONFIG`
names, then environment variables, then the options of the command line; the later wins. A list in a variable
is JSON (`["guest1", "guest2"]`), or plain items with commas between them; an empty variable counts as not
set. Paths are taken from the working directory, `~` is the home directory.

A key that is not known, or a value that is not allowed, stops the start with a sentence that names file and
key. `stagedoor config show` prints each value in force and where it came from, with secrets masked;
`stagedoor.example.toml` has every key with its default.
"""


def example() -> str:
    """Return `stagedoor.example.toml`: every key with its description and default, commented out."""
    lines = [_HEAD]
    for name, part in sections().items():
        lines.append(f"# {part.__doc__ or ''}".strip())
        lines.append(f"[{name}]")
        for key, field in own_keys(part):
            lines += textwrap.wrap(f"{field.description}", 106, initial_indent="# ", subsequent_indent="# ")
            lines.append(f"# {key} = {_assignment(name, key, field)}")
        lines.append("")
    return "\n".join(lines)


def reference() -> str:
    """Return `docs/reference/settings.md`: a table for each section."""
    lines = [_REFERENCE_HEAD]
    for name, part in sections().items():
        lines += [f"## {name}", "", f"{part.__doc__}", ""]
        lines += ["| key | type | default | what it is |", "|---|---|---|---|"]
        for key, field in own_keys(part):
            default = shown_default(name, key, field)
            cells = (
                f"`{name}.{key}`<br>`{env_name(f'{name}.{key}')}`",
                _cell(_type(field)),
                f"`{_cell(default)}`" if default else "—",
                _cell(field.description or ""),
            )
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def shown_default(section: str, key: str, field: FieldInfo) -> str:
    """Return a default as TOML, or the empty string where there is none."""
    if (section, key) == ("server", "data_dir"):
        return '"~/.local/share/stagedoor"'
    if field.default is None:
        return ""
    if (section, key) == ("guests", "seats"):
        return _toml(list(field.default))
    return _toml(value_of(Settings(), f"{section}.{key}"))


def write(folder: Path) -> list[Path]:
    """Write both pages below `folder`, and return where."""
    written = []
    for path, text in ((EXAMPLE_FILE, example()), (REFERENCE_FILE, reference())):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
        written.append(folder / path)
    return written


def _assignment(section: str, key: str, field: FieldInfo) -> str:
    default = shown_default(section, key, field)
    example = _toml(field.examples[0]) if field.examples else ""
    if default and example:
        return f"{default}  # e.g. {example}"
    return default or f"{example}  # an example: not set by default"


def _toml(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)


def _type(field: FieldInfo) -> str:
    bounds = [text for item in field.metadata if (text := _bound(item))]
    return ", ".join([_named(field.annotation), *bounds])


def _bound(item: object) -> str:
    names = (
        ("ge", "at least"),
        ("le", "at most"),
        ("min_length", "length at least"),
        ("max_length", "at most"),
    )
    for name, text in names:
        limit = getattr(item, name, None)
        if limit is not None:
            return f"{text} {limit}"
    return ""


_NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Path: "path",
    PortRange: "range of ports",
}


def _named(annotation: Any) -> str:  # noqa: ANN401
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _named(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in arguments)
    if origin in (Union, UnionType):
        return _named(next(item for item in arguments if item is not type(None)))
    if origin is tuple:
        item = _named(arguments[0])
        return f"list of {item}"
    if isinstance(annotation, type) and annotation in _NAMES:
        return _NAMES[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return "tables"
    if isinstance(annotation, type) and hasattr(annotation, "__members__"):
        return " or ".join(f"`{choice.value}`" for choice in annotation)  # type: ignore[attr-defined]
    raise TypeError(f"no name for {annotation}")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
