"""Control's way to the mixer: HTTP over its Unix socket, one method for each row of `ipc.mixer`."""

from pathlib import Path
from urllib.parse import quote

from stagedoor.domain.errors import UnavailableError
from stagedoor.domain.ids import Canvas
from stagedoor.ipc.clips import ClipCommand, ClipMoved
from stagedoor.ipc.mixer import MixerEvent, MixerState, Wanted
from stagedoor.ipc.process_client import ProcessClient
from stagedoor.ipc.switching import Applied, FadeCommand, SceneCommand, TakeCommand, TbarCommand

SILENT_AFTER_S = 4.0
"""The mixer says its state once a second; one that hangs shows nothing that could be told as true."""


class MixerClient(ProcessClient[MixerEvent]):
    """The mixer as control sees it."""

    def __init__(self, socket: Path) -> None:
        super().__init__(socket, "mixer", MixerEvent, SILENT_AFTER_S)

    async def want(self, wanted: Wanted) -> Applied:
        """Make sources, scenes, sound, buses and outputs these."""
        return await self._call("PUT", "/wanted", Applied, wanted)

    async def cut(self, command: SceneCommand) -> Applied:
        """Put a scene on program."""
        return await self._call("POST", "/cut", Applied, command)

    async def preview(self, command: SceneCommand) -> Applied:
        """Put a scene on preview."""
        return await self._call("POST", "/preview", Applied, command)

    async def take(self, command: TakeCommand) -> Applied:
        """Swap program and preview at once."""
        return await self._call("POST", "/take", Applied, command)

    async def auto(self, command: TakeCommand) -> Applied:
        """Take preview to program with the transition."""
        return await self._call("POST", "/auto", Applied, command)

    async def tbar(self, command: TbarCommand) -> Applied:
        """Move the transition by hand."""
        return await self._call("POST", "/tbar", Applied, command)

    async def fade(self, command: FadeCommand) -> Applied:
        """Fade program to black, or back."""
        return await self._call("POST", "/fade", Applied, command)

    async def clip(self, command: ClipCommand) -> ClipMoved:
        """Play, pause, cue or seek a clip."""
        return await self._call("POST", "/clip", ClipMoved, command)

    async def state(self) -> MixerState:
        """Return everything that the mixer knows."""
        return await self._call("GET", "/state", MixerState)

    async def thumbnail(self, scene: str, canvas: Canvas) -> bytes:
        """Return a scene as it would look now on a canvas, as JPEG."""
        return (await self._send("GET", f"/thumbnail/{quote(scene, safe='')}.jpg?canvas={canvas}")).content

    async def whole(self, source: str) -> bytes:
        """Return all of a source's picture as it is now, before its framing, as JPEG."""
        return (await self._send("GET", f"/whole/{quote(source, safe='')}.jpg")).content

    def _unreachable(self) -> UnavailableError:
        return UnavailableError(
            "the mixer cannot be reached at the moment",
            code="mixer_unavailable",
            hint="It is restarted by itself, on the same scene; if this lasts, look at its log.",
        )
