"""What controllers may ask for, and how it is done: as by the routes of the API of the same names."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from stagedoor.control.mixer.mixing import Mixing
from stagedoor.control.mixer.ownership import require_ours
from stagedoor.control.mixer.wanted import with_file
from stagedoor.control.osc.packets import OscText, Value
from stagedoor.domain.errors import InvalidError
from stagedoor.domain.strip import Strip
from stagedoor.ipc.switching import SceneCommand, TakeCommand

PREFIX: Final = "/stagedoor/"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


async def fulfil(mixing: Mixing, asked: OscText, media_dir: Path) -> None:
    """Do what a controller asks for.

    Args:
        mixing: Where it is done.
        asked: What it is.
        media_dir: Where a stinger's file is.

    Raises:
        InvalidError: It is nothing that can be asked for, or has other values.
        ConflictError: Another program is the mixer.
        StagedoorError: What the mixer, or the board, refuses it with.
    """
    require_ours(enabled=mixing.enabled)
    name = asked.address.removeprefix(PREFIX) if asked.address.startswith(PREFIX) else ""
    values = asked.values
    if name == "mute":
        _mute(mixing, values)
        return
    pressed = _pressed(values)
    if pressed is None:
        return
    client = mixing.client
    match name, pressed:
        case "cut", [str(scene)]:
            await mixing.command(_named(scene), lambda: client.cut(SceneCommand(scene=scene)))
        case "preview", [str(scene)]:
            await mixing.command(_named(scene), lambda: client.preview(SceneCommand(scene=scene)))
        case "take", []:
            await mixing.command(None, lambda: client.take(TakeCommand()))
        case "auto", []:
            wanted = TakeCommand(transition=with_file(mixing.board.transition, media_dir))
            await mixing.command(None, lambda: client.auto(wanted))
        case _:
            raise InvalidError("nothing of this address and these values can be asked for")


def _mute(mixing: Mixing, values: Sequence[Value]) -> None:
    """Move a strip's fader mute; its guest's own microphone stays as it is.

    Whatever else the mixer is being told, it is not waited for: a cut may be next.
    """
    match values:
        case [str(source), int() | float() as muted]:
            strip = mixing.board.strips.get(_named(source), Strip())
            mixing.commit(mixing.board.with_strip(source, replace(strip, muted=bool(muted))))
        case _:
            raise InvalidError("a mute wants a source, and 1 or 0")


def _pressed(values: Sequence[Value]) -> Sequence[Value] | None:
    """Return the values without the button's own, which many send as 1 and then 0; None as it is let go."""
    match values:
        case [*others, int() | float() as button]:
            return others if button else None
        case _:
            return values


def _named(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise InvalidError("it names something that cannot be")
    return name
