"""Whether there is a mixer of ours to be told anything, and what it has."""

from stagedoor.domain.errors import ConflictError
from stagedoor.domain.ids import Canvas
from stagedoor.settings.mixer import MixerSettings


def require_ours(*, enabled: bool) -> None:
    """Raise `ConflictError` where another program is the mixer."""
    if not enabled:
        raise ConflictError(
            "another program is the mixer here",
            code="mixer_disabled",
            hint="Set mixer.enabled = true to mix with Stagedoor.",
        )


def require_canvas(canvas: Canvas, settings: MixerSettings) -> None:
    """Raise `ConflictError` where there is no such canvas."""
    if not settings.has(canvas):
        raise ConflictError(
            "canvas: there is no second canvas here",
            code="second_canvas_disabled",
            hint="Set mixer.second_canvas.enabled = true, and start again.",
        )
