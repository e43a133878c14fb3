"""The mixer: what is on air, and the commands that change it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from fastapi import APIRouter

from stagedoor.control.core import Control
from stagedoor.control.http import MIXER, OPERATOR, Parts, answers
from stagedoor.control.media.library import require_stinger
from stagedoor.control.mixer.addresses import checked_file
from stagedoor.control.mixer.answers import MixerView
from stagedoor.control.mixer.saved_answers import Applied, Done, OutputsSaved, TransitionSaved
from stagedoor.control.mixer.schemas import (
    AutoBody,
    BlackBody,
    FadeBody,
    SceneCommandBody,
    TbarBody,
    TransitionBody,
    TransitionChange,
)
from stagedoor.control.mixer.views import mixer_view, output_views, transition_view
from stagedoor.control.mixer.wanted import with_file
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.ipc.switching import Applied as Confirmed
from stagedoor.ipc.switching import FadeCommand, SceneCommand, TakeCommand, TbarCommand

router = APIRouter(tags=["Mixer"], prefix="/api/mixer", dependencies=[OPERATOR, MIXER])
ANSWERS = answers(401, 403, 409, 503)
COMMANDS = answers(401, 403, 404, 409, 422, 503)


@router.get("", responses=ANSWERS)
async def get_mixer(control: Parts) -> MixerView:
    """Return what the mixer says of itself."""
    return mixer_view(control.mixing.require_state())


@router.post("/cut", responses=COMMANDS)
async def cut(body: SceneCommandBody, control: Parts) -> Applied:
    """Put a scene on program at the next frame."""
    client = control.mixing.client
    return await _command(control, lambda: client.cut(SceneCommand(scene=body.scene)), body.scene)


@router.post("/preview", responses=COMMANDS)
async def preview(body: SceneCommandBody, control: Parts) -> Applied:
    """Put a scene on preview."""
    client = control.mixing.client
    return await _command(control, lambda: client.preview(SceneCommand(scene=body.scene)), body.scene)


@router.post("/take", responses=COMMANDS)
async def take(control: Parts) -> Applied:
    """Swap program and preview at once."""
    return await _command(control, lambda: control.mixing.client.take(TakeCommand()))


@router.post("/auto", responses=COMMANDS)
async def auto(control: Parts, body: AutoBody | None = None) -> Applied:
    """Take preview to program with a transition."""
    given = None if body is None or body.transition is None else await _transition(control, body.transition)
    wanted = with_file(given or control.mixing.board.transition, control.settings.server.media_dir)
    return await _command(control, lambda: control.mixing.client.auto(TakeCommand(transition=wanted)))


@router.post("/tbar", responses=COMMANDS)
async def tbar(body: TbarBody, control: Parts) -> Applied:
    """Move the transition by hand."""
    return await _command(control, lambda: control.mixing.client.tbar(TbarCommand(position=body.position)))


@router.post("/fade-to-black", responses=COMMANDS)
async def fade_to_black(control: Parts, body: FadeBody | None = None) -> Applied:
    """Fade program to black, or back from it."""
    wanted = body or FadeBody()
    command = FadeCommand(black=wanted.black, frames=wanted.frames)
    return await _command(control, lambda: control.mixing.client.fade(command))


@router.put("/black", responses=COMMANDS)
async def set_black(body: BlackBody, control: Parts) -> Done:
    """Set whether program's sound goes with its picture when it fades to black."""
    board = replace(control.mixing.board, black_is_silent=body.is_silent)
    return Done(frame=await control.mixing.put(board))


@router.put("/transition", responses=COMMANDS)
async def set_transition(body: TransitionBody, control: Parts) -> TransitionSaved:
    """Set what `auto` and the T-bar do; what is left out becomes the usual."""
    return await _save(control, await _playable(control, await _transition(control, body)))


@router.patch("/transition", responses=COMMANDS)
async def change_transition(body: TransitionChange, control: Parts) -> TransitionSaved:
    """Change a part of what `auto` and the T-bar do; what is left out stays as it is."""
    wanted = await _within(control, body.over(control.mixing.board.transition))
    await _playable(control, wanted)
    # Meanwhile another operator may have changed another part.
    transition = body.over(control.mixing.board.transition)
    return await _save(control, replace(transition, file=wanted.file) if body.file else transition)


@router.post("/start", responses=COMMANDS)
async def start_outputs(control: Parts) -> OutputsSaved:
    """Publish program, and the second canvas where there is one, to all of their outputs."""
    return await _run_all(control, on=True)


@router.post("/stop", responses=COMMANDS)
async def stop_outputs(control: Parts) -> OutputsSaved:
    """Publish nowhere; the mixer goes on."""
    return await _run_all(control, on=False)


async def _command(
    control: Control, send: Callable[[], Awaitable[Confirmed]], scene: str | None = None
) -> Applied:
    confirmed = await control.mixing.command(scene, send)
    return Applied(
        frame=confirmed.frame,
        program=confirmed.program,
        preview=confirmed.preview,
        to_black=confirmed.to_black,
        cut_frame=confirmed.cut_frame,
        trouble=confirmed.trouble or None,
    )


async def _run_all(control: Control, *, on: bool) -> OutputsSaved:
    mixing = control.mixing
    has = control.settings.mixer.has
    outputs = (key for key, each in mixing.board.outputs.items() if not on or has(each.canvas))
    frame = await mixing.put(mixing.board.running(*outputs, on=on))
    return OutputsSaved(frame=frame, outputs=output_views(mixing.board, mixing.state))


async def _transition(control: Control, body: TransitionBody) -> Transition:
    """Return the transition that a body describes; a stinger's file is there."""
    given = Transition(body.kind, body.frames, body.color, body.direction, body.file, body.cut_at)
    return await _within(control, given)


async def _within(control: Control, transition: Transition) -> Transition:
    """Return a transition with its file as it is called within the media folder, where a stinger plays it."""
    if transition.kind is not TransitionKind.STINGER:
        return transition
    folder = control.settings.server.media_dir
    return replace(transition, file=await asyncio.to_thread(checked_file, transition.file, folder, "file"))


async def _playable(control: Control, transition: Transition) -> Transition:
    """Return a transition whose stinger can be played; raise `InvalidError` if it cannot."""
    if transition.kind is TransitionKind.STINGER:
        require_stinger(await control.library.facts(transition.file))
    return transition


async def _save(control: Control, transition: Transition) -> TransitionSaved:
    board = control.mixing.board.with_transition(transition)
    frame = await control.mixing.put(board)
    return TransitionSaved(frame=frame, transition=transition_view(board.transition))
